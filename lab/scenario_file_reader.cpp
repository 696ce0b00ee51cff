// JSON to a Scenario: what stands where, what is expected.

#include "lab/scenario_file_parts.h"

namespace lab {
namespace {

constexpr std::string_view schema = "natscope/scenario/1";

std::optional<Families> parse_families(std::string_view word) {
  if (word == "v4") return Families::V4;
  if (word == "v6") return Families::V6;
  if (word == "dual") return Families::Dual;
  return std::nullopt;
}

template <typename Thing>
void read_place(const At& at, Thing& thing) {
  at.member("behind", [&](const At& field) { thing.behind = field.name(); });
}

template <typename Thing>
void read_ends(const At& at, Thing& thing) {
  thing.addresses = read_addresses(at);
  at.member("link", [&](const At& field) { thing.link = read_link(field); });
}

Prefix read_prefix(const At& at) {
  const auto prefix = parse_prefix(at.text(64));
  if (!prefix) at.refuse(prefix.error());
  return *prefix;
}

Prefix read_inside_prefix(const At& at) {
  const Prefix prefix = read_prefix(at);
  if (prefix.address.family() != net::Family::V4 || prefix.length < 8 || prefix.length > 24)
    at.refuse("must be an IPv4 prefix of 8 to 24 bits");
  return prefix;
}

PrefixPair read_prefix_pair(const At& at) {
  at.keys({"inside", "outside"});
  const Prefix inside = read_prefix(at.required("inside"));
  const Prefix outside = read_prefix(at.required("outside"));
  for (const Prefix& prefix : {inside, outside}) {
    if (prefix.address.family() != net::Family::V6 || (prefix.length != 48 && prefix.length != 64))
      at.refuse("must be IPv6 prefixes of 48 or 64 bits");
  }
  if (inside.length != outside.length) at.refuse("must be of one length");
  return {.inside = inside.address, .outside = outside.address, .length = inside.length};
}

net::Nat64Prefix read_nat64_prefix(const At& at) {
  const auto prefix = net::parse_nat64_prefix(at.text());
  if (!prefix) at.refuse(prefix.error());
  return *prefix;
}

ScenarioNat read_nat(const At& at) {
  at.keys({"name", "profile", "behind", "address", "addresses", "link", "inside", "inside_prefix", "prefixes",
           "nat64_prefix"});
  ScenarioNat nat{.name = at.required("name").name(), .profile = read_profile(at.required("profile"))};
  read_place(at, nat);
  read_ends(at, nat);
  at.member("inside", [&](const At& field) {
    nat.inside = field.is_text() ? std::vector{field.address()} : read_address_list(field);
  });
  at.member("inside_prefix", [&](const At& field) { nat.inside_prefix = read_inside_prefix(field); });
  at.member("prefixes", [&](const At& field) { nat.prefixes = read_prefix_pair(field); });
  at.member("nat64_prefix", [&](const At& field) { nat.nat64_prefix = read_nat64_prefix(field); });
  return nat;
}

ScenarioInterface read_interface(const At& at) {
  at.keys({"behind", "address", "addresses", "link"});
  ScenarioInterface interface;
  read_place(at, interface);
  read_ends(at, interface);
  return interface;
}

ScenarioHost read_host(const At& at) {
  at.keys({"name", "behind", "address", "addresses", "link", "interfaces"});
  ScenarioHost host{.name = at.required("name").name()};
  read_place(at, host);
  read_ends(at, host);
  at.member("interfaces", [&](const At& field) {
    field.each([&](const At& entry) { host.interfaces.push_back(read_interface(entry)); });
  });
  return host;
}

ScenarioReflector read_reflector(const At& at) {
  at.keys({"name", "address", "addresses", "alternate_address", "partner", "link"});
  ScenarioReflector reflector{.name = at.required("name").name()};
  read_ends(at, reflector);
  at.member("alternate_address", [&](const At& field) { reflector.alternate_address = field.address(); });
  at.member("partner", [&](const At& field) { reflector.partner = field.name(); });
  return reflector;
}

ExpectedHost read_expected_host(const std::string& host, const At& at) {
  at.keys({"class", "mapping", "filtering", "rfc3489"});
  ExpectedHost expected{.host = host};
  at.member("class", [&](const At& field) { expected.nat_class = field.word(net::parse_nat_class, "a class"); });
  at.member("mapping",
            [&](const At& field) { expected.mapping = field.word(net::parse_mapping, "a mapping behaviour"); });
  at.member("filtering",
            [&](const At& field) { expected.filtering = field.word(net::parse_filtering, "a filtering behaviour"); });
  at.member("rfc3489",
            [&](const At& field) { expected.rfc3489 = field.word(net::parse_classic_name, "an RFC 3489 name"); });
  return expected;
}

ExpectedPair read_expected_pair(const At& at) {
  at.keys({"a", "b", "outcome"});
  return {.a = at.required("a").name(), .b = at.required("b").name(), .outcome = at.required("outcome").text(64)};
}

void read_expectations(const At& at, Scenario& scenario) {
  at.keys({"hosts", "pairs"});
  at.member("hosts", [&](const At& field) {
    field.each_member([&](const std::string& host, const At& entry) {
      scenario.expected_hosts.push_back(read_expected_host(host, entry));
    });
  });
  at.member("pairs", [&](const At& field) {
    if (field.is_text() && field.text(64) == "as-theory") return;
    field.each([&](const At& entry) { scenario.expected_pairs.push_back(read_expected_pair(entry)); });
  });
}

void read_matrix(const At& at, Scenario& scenario) {
  at.keys({"trials", "strategies", "sprays"});
  at.member("trials", [&](const At& field) { scenario.trials = static_cast<unsigned>(field.whole(1, 100)); });
  at.member("strategies", [&](const At& field) {
    field.each([&](const At& entry) { scenario.strategies.push_back(entry.name()); });
  });
  at.member("sprays", [&](const At& field) { scenario.sprays = field.flag(); });
}

}  // namespace

Scenario read_scenario_object(const At& at) {
  at.keys({"schema", "name", "description", "seed", "family", "link", "reflectors", "rendezvous", "nats", "hosts",
           "matrix", "expect", "events"});
  const At version = at.required("schema");
  if (version.text(64) != schema) version.refuse(fmt::format("must be '{}'", schema));
  Scenario scenario{.name = at.required("name").name()};
  at.member("description", [&](const At& field) { scenario.description = field.text(); });
  at.member("seed", [&](const At& field) { scenario.seed = field.whole(0, std::uint64_t{1} << 53); });
  at.member("family", [&](const At& field) { scenario.family = field.word(parse_families, "v4, v6 or dual"); });
  at.member("link", [&](const At& field) { scenario.link = read_link(field); });
  at.member("reflectors", [&](const At& field) {
    field.each([&](const At& entry) { scenario.reflectors.push_back(read_reflector(entry)); });
  });
  at.member("rendezvous", [&](const At& field) { scenario.rendezvous = field.flag(); });
  at.member("nats",
            [&](const At& field) { field.each([&](const At& entry) { scenario.nats.push_back(read_nat(entry)); }); });
  at.required("hosts").each([&](const At& entry) { scenario.hosts.push_back(read_host(entry)); });
  at.member("matrix", [&](const At& field) { read_matrix(field, scenario); });
  at.member("expect", [&](const At& field) { read_expectations(field, scenario); });
  at.member("events", [&](const At& field) {
    field.each([&](const At& entry) { scenario.events.push_back(read_event(entry)); });
  });
  return scenario;
}

std::vector<net::IpAddress> read_address_list(const At& at) {
  std::vector<net::IpAddress> out;
  at.each([&](const At& entry) { out.push_back(entry.address()); });
  return out;
}

std::vector<net::IpAddress> read_addresses(const At& at) {
  std::vector<net::IpAddress> out;
  at.member("address", [&](const At& field) { out = {field.address()}; });
  at.member("addresses", [&](const At& field) {
    if (!out.empty()) field.refuse("either this or address");
    out = read_address_list(field);
  });
  return out;
}

}  // namespace lab
