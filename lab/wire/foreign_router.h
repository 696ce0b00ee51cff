#pragma once
// A NAT written elsewhere, in a router namespace of its own: the kernel's, with one interface towards the world and one
// towards each host inside; or a program there, which makes the interface of the one host behind it itself.

#include <optional>

#include "lab/nat_profile.h"
#include "lab/wire/interfaces.h"
#include "lab/wire/user_nat.h"
#include "net/endpoint.h"

namespace lab {

class ForeignRouter {
 public:
  // Ready but for its links. Throws CannotWork. `implementation` is not Model.
  ForeignRouter(net::Family family, Implementation implementation);

  // The interface towards the world, to be connected and given the address the world sees.
  [[nodiscard]] LinkEnd outside() const { return {where_, "outside"}; }

  // Joins a host, or the outside of another router, to the inside; the outside is connected by then. The host has that
  // address afterwards.
  void add_host(const LinkEnd& host, const net::IpAddress& address);

 private:
  Namespace where_;
  Implementation implementation_;
  unsigned hosts_ = 0;
  std::optional<UserNat> program_;
};

}  // namespace lab
