#include "lab/router.h"

#include <gmock/gmock.h>

#include "lab/fragmentation.h"
#include "lab/ip_packet.h"
#include "lab/tcp_segment.h"

namespace router_test {

using lab::Protocol;
using lab::Side;
using testing::IsEmpty;
using testing::SizeIs;

const net::Endpoint host{net::address("192.168.1.2"), 4000};
const net::Endpoint remote{net::address("198.51.100.1"), 3478};
const net::IpAddress gateway = net::address("192.168.1.1");
const net::IpAddress external = net::address("203.0.113.1");

lab::Packet packet(const net::Endpoint& from, const net::Endpoint& to, std::size_t size = 10,
                   Protocol protocol = Protocol::Udp) {
  return {.protocol = protocol, .source = from, .destination = to, .payload = net::Bytes(size)};
}

class Router : public testing::Test {
 protected:
  using Departures = std::vector<lab::Departure>;

  Departures out(lab::Packet sent, std::size_t segment = 0) {
    return router.pass(Side::Inside, std::move(sent), segment, {});
  }
  Departures in(lab::Packet sent) { return router.pass(Side::Outside, std::move(sent), 0, {}); }

  static lab::Router make(const std::string& profile, std::uint16_t outside_mtu) {
    return {*lab::find_profile(profile),
            {.external = {external}, .inside = {gateway}},
            {.addresses = {gateway}, .mtu = 1500},
            {.addresses = {external}, .mtu = outside_mtu},
            {{Protocol::Tcp, 22}, {Protocol::Udp, 5000}},
            net::Random(1)};
  }

  lab::Router router = make("full-cone", 1400);
};

TEST_F(Router, TranslatesBothWays_AndTakesOneHop) {
  const auto left = out(packet(host, remote));
  ASSERT_THAT(left, SizeIs(1));
  EXPECT_EQ(left[0].side, Side::Outside);
  EXPECT_EQ(left[0].packet.source, (net::Endpoint{external, 4000}));
  EXPECT_EQ(left[0].packet.ttl, 63);
  const auto back = in(packet(remote, left[0].packet.source));
  ASSERT_THAT(back, SizeIs(1));
  EXPECT_EQ(back[0].side, Side::Inside);
  EXPECT_EQ(back[0].packet.destination, host);
  EXPECT_EQ(router.counts().out, 1U);
  EXPECT_EQ(router.counts().in, 1U);
}

TEST_F(Router, CountsWhatTheNatDrops) {
  EXPECT_THAT(in(packet(remote, {external, 4000})), IsEmpty());
  EXPECT_EQ(router.counts().dropped.at(lab::Dropped::NoMapping), 1U);
}

TEST_F(Router, LeavesItsOwnToTheSystem) {
  const net::Endpoint link_local{net::address("169.254.1.1"), 1};
  for (const auto& own : {packet(host, {gateway, 53}), packet(host, {external, 22}, 20, Protocol::Tcp),
                          packet(host, {net::address("239.255.255.250"), 1900}),
                          packet(host, {net::address("255.255.255.255"), 67}), packet(link_local, remote)})
    EXPECT_THAT(out(own), IsEmpty());
  for (const auto& own : {packet(remote, {external, 22}, 20, Protocol::Tcp), packet(remote, {external, 5000})})
    EXPECT_THAT(in(own), IsEmpty());
  EXPECT_EQ(router.counts().own, 7U);
}

TEST_F(Router, NeighbourDiscovery_StaysOnItsLink) {
  const net::Endpoint one{net::address("fd00::2"), 0};
  const net::Endpoint other{net::address("2001:db8::9"), 0};
  auto solicitation = packet(one, other, 24, Protocol::Icmp);
  solicitation.payload[0] = 135;
  EXPECT_THAT(out(solicitation), IsEmpty());
  EXPECT_EQ(router.counts().own, 1U);
}

TEST_F(Router, ALocalPort_IsNotTaken) {
  const auto left = out(packet({host.address, 5000}, remote));
  ASSERT_THAT(left, SizeIs(1));
  EXPECT_NE(left[0].packet.source.port, 5000);
}

TEST_F(Router, AnEndedHopLimit_IsAnswered_FromTheNearSide) {
  auto last = packet(host, remote);
  last.ttl = 1;
  const auto answer = out(last);
  ASSERT_THAT(answer, SizeIs(1));
  EXPECT_EQ(answer[0].side, Side::Inside);
  EXPECT_EQ(answer[0].packet.source.address, gateway);
  EXPECT_EQ(lab::icmp_error(lab::icmp_type(answer[0].packet), net::Family::V4), lab::IcmpError::TimeExceeded);
  EXPECT_EQ(router.counts().expired, 1U);
}

TEST_F(Router, WhatMustNotBeDivided_IsAnsweredWithTheMtu) {
  auto large = packet(host, remote, 1400);
  large.dont_fragment = true;
  const auto answer = out(large);
  ASSERT_THAT(answer, SizeIs(1));
  EXPECT_EQ(answer[0].side, Side::Inside);
  EXPECT_EQ(lab::icmp_mtu(answer[0].packet), 1400);
  EXPECT_EQ(router.counts().too_big, 1U);
}

TEST_F(Router, WhatMayBeDivided_Is) {
  const auto parts = out(packet(host, remote, 1400));
  ASSERT_THAT(parts, SizeIs(2));
  for (const auto& part : parts) {
    EXPECT_LE(lab::ip_size(part.packet), 1400U);
    EXPECT_TRUE(part.packet.fragment);
  }
}

TEST_F(Router, Fragments_AreTranslatedTogether_AndDividedAgain) {
  Departures left;
  for (const auto& part : lab::fragments_of(packet(host, remote, 3000), 1500, 7)) {
    auto departed = out(part);
    left.insert(left.end(), departed.begin(), departed.end());
  }
  ASSERT_THAT(left, SizeIs(3));
  for (const auto& part : left) {
    EXPECT_EQ(part.packet.source.address, external);
    EXPECT_LE(lab::ip_size(part.packet), 1400U);
  }
}

TEST_F(Router, CoalescedSegments_AreCut_AndOnlyTheirOwnSizeCounts) {
  auto large = packet(host, remote);
  large.protocol = Protocol::Tcp;
  large.payload = lab::make_tcp_segment({.syn = true}, {});
  large.dont_fragment = true;
  ASSERT_THAT(out(large), SizeIs(1));
  large.payload = lab::make_tcp_segment({.ack = true}, net::Bytes(20'000));
  EXPECT_THAT(out(large, 1360), SizeIs(15));
  const auto answer = out(large, 1361);  // 1,401 bytes with both headers
  ASSERT_THAT(answer, SizeIs(1));
  EXPECT_EQ(lab::icmp_mtu(answer[0].packet), 1400);
}

}  // namespace router_test
