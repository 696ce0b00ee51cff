#pragma once
// The NAT of the Linux kernel (nftables masquerade) in a router namespace: one interface towards the world, one towards
// each host inside. Its input chain drops: a router that accepts or rejects what nobody asked for makes a conntrack
// entry that spoils the next punch through it.

#include <string>

#include "lab/nat_profile.h"
#include "lab/wire/interfaces.h"
#include "net/endpoint.h"

namespace lab {

// The ruleset in nft's language; `kernel` is not None.
[[nodiscard]] std::string masquerade_ruleset(net::Family family, KernelNat kernel);

class KernelRouter {
 public:
  // Forwarding on, rules in, links still to be made. Throws CannotWork.
  KernelRouter(net::Family family, KernelNat kernel);

  // The interface towards the world, to be connected and given the address the world sees.
  [[nodiscard]] LinkEnd outside() const { return {where_, "outside"}; }

  // Joins a host, or the outside of another router, to the inside.
  void add_host(const LinkEnd& host, const net::IpAddress& address);

 private:
  Namespace where_;
  unsigned hosts_ = 0;
};

}  // namespace lab
