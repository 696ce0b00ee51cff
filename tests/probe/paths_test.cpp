// Which paths a command line asks to describe, by what the host has.

#include "probe/paths.h"

#include <gmock/gmock.h>

#include <set>

namespace paths_test {

using probe::choose_paths;
using testing::ElementsAre;
using testing::HasSubstr;

const net::Endpoint v4 = net::endpoint("198.51.100.1:3478");
const net::Endpoint v6 = net::endpoint("[2001:db8::1]:3478");

net::Interface interface(std::string name, const std::vector<const char*>& addresses, bool up = true,
                         bool carrier = true) {
  net::Interface out{.name = std::move(name), .up = up, .carrier = carrier};
  for (const char* address : addresses) out.addresses.push_back(net::address(address));
  return out;
}

// A host with routes as listed: by family without an interface, else by the interface's name.
struct Host {
  std::vector<net::Interface> interfaces = {
      interface("lo", {"127.0.0.1", "::1"}),
      interface("eth0", {"10.0.0.2", "fe80::1", "2001:db8:1::2"}),
      interface("wlan0", {"192.168.1.2", "fe80::2"}),
      interface("vpn0", {"10.9.0.2"}),
      interface("eth1", {}, true),
      interface("eth2", {"10.1.0.2"}, false, false),
      interface("eth3", {"10.2.0.2"}, true, false),
      interface("ll0", {"169.254.1.1", "fe80::3"}),
  };
  std::set<std::string> routed = {"eth0", "wlan0", "eth2", "eth3", "eth1"};
  bool v4_routed = true;
  bool v6_routed = true;
  std::vector<net::Nat64Prefix> nat64 = {};

  [[nodiscard]] probe::Surroundings surroundings() const {
    return {.interfaces = interfaces,
            .has_route =
                [this](const net::IpAddress& to) { return to.family() == net::Family::V4 ? v4_routed : v6_routed; },
            .has_route_through = [this](const net::IpAddress&, const std::string& name,
                                        const net::IpAddress&) { return routed.contains(name); },
            .nat64 = nat64};
  }
};

std::vector<std::string> names(const net::Result<std::vector<probe::Path>, std::string>& paths) {
  if (!paths) return {"error: " + paths.error()};
  std::vector<std::string> out;
  for (const probe::Path& path : *paths) {
    out.push_back((path.family() == net::Family::V4 ? "4"
                   : path.nat64                     ? "6 to 4"
                                                    : "6") +
                  (path.interface.empty() ? "" : " " + path.interface));
  }
  return out;
}

std::vector<std::string> chosen(const probe::PathWish& wish, const Host& host = {},
                                const std::vector<std::vector<net::Endpoint>>& reflectors = {{v4, v6}}) {
  std::vector<probe::ResolvedReflector> resolved;
  for (const auto& endpoints : reflectors) resolved.push_back({"r", endpoints});
  return names(choose_paths(resolved, wish, host.surroundings()));
}

TEST(Paths, BothFamilies_WhereBothAreRouted) {
  EXPECT_THAT(chosen({}), ElementsAre("4", "6"));
  EXPECT_THAT(chosen({}, {.v6_routed = false}), ElementsAre("4"));
  EXPECT_THAT(chosen({}, {.v4_routed = false}), ElementsAre("6"));
  EXPECT_THAT(chosen({}, {.v4_routed = false, .v6_routed = false}), ElementsAre("4"));
}

TEST(Paths, AFamilyThatEveryReflectorHas_GoesBeforeOneThatSomeHave) {
  EXPECT_THAT(chosen({}, {}, {{v4, v6}, {v4}}), ElementsAre("4", "6"));
  EXPECT_THAT(chosen({}, {}, {{v4, v6}, {v6}}), ElementsAre("6", "4"));
  EXPECT_THAT(chosen({}, {}, {{v4}, {v6}}), ElementsAre("4", "6")) << "each by itself";
}

TEST(Paths, OneFamily_IsTriedWhateverTheRoutesSay) {
  EXPECT_THAT(chosen({}, {.v4_routed = false}, {{v4}}), ElementsAre("4"));
}

// ---- through a NAT64 -----------------------------------------------------------------------------------------------

const net::Nat64Prefix own{net::address("2001:db8:64::"), 96};
const net::Endpoint synthesized{own.with(v4.address), v4.port};

TEST(PathsByNat64, Ipv4WithoutARoute_GoesUnderTheNetworksPrefix) {
  const Host only_six{.v4_routed = false, .nat64 = {own}};
  const auto paths = choose_paths({{"198.51.100.1", {v4}}}, {}, only_six.surroundings());
  ASSERT_TRUE(paths);
  ASSERT_EQ(paths->size(), 1U);
  EXPECT_EQ(paths->front().reflectors.front().endpoint, synthesized);
  EXPECT_EQ(paths->front().reflectors.front().given, "198.51.100.1");
  EXPECT_EQ(paths->front().nat64, own);
  EXPECT_THAT(chosen({}, {.v4_routed = false}, {{v4}}), ElementsAre("4")) << "no prefix is known";
  EXPECT_THAT(chosen({}, {.nat64 = {own}}, {{v4}}), ElementsAre("4")) << "IPv4 has a route";
  EXPECT_THAT(chosen({.bind = net::endpoint("[2001:db8:1::2]:0")}, only_six, {{v4}}), ElementsAre("6 to 4"));
}

TEST(PathsByNat64, IsAFamilyOfItsOwn) {
  EXPECT_THAT(chosen({}, {.v4_routed = false, .nat64 = {own}}), ElementsAre("6", "6 to 4"));
  EXPECT_THAT(chosen({}, {.v4_routed = false, .nat64 = {own}}, {{v4, v6}, {v4}}), ElementsAre("6 to 4", "6"))
      << "all reflectors are reached by the first";
  EXPECT_THAT(chosen({}, {.nat64 = {own}}, {{v4, synthesized}}), ElementsAre("4", "6 to 4")) << "a DNS64 answered";
  EXPECT_THAT(chosen({}, {.v4_routed = false, .nat64 = {own}}, {{synthesized}, {v6}}), ElementsAre("6", "6 to 4"))
      << "each by itself";
  EXPECT_THAT(chosen({}, {}, {{net::endpoint("[64:ff9b::198.51.100.1]:3478")}}), ElementsAre("6 to 4"));
  EXPECT_THAT(chosen({}, {}, {{synthesized}}), ElementsAre("6")) << "nobody knows that prefix";
}

TEST(PathsByNat64, OneRun_IsUnderOnePrefix) {
  const net::Endpoint well_known{net::well_known_nat64().with(v4.address), 3479};
  const Host host{.v4_routed = false, .nat64 = {own}};
  const auto paths = choose_paths({{"a", {well_known}}, {"b", {synthesized}}, {"c", {v4}}}, {}, host.surroundings());
  ASSERT_TRUE(paths);
  ASSERT_EQ(paths->size(), 1U);
  for (const auto& reflector : paths->front().reflectors) {
    EXPECT_TRUE(net::well_known_nat64().ipv4_in(reflector.endpoint.address)) << net::to_string(reflector.endpoint);
  }
}

// RFC 6052 section 3.1; and what is near the host is not behind its NAT64.
TEST(PathsByNat64, WhatNoNat64LeadsTo_IsNotPutUnderAPrefix) {
  const auto way_to = [](const char* reflector, const net::Nat64Prefix& prefix) {
    return chosen({}, {.v4_routed = false, .nat64 = {prefix}}, {{net::endpoint(reflector)}});
  };
  EXPECT_THAT(way_to("127.0.0.1:3478", own), ElementsAre("4"));
  EXPECT_THAT(way_to("169.254.1.1:3478", own), ElementsAre("4"));
  EXPECT_THAT(way_to("10.0.0.1:3478", own), ElementsAre("6 to 4"));
  EXPECT_THAT(way_to("10.0.0.1:3478", net::well_known_nat64()), ElementsAre("4"));
}

TEST(PathsByNat64, AnInterfaceWithIpv6Alone_HasIt) {
  Host host{.nat64 = {own}};
  host.interfaces = {interface("six0", {"2001:db8:1::2"}), interface("four0", {"10.0.0.2"}),
                     interface("both0", {"10.0.0.3", "2001:db8:1::3"})};
  host.routed = {"six0", "four0", "both0"};
  EXPECT_THAT(chosen({.all_interfaces = true}, host, {{v4}}), ElementsAre("6 to 4 six0", "4 four0", "4 both0"));
  EXPECT_THAT(chosen({.interface = "six0"}, host, {{v4}}), ElementsAre("6 to 4 six0"));
}

TEST(Paths, TwoNamesOfOneHost_AreOneReflector) {
  const auto paths = choose_paths({{"a", {v4}}, {"b", {v4}}}, {}, Host().surroundings());
  ASSERT_TRUE(paths);
  EXPECT_EQ(paths->front().reflectors.size(), 1U);
}

TEST(Paths, Bind_ChoosesTheFamily) {
  EXPECT_THAT(chosen({.bind = net::endpoint("[2001:db8:1::2]:0")}), ElementsAre("6"));
  EXPECT_THAT(chosen({.bind = net::endpoint("[::1]:0")}, {}, {{v4}}),
              ElementsAre("error: bind ::1: the reflectors are of the other address family"));
}

TEST(Paths, AnInterface_IsDescribedInTheFamiliesItHas) {
  EXPECT_THAT(chosen({.interface = "eth0"}), ElementsAre("4 eth0", "6 eth0"));
  EXPECT_THAT(chosen({.interface = "wlan0"}), ElementsAre("4 wlan0")) << "link-local does not lead anywhere";
}

TEST(Paths, AnInterfaceThatCannotServe_HasItsOwnWords) {
  EXPECT_THAT(chosen({.interface = "eth7"}), ElementsAre(HasSubstr("eth7: no such interface; there are: lo, eth0")));
  EXPECT_THAT(chosen({.interface = "eth2"}), ElementsAre("error: interface eth2: it is down"));
  EXPECT_THAT(chosen({.interface = "eth3"}), ElementsAre("error: interface eth3: it is not connected"));
  EXPECT_THAT(chosen({.interface = "eth1"}), ElementsAre("error: interface eth1: it has no address"));
  EXPECT_THAT(chosen({.interface = "ll0"}), ElementsAre("error: interface ll0: it has no address"));
  EXPECT_THAT(chosen({.interface = "wlan0"}, {}, {{v6}}),
              ElementsAre("error: interface wlan0: it has no IPv6 address"));
  EXPECT_THAT(chosen({.interface = "vpn0"}), ElementsAre("error: interface vpn0: it has no route to 198.51.100.1"));
}

TEST(Paths, AllInterfaces_AreThoseThatLeadToTheReflectors) {
  EXPECT_THAT(chosen({.all_interfaces = true}), ElementsAre("4 eth0", "6 eth0", "4 wlan0"));
  EXPECT_THAT(chosen({.all_interfaces = true}, {.routed = {}}),
              ElementsAre(HasSubstr("no interface leads to the reflectors; lo: it has no route")));
}

}  // namespace paths_test
