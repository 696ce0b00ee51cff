#include "lab/nat_knobs.h"
#include "lab/scenario_file.h"
#include "lab/scenario_file_parts.h"

namespace lab {
namespace {

template <typename T>
void put(Json& json, const char* key, const T& value, const T& by_default) {
  if (value != by_default) json[key] = value;
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
void put_ends(Json& json, const Thing& thing) {
  put_addresses(json, thing.addresses);
  if (thing.link) json["link"] = link_json(*thing.link);
}

Json reflectors_json(const Scenario& scenario) {
  Json list = Json::array();
  for (const ScenarioReflector& reflector : scenario.reflectors) {
    Json json = {{"name", reflector.name}};
    put_ends(json, reflector);
    if (reflector.alternate_address) json["alternate_address"] = net::to_string(*reflector.alternate_address);
    put(json, "partner", reflector.partner, std::string());
    list.push_back(std::move(json));
  }
  return list;
}

Json prefixes_json(const PrefixPair& prefixes) {
  return {{"inside", to_string(Prefix{prefixes.inside, prefixes.length})},
          {"outside", to_string(Prefix{prefixes.outside, prefixes.length})}};
}

Json nats_json(const Scenario& scenario) {
  Json list = Json::array();
  for (const ScenarioNat& nat : scenario.nats) {
    Json json = {{"name", nat.name}};
    put_ends(json, nat);
    json["profile"] = profile_json(nat.profile);
    put(json, "behind", nat.behind, std::string());
    if (!nat.inside.empty()) json["inside"] = address_list(nat.inside);
    if (nat.inside_prefix) json["inside_prefix"] = to_string(*nat.inside_prefix);
    if (nat.prefixes) json["prefixes"] = prefixes_json(*nat.prefixes);
    if (nat.nat64_prefix) json["nat64_prefix"] = net::to_string(*nat.nat64_prefix);
    list.push_back(std::move(json));
  }
  return list;
}

Json interface_json(const ScenarioInterface& interface) {
  Json json = Json::object();
  put_ends(json, interface);
  put(json, "behind", interface.behind, std::string());
  return json;
}

Json hosts_json(const Scenario& scenario) {
  Json list = Json::array();
  for (const ScenarioHost& host : scenario.hosts) {
    Json json = {{"name", host.name}};
    put_ends(json, host);
    put(json, "behind", host.behind, std::string());
    for (const ScenarioInterface& further : host.interfaces) json["interfaces"].push_back(interface_json(further));
    list.push_back(std::move(json));
  }
  return list;
}

Json events_json(const Scenario& scenario) {
  Json list = Json::array();
  for (const ScenarioEvent& event : scenario.events) list.push_back(event_json(event));
  return list;
}

std::string_view families_word(Families families) {
  if (families == Families::Dual) return "dual";
  return families == Families::V4 ? "v4" : "v6";
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

Json address_list(const std::vector<net::IpAddress>& addresses) {
  Json list = Json::array();
  for (const net::IpAddress& address : addresses) list.push_back(net::to_string(address));
  return list;
}

void put_addresses(Json& json, const std::vector<net::IpAddress>& addresses) {
  if (addresses.size() == 1) json["address"] = net::to_string(addresses.front());
  if (addresses.size() > 1) json["addresses"] = address_list(addresses);
}

std::string to_json(const Scenario& scenario) {
  const Json json = {
      {"schema", "natscope/scenario/1"},
      {"name", scenario.name},
      {"description", scenario.description},
      {"seed", scenario.seed},
      {"family", families_word(scenario.family)},
      {"link", link_json(scenario.link)},
      {"reflectors", reflectors_json(scenario)},
      {"rendezvous", scenario.rendezvous},
      {"nats", nats_json(scenario)},
      {"hosts", hosts_json(scenario)},
      {"matrix", {{"trials", scenario.trials}, {"strategies", scenario.strategies}, {"sprays", scenario.sprays}}},
      {"expect", expectations_json(scenario)},
      {"events", events_json(scenario)}};
  return json.dump(2) + "\n";
}

}  // namespace lab
