#include "probe/paths.h"

#include <fmt/core.h>

#include <algorithm>

#include "net/address_scope.h"

namespace probe {
namespace {

using Reflectors = std::vector<GivenReflector>;

// Every reflector that has an address of this family, at its first one.
Reflectors of_family(const std::vector<ResolvedReflector>& resolved, net::Family family) {
  Reflectors out;
  for (const ResolvedReflector& reflector : resolved) {
    const auto found = std::find_if(reflector.endpoints.begin(), reflector.endpoints.end(),
                                    [&](const net::Endpoint& endpoint) { return endpoint.family() == family; });
    if (found == reflector.endpoints.end()) continue;
    const auto same = [&](const GivenReflector& other) { return other.endpoint == *found; };
    if (std::none_of(out.begin(), out.end(), same)) out.push_back({reflector.given, *found});
  }
  return out;
}

bool in_family(const ResolvedReflector& reflector, net::Family family) {
  return std::any_of(reflector.endpoints.begin(), reflector.endpoints.end(),
                     [&](const net::Endpoint& endpoint) { return endpoint.family() == family; });
}

// Families that every reflector has go first.
std::vector<Reflectors> by_family(const std::vector<ResolvedReflector>& resolved) {
  std::vector<Reflectors> whole;
  std::vector<Reflectors> partial;
  for (const net::Family family : {net::Family::V4, net::Family::V6}) {
    Reflectors found = of_family(resolved, family);
    if (found.empty()) continue;
    const bool all = std::all_of(resolved.begin(), resolved.end(),
                                 [&](const ResolvedReflector& reflector) { return in_family(reflector, family); });
    (all ? whole : partial).push_back(std::move(found));
  }
  whole.insert(whole.end(), partial.begin(), partial.end());
  return whole;
}

net::Family family_of(const Reflectors& reflectors) { return reflectors.front().endpoint.family(); }

std::string_view family_word(net::Family family) { return family == net::Family::V4 ? "IPv4" : "IPv6"; }

// ---- without an interface ------------------------------------------------------------------------------------------

std::vector<Path> as_routed(std::vector<Reflectors> families, const Surroundings& surroundings) {
  std::vector<Path> out;
  for (Reflectors& reflectors : families) {
    const bool routed = std::any_of(reflectors.begin(), reflectors.end(), [&](const GivenReflector& reflector) {
      return surroundings.has_route(reflector.endpoint.address);
    });
    // A single family is tried in any case: what then fails is said in the system's words.
    if (routed || families.size() == 1) out.push_back({.reflectors = std::move(reflectors)});
  }
  if (out.empty()) out.push_back({.reflectors = std::move(families.front())});
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

std::vector<Path> through(const net::Interface& interface, const std::vector<Reflectors>& families,
                          const Surroundings& surroundings) {
  std::vector<Path> out;
  for (const Reflectors& reflectors : families) {
    if (!leads_to(interface, reflectors, surroundings)) continue;
    out.push_back({.reflectors = reflectors, .interface = interface.name});
  }
  return out;
}

std::string names_of(const std::vector<net::Interface>& interfaces) {
  std::string out;
  for (const net::Interface& interface : interfaces) out += (out.empty() ? "" : ", ") + interface.name;
  return out.empty() ? "none" : out;
}

// Why nothing goes through this one.
std::string obstacle(const net::Interface& interface, const std::vector<Reflectors>& families) {
  if (!interface.up) return "it is down";
  if (!interface.carrier) return "it is not connected";
  const auto reachable = std::find_if(families.begin(), families.end(), [&](const Reflectors& reflectors) {
    return has_address(interface, family_of(reflectors));
  });
  if (reachable != families.end()) {
    return fmt::format("it has no route to {}", net::to_string(reachable->front().endpoint.address));
  }
  const bool either = families.size() > 1;
  return fmt::format("it has no {}address", either ? "" : fmt::format("{} ", family_word(family_of(families.front()))));
}

net::Result<std::vector<Path>, std::string> through_named(const std::string& name,
                                                          const std::vector<Reflectors>& families,
                                                          const Surroundings& surroundings) {
  const auto& all = surroundings.interfaces;
  const auto found = std::find_if(all.begin(), all.end(), [&](const net::Interface& one) { return one.name == name; });
  if (found == all.end()) {
    return net::Unexpected(fmt::format("interface {}: no such interface; there are: {}", name, names_of(all)));
  }
  std::vector<Path> paths;
  if (found->up && found->carrier) paths = through(*found, families, surroundings);
  if (paths.empty()) return net::Unexpected(fmt::format("interface {}: {}", name, obstacle(*found, families)));
  return paths;
}

net::Result<std::vector<Path>, std::string> through_all(const std::vector<Reflectors>& families,
                                                        const Surroundings& surroundings) {
  std::vector<Path> paths;
  for (const net::Interface& interface : surroundings.interfaces) {
    if (!interface.up || !interface.carrier) continue;
    const auto more = through(interface, families, surroundings);
    paths.insert(paths.end(), more.begin(), more.end());
  }
  if (!paths.empty()) return paths;
  std::string why;
  for (const net::Interface& interface : surroundings.interfaces) {
    why += fmt::format("; {}: {}", interface.name, obstacle(interface, families));
  }
  return net::Unexpected("no interface leads to the reflectors" + why);
}

}  // namespace

net::Result<std::vector<Path>, std::string> choose_paths(const std::vector<ResolvedReflector>& reflectors,
                                                         const PathWish& wish, const Surroundings& surroundings) {
  std::vector<Reflectors> families = by_family(reflectors);
  if (wish.bind) {
    std::erase_if(families, [&](const Reflectors& some) { return family_of(some) != wish.bind->family(); });
    if (families.empty()) {
      return net::Unexpected(
          fmt::format("bind {}: the reflectors are of the other address family", net::to_string(wish.bind->address)));
    }
  }
  if (wish.all_interfaces) return through_all(families, surroundings);
  if (!wish.interface.empty()) return through_named(wish.interface, families, surroundings);
  return as_routed(std::move(families), surroundings);
}

}  // namespace probe
