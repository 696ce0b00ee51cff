// Events: each is done to something that is there and to which it can be done.

#include <array>

#include "lab/scenario_check.h"

namespace lab {
namespace {

constexpr std::array<std::string_view, 4> programs = {"reflector", "peer", "probe", "rendezvous"};

Contradiction on_nat(const Scenario& scenario, const ScenarioEvent& event, std::size_t i) {
  const ScenarioNat* nat = find_named(scenario.nats, event.target);
  if (nat == nullptr) return contradicts("events[{}].nat: no NAT is named '{}'", i, event.target);
  if (is_attached(*nat))
    return contradicts("events[{}].nat: '{}' is a kernel NAT, of which only the link can be changed", i, nat->name);
  if (event.action == Action::Readdress && !translates(nat->profile))
    return contradicts("events[{}].addresses: a firewall has none", i);
  return std::nullopt;
}

const std::string* behind_of(const Scenario& scenario, const std::string& node) {
  if (const auto* host = find_named(scenario.hosts, node)) return &host->behind;
  if (const auto* nat = find_named(scenario.nats, node)) return &nat->behind;
  return nullptr;
}

// A host, NAT or reflector whose packets pass the modelled network.
Contradiction on_node(const Scenario& scenario, const std::string& node, std::string_view key, std::size_t i) {
  const std::string* behind = behind_of(scenario, node);
  if (behind == nullptr && find_named(scenario.reflectors, node) == nullptr)
    return contradicts("events[{}].{}: no host, NAT or reflector is named '{}'", i, key, node);
  const ScenarioNat* outer = behind != nullptr ? find_named(scenario.nats, *behind) : nullptr;
  if (outer == nullptr || !is_attached(*outer)) return std::nullopt;
  return contradicts("events[{}].{}: '{}' is behind the kernel NAT '{}', beyond our reach", i, key, node, outer->name);
}

bool ends_suspension(const ScenarioEvent& event) {
  return event.action == Action::Resume || event.action == Action::Kill || event.action == Action::Restart;
}

Contradiction on_program(const Scenario& scenario, const ScenarioEvent& event, std::size_t i) {
  const auto [kind, owner] = program_name(event.target);
  if (std::ranges::find(programs, kind) == programs.end())
    return contradicts("events[{}].program: must be 'reflector NAME', 'peer NAME', 'probe NAME' or 'rendezvous'", i);
  if ((kind == "peer" || kind == "rendezvous") && !scenario.rendezvous)
    return contradicts("events[{}].program: the scenario has no rendezvous", i);
  if (kind == "rendezvous") {
    if (event.target != kind) return contradicts("events[{}].program: there is one rendezvous, without a name", i);
    return std::nullopt;
  }
  const bool is_reflector = kind == "reflector";
  if (is_reflector ? find_named(scenario.reflectors, owner) == nullptr : find_named(scenario.hosts, owner) == nullptr)
    return contradicts("events[{}].program: no {} is named '{}'", i, is_reflector ? "reflector" : "host", owner);
  if (kind != "probe") return std::nullopt;
  if (std::holds_alternative<Phase>(event.trigger))
    return contradicts("events[{}].program: the probes have ended by then", i);
  const bool ends = std::ranges::any_of(scenario.events, [&](const ScenarioEvent& other) {
    return other.target == event.target && ends_suspension(other) && !std::holds_alternative<Phase>(other.trigger);
  });
  if (event.action == Action::Suspend && !ends)
    return contradicts("events[{}].program: nothing resumes the probe, which would never end", i);
  return std::nullopt;
}

Contradiction trigger(const Scenario& scenario, const ScenarioEvent& event, std::size_t i) {
  const auto* phase = std::get_if<Phase>(&event.trigger);
  if (phase != nullptr && *phase == Phase::Registered && !scenario.rendezvous)
    return contradicts("events[{}].when: the scenario has no rendezvous", i);
  const auto* packets = std::get_if<PacketsThrough>(&event.trigger);
  return packets != nullptr ? on_node(scenario, packets->node, "through", i) : std::nullopt;
}

}  // namespace

Contradiction contradiction_of_events(const Scenario& scenario) {
  for (std::size_t i = 0; i < scenario.events.size(); ++i) {
    const ScenarioEvent& event = scenario.events[i];
    if (auto found = trigger(scenario, event, i)) return found;
    auto found = [&]() -> Contradiction {
      switch (target_kind(event.action)) {
        case TargetKind::Nat: return on_nat(scenario, event, i);
        case TargetKind::Link: return on_node(scenario, event.target, "link", i);
        case TargetKind::Program: return on_program(scenario, event, i);
      }
      return std::nullopt;
    }();
    if (found) return found;
  }
  return std::nullopt;
}

}  // namespace lab
