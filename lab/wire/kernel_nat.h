#pragma once
// The NATs of the Linux kernel as nftables rules for a router whose interfaces are "outside" and "inside0", "inside1",
// ... Its input chain drops: a router that accepts or rejects what nobody asked for makes a conntrack entry that spoils
// the next punch through it. Pure.

#include <string>

#include "lab/nat_profile.h"
#include "net/endpoint.h"

namespace lab {

// The ruleset in nft's language.
[[nodiscard]] std::string kernel_nat_rules(net::Family family, Implementation implementation);

// Leads every external port to one inside host: beside the rules above.
[[nodiscard]] std::string dnat_map_rules(const net::IpAddress& inside);

}  // namespace lab
