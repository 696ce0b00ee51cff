#pragma once
// Waits for file descriptors and for a moment of the steady clock, to the nanosecond (epoll and a timerfd).

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "net/file_descriptor.h"
#include "net/time.h"

namespace net {

class EventPoll {
 public:
  EventPoll();  // CannotWork

  [[nodiscard]] static TimePoint now();

  // Level-triggered. `key` comes back in the event's data.u64; `events` are EPOLLIN and so on.
  void add(int descriptor, std::uint64_t key, std::uint32_t events);
  void change(int descriptor, std::uint64_t key, std::uint32_t events);
  void remove(int descriptor);

  // Returns when something is ready or the moment has come (then perhaps with nothing); empty waits for ever.
  [[nodiscard]] std::span<const epoll_event> wait(std::optional<TimePoint> until);

 private:
  void set_timer(std::optional<TimePoint> until);

  FileDescriptor epoll_;
  FileDescriptor timer_;
  std::optional<TimePoint> timer_set_to_;
  std::array<epoll_event, 64> events_{};
};

}  // namespace net
