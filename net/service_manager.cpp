#include "net/service_manager.h"

#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace net {
namespace {

std::string taken_from_environment(const char* variable) {
  const char* text = std::getenv(variable);
  std::string value = text == nullptr ? "" : text;
  ::unsetenv(variable);
  return value;
}

std::optional<std::uint64_t> number(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

FileDescriptor timer_every(std::uint64_t microseconds) {
  FileDescriptor timer(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  const timespec span{.tv_sec = static_cast<time_t>(microseconds / 1'000'000),
                      .tv_nsec = static_cast<long>(microseconds % 1'000'000 * 1'000)};
  const itimerspec when{.it_interval = span, .it_value = span};
  ::timerfd_settime(timer.get(), 0, &when, nullptr);
  return timer;
}

}  // namespace

ServiceManager::ServiceManager() : address_(taken_from_environment("NOTIFY_SOCKET")) {
  const auto demanded = number(taken_from_environment("WATCHDOG_USEC"));
  const auto process = number(taken_from_environment("WATCHDOG_PID"));
  if (address_.empty()) return;
  socket_ = FileDescriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const bool for_us = !process || *process == static_cast<std::uint64_t>(::getpid());
  if (demanded && *demanded >= 2 && for_us) watchdog_ = timer_every(*demanded / 2);
}

void ServiceManager::ready(std::string_view status) const { tell("READY=1\nSTATUS=" + std::string(status) + "\n"); }

void ServiceManager::reloading(TimePoint now) const {
  const auto time = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
  tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(time.count()) + "\n");
}

void ServiceManager::stopping() const { tell("STOPPING=1\n"); }

void ServiceManager::alive() const {
  std::uint64_t expirations = 0;
  if (::read(watchdog_.get(), &expirations, sizeof expirations) > 0) tell("WATCHDOG=1\n");
}

void ServiceManager::tell(const std::string& text) const {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (!socket_ || address_.size() >= sizeof to.sun_path) return;
  std::copy(address_.begin(), address_.end(), to.sun_path);
  if (address_.front() == '@') to.sun_path[0] = '\0';  // Linux's abstract names
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  (void)::sendto(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to), size);
}

}  // namespace net
