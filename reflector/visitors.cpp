#include "reflector/visitors.h"

#include <algorithm>

namespace reflector {

void Visitors::start() {
  keeper_ = std::jthread([this](const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      wake_.wait_for(lock, stop, limits_.patience / 4, [] { return false; });
      send_home(Clock::now());
    }
  });
}

bool Visitors::enter(const Poco::Net::StreamSocket& socket) {
  const std::lock_guard lock(mutex_);
  try {
    const Poco::Net::IPAddress source = socket.peerAddress().host();
    const auto same = std::count_if(all_.begin(), all_.end(), [&](const Visitor& v) { return v.source == source; });
    if (all_.size() >= limits_.in_all || static_cast<std::size_t>(same) >= limits_.of_a_source) return false;
    all_.push_back({socket, source, Clock::now() + limits_.patience});
    return true;
  } catch (const Poco::Exception&) {  // it is gone already
    return false;
  }
}

void Visitors::leave(const Poco::Net::StreamSocket& socket) {
  const std::lock_guard lock(mutex_);
  all_.remove_if([&](const Visitor& visitor) { return visitor.socket == socket; });
}

void Visitors::send_home() {
  const std::lock_guard lock(mutex_);
  send_home(Clock::time_point::max());
}

// A thread that waits for this socket finds it ended.
void Visitors::send_home(Clock::time_point now) {
  for (Visitor& visitor : all_) {
    if (visitor.sent_home || now < visitor.until) continue;
    visitor.sent_home = true;
    try {
      visitor.socket.shutdown();
    } catch (const Poco::Exception&) {  // it is gone already
    }
  }
}

}  // namespace reflector
