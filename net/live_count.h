#pragma once
// A number that one thread counts up and any may read, at the cost of an ordinary one.

#include <atomic>
#include <cstdint>

namespace net {

class LiveCount {
 public:
  LiveCount() = default;
  LiveCount(const LiveCount& other) : value_(other) {}
  LiveCount& operator=(const LiveCount& other) {
    value_.store(other, std::memory_order_relaxed);
    return *this;
  }

  LiveCount& operator++() { return *this += 1; }
  LiveCount& operator+=(std::uint64_t more) {
    value_.store(value_.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
    return *this;
  }
  operator std::uint64_t() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace net
