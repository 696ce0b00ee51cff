// Topologies with real packets, seen by plain sockets: several interfaces, both families, a carrier's network.

#include <gtest/gtest.h>

#include <chrono>

#include "tests/netns/stations.h"

namespace topology_test {

using namespace std::chrono_literals;
using net::address;
using netns::UdpSocket;

class Topology : public testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_NAMESPACES(); }
};

lab::NatProfile profile(const char* name, lab::Ipv6Service ipv6 = lab::Ipv6Service::Nat66) {
  lab::NatProfile out = *lab::find_profile(name);
  out.ipv6 = ipv6;
  return out;
}

// The source that `by` sees of what `from` sends it.
net::IpAddress seen(const UdpSocket& from, const UdpSocket& by) {
  from.send(by.local(), "who am I");
  const auto got = by.receive();
  EXPECT_TRUE(got) << net::to_string(from.local()) << " to " << net::to_string(by.local());
  return got ? got->from.address : net::IpAddress{};
}

TEST_F(Topology, ATwoHomedHost_LeavesByTheInterfaceOfItsAddress) {
  lab::Scenario scenario;
  scenario.reflectors = {{.name = "r"}};
  scenario.nats = {{.name = "home", .profile = profile("full-cone")},
                   {.name = "mobile", .profile = profile("symmetric")},
                   {.name = "kernel", .profile = profile("kernel-masquerade")}};
  scenario.hosts = {{.name = "h", .behind = "home", .interfaces = {{.behind = "mobile"}, {.behind = "kernel"}, {}}}};
  const lab::WiredLab wired(scenario);
  const lab::Station& host = wired.host("h");
  const UdpSocket reflector(wired.reflector("r"), 3478);
  ASSERT_EQ(host.addresses.size(), 4U);
  const char* outsides[] = {"203.0.113.1", "203.0.113.2", "203.0.113.3", "192.0.2.1"};
  for (std::size_t i = 0; i < 4; ++i) {
    const UdpSocket socket(host.where, host.addresses[i]);
    EXPECT_EQ(seen(socket, reflector), address(outsides[i]));
    reflector.send({address(outsides[i]), socket.local().port}, "back");
  }
  const UdpSocket bound_nowhere(host.where, net::IpAddress::any(net::Family::V4));
  EXPECT_EQ(seen(bound_nowhere, reflector), address("203.0.113.1")) << "the first interface";
}

TEST_F(Topology, DualStack_EachFamilyIsServedAsTheNatSays) {
  lab::Scenario scenario{.family = lab::Families::Dual};
  scenario.reflectors = {{.name = "r"}};
  scenario.nats = {{.name = "nat66", .profile = profile("full-cone")},
                   {.name = "firewall", .profile = profile("full-cone", lab::Ipv6Service::Firewall)},
                   {.name = "nptv6", .profile = profile("full-cone", lab::Ipv6Service::Nptv6)},
                   {.name = "nat64", .profile = profile("full-cone", lab::Ipv6Service::Nat64)}};
  scenario.hosts = {{.name = "a", .behind = "nat66"},
                    {.name = "b", .behind = "firewall"},
                    {.name = "c", .behind = "nptv6"},
                    {.name = "d", .behind = "nat64"}};
  const lab::WiredLab wired(scenario);
  const auto& at = wired.reflector("r").addresses;
  const UdpSocket v4(wired.reflector("r").where, at[0], 3478);
  const UdpSocket v6(wired.reflector("r").where, at[1], 3478);
  const auto socket = [&](const char* host, std::size_t i) {
    return UdpSocket(wired.host(host).where, wired.host(host).addresses[i]);
  };
  EXPECT_EQ(seen(socket("a", 0), v4), address("203.0.113.1"));
  EXPECT_EQ(seen(socket("a", 1), v6), address("2001:db8:0:2::1"));
  EXPECT_EQ(seen(socket("b", 0), v4), address("203.0.113.2"));
  EXPECT_EQ(seen(socket("b", 1), v6), wired.host("b").addresses[1]);
  const auto translated = net::to_string(seen(socket("c", 1), v6));
  EXPECT_TRUE(translated.starts_with("2001:db8:1:3:")) << translated;

  const UdpSocket only6 = socket("d", 1);
  only6.send({lab::address_by(lab::Reach::Nat64, at), 3478}, "through the NAT64");
  const auto got = v4.receive();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->from.address, address("203.0.113.4"));
  v4.send(got->from, "back");
  const auto back = only6.receive();
  ASSERT_TRUE(back);
  EXPECT_EQ(back->from, (net::Endpoint{lab::address_by(lab::Reach::Nat64, at), 3478}));
}

TEST_F(Topology, TwoHomesBehindACarrier_SeeEachOtherAtItsInsideAddresses) {
  lab::Scenario scenario;
  scenario.reflectors = {{.name = "r"}};
  scenario.nats = {
      {.name = "carrier", .profile = profile("full-cone"), .inside_prefix = lab::Prefix{address("100.64.0.0"), 10}},
      {.name = "a", .profile = profile("full-cone"), .behind = "carrier"},
      {.name = "b", .profile = profile("full-cone"), .behind = "carrier"}};
  scenario.hosts = {{.name = "ha", .behind = "a"}, {.name = "hb", .behind = "b"}};
  const lab::WiredLab wired(scenario);
  const UdpSocket a(wired.host("ha"));
  const UdpSocket b(wired.host("hb"));
  const UdpSocket reflector(wired.reflector("r"), 3478);
  EXPECT_EQ(seen(a, reflector), address("203.0.113.1"));
  EXPECT_EQ(seen(b, reflector), address("203.0.113.1"));
  a.send({address("100.64.1.3"), b.local().port}, "to b's router");  // its full cone kept the port
  const auto got = b.receive();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->from.address, address("100.64.1.2"));
}

TEST_F(Topology, ALinksWays_DifferOnRealPacketsToo) {
  lab::Scenario scenario = netns::one_host_behind("full-cone");
  scenario.nats[0].link = lab::ScenarioLink(lab::LinkProfile{.delay = 40ms}, lab::LinkProfile{.loss = 1});
  const lab::WiredLab wired(scenario);
  const UdpSocket host(wired.host("h"));
  const UdpSocket reflector(wired.reflector("r1"), 3478);
  const auto before = std::chrono::steady_clock::now();
  host.send(reflector.local(), "up");
  const auto got = reflector.receive();
  ASSERT_TRUE(got);
  EXPECT_GE(std::chrono::steady_clock::now() - before, 40ms);
  reflector.send(got->from, "down");
  EXPECT_FALSE(host.receive(100ms));
}

TEST_F(Topology, TwentyHostsBehindTwentyNats_AreUpAndGoneInTime) {
  lab::Scenario scenario;
  scenario.reflectors = {{.name = "r1"}, {.name = "r2"}};
  for (int i = 0; i < 20; ++i) {
    const std::string number = std::to_string(i);
    scenario.nats.push_back({.name = "n" + number, .profile = profile("symmetric")});
    scenario.hosts.push_back({.name = "h" + number, .behind = "n" + number});
  }
  const auto begin = std::chrono::steady_clock::now();
  auto wired = std::make_unique<lab::WiredLab>(scenario);
  const auto up = std::chrono::steady_clock::now();
  wired.reset();
  const auto gone = std::chrono::steady_clock::now();
  RecordProperty("up_ms", std::to_string(net::to_ms(up - begin)));
  RecordProperty("gone_ms", std::to_string(net::to_ms(gone - up)));
  EXPECT_LT(up - begin, 5s);
  EXPECT_LT(gone - up, 2s);
}

}  // namespace topology_test
