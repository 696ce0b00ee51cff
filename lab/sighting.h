#pragma once
// What an observer of a Network (Network::watch) is told: each packet as it enters a link, with what the link does to
// it; and each packet that the core or a NAT at the end of its link does not send on, with the reason.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lab/link.h"
#include "lab/nat.h"
#include "lab/packet.h"
#include "net/time.h"

namespace lab {

struct NodeId {
  std::uint32_t value = 0;
  friend auto operator<=>(const NodeId&, const NodeId&) = default;
};

enum class Fate : std::uint8_t {
  // as it enters the link
  Sent,
  Doubled,
  Lost,
  Cut,
  QueueFull,
  TooBig,      // for the MTU, and must not be fragmented
  Fragmented,  // the parts follow, each as a packet that enters
  // at the router where the link ends
  Expired,  // its TTL
  NoRoute,
  Blocked,  // by Network::block()
  Refused,  // by the NAT: Sighting::reason
};

struct Flow {  // the endpoints of a packet
  net::Endpoint source;
  net::Endpoint destination;
  friend bool operator==(const Flow&, const Flow&) = default;
};

struct Sighting {
  net::TimePoint time;
  NodeId link;  // of this node towards the one above it
  Way way = Way::Up;
  const Packet& packet;  // as it is on this link
  Fate fate = Fate::Sent;
  std::optional<Dropped> reason;  // of Refused
  std::optional<Flow> was;        // the NAT that sends it had translated it from this
};

// "lost by the link", "refused by the NAT: no mapping has this port", "sent on; source 10.0.1.2:4000 >
// 203.0.113.1:4000": a comment for a capture of the link.
[[nodiscard]] std::string to_string(const Sighting& sighting);
[[nodiscard]] std::string_view to_string(Fate fate);
// Whether the packet is new on the link: else it is seen again, where the link ends.
[[nodiscard]] constexpr bool enters(Fate fate) { return fate < Fate::Expired; }

}  // namespace lab
