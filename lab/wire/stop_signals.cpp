#include "lab/wire/stop_signals.h"

#include <poll.h>
#include <sys/signalfd.h>

#include <array>
#include <chrono>

#include "lab/wire/system_call.h"

namespace lab {

namespace {

enum class Woken { Timeout, Descriptor, Signal };

// A signal is looked at first: whoever is asked to stop, stops. ppoll may end early by nothing else, all being blocked.
Woken wait(int fd, int signals, std::optional<net::Duration> limit) {
  std::array<pollfd, 2> watched{pollfd{signals, POLLIN, 0}, pollfd{fd, POLLIN, 0}};
  timespec left{};
  if (limit) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(*limit);
    left = {.tv_sec = seconds.count(), .tv_nsec = (*limit - seconds).count()};
  }
  checked(::ppoll(watched.data(), watched.size(), limit ? &left : nullptr, nullptr), "wait");
  if (watched[0].revents != 0) return Woken::Signal;
  return watched[1].revents != 0 ? Woken::Descriptor : Woken::Timeout;
}

StopSignal take(int signals) {
  signalfd_siginfo info{};
  checked(static_cast<int>(::read(signals, &info, sizeof info)), "read a signal");
  return {.number = static_cast<int>(info.ssi_signo), .by_terminal = info.ssi_code == SI_KERNEL};
}

}  // namespace

StopSignals::StopSignals() {
  sigset_t stop{};
  ::sigemptyset(&stop);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&stop, signal);
  ::pthread_sigmask(SIG_BLOCK, &stop, &before_);
  fd_ = net::FileDescriptor(checked(::signalfd(-1, &stop, SFD_CLOEXEC), "watch for signals"));
}

StopSignals::~StopSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

bool StopSignals::wait_readable(int fd, std::optional<net::Duration> limit) const {
  const Woken woken = wait(fd, fd_.get(), limit);
  if (woken == Woken::Signal) throw Stopped(std::string("stopped by ") + ::strsignal(take(fd_.get()).number));
  return woken == Woken::Descriptor;
}

void StopSignals::check() const { (void)wait_readable(-1, net::Duration::zero()); }

std::optional<StopSignal> StopSignals::readable_or_signal(int fd) const {
  if (wait(fd, fd_.get(), std::nullopt) == Woken::Signal) return take(fd_.get());
  return std::nullopt;
}

}  // namespace lab
