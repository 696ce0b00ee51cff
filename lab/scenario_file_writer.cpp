#include <nlohmann/json.hpp>

#include "lab/nat_knobs.h"
#include "lab/scenario_file.h"

namespace lab {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
void put(Json& json, const char* key, const T& value, const T& by_default) {
  if (value != by_default) json[key] = value;
}

Json link_json(const LinkProfile& link) {
  const LinkProfile ideal;
  Json json = Json::object();
  put(json, "delay_ms", net::to_ms(link.delay), 0.0);
  put(json, "jitter_ms", net::to_ms(link.jitter), 0.0);
  put(json, "loss", link.loss, 0.0);
  put(json, "duplication", link.duplication, 0.0);
  put(json, "reordering", link.reordering, 0.0);
  put(json, "reordering_delay_ms", net::to_ms(link.reordering_delay), net::to_ms(ideal.reordering_delay));
  return json;
}

Json knob_json(const Knob& knob, const KnobValue& value) {
  if (knob.whole) return static_cast<std::uint64_t>(std::get<double>(value));
  return std::visit([](const auto& scalar) { return Json(scalar); }, value);
}

Json profile_json(const NatProfile& profile) {
  if (find_profile(profile.name) == profile) return profile.name;
  Json json = {{"name", profile.name}};
  for (const Knob& knob : nat_knobs()) {
    if (const auto value = knob.get(profile)) json[std::string(knob.key)] = knob_json(knob, *value);
  }
  for (const PortForward& forward : profile.forwards) {
    json["forwards"].push_back({{"protocol", forward.protocol == Protocol::Udp ? "udp" : "tcp"},
                                {"first_port", forward.first_port},
                                {"last_port", forward.last_port},
                                {"to", net::to_string(forward.inside)}});
  }
  return json;
}

template <typename Thing>
Json thing_json(const Thing& thing) {
  Json json = {{"name", thing.name}};
  if (thing.address) json["address"] = net::to_string(*thing.address);
  if (thing.link) json["link"] = link_json(*thing.link);
  return json;
}

Json reflectors_json(const Scenario& scenario) {
  Json list = Json::array();
  for (const ScenarioReflector& reflector : scenario.reflectors) {
    Json json = thing_json(reflector);
    if (reflector.alternate_address) json["alternate_address"] = net::to_string(*reflector.alternate_address);
    put(json, "partner", reflector.partner, std::string());
    list.push_back(std::move(json));
  }
  return list;
}

Json nats_json(const Scenario& scenario) {
  Json list = Json::array();
  for (const ScenarioNat& nat : scenario.nats) {
    Json json = thing_json(nat);
    json["profile"] = profile_json(nat.profile);
    put(json, "behind", nat.behind, std::string());
    list.push_back(std::move(json));
  }
  return list;
}

Json hosts_json(const Scenario& scenario) {
  Json list = Json::array();
  for (const ScenarioHost& host : scenario.hosts) {
    Json json = thing_json(host);
    put(json, "behind", host.behind, std::string());
    list.push_back(std::move(json));
  }
  return list;
}

Json expectations_json(const Scenario& scenario) {
  Json hosts = Json::object();
  for (const ExpectedHost& expected : scenario.expected_hosts) {
    Json& json = hosts[expected.host] = Json::object();
    if (expected.nat_class) json["class"] = net::to_string(*expected.nat_class);
    if (expected.mapping) json["mapping"] = net::to_string(*expected.mapping);
    if (expected.filtering) json["filtering"] = net::to_string(*expected.filtering);
    if (expected.rfc3489) json["rfc3489"] = net::to_string(*expected.rfc3489);
  }
  Json pairs = Json::array();
  for (const ExpectedPair& expected : scenario.expected_pairs) {
    pairs.push_back({{"a", expected.a}, {"b", expected.b}, {"outcome", expected.outcome}});
  }
  return {{"hosts", std::move(hosts)}, {"pairs", std::move(pairs)}};
}

}  // namespace

std::string to_json(const Scenario& scenario) {
  const Json json = {{"schema", "natscope/scenario/1"},
                     {"name", scenario.name},
                     {"description", scenario.description},
                     {"seed", scenario.seed},
                     {"link", link_json(scenario.link)},
                     {"reflectors", reflectors_json(scenario)},
                     {"rendezvous", scenario.rendezvous},
                     {"nats", nats_json(scenario)},
                     {"hosts", hosts_json(scenario)},
                     {"matrix", {{"trials", scenario.trials}, {"strategies", scenario.strategies}}},
                     {"expect", expectations_json(scenario)}};
  return json.dump(2) + "\n";
}

}  // namespace lab
