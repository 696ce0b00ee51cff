#include "lab/wire/kernel_nat.h"

#include <fmt/format.h>

#include <string_view>

namespace lab {

namespace {

std::string_view table_family(net::Family family) { return family == net::Family::V4 ? "ip" : "ip6"; }

std::string_view masquerade_flag(Implementation implementation) {
  if (implementation == Implementation::KernelRandom) return "random";
  return implementation == Implementation::KernelFullyRandom ? "fully-random" : "";
}

}  // namespace

std::string kernel_nat_rules(net::Family family, Implementation implementation) {
  return fmt::format(R"(table {} nat {{
  chain input {{ type filter hook input priority filter; policy drop; }}
  chain forward {{
    type filter hook forward priority filter; policy drop;
    iifname "inside*" accept
    ct state established,related accept
    ct status dnat accept
  }}
  chain postrouting {{
    type nat hook postrouting priority srcnat;
    oifname "outside" masquerade {}
  }}
}}
)",
                     table_family(family), masquerade_flag(implementation));
}

std::string dnat_map_rules(const net::IpAddress& inside) {
  return fmt::format(R"(table {} nat {{
  chain prerouting {{
    type nat hook prerouting priority dstnat;
    iifname "outside" meta l4proto {{ tcp, udp }} dnat to {}
  }}
}}
)",
                     table_family(inside.family()), net::to_string(inside));
}

}  // namespace lab
