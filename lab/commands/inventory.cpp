#include "lab/commands/inventory.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "net/program.h"

namespace lab {

namespace {

std::string at(const Placed& placed) {
  std::vector<std::string> addresses;
  for (const auto& address : placed.addresses) addresses.push_back(net::to_string(address));
  return addresses.empty() ? "" : fmt::format(" at {}", fmt::join(addresses, ", "));
}

std::string behind(const std::string& nat) { return nat.empty() ? "" : " behind " + nat; }

}  // namespace

std::vector<std::string> inventory(const Scenario& scenario) {
  const Layout layout = build(scenario);
  std::vector<std::string> out;
  for (const auto& reflector : scenario.reflectors)
    out.push_back(fmt::format("reflector {}{}", reflector.name, at(layout.reflectors.at(reflector.name))));
  if (layout.rendezvous) out.push_back(fmt::format("rendezvous{}", at(*layout.rendezvous)));
  for (const auto& nat : scenario.nats)
    out.push_back(
        fmt::format("NAT {} ({}){}{}", nat.name, nat.profile.name, at(layout.nats.at(nat.name)), behind(nat.behind)));
  for (const auto& host : scenario.hosts)
    out.push_back(fmt::format("host {}{}{}", host.name, at(layout.hosts.at(host.name)), behind(host.behind)));
  return out;
}

void print_inventory(const Scenario& scenario) {
  for (const auto& line : inventory(scenario)) net::print_diagnostic("natlab", line);
}

}  // namespace lab
