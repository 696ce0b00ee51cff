#include "net/event_poll.h"

#include <sys/timerfd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <limits>

#include "net/cannot_work.h"
#include "net/socket_address.h"

namespace net {
namespace {

constexpr std::uint64_t timer_key = std::numeric_limits<std::uint64_t>::max();

// An all-zero time would disarm the timer, so a moment at or before the clock's zero becomes its first nanosecond.
itimerspec at(TimePoint moment) {
  const auto since_zero = std::max(moment.time_since_epoch(), Duration(1));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_zero);
  return {.it_interval = {}, .it_value = {.tv_sec = seconds.count(), .tv_nsec = (since_zero - seconds).count()}};
}

}  // namespace

EventPoll::EventPoll()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
  if (!epoll_ || !timer_) throw CannotWork("create an event queue: " + reason(errno));
  add(timer_.get(), timer_key, EPOLLIN);
}

TimePoint EventPoll::now() { return TimePoint(std::chrono::steady_clock::now().time_since_epoch()); }

void EventPoll::add(int descriptor, std::uint64_t key, std::uint32_t events) {
  epoll_event event{.events = events, .data = {.u64 = key}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) != 0) {
    throw CannotWork("watch a socket: " + reason(errno));
  }
}

void EventPoll::change(int descriptor, std::uint64_t key, std::uint32_t events) {
  epoll_event event{.events = events, .data = {.u64 = key}};
  [[maybe_unused]] const int failed = ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, descriptor, &event);
  assert(!failed);
}

void EventPoll::remove(int descriptor) { ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, descriptor, nullptr); }

std::span<const epoll_event> EventPoll::wait(std::optional<TimePoint> until) {
  const bool poll_only = until && *until <= now();
  if (!poll_only) set_timer(until);
  const int n = ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), poll_only ? 0 : -1);
  const auto end = std::remove_if(events_.begin(), events_.begin() + std::max(n, 0),
                                  [](const epoll_event& event) { return event.data.u64 == timer_key; });
  return {events_.begin(), end};
}

// Only asked for what is to come; setting it anew also makes an expired one quiet again.
void EventPoll::set_timer(std::optional<TimePoint> until) {
  if (timer_set_to_ == until) return;
  const itimerspec when = until ? at(*until) : itimerspec{};
  ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
  timer_set_to_ = until;
}

}  // namespace net
