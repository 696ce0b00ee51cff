#pragma once
// Over which address families a host reaches the rendezvous. A socket can be punched only where the rendezvous has seen
// it, so these are the families its attempts may be of.

#include <optional>
#include <string_view>

#include "net/endpoint.h"
#include "traversal/side.h"

namespace traversal {

struct Families {
  net::Family first = net::Family::V4;  // that of its registration: its NAT was probed over this one
  bool both = false;

  [[nodiscard]] bool has(net::Family family) const { return both || family == first; }
};

// Of an attempt that any family serves: the one both registered over, else one that both have, IPv4 before IPv6.
[[nodiscard]] std::optional<net::Family> common_family(const PerSide<Families>& hosts);

[[nodiscard]] std::string_view to_string(net::Family family);  // "ipv4", "ipv6"
[[nodiscard]] std::optional<net::Family> parse_family(std::string_view word);

}  // namespace traversal
