#include "lab/wire/foreign_router.h"

#include <fmt/format.h>

#include "lab/foreign_profiles.h"
#include "lab/wire/kernel_nat.h"
#include "lab/wire/nft_session.h"

namespace lab {

namespace {

void load(const Namespace& where, const std::string& rules) {
  where.run([&] { NftSession().load(rules); });
}

}  // namespace

ForeignRouter::ForeignRouter(net::Family family, Implementation implementation) : implementation_(implementation) {
  if (serves_one_host(implementation)) return;
  where_.set_sysctl(family == net::Family::V4 ? "ipv4/ip_forward" : "ipv6/conf/all/forwarding", "1");
  load(where_, kernel_nat_rules(family, implementation));
}

void ForeignRouter::add_host(const LinkEnd& host, const net::IpAddress& address) {
  if (serves_one_host(implementation_)) {
    program_.emplace(implementation_, where_, host, address);
    return;
  }
  const LinkEnd inside{where_, fmt::format("inside{}", hosts_++)};
  connect(inside, host);
  add_route(inside, address);
  give_address(host, address);
  if (implementation_ == Implementation::KernelDnatMap && hosts_ == 1) load(where_, dnat_map_rules(address));
}

}  // namespace lab
