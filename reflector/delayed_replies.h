#pragma once
// Replies that wait: DELAY asks for an answer so many seconds later (docs/protocol.md), which tells a client how long
// its NAT keeps a mapping that nothing passes. Pure and of bounded memory: a fixed number of entries, of which one
// source (IPv4 /32, IPv6 /64) may hold only so many. The copies of one request (same client endpoint and transaction
// id) are one entry: the first decides when the answer goes out.

#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "reflector/reply.h"

namespace reflector {

inline constexpr std::uint32_t most_delay = 900;  // seconds

struct DelayedReply {
  Reply reply;
  stun::Arrival arrival;  // of the request
};

class DelayedReplies {
 public:
  DelayedReplies(std::size_t entries, std::size_t entries_of_a_source)
      : most_(entries), most_of_a_source_(entries_of_a_source) {}

  // Whether `client` may have one more.
  [[nodiscard]] bool has_room_for(const net::IpAddress& client) const;

  // A copy of this request waits already.
  [[nodiscard]] bool holds(const net::Endpoint& client, const stun::TransactionId& id) const;

  void add(const DelayedReply& delayed, net::TimePoint due);  // there is room, and it is not held

  [[nodiscard]] std::optional<net::TimePoint> next_due() const;
  [[nodiscard]] std::optional<DelayedReply> take_due(net::TimePoint now);  // one at a time, the earliest first
  [[nodiscard]] std::size_t size() const { return by_due_.size(); }

 private:
  using Key = std::tuple<net::Endpoint, std::array<std::uint8_t, 16>>;
  [[nodiscard]] static Key key_of(const net::Endpoint& client, const stun::TransactionId& id) {
    return {client, id.bytes};
  }

  std::size_t most_;
  std::size_t most_of_a_source_;
  std::multimap<net::TimePoint, DelayedReply> by_due_;
  std::set<Key> held_;
  std::map<net::IpAddress, std::size_t> of_source_;
};

}  // namespace reflector
