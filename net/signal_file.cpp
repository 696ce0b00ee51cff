#include "net/signal_file.h"

#include <sys/signalfd.h>

#include <cerrno>
#include <system_error>

#include "net/cannot_work.h"

namespace net {

SignalFile::SignalFile(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, &before_);
  file_ = FileDescriptor(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!file_) throw CannotWork("watch for signals: " + std::generic_category().message(errno));
}

SignalFile::~SignalFile() {
  while (take()) continue;
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool SignalFile::take() {
  signalfd_siginfo taken{};
  return ::read(file_.get(), &taken, sizeof taken) > 0;
}

}  // namespace net
