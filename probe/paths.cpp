#include "probe/paths.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>

#include "net/address_scope.h"

namespace probe {
namespace {

using Reflectors = std::vector<GivenReflector>;

// Reflectors that one path can ask, and under which prefix where that leads through a NAT64.
struct Kin {
  Reflectors reflectors;
  std::optional<net::Nat64Prefix> nat64 = std::nullopt;
  bool all = false;    // every reflector there is
  bool asked = false;  // somebody gave such an address: else it is made of another
};

class Nat64 {
 public:
  explicit Nat64(std::vector<net::Nat64Prefix> own) : known_(std::move(own)), own_(known_.size()) {
    known_.push_back(net::well_known_nat64());
  }

  // The prefix an address is under.
  [[nodiscard]] std::optional<net::Nat64Prefix> of(const net::IpAddress& address) const {
    const auto found = std::find_if(known_.begin(), known_.end(), [&](const net::Nat64Prefix& prefix) {
      return prefix.ipv4_in(address).has_value();
    });
    return found == known_.end() ? std::nullopt : std::optional(*found);
  }

  // Under which IPv4 addresses are put that nobody put under any: only what the network said it has.
  [[nodiscard]] std::optional<net::Nat64Prefix> to_make() const {
    return own_ == 0 ? std::nullopt : std::optional(known_.front());
  }

 private:
  std::vector<net::Nat64Prefix> known_;
  std::size_t own_;
};

using Pick = std::function<std::optional<net::Endpoint>(const net::Endpoint&)>;

// Every reflector of which one address can be picked, at the first of these.
Kin picked(const std::vector<ResolvedReflector>& resolved, const Pick& pick) {
  Kin out{.all = true};
  for (const ResolvedReflector& reflector : resolved) {
    std::optional<net::Endpoint> found;
    for (const net::Endpoint& endpoint : reflector.endpoints) {
      if (!found) found = pick(endpoint);
    }
    out.all = out.all && found;
    const auto same = [&](const GivenReflector& other) { return other.endpoint == *found; };
    if (found && std::none_of(out.reflectors.begin(), out.reflectors.end(), same)) {
      out.reflectors.push_back({reflector.given, *found});
    }
  }
  return out;
}

Kin of_family(const std::vector<ResolvedReflector>& resolved, net::Family family, const Nat64& nat64) {
  Kin out = picked(resolved, [&](const net::Endpoint& endpoint) {
    const bool its_own = endpoint.family() == family && !nat64.of(endpoint.address);
    return its_own ? std::optional(endpoint) : std::nullopt;
  });
  out.asked = true;
  return out;
}

// RFC 6052 section 3.1: under the well-known prefix there are global addresses only; and a host has nothing of the
// scope of loopback or its link behind a NAT64.
bool may_be_under(const net::Nat64Prefix& prefix, const net::IpAddress& v4) {
  const net::AddressScope scope = net::scope(v4);
  if (scope == net::AddressScope::Public) return true;
  return prefix != net::well_known_nat64() &&
         (scope == net::AddressScope::Private || scope == net::AddressScope::SharedNat);
}

Kin through_nat64(const std::vector<ResolvedReflector>& resolved, const Nat64& nat64) {
  std::optional<net::Nat64Prefix> given;
  for (const ResolvedReflector& reflector : resolved) {
    for (const net::Endpoint& endpoint : reflector.endpoints) {
      if (!given) given = nat64.of(endpoint.address);
    }
  }
  const auto prefix = given ? given : nat64.to_make();
  if (!prefix) return {};
  Kin out = picked(resolved, [&](const net::Endpoint& endpoint) -> std::optional<net::Endpoint> {
    const auto its = nat64.of(endpoint.address);
    if (its == prefix) return endpoint;
    const net::IpAddress address = its ? *its->ipv4_in(endpoint.address) : endpoint.address;
    if (address.family() != net::Family::V4 || !may_be_under(*prefix, address)) return std::nullopt;
    return net::Endpoint{prefix->with(address), endpoint.port};
  });
  out.nat64 = prefix;
  out.asked = given.has_value();
  return out;
}

// Families that every reflector has go first, and else IPv4 before IPv6 before what a NAT64 makes of IPv4.
std::vector<Kin> by_family(const std::vector<ResolvedReflector>& resolved, const Nat64& nat64) {
  std::vector<Kin> out = {of_family(resolved, net::Family::V4, nat64), of_family(resolved, net::Family::V6, nat64),
                          through_nat64(resolved, nat64)};
  std::erase_if(out, [](const Kin& kin) { return kin.reflectors.empty(); });
  std::stable_partition(out.begin(), out.end(), [](const Kin& kin) { return kin.all; });
  return out;
}

net::Family family_of(const Reflectors& reflectors) { return reflectors.front().endpoint.family(); }

std::string_view family_word(net::Family family) { return family == net::Family::V4 ? "IPv4" : "IPv6"; }

using Leads = std::function<bool(const Reflectors& reflectors)>;

// IPv4 comes before what a NAT64 makes of it, and is better where there is a way for it.
std::vector<Path> leading(const std::vector<Kin>& kins, const std::string& interface, const Leads& leads) {
  std::vector<Path> out;
  bool ipv4_leads = false;
  for (const Kin& kin : kins) {
    const bool needless = kin.nat64 && !kin.asked && ipv4_leads;
    if (needless || !leads(kin.reflectors)) continue;
    ipv4_leads = ipv4_leads || family_of(kin.reflectors) == net::Family::V4;
    out.push_back({.reflectors = kin.reflectors, .interface = interface, .nat64 = kin.nat64});
  }
  return out;
}

// ---- without an interface ------------------------------------------------------------------------------------------

std::vector<Path> as_routed(const std::vector<Kin>& kins, const Surroundings& surroundings) {
  // A single family is tried in any case: what then fails is said in the system's words.
  const bool any_case = kins.size() == 1;
  std::vector<Path> out = leading(kins, {}, [&](const Reflectors& reflectors) {
    return any_case || std::any_of(reflectors.begin(), reflectors.end(), [&](const GivenReflector& reflector) {
             return surroundings.has_route(reflector.endpoint.address);
           });
  });
  if (out.empty()) out.push_back({.reflectors = kins.front().reflectors, .nat64 = kins.front().nat64});
  return out;
}

// ---- through interfaces --------------------------------------------------------------------------------------------

bool usable(const net::IpAddress& address, net::Family family) {
  return address.family() == family && net::scope(address) != net::AddressScope::LinkLocal;
}

bool has_address(const net::Interface& interface, net::Family family) {
  return std::any_of(interface.addresses.begin(), interface.addresses.end(),
                     [&](const net::IpAddress& address) { return usable(address, family); });
}

bool leads_to(const net::Interface& interface, const Reflectors& reflectors, const Surroundings& surroundings) {
  return std::any_of(interface.addresses.begin(), interface.addresses.end(), [&](const net::IpAddress& address) {
    return usable(address, family_of(reflectors)) &&
           std::any_of(reflectors.begin(), reflectors.end(), [&](const GivenReflector& reflector) {
             return surroundings.has_route_through(reflector.endpoint.address, interface.name, address);
           });
  });
}

std::vector<Path> through(const net::Interface& interface, const std::vector<Kin>& kins,
                          const Surroundings& surroundings) {
  return leading(kins, interface.name,
                 [&](const Reflectors& reflectors) { return leads_to(interface, reflectors, surroundings); });
}

std::string names_of(const std::vector<net::Interface>& interfaces) {
  std::string out;
  for (const net::Interface& interface : interfaces) out += (out.empty() ? "" : ", ") + interface.name;
  return out.empty() ? "none" : out;
}

// Why nothing goes through this one.
std::string obstacle(const net::Interface& interface, const std::vector<Kin>& kins) {
  if (!interface.up) return "it is down";
  if (!interface.carrier) return "it is not connected";
  const auto reachable = std::find_if(
      kins.begin(), kins.end(), [&](const Kin& kin) { return has_address(interface, family_of(kin.reflectors)); });
  if (reachable != kins.end()) {
    return fmt::format("it has no route to {}", net::to_string(reachable->reflectors.front().endpoint.address));
  }
  const bool either = kins.size() > 1;
  return fmt::format("it has no {}address",
                     either ? "" : fmt::format("{} ", family_word(family_of(kins.front().reflectors))));
}

net::Result<std::vector<Path>, std::string> through_named(const std::string& name, const std::vector<Kin>& kins,
                                                          const Surroundings& surroundings) {
  const auto& all = surroundings.interfaces;
  const auto found = std::find_if(all.begin(), all.end(), [&](const net::Interface& one) { return one.name == name; });
  if (found == all.end()) {
    return net::Unexpected(fmt::format("interface {}: no such interface; there are: {}", name, names_of(all)));
  }
  std::vector<Path> paths;
  if (found->up && found->carrier) paths = through(*found, kins, surroundings);
  if (paths.empty()) return net::Unexpected(fmt::format("interface {}: {}", name, obstacle(*found, kins)));
  return paths;
}

net::Result<std::vector<Path>, std::string> through_all(const std::vector<Kin>& kins,
                                                        const Surroundings& surroundings) {
  std::vector<Path> paths;
  for (const net::Interface& interface : surroundings.interfaces) {
    if (!interface.up || !interface.carrier) continue;
    const auto more = through(interface, kins, surroundings);
    paths.insert(paths.end(), more.begin(), more.end());
  }
  if (!paths.empty()) return paths;
  std::string why;
  for (const net::Interface& interface : surroundings.interfaces) {
    why += fmt::format("; {}: {}", interface.name, obstacle(interface, kins));
  }
  return net::Unexpected("no interface leads to the reflectors" + why);
}

}  // namespace

net::Result<std::vector<Path>, std::string> choose_paths(const std::vector<ResolvedReflector>& reflectors,
                                                         const PathWish& wish, const Surroundings& surroundings) {
  std::vector<Kin> kins = by_family(reflectors, Nat64(surroundings.nat64));
  if (wish.bind) {
    std::erase_if(kins, [&](const Kin& kin) { return family_of(kin.reflectors) != wish.bind->family(); });
    if (kins.empty()) {
      return net::Unexpected(
          fmt::format("bind {}: the reflectors are of the other address family", net::to_string(wish.bind->address)));
    }
  }
  if (wish.all_interfaces) return through_all(kins, surroundings);
  if (!wish.interface.empty()) return through_named(wish.interface, kins, surroundings);
  return as_routed(kins, surroundings);
}

}  // namespace probe
