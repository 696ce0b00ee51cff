// Scenarios with several interfaces, both address families, carriers and links that differ each way: where everything
// is placed, what a file says and takes back, and which contradictions are refused with which line.

#include <fmt/core.h>
#include <gmock/gmock.h>

#include <chrono>
#include <fstream>

#include "lab/nat_knobs.h"
#include "lab/scenario_file.h"
#include "net/random.h"

namespace scenario_topology_test {

using namespace std::chrono_literals;
using net::address;
using testing::ElementsAre;

lab::NatProfile profile(std::string_view name, lab::Ipv6Service ipv6 = lab::Ipv6Service::Nat66) {
  lab::NatProfile out = *lab::find_profile(name);
  out.ipv6 = ipv6;
  return out;
}

lab::Layout laid_out(const lab::Scenario& scenario) {
  EXPECT_EQ(lab::contradiction(scenario), std::nullopt);
  return lab::build(scenario);
}

// ---- addresses -----------------------------------------------------------------------------------------------------

TEST(ScenarioLayout, DualStack_GivesOneAddressOfEachFamily) {
  lab::Scenario scenario{.family = lab::Families::Dual};
  scenario.reflectors = {{.name = "r"}};
  scenario.rendezvous = true;
  scenario.nats = {{.name = "nat66", .profile = profile("full-cone")},
                   {.name = "firewall6", .profile = profile("full-cone", lab::Ipv6Service::Firewall)},
                   {.name = "nat64", .profile = profile("full-cone", lab::Ipv6Service::Nat64)},
                   {.name = "nptv6", .profile = profile("full-cone", lab::Ipv6Service::Nptv6)},
                   {.name = "wall", .profile = profile("udp-firewall")}};
  scenario.hosts = {{.name = "open"},
                    {.name = "a", .behind = "nat66"},
                    {.name = "b", .behind = "firewall6"},
                    {.name = "c", .behind = "nat64"},
                    {.name = "d", .behind = "nptv6"},
                    {.name = "walled", .behind = "wall"}};
  lab::Layout layout = laid_out(scenario);
  EXPECT_THAT(layout.reflectors.at("r").addresses, ElementsAre(address("198.51.100.1"), address("2001:db8:0:1::1")));
  EXPECT_THAT(layout.rendezvous->addresses, ElementsAre(address("198.51.100.100"), address("2001:db8:0:1::64")));
  EXPECT_THAT(layout.nats.at("firewall6").addresses, ElementsAre(address("203.0.113.2"), address("2001:db8:0:2::2")));
  EXPECT_THAT(layout.hosts.at("open").addresses, ElementsAre(address("192.0.2.1"), address("2001:db8:0:3::1")));
  EXPECT_THAT(layout.hosts.at("a").addresses, ElementsAre(address("10.0.1.2"), address("fd00:0:0:1::2")));
  EXPECT_THAT(layout.hosts.at("b").addresses, ElementsAre(address("10.0.2.2"), address("2001:db8:1:2::2")));
  EXPECT_THAT(layout.hosts.at("c").addresses, ElementsAre(address("10.0.3.2"), address("2001:db8:1:3::2")));
  EXPECT_THAT(layout.hosts.at("d").addresses, ElementsAre(address("10.0.4.2"), address("fd00:0:0:4::2")));
  EXPECT_THAT(layout.hosts.at("walled").addresses, ElementsAre(address("192.0.2.2"), address("2001:db8:0:3::2")));

  const auto& inside = layout.network.nat(*layout.nats.at("nat66").node).addresses().inside;
  EXPECT_THAT(inside, ElementsAre(address("10.0.1.1"), address("fd00:0:0:1::1")));
  const auto& prefixes = layout.network.nat(*layout.nats.at("nptv6").node).addresses().prefixes;
  EXPECT_EQ(prefixes,
            (lab::PrefixPair{.inside = address("fd00:0:0:4::"), .outside = address("2001:db8:1:4::"), .length = 64}));
}

TEST(ScenarioLayout, AKernelNatAndItsHosts_KeepToIpv4) {
  lab::Scenario scenario{.family = lab::Families::Dual};
  scenario.nats = {{.name = "k", .profile = profile("kernel-masquerade")}};
  scenario.hosts = {{.name = "h", .behind = "k"}};
  const lab::Layout layout = laid_out(scenario);
  EXPECT_THAT(layout.nats.at("k").addresses, ElementsAre(address("203.0.113.1")));
  EXPECT_THAT(layout.hosts.at("h").addresses, ElementsAre(address("10.0.1.2")));
}

TEST(ScenarioLayout, ACarriersInside_IsItsPrefix) {
  lab::Scenario scenario;
  scenario.nats = {
      {.name = "carrier", .profile = profile("full-cone"), .inside_prefix = lab::Prefix{address("100.64.0.0"), 10}},
      {.name = "home", .profile = profile("symmetric"), .behind = "carrier"},
      {.name = "office",
       .profile = profile("symmetric"),
       .addresses = {address("203.0.113.7"), address("203.0.113.8")},
       .inside = {address("192.168.7.254")},
       .inside_prefix = lab::Prefix{address("192.168.7.0"), 24}}};
  scenario.hosts = {{.name = "h", .behind = "home"}, {.name = "o", .behind = "office"}};
  lab::Layout layout = laid_out(scenario);
  EXPECT_THAT(layout.network.nat(*layout.nats.at("carrier").node).addresses().inside,
              ElementsAre(address("100.64.1.1")));
  EXPECT_THAT(layout.nats.at("home").addresses, ElementsAre(address("100.64.1.2")));
  EXPECT_THAT(layout.hosts.at("h").addresses, ElementsAre(address("10.0.2.2")));
  EXPECT_THAT(layout.nats.at("office").addresses, ElementsAre(address("203.0.113.7"), address("203.0.113.8")));
  EXPECT_THAT(layout.hosts.at("o").addresses, ElementsAre(address("192.168.7.2")));
}

TEST(ScenarioLayout, AHostWithTwoInterfaces_IsOneHostInMemory_AndTwoPlacesOnTheWire) {
  lab::Scenario scenario;
  scenario.nats = {{.name = "n", .profile = profile("full-cone")}};
  scenario.hosts = {{.name = "h", .behind = "n", .interfaces = {{.link = lab::LinkProfile{.delay = 7ms}}}}};
  lab::Layout model = laid_out(scenario);
  const lab::HostId host = *model.hosts.at("h").node;
  EXPECT_THAT(model.network.addresses(host), ElementsAre(address("10.0.1.2"), address("192.0.2.1")));
  const lab::Placed& second = model.interfaces.at("h").front();
  EXPECT_THAT(second.addresses, ElementsAre(address("192.0.2.1")));
  EXPECT_EQ(model.network.link(*second.node).down.delay, 7ms);

  const lab::Layout wired = lab::build(scenario, lab::KernelNats::Attach);
  EXPECT_THAT(wired.network.addresses(*wired.hosts.at("h").node), ElementsAre(address("10.0.1.2")));
}

// ---- which way programs go -----------------------------------------------------------------------------------------

TEST(ScenarioReach, IsIpv4WhereBothHaveIt_AndNat64ForThoseWithoutIt) {
  lab::Scenario scenario{.family = lab::Families::Dual};
  scenario.reflectors = {{.name = "r"}};
  scenario.nats = {{.name = "n", .profile = profile("symmetric", lab::Ipv6Service::Nat64)},
                   {.name = "f", .profile = profile("symmetric", lab::Ipv6Service::Firewall)}};
  scenario.hosts = {{.name = "both", .behind = "n"},
                    {.name = "only6", .behind = "n", .addresses = {address("2001:db8:1:1::9")}},
                    {.name = "native6", .behind = "f", .addresses = {address("2001:db8:1:2::9")}}};
  const lab::Layout layout = laid_out(scenario);
  const auto asked_by = [&](std::string_view host) {
    const auto reach = lab::reach_of(scenario, host, lab::families_of_reflectors(scenario));
    return net::to_string(
        lab::address_by(reach.value(), layout.reflectors.at("r").addresses, lab::nat64_prefix_of(scenario, host)));
  };
  EXPECT_EQ(asked_by("both"), "198.51.100.1");
  EXPECT_EQ(asked_by("only6"), "64:ff9b::c633:6401");
  EXPECT_EQ(asked_by("native6"), "2001:db8:0:1::1");
  scenario.nats[0].nat64_prefix = net::Nat64Prefix{address("2001:db8:122:344::"), 64};
  EXPECT_EQ(asked_by("only6"), "2001:db8:122:344:c6:3364:100:0");
  EXPECT_EQ(net::short_name(lab::theory(scenario, "only6")), "APDM/APDF");
  EXPECT_EQ(net::short_name(lab::theory(scenario, "native6")), "none/APDF");
  EXPECT_EQ(lab::reach_of(scenario, "native6", lab::families_of_rendezvous(scenario)), std::nullopt);
}

// ---- files ---------------------------------------------------------------------------------------------------------

constexpr std::string_view everything = R"({
  "schema": "natscope/scenario/1", "name": "everything", "description": "each key once", "seed": 5, "family": "dual",
  "link": {"delay_ms": 5, "rate_mbps": 100, "up": {"delay_ms": 9, "mtu": 1400}, "down": {"queue_ms": 20.5}},
  "reflectors": [{"name": "r1", "partner": "r2"}, {"name": "r2", "partner": "r1", "addresses": ["198.51.100.9", "2001:db8::9"]}],
  "rendezvous": true,
  "nats": [
    {"name": "n", "profile": {"like": "symmetric", "ipv6": "nptv6"}, "addresses": ["203.0.113.7", "203.0.113.8"],
     "inside": ["100.64.0.1", "fd00:1::1"], "inside_prefix": "100.64.0.0/10",
     "prefixes": {"inside": "fd00:1::/48", "outside": "2001:db8:1::/48"}},
    {"name": "m", "profile": {"like": "full-cone", "ipv6": "nat64"}, "behind": "n", "inside": "10.9.9.9",
     "nat64_prefix": "2001:db8:122:344::/64"}],
  "hosts": [{"name": "h", "behind": "n", "interfaces": [{"behind": "m", "addresses": ["10.0.2.7"]}, {"link": {"loss": 0.5}}]}],
  "events": [
    {"at_s": 2.5, "do": "flush", "nat": "n"},
    {"when": "probed", "do": "cut", "link": "r2"},
    {"when": "registered", "do": "mend", "link": "r2"},
    {"after_packets": 20, "through": "h", "do": "reboot", "nat": "m", "for_s": 3},
    {"at_s": 0.000000001, "do": "readdress", "nat": "n", "addresses": ["203.0.113.9"]},
    {"at_s": 86400, "do": "kill", "program": "reflector r1"},
    {"at_s": 1, "do": "restart", "program": "peer h"},
    {"at_s": 1, "do": "suspend", "program": "probe h"},
    {"at_s": 2, "do": "resume", "program": "probe h"},
    {"at_s": 3, "do": "kill", "program": "rendezvous"}],
  "expect": {"pairs": "as-theory"}
})";

TEST(ScenarioFile, EveryKey_IsRead_AndWrittenBack) {
  const auto scenario = lab::parse_scenario(everything, "f");
  ASSERT_TRUE(scenario) << scenario.error();
  EXPECT_EQ(scenario->link.up.delay, 9ms);
  EXPECT_EQ(scenario->link.up.rate, 100'000'000U);
  EXPECT_EQ(scenario->link.up.mtu, 1400);
  EXPECT_EQ(scenario->link.down.delay, 5ms);
  EXPECT_EQ(scenario->link.down.queue, 20'500us);
  EXPECT_EQ(std::get<net::Duration>(scenario->events[4].trigger), 1ns);
  EXPECT_EQ(scenario->events[3].lasts, 3s);
  const auto again = lab::parse_scenario(lab::to_json(*scenario), "again");
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(*again, *scenario);
  EXPECT_NO_THROW((void)lab::build(*scenario));
}

// Every third file has some bytes changed, every third some cut out, every third a part of it doubled.
std::string mutated(std::string text, net::Random& chance) {
  for (std::uint64_t times = 1 + chance.below(4); times > 0; --times) {
    const auto at = static_cast<std::size_t>(chance.below(text.size()));
    const auto length = static_cast<std::size_t>(chance.below(12));
    switch (chance.below(4)) {
      case 0: text[at] = static_cast<char>(chance.below(256)); break;
      case 1: text.erase(at, length); break;
      case 2: text.insert(at, text.substr(at, length)); break;
      default: text[at] = "0123456789{}[]\",:.-/x"[chance.below(21)]; break;
    }
  }
  return text;
}

TEST(ScenarioFile, MutatedFiles_AreRefusedInOneLine_OrCanBeLaidOut) {
  net::Random chance(300);
  int valid = 0;
  for (int i = 0; i < 3000; ++i) {
    const auto scenario = lab::parse_scenario(mutated(std::string(everything), chance), "f.json");
    if (!scenario) {
      EXPECT_TRUE(scenario.error().starts_with("f.json: ")) << scenario.error();
      EXPECT_EQ(scenario.error().find('\n'), std::string::npos);
      continue;
    }
    ++valid;
    (void)lab::build(*scenario);
    (void)lab::build(*scenario, lab::KernelNats::Attach);
    for (const auto& host : scenario->hosts) (void)lab::theory(*scenario, host.name);
    EXPECT_EQ(lab::parse_scenario(lab::to_json(*scenario), "again"), *scenario);
  }
  EXPECT_GT(valid, 30);  // changes in numbers and names leave a file sound
}

// ---- refusals ------------------------------------------------------------------------------------------------------

struct Refusal {
  std::string members;
  std::string line;  // without "f.json: "
};

void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.line; }

class TopologyRefused : public testing::TestWithParam<Refusal> {};

TEST_P(TopologyRefused, WithOneLineThatNamesThePlace) {
  const std::string text = fmt::format(R"({{"schema": "natscope/scenario/1", "name": "x", {}}})", GetParam().members);
  const auto scenario = lab::parse_scenario(text, "f.json");
  ASSERT_FALSE(scenario) << GetParam().line;
  EXPECT_EQ(scenario.error(), "f.json: " + GetParam().line);
}

std::string with_host(std::string_view members) { return fmt::format(R"("hosts": [{{"name": "h"}}], {})", members); }
std::string nat(std::string_view members) {
  return with_host(fmt::format(R"("nats": [{{"name": "n", "profile": "full-cone", {}}}])", members));
}
std::string host(std::string_view members) {
  return fmt::format(
      R"("nats": [{{"name": "n", "profile": "full-cone"}}, {{"name": "k", "profile": "kernel-masquerade"}}],
                        "hosts": [{{"name": "h", {}}}])",
      members);
}

INSTANTIATE_TEST_SUITE_P(
    Places, TopologyRefused,
    testing::Values(
        Refusal{with_host(R"("family": "both")"), "family: 'both' is not v4, v6 or dual"},
        Refusal{nat(R"("address": "203.0.113.1", "addresses": [])"), "nats[0].addresses: either this or address"},
        Refusal{nat(R"("addresses": "203.0.113.1")"), "nats[0].addresses: must be a list"},
        Refusal{nat(R"("addresses": ["203.0.113.1", "203.0.113.1"])"), "nats[0]: the address 203.0.113.1 is taken"},
        Refusal{nat(R"("inside": "10.0.0")"), "nats[0].inside: '10.0.0' is not an IP address"},
        Refusal{nat(R"("inside_prefix": "100.64.0.0")"),
                "nats[0].inside_prefix: must be an address, a slash and a length"},
        Refusal{nat(R"("inside_prefix": "100.64.0.1/10")"), "nats[0].inside_prefix: bits are set beyond the length"},
        Refusal{nat(R"("inside_prefix": "100.64.0.0/33")"), "nats[0].inside_prefix: the length is beyond the address"},
        Refusal{nat(R"("inside_prefix": "10.0.0.0/25")"),
                "nats[0].inside_prefix: must be an IPv4 prefix of 8 to 24 bits"},
        Refusal{nat(R"("inside_prefix": "fd00::/48")"),
                "nats[0].inside_prefix: must be an IPv4 prefix of 8 to 24 bits"},
        Refusal{nat(R"("prefixes": {"inside": "fd00::/48", "outside": "2001:db8::/48"})"),
                "nats[0].prefixes: the profile's ipv6 is not nptv6"},
        Refusal{nat(R"("prefixes": {"inside": "fd00::/48"})"), "nats[0].prefixes: 'outside' is missing"},
        Refusal{nat(R"("prefixes": {"inside": "fd00::/48", "outside": "2001:db8::/64"})"),
                "nats[0].prefixes: must be of one length"},
        Refusal{nat(R"("prefixes": {"inside": "fd00::/56", "outside": "2001:db8::/56"})"),
                "nats[0].prefixes: must be IPv6 prefixes of 48 or 64 bits"},
        Refusal{nat(R"("nat64_prefix": "2001:db8:64::/96")"), "nats[0].nat64_prefix: the profile's ipv6 is not nat64"},
        Refusal{nat(R"("nat64_prefix": "2001:db8::/33")"),
                "nats[0].nat64_prefix: a NAT64's prefix has 32, 40, 48, 56, 64 or 96 bits (RFC 6052)"},
        Refusal{with_host(R"("nats": [{"name": "n", "profile": "udp-firewall", "inside": "10.0.0.1"}])"),
                "nats[0].inside: a firewall has none"},
        Refusal{with_host(R"("nats": [{"name": "n", "profile": "udp-firewall", "inside_prefix": "10.0.0.0/8"}])"),
                "nats[0].inside_prefix: a firewall has none"},
        Refusal{with_host(
                    R"("nats": [{"name": "k", "profile": "kernel-masquerade", "addresses": ["1.1.1.1", "1.1.1.2"]}])"),
                "nats[0].addresses: a kernel NAT has one"},
        Refusal{host(R"("behind": "k", "addresses": ["10.0.0.1", "10.0.0.2"])"),
                "hosts[0].addresses: behind a kernel NAT there is one"},
        Refusal{host(R"("interfaces": {})"), "hosts[0].interfaces: must be a list"},
        Refusal{host(R"("interfaces": [{"name": "eth1"}])"), "hosts[0].interfaces[0]: unknown key 'name'"},
        Refusal{host(R"("interfaces": [{"behind": "m"}])"), "hosts[0].interfaces[0].behind: no NAT is named 'm'"},
        Refusal{host(R"("behind": "n", "address": "10.0.0.5", "interfaces": [{"address": "10.0.0.5"}])"),
                "hosts[0].interfaces[0]: the address 10.0.0.5 is taken"},
        Refusal{R"("nats": [{"name": "n", "profile": "full-cone", "inside": "10.0.0.5"}],
                   "hosts": [{"name": "h", "behind": "n", "address": "10.0.0.5"}])",
                "hosts[0]: the address 10.0.0.5 is taken"},
        Refusal{with_host(R"("reflectors": [{"name": "r", "addresses": ["1.1.1.1", "1.1.1.2"]}])"),
                "reflectors[0].addresses: at most one of a family"},
        Refusal{with_host(R"("reflectors": [{"name": "r", "address": "2001:db8::1"}])"),
                "hosts[0]: it shares no address family with the reflectors"},
        Refusal{with_host(R"("reflectors": [{"name": "r", "address": "2001:db8::1"}, {"name": "q"}])"),
                "reflectors: they share no address family"},
        Refusal{with_host(R"("reflectors": [{"name": "r", "address": "2001:db8::1", "partner": "q"},
                                            {"name": "q", "partner": "r"}])"),
                "reflectors[0].partner: 'q' has other address families"},
        Refusal{with_host(R"("link": {"rate_mbps": 0})"), "link.rate_mbps: must be a number from 0.001 to 100000"},
        Refusal{with_host(R"("link": {"mtu": 67})"), "link.mtu: must be a whole number from 68 to 65535"},
        Refusal{with_host(R"("link": {"up": {"queue_ms": -1}})"), "link.up.queue_ms: must be a number from 0 to 60000"},
        Refusal{with_host(R"("link": {"down": {"up": {}}})"), "link.down: unknown key 'up'"}));

std::string event(std::string_view members) {
  return fmt::format(R"("reflectors": [{{"name": "r"}}], "rendezvous": true,
      "nats": [{{"name": "n", "profile": "full-cone", "address": "203.0.113.1"}},
               {{"name": "m", "profile": "full-cone", "address": "203.0.113.2"}},
               {{"name": "w", "profile": "udp-firewall"}}, {{"name": "k", "profile": "kernel-masquerade"}}],
      "hosts": [{{"name": "h"}}, {{"name": "i", "behind": "k"}}], "events": [{{{}}}])",
                     members);
}

INSTANTIATE_TEST_SUITE_P(
    Events, TopologyRefused,
    testing::Values(
        Refusal{with_host(R"("events": {})"), "events: must be a list"},
        Refusal{event(R"("do": "flush", "nat": "n")"), "events[0]: needs one of at_s, when, after_packets"},
        Refusal{event(R"("at_s": 1, "when": "probed", "do": "flush", "nat": "n")"),
                "events[0]: needs one of at_s, when, after_packets"},
        Refusal{event(R"("at_s": -1, "do": "flush", "nat": "n")"), "events[0].at_s: must be a number from 0 to 86400"},
        Refusal{event(R"("when": "later", "do": "flush", "nat": "n")"),
                "events[0].when: 'later' is not probed or registered"},
        Refusal{event(R"("after_packets": 5, "do": "flush", "nat": "n")"), "events[0]: 'through' is missing"},
        Refusal{event(R"("after_packets": 0, "through": "n", "do": "flush", "nat": "n")"),
                "events[0].after_packets: must be a whole number from 1 to 1000000000"},
        Refusal{event(R"("after_packets": 5, "through": "x", "do": "flush", "nat": "n")"),
                "events[0].through: no host, NAT or reflector is named 'x'"},
        Refusal{event(R"("at_s": 1, "through": "n", "do": "flush", "nat": "n")"),
                "events[0].through: goes with after_packets"},
        Refusal{event(R"("at_s": 1, "nat": "n")"), "events[0]: 'do' is missing"},
        Refusal{event(R"("at_s": 1, "do": "explode", "nat": "n")"), "events[0].do: 'explode' is not an action"},
        Refusal{event(R"("at_s": 1, "do": "flush")"), "events[0]: 'nat' is missing"},
        Refusal{event(R"("at_s": 1, "do": "flush", "link": "n")"), "events[0].link: flush is done to a nat"},
        Refusal{event(R"("at_s": 1, "do": "flush", "nat": "x")"), "events[0].nat: no NAT is named 'x'"},
        Refusal{event(R"("at_s": 1, "do": "flush", "nat": "n", "for_s": 1)"), "events[0].for_s: goes with reboot"},
        Refusal{event(R"("at_s": 1, "do": "reboot", "nat": "n", "for_s": 0)"),
                "events[0].for_s: must be a number from 0.001 to 3600"},
        Refusal{event(R"("at_s": 1, "do": "reboot", "nat": "k")"),
                "events[0].nat: 'k' is a kernel NAT, of which only the link can be changed"},
        Refusal{event(R"("at_s": 1, "do": "readdress", "nat": "n")"), "events[0]: 'addresses' is missing"},
        Refusal{event(R"("at_s": 1, "do": "readdress", "nat": "n", "addresses": [])"),
                "events[0].addresses: names none"},
        Refusal{event(R"("at_s": 1, "do": "flush", "nat": "n", "addresses": ["1.1.1.1"])"),
                "events[0].addresses: goes with readdress"},
        Refusal{event(R"("at_s": 1, "do": "readdress", "nat": "w", "addresses": ["1.1.1.1"])"),
                "events[0].addresses: a firewall has none"},
        Refusal{event(R"("at_s": 1, "do": "readdress", "nat": "n", "addresses": ["203.0.113.2"])"),
                "events[0].addresses: the address 203.0.113.2 is taken"},
        Refusal{event(R"("at_s": 1, "do": "cut", "link": "x")"),
                "events[0].link: no host, NAT or reflector is named 'x'"},
        Refusal{event(R"("at_s": 1, "do": "cut", "link": "i")"),
                "events[0].link: 'i' is behind the kernel NAT 'k', beyond our reach"},
        Refusal{event(R"("at_s": 1, "do": "kill", "program": "h")"),
                "events[0].program: must be 'reflector NAME', 'peer NAME', 'probe NAME' or 'rendezvous'"},
        Refusal{event(R"("at_s": 1, "do": "kill", "program": "reflector h")"),
                "events[0].program: no reflector is named 'h'"},
        Refusal{event(R"("at_s": 1, "do": "kill", "program": "peer r")"), "events[0].program: no host is named 'r'"},
        Refusal{event(R"("at_s": 1, "do": "kill", "program": "rendezvous x")"),
                "events[0].program: there is one rendezvous, without a name"},
        Refusal{event(R"("when": "probed", "do": "kill", "program": "probe h")"),
                "events[0].program: the probes have ended by then"},
        Refusal{event(R"("at_s": 1, "do": "suspend", "program": "probe h")"),
                "events[0].program: nothing resumes the probe, which would never end"},
        Refusal{with_host(R"("events": [{"when": "registered", "do": "cut", "link": "h"}])"),
                "events[0].when: the scenario has no rendezvous"},
        Refusal{with_host(R"("events": [{"at_s": 1, "do": "kill", "program": "rendezvous"}])"),
                "events[0].program: the scenario has no rendezvous"}));

TEST(ScenarioFile, MendingWhatWasNeverCut_IsFine) {
  const auto scenario = lab::parse_scenario(
      R"({"schema": "natscope/scenario/1", "name": "x", "hosts": [{"name": "h"}],
          "events": [{"at_s": 1, "do": "mend", "link": "h"}]})",
      "f");
  EXPECT_TRUE(scenario) << scenario.error();
}

}  // namespace scenario_topology_test
