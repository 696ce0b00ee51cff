#pragma once
// The parts of contradiction() that have files of their own. They run in order: later ones rely on what earlier ones
// found in order.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "lab/scenario.h"

namespace lab {

using Contradiction = std::optional<std::string>;

[[nodiscard]] Contradiction contradiction_of_addresses(const Scenario& scenario);
[[nodiscard]] Contradiction contradiction_of_families(const Scenario& scenario);
[[nodiscard]] Contradiction contradiction_of_events(const Scenario& scenario);

template <typename... Args>
Contradiction contradicts(fmt::format_string<Args...> text, Args&&... args) {
  return fmt::format(text, std::forward<Args>(args)...);
}

// The thing of this name; null: there is none.
template <typename Things>
auto find_named(const Things& things, std::string_view name) -> decltype(&things.front()) {
  const auto found = std::ranges::find_if(things, [&](const auto& thing) { return thing.name == name; });
  return found == things.end() ? nullptr : &*found;
}

// The NAT whose inside this is, past firewalls, behind which addresses are those of outside; empty: the core.
[[nodiscard]] std::string lan_of(const Scenario& scenario, const std::string& behind);

// Where an interface of a host is told of: "hosts[1]" is the first, "hosts[1].interfaces[0]" the next.
[[nodiscard]] inline std::string interface_place(std::size_t host, std::size_t interface) {
  return interface == 0 ? fmt::format("hosts[{}]", host) : fmt::format("hosts[{}].interfaces[{}]", host, interface - 1);
}

}  // namespace lab
