#include "reflector/delayed_replies.h"

#include <algorithm>
#include <cassert>

namespace reflector {
namespace {

constexpr std::size_t ipv6_prefix_bytes = 8;  // a /64 is one subscriber's

net::IpAddress source_of_delay(const net::IpAddress& client) {
  if (client.family() == net::Family::V4) return client;
  std::array<std::uint8_t, 16> prefix{};
  std::copy_n(client.bytes().begin(), ipv6_prefix_bytes, prefix.begin());
  return net::IpAddress::v6(prefix);
}

}  // namespace

bool DelayedReplies::has_room_for(const net::IpAddress& client) const {
  if (by_due_.size() >= most_) return false;
  const auto held = of_source_.find(source_of_delay(client));
  return held == of_source_.end() || held->second < most_of_a_source_;
}

bool DelayedReplies::holds(const net::Endpoint& client, const stun::TransactionId& id) const {
  return held_.contains(key_of(client, id));
}

void DelayedReplies::add(const DelayedReply& delayed, net::TimePoint due) {
  const Reply& reply = delayed.reply;
  assert(has_room_for(reply.client.address) && !holds(reply.client, reply.id));
  by_due_.emplace(due, delayed);
  held_.insert(key_of(reply.client, reply.id));
  ++of_source_[source_of_delay(reply.client.address)];
}

std::optional<net::TimePoint> DelayedReplies::next_due() const {
  return by_due_.empty() ? std::nullopt : std::optional(by_due_.begin()->first);
}

std::optional<DelayedReply> DelayedReplies::take_due(net::TimePoint now) {
  if (by_due_.empty() || by_due_.begin()->first > now) return std::nullopt;
  const DelayedReply out = by_due_.begin()->second;
  by_due_.erase(by_due_.begin());
  held_.erase(key_of(out.reply.client, out.reply.id));
  const auto source = of_source_.find(source_of_delay(out.reply.client.address));
  if (--source->second == 0) of_source_.erase(source);
  return out;
}

}  // namespace reflector
