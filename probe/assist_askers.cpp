#include "probe/assist_askers.h"

#include <algorithm>

namespace probe {
namespace {

template <typename Wanted>
AssistAsker* find_asker(std::vector<AssistAsker>& askers, Wanted wanted) {
  const auto found = std::find_if(askers.begin(), askers.end(), wanted);
  return found == askers.end() ? nullptr : &*found;
}

bool silent_for_longer(const AssistAsker& one, const AssistAsker& other) { return one.last < other.last; }

}  // namespace

AssistAsker* AssistAskers::greeted(const net::Endpoint& source, const stun::TransactionId& greeting) {
  return find_asker(askers_, [&](const AssistAsker& one) { return one.source == source && one.greeting == greeting; });
}

AssistAsker* AssistAskers::with_nonce(const net::Endpoint& source, const stun::AssistNonce& nonce) {
  return find_asker(askers_, [&](const AssistAsker& one) { return one.source == source && one.nonce == nonce; });
}

AssistAsker* AssistAskers::with_socket(net::SocketId socket) {
  return find_asker(askers_, [&](const AssistAsker& one) {
    return std::any_of(one.sockets.begin(), one.sockets.end(),
                       [&](const auto& entry) { return entry.second.id == socket; });
  });
}

AssistAsker& AssistAskers::add(AssistAsker asker) { return askers_.emplace_back(std::move(asker)); }

std::vector<AssistAsker> AssistAskers::take_gone(net::TimePoint now, bool room_for_one) {
  std::vector<AssistAsker> out;
  const auto take = [&](std::vector<AssistAsker>::iterator which) {
    out.push_back(std::move(*which));
    askers_.erase(which);
  };
  while (!askers_.empty()) {
    const auto oldest = std::min_element(askers_.begin(), askers_.end(), silent_for_longer);
    const bool crowded = room_for_one && askers_.size() >= most_assist_askers;
    if (!crowded && now < oldest->last + assist_asker_idle) break;
    take(oldest);
  }
  return out;
}

std::optional<net::TimePoint> AssistAskers::next_deadline() const {
  const auto oldest = std::min_element(askers_.begin(), askers_.end(), silent_for_longer);
  return oldest == askers_.end() ? std::nullopt : std::optional(oldest->last + assist_asker_idle);
}

}  // namespace probe
