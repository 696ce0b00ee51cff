#include "net/side_by_side.h"

#include <algorithm>
#include <cassert>

namespace net {
namespace {

// The name of the socket an input or an output is about; an accepted connection's is its listener's.
template <typename Event>
SocketId& socket_of(Event& event) {
  if constexpr (requires { event.listener; }) {
    return event.listener;
  } else if constexpr (requires { event.connection; }) {
    return event.connection;
  } else {
    return event.socket;
  }
}

template <typename Events>
SocketId& name_in(Events& events) {
  return std::visit([](auto& event) -> SocketId& { return socket_of(event); }, events);
}

}  // namespace

void SideBySide::start(TimePoint now) {
  for (Agent* agent : agents_) agent->start(now);
}

void SideBySide::handle(TimePoint now, const Input& input) {
  Input own = input;
  SocketId& name = name_in(own);
  const std::size_t which = name.value / sockets_each;
  if (which >= agents_.size() || agents_[which]->finished()) return;
  name.value %= sockets_each;
  agents_[which]->handle(now, own);
}

void SideBySide::tick(TimePoint now) {
  for (Agent* agent : agents_) {
    const auto due = agent->finished() ? std::nullopt : agent->next_deadline();
    if (due && *due <= now) agent->tick(now);
  }
}

std::optional<TimePoint> SideBySide::next_deadline() const {
  std::optional<TimePoint> first;
  for (const Agent* agent : agents_) {
    const auto due = agent->finished() ? std::nullopt : agent->next_deadline();
    if (due) first = std::min(first.value_or(*due), *due);
  }
  return first;
}

std::vector<Output> SideBySide::take_outputs() {
  std::vector<Output> all;
  for (std::size_t i = 0; i < agents_.size(); ++i) {
    for (Output& output : agents_[i]->take_outputs()) {
      SocketId& name = name_in(output);
      assert(name.value < sockets_each);
      name.value += static_cast<std::uint32_t>(i) * sockets_each;
      all.push_back(std::move(output));
    }
  }
  return all;
}

bool SideBySide::finished() const {
  return std::all_of(agents_.begin(), agents_.end(), [](const Agent* agent) { return agent->finished(); });
}

}  // namespace net
