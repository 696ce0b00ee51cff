#include "traversal/families.h"

namespace traversal {

std::optional<net::Family> common_family(const PerSide<Families>& hosts) {
  const auto& [a, b] = hosts.values;
  if (a.first == b.first) return a.first;
  for (const net::Family family : {net::Family::V4, net::Family::V6}) {
    if (a.has(family) && b.has(family)) return family;
  }
  return std::nullopt;
}

std::string_view to_string(net::Family family) { return family == net::Family::V4 ? "ipv4" : "ipv6"; }

std::optional<net::Family> parse_family(std::string_view word) {
  for (const net::Family family : {net::Family::V4, net::Family::V6}) {
    if (word == to_string(family)) return family;
  }
  return std::nullopt;
}

}  // namespace traversal
