// NATs written elsewhere, behind the Wire as any other: what plain datagrams show of them is what their profile says.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include "lab/foreign_profiles.h"
#include "tests/netns/plain_prober.h"
#include "tests/programs/program.h"

namespace foreign_nat_test {

using netns::Reflectors;
using netns::source_seen;
using netns::UdpSocket;

class ForeignNat : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    SKIP_WITHOUT_NAMESPACES();
    if (const auto why = netns::obstacle_to(profile()); !why.empty()) NATSCOPE_SKIP("netns", why);
  }

  static lab::NatProfile profile() { return *lab::find_profile(GetParam()); }
};

TEST_P(ForeignNat, MeetsItsDeclaredBehaviour) {
  const lab::WiredLab wired(netns::one_host_behind(profile()));
  const lab::Station& host = wired.host("h");
  const Reflectors reflectors(wired);
  const net::NatBehavior truth = lab::observed_truth(profile());
  EXPECT_EQ(netns::mapping_of(UdpSocket(host), reflectors), truth.mapping);
  EXPECT_EQ(netns::filtering_of(UdpSocket(host), reflectors), truth.filtering);
}

TEST_P(ForeignNat, AllocatesPorts_AsDeclared) {
  const lab::NatProfile declared = profile();
  const lab::WiredLab wired(netns::one_host_behind(declared));
  const UdpSocket reflector(wired.reflector("r1"), 3478);
  int kept = 0;
  for (int i = 0; i < 8; ++i) {
    const UdpSocket socket(wired.host("h"));
    const auto seen = source_seen(socket, reflector);
    EXPECT_GE(seen.port, declared.first_port);
    EXPECT_LE(seen.port, declared.last_port);
    kept += seen.port == socket.local().port ? 1 : 0;
  }
  if (declared.allocation == net::PortAllocation::Random) {
    EXPECT_LE(kept, 1);  // two of eight by chance: less than one in ten million
  } else {
    EXPECT_EQ(kept, 8);
  }
}

TEST_P(ForeignNat, Hairpin_AsDeclared) {
  const lab::WiredLab wired(netns::one_host_behind(profile()));
  const UdpSocket reflector(wired.reflector("r1"), 3478);
  const UdpSocket one(wired.host("h"));
  const UdpSocket two(wired.host("h"));
  const auto one_outside = source_seen(one, reflector);
  const auto two_outside = source_seen(two, reflector);
  one.send(two_outside, "hairpin");
  if (profile().hairpin == lab::Hairpin::Off) reflector.send(two_outside, "control");  // the kernel keeps the order
  const auto got = two.receive();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->text, profile().hairpin == lab::Hairpin::Off ? "control" : "hairpin");
  EXPECT_EQ(got->from, profile().hairpin == lab::Hairpin::Off ? reflector.local() : one_outside);
}

TEST_P(ForeignNat, Tcp_PassesWhole) {
  const lab::WiredLab wired(netns::one_host_behind(profile()));
  const lab::Station& server = wired.reflector("r1");
  const auto listener = netns::listen_tcp(server, 3478);
  const auto client = netns::connect_tcp(wired.host("h"), {server.addresses.front(), 3478});
  net::Endpoint seen;
  const auto connection = netns::accept_tcp(listener, seen);
  EXPECT_EQ(seen.address, net::address("203.0.113.1"));
  EXPECT_TRUE(netns::carries_a_megabyte(client, connection));
}

TEST_P(ForeignNat, NatlabRun_ShowsItToAnyCommand) {
  const auto result = programs::run({"natlab", "run", GetParam(), "--", "natprobe", "--json", "-"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const auto rfc3489 = net::to_string(net::classic_name(lab::observed_truth(profile())));
  EXPECT_THAT(result.out, testing::HasSubstr("\"rfc3489\": \"" + std::string(rfc3489) + "\""));
}

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const auto& foreign : lab::foreign_profiles()) out.push_back(foreign.profile.name);
  return out;
}

INSTANTIATE_TEST_SUITE_P(Profiles, ForeignNat, testing::ValuesIn(names()), [](const auto& of) {
  std::string out = of.param;
  std::ranges::replace(out, '-', '_');
  return out;
});

// ---- each on its own -----------------------------------------------------------------------------------------------

class ForeignNatTest : public testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_NAMESPACES(); }
};

TEST_F(ForeignNatTest, DnatMap_LetsInWhatNobodyAskedFor) {
  const lab::WiredLab wired(netns::one_host_behind("kernel-dnat-map"));
  const UdpSocket host(wired.host("h"), 4500);
  const UdpSocket reflector(wired.reflector("r1"), 3478);
  reflector.send({net::address("203.0.113.1"), 4500}, "unasked");
  const auto got = host.receive();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->from, reflector.local());
}

TEST_F(ForeignNatTest, Ipv6_IsTranslatedByTheKernelToo) {
  for (const char* name : {"kernel-masquerade", "kernel-dnat-map"}) {
    SCOPED_TRACE(name);
    lab::Scenario scenario = netns::one_host_behind(name);
    scenario.reflectors[0].addresses = {net::address("2001:db8::1")};
    scenario.reflectors[1].addresses = {net::address("2001:db8::2")};
    scenario.nats[0].addresses = {net::address("2001:db8:1::1")};
    scenario.hosts[0].addresses = {net::address("fd00::2")};
    const lab::WiredLab wired(scenario);
    const Reflectors reflectors(wired);
    EXPECT_EQ(source_seen(UdpSocket(wired.host("h")), reflectors.a1).address, net::address("2001:db8:1::1"));
    const net::NatBehavior truth = lab::observed_truth(scenario.nats[0].profile);
    EXPECT_EQ(netns::mapping_of(UdpSocket(wired.host("h")), reflectors), truth.mapping);
    EXPECT_EQ(netns::filtering_of(UdpSocket(wired.host("h")), reflectors), truth.filtering);
  }
}

TEST_F(ForeignNatTest, AProgramBehindTheKernel_IsReachedThroughBoth) {
  if (const auto why = netns::obstacle_to(*lab::find_profile("pasta")); !why.empty()) NATSCOPE_SKIP("netns", why);
  lab::Scenario scenario = netns::one_host_behind("kernel-fully-random");
  scenario.nats.push_back({.name = "inner", .profile = *lab::find_profile("pasta"), .behind = "nat"});
  scenario.hosts[0].behind = "inner";
  ASSERT_FALSE(lab::contradiction(scenario));
  const lab::WiredLab wired(scenario);
  const Reflectors reflectors(wired);
  EXPECT_EQ(netns::mapping_of(UdpSocket(wired.host("h")), reflectors), lab::theory(scenario, "h").mapping);
  EXPECT_EQ(netns::filtering_of(UdpSocket(wired.host("h")), reflectors), lab::theory(scenario, "h").filtering);
}

}  // namespace foreign_nat_test
