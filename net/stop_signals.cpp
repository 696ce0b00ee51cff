#include "net/stop_signals.h"

#include <sys/signalfd.h>

#include <cerrno>

#include "net/cannot_work.h"
#include "net/socket_address.h"

namespace net {
namespace {

sigset_t stop_set() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

StopSignals::StopSignals() {
  const sigset_t stop = stop_set();
  pthread_sigmask(SIG_BLOCK, &stop, &before_);
  signals_ = FileDescriptor(::signalfd(-1, &stop, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!signals_) throw CannotWork("watch for signals: " + reason(errno));
}

StopSignals::~StopSignals() {
  signalfd_siginfo obeyed{};
  while (::read(signals_.get(), &obeyed, sizeof obeyed) > 0) continue;
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace net
