// An event: one trigger, an action, what it is done to.

#include "lab/scenario_file_parts.h"

namespace lab {
namespace {

Trigger read_trigger(const At& at) {
  std::vector<Trigger> given;
  at.member("at_s", [&](const At& field) { given.emplace_back(field.time(1, 0, 86'400)); });
  at.member("when", [&](const At& field) { given.emplace_back(field.word(parse_phase, "probed or registered")); });
  at.member("after_packets", [&](const At& field) {
    given.emplace_back(PacketsThrough{.count = field.whole(1, 1'000'000'000), .node = at.required("through").name()});
  });
  if (given.size() != 1) at.refuse("needs one of at_s, when, after_packets");
  if (!std::holds_alternative<PacketsThrough>(given.front()))
    at.member("through", [](const At& field) { field.refuse("goes with after_packets"); });
  return given.front();
}

std::string read_target(const At& at, Action action) {
  const TargetKind wanted = target_kind(action);
  for (const TargetKind kind : {TargetKind::Nat, TargetKind::Link, TargetKind::Program}) {
    if (kind == wanted) continue;
    at.member(to_string(kind).data(), [&](const At& field) {
      field.refuse(fmt::format("{} is done to a {}", to_string(action), to_string(wanted)));
    });
  }
  const At target = at.required(to_string(wanted).data());
  return wanted == TargetKind::Program ? target.text(80) : target.name();
}

}  // namespace

ScenarioEvent read_event(const At& at) {
  at.keys({"at_s", "when", "after_packets", "through", "do", "nat", "link", "program", "for_s", "addresses"});
  ScenarioEvent event{.trigger = read_trigger(at), .action = at.required("do").word(parse_action, "an action")};
  event.target = read_target(at, event.action);
  at.member("for_s", [&](const At& field) {
    if (event.action != Action::Reboot) field.refuse("goes with reboot");
    event.lasts = field.time(1, 0.001, 3600);
  });
  if (event.action == Action::Readdress) event.addresses = read_address_list(at.required("addresses"));
  at.member("addresses", [&](const At& field) {
    if (event.action != Action::Readdress) field.refuse("goes with readdress");
    if (event.addresses.empty()) field.refuse("names none");
  });
  return event;
}

Json event_json(const ScenarioEvent& event) {
  Json json = std::visit(
      [](const auto& trigger) -> Json {
        using Kind = std::decay_t<decltype(trigger)>;
        if constexpr (std::is_same_v<Kind, net::Duration>)
          return {{"at_s", net::to_seconds(trigger)}};
        else if constexpr (std::is_same_v<Kind, Phase>)
          return {{"when", to_string(trigger)}};
        else
          return {{"after_packets", trigger.count}, {"through", trigger.node}};
      },
      event.trigger);
  json["do"] = to_string(event.action);
  json[std::string(to_string(target_kind(event.action)))] = event.target;
  if (event.action == Action::Reboot) json["for_s"] = net::to_seconds(event.lasts);
  if (event.action == Action::Readdress) json["addresses"] = address_list(event.addresses);
  return json;
}

}  // namespace lab
