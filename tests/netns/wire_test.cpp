// The lab with real packets, before any of our programs: what leaves a host crosses the NATs and links of the scenario
// and nothing else. "Did not pass" is shown by order, not by waiting: links without jitter keep the order, so a packet
// that must not arrive is followed by one that must.

#include <gtest/gtest.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "lab/wire/system_call.h"
#include "tests/netns/plain_prober.h"
#include "tests/netns/stations.h"

namespace wire_test {

using namespace std::chrono_literals;
using netns::Reflectors;
using netns::source_seen;
using netns::UdpSocket;

class WireTest : public testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_NAMESPACES(); }
};

class WireKindTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { SKIP_WITHOUT_NAMESPACES(); }
};

TEST_P(WireKindTest, RealPackets_MeetTheDeclaredBehaviour) {
  const lab::NatProfile profile = *lab::find_profile(GetParam());
  const lab::WiredLab wired(netns::one_host_behind(profile));
  const lab::Station& host = wired.host("h");
  const Reflectors reflectors(wired);
  const net::NatBehavior truth = lab::observed_truth(profile);
  EXPECT_EQ(mapping_of(UdpSocket(host), reflectors), truth.mapping);
  EXPECT_EQ(filtering_of(UdpSocket(host), reflectors), truth.filtering);
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string out = info.param;
  std::ranges::replace(out, '-', '_');
  return out;
}

INSTANTIATE_TEST_SUITE_P(Profiles, WireKindTest,
                         testing::Values("eim-eif-random", "eim-adf-random", "eim-apdf-random", "adm-eif-random",
                                         "adm-adf-random", "adm-apdf-random", "apdm-eif-random", "apdm-adf-random",
                                         "apdm-apdf-random", "apdm-apdf-preserving", "eim-apdf-sequential",
                                         "linux-masquerade", "no-nat", "udp-firewall"),
                         test_name);

TEST_F(WireTest, Links_DelayEveryPacket_EachWay) {
  lab::Scenario scenario = netns::one_host_behind("full-cone");
  scenario.nats[0].link = lab::LinkProfile{.delay = 30ms};
  const lab::WiredLab wired(scenario);
  const UdpSocket host(wired.host("h"));
  const UdpSocket reflector(wired.reflector("r1"), 3478);
  auto quickest = std::chrono::steady_clock::duration::max();  // of several: a busy machine adds to some
  for (int i = 0; i < 10; ++i) {
    const auto before = std::chrono::steady_clock::now();
    reflector.send(source_seen(host, reflector), "back");
    ASSERT_TRUE(host.receive());
    quickest = std::min(quickest, std::chrono::steady_clock::now() - before);
  }
  EXPECT_GE(quickest, 60ms);
  EXPECT_LE(quickest, 75ms);
}

TEST_F(WireTest, Links_LoseWhatTheScenarioSays) {
  lab::Scenario scenario = netns::one_host_behind("full-cone");
  scenario.nats[0].link = lab::LinkProfile{.loss = 0.25};
  const lab::WiredLab wired(scenario);
  const UdpSocket host(wired.host("h"));
  const UdpSocket reflector(wired.reflector("r1"), 3478);
  int received = 0;
  for (int round = 0; round < 20; ++round) {  // so that no queue overflows
    for (int i = 0; i < 20; ++i) host.send(reflector.local(), "x");
    while (reflector.receive(20ms)) ++received;
  }
  EXPECT_NEAR(received, 300, 60);  // 6.9 standard deviations
}

TEST_F(WireTest, Links_DoubleAndReorderWhatTheScenarioSays) {
  lab::Scenario scenario = netns::one_host_behind("full-cone");
  scenario.nats[0].link = lab::LinkProfile{.duplication = 0.2, .reordering = 0.25};
  const lab::WiredLab wired(scenario);
  const UdpSocket host(wired.host("h"));
  const UdpSocket reflector(wired.reflector("r1"), 3478);
  constexpr int rounds = 10;
  constexpr int burst = 60;  // fits the receiving socket's queue, doubled or not
  std::set<int> received;
  int copies = 0;
  int overtaken = 0;
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < burst; ++i) host.send(reflector.local(), std::to_string(round * burst + i));
    while (const auto got = reflector.receive(50ms)) {
      const int number = std::stoi(got->text);
      overtaken += !received.empty() && number < *received.rbegin();
      copies += !received.insert(number).second;
    }
  }
  EXPECT_EQ(received.size(), std::size_t{rounds * burst}) << "and loses none";
  EXPECT_NEAR(copies, 120, 60);     // 6.1 standard deviations
  EXPECT_NEAR(overtaken, 180, 70);  // of 720 that arrive, a quarter; 5.9 standard deviations
}

TEST_F(WireTest, CutLink_CarriesNothing_UntilMended) {
  lab::WiredLab wired(netns::one_host_behind("no-nat"));
  const UdpSocket host(wired.host("h"));
  const UdpSocket reflector(wired.reflector("r1"), 3478);
  const auto node = wired.placement().reflectors.at("r1");
  wired.wire().with_network([&](lab::Network& network) { network.cut(node); });
  host.send(reflector.local(), "lost");
  EXPECT_FALSE(reflector.receive(50ms));
  wired.wire().with_network([&](lab::Network& network) { network.mend(node); });
  EXPECT_EQ(source_seen(host, reflector), host.local());
}

net::Duration cpu_time() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

TEST_F(WireTest, IdleLab_UsesNoCpu) {
  const lab::WiredLab wired(netns::one_host_behind("full-cone"));
  const UdpSocket host(wired.host("h"));
  const UdpSocket reflector(wired.reflector("r1"), 3478);
  EXPECT_NE(source_seen(host, reflector), host.local());
  std::this_thread::sleep_for(10ms);  // it may look again for a while
  const auto before = cpu_time();
  std::this_thread::sleep_for(300ms);
  EXPECT_LT(cpu_time() - before, 3ms);
}

// As a network card that makes checksums is used: between interfaces of one machine nobody makes them.
void leave_checksums_undone(const lab::Station& station) {
  station.where.run([] {
    const net::FileDescriptor socket(lab::checked(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "open a socket"));
    ethtool_value value{ETHTOOL_STXCSUM, 1};
    ifreq request{};
    std::string_view("eth0").copy(request.ifr_name, IFNAMSIZ - 1);
    request.ifr_data = reinterpret_cast<char*>(&value);
    lab::checked(::ioctl(socket.get(), SIOCETHTOOL, &request), "leave checksums undone");
  });
}

TEST_F(WireTest, ChecksumsLeftUndone_AreMade) {
  const lab::WiredLab wired(netns::one_host_behind("full-cone"));
  leave_checksums_undone(wired.host("h"));
  const UdpSocket host(wired.host("h"));
  const UdpSocket reflector(wired.reflector("r1"), 3478);
  EXPECT_NE(source_seen(host, reflector), host.local());  // the receiving kernel would not take a wrong one
}

// The host's kernel divides it; the NAT puts it together, and what leaves for the other host is divided again.
TEST_F(WireTest, DatagramsAboveTheMtu_ArriveWhole_BothWays) {
  for (const char* profile : {"symmetric", "no-nat"}) {
    const lab::WiredLab wired(netns::one_host_behind(profile));
    const UdpSocket host(wired.host("h"));
    const UdpSocket server(wired.reflector("r1"), 3478);
    const std::string large(4000, 'l');
    host.send(server.local(), large);
    const auto got = server.receive();
    ASSERT_TRUE(got) << profile;
    EXPECT_EQ(got->text, large);
    server.send(got->from, large);
    const auto back = host.receive();
    ASSERT_TRUE(back) << profile;
    EXPECT_EQ(back->text, large);
  }
}

// More than one system call takes: none is lost, doubled or overtaken.
TEST_F(WireTest, Bursts_ArriveWhole_InOrder) {
  const lab::WiredLab wired(netns::one_host_behind("symmetric"));
  const UdpSocket host(wired.host("h"));
  const UdpSocket reflector(wired.reflector("r1"), 3478);
  constexpr int burst = 150;  // fits the receiving socket's queue
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < burst; ++i) host.send(reflector.local(), std::to_string(i));
    for (int i = 0; i < burst; ++i) {
      const auto got = reflector.receive();
      ASSERT_TRUE(got) << i;
      EXPECT_EQ(got->text, std::to_string(i));
    }
    EXPECT_FALSE(reflector.receive(1ms));
  }
}

TEST_F(WireTest, Tcp_PassesNatsOfBothKinds_Whole) {
  for (const char* profile : {"symmetric", "kernel-masquerade", "udp-blocked"}) {
    SCOPED_TRACE(profile);
    const lab::WiredLab wired(netns::one_host_behind(profile));
    const lab::Station& server = wired.reflector("r1");
    const auto listener = netns::listen_tcp(server, 3478);
    const auto client = netns::connect_tcp(wired.host("h"), {server.addresses.front(), 3478});
    net::Endpoint seen;
    const auto connection = netns::accept_tcp(listener, seen);
    EXPECT_NE(seen.address, wired.host("h").addresses.front());
    EXPECT_TRUE(netns::carries_a_megabyte(client, connection));
  }
}

TEST_F(WireTest, UdpBlocked_LetsNoDatagramOut) {
  lab::WiredLab wired(netns::one_host_behind("udp-blocked"));
  const UdpSocket host(wired.host("h"));
  const UdpSocket reflector(wired.reflector("r1"), 3478);
  host.send(reflector.local(), "x");
  EXPECT_FALSE(reflector.receive(50ms));
}

TEST_F(WireTest, TwoHostsBehindOneNat_ShareItsAddress_AndReachEachOther) {
  for (const char* profile : {"full-cone", "kernel-masquerade"}) {
    SCOPED_TRACE(profile);
    lab::Scenario scenario = netns::one_host_behind(profile);
    scenario.hosts.push_back({.name = "second", .behind = "nat"});
    const lab::WiredLab wired(scenario);
    const UdpSocket one(wired.host("h"));
    const UdpSocket two(wired.host("second"));
    const UdpSocket reflector(wired.reflector("r1"), 3478);
    EXPECT_EQ(source_seen(one, reflector).address, source_seen(two, reflector).address);
    EXPECT_EQ(source_seen(one, two), one.local());
  }
}

TEST_F(WireTest, Ipv6_IsCarriedToo) {
  lab::Scenario scenario = netns::one_host_behind("eim-apdf-random");
  scenario.reflectors[0].addresses = {net::address("2001:db8::1")};
  scenario.reflectors[1].addresses = {net::address("2001:db8::2")};
  scenario.nats[0].addresses = {net::address("2001:db8:1::1")};
  scenario.hosts[0].addresses = {net::address("fd00::2")};
  const lab::WiredLab wired(scenario);
  const UdpSocket host(wired.host("h"));
  const UdpSocket reflector(wired.reflector("r1"), 3478);
  EXPECT_EQ(source_seen(host, reflector).address, net::address("2001:db8:1::1"));
}

TEST_F(WireTest, BringingUp_ThreeHosts_IsQuick) {
  lab::Scenario scenario = netns::one_host_behind("full-cone");
  for (const char* name : {"b", "c"}) {
    scenario.nats.push_back({.name = std::string("nat-") + name, .profile = *lab::find_profile("symmetric")});
    scenario.hosts.push_back({.name = name, .behind = std::string("nat-") + name});
  }
  scenario.rendezvous = true;
  const auto before = std::chrono::steady_clock::now();
  const lab::WiredLab wired(scenario);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - before);
  RecordProperty("ms", std::to_string(took.count()));
  EXPECT_LE(took, 1s);  // about 100 ms on an idle machine
}

}  // namespace wire_test
