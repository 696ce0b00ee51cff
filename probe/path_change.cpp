#include "probe/path_change.h"

#include <fmt/core.h>

#include <algorithm>

namespace probe {
namespace {

using Interfaces = std::vector<net::Interface>;

const net::Interface* find_interface(const Interfaces& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const net::Interface& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

bool is_own(const Interfaces& all, const net::IpAddress& address) {
  return std::any_of(all.begin(), all.end(), [&](const net::Interface& one) {
    return std::find(one.addresses.begin(), one.addresses.end(), address) != one.addresses.end();
  });
}

std::optional<std::string> interface_change(const net::Interface& before, const Interfaces& now) {
  const net::Interface* found = find_interface(now, before.name);
  if (found == nullptr) return fmt::format("interface {} is gone", before.name);
  if (before.up && !found->up) return fmt::format("interface {} went down", before.name);
  if (before.carrier && !found->carrier) return fmt::format("interface {} lost its connection", before.name);
  return std::nullopt;
}

std::string route_words(const net::Route& route) {
  return fmt::format("{}{}{}", route.interface.empty() ? "" : " through " + route.interface,
                     route.gateway ? " by " + net::to_string(*route.gateway) : "",
                     route.source ? " from " + net::to_string(*route.source) : "");
}

std::optional<std::string> route_change(const PathState::Way& before, const PathState::Way& now) {
  if (before.route == now.route) return std::nullopt;
  const std::string to = net::to_string(before.to);
  if (!now.route) return fmt::format("the route to {} is gone", to);
  if (!before.route) return fmt::format("a route to {} has come", to);
  return fmt::format("the route to {} is another one:{}, before{}", to, route_words(*now.route),
                     route_words(*before.route));
}

// The cause before its effects: a link that goes down takes addresses along, and those take routes, not at once.
std::optional<std::string> way_change(const PathState::Way& way, const PathState& before, const PathState& now) {
  if (!way.route) return std::nullopt;
  if (const net::Interface* interface = find_interface(before.interfaces, way.route->interface)) {
    if (auto change = interface_change(*interface, now.interfaces)) return change;
  }
  const auto& source = way.route->source;
  if (source && is_own(before.interfaces, *source) && !is_own(now.interfaces, *source)) {
    return fmt::format("this host's address {} is gone", net::to_string(*source));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> path_change(const PathState& before, const PathState& now) {
  for (const PathState::Way& way : before.ways) {
    if (auto change = way_change(way, before, now)) return change;
  }
  for (std::size_t i = 0; i < before.ways.size(); ++i) {
    if (auto change = route_change(before.ways[i], now.ways[i])) return change;
  }
  return std::nullopt;
}

}  // namespace probe
