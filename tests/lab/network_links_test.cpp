// Links of a network: rate, queue and MTU, what routers say of it, and what an observer sees.

#include <gmock/gmock.h>

#include "lab/icmp.h"
#include "lab/ip_packet.h"
#include "lab/network.h"
#include "lab/reassembly.h"

namespace network_links_test {

using namespace std::chrono_literals;
using lab::Delivery;
using lab::Fate;
using lab::HostId;
using lab::LinkProfile;
using lab::Network;
using lab::NodeId;
using lab::Packet;
using net::address;
using net::endpoint;
using testing::ElementsAre;

const net::TimePoint t0{};
constexpr std::size_t headers = 28;  // of IPv4 and UDP

Packet packet(std::size_t ip_bytes, bool dont_fragment = false) {
  return {.source = endpoint("198.51.100.1:4000"),
          .destination = endpoint("198.51.100.2:53"),
          .dont_fragment = dont_fragment,
          .payload = net::Bytes(ip_bytes - headers, 0x5A)};
}

lab::NatProfile profile(std::string_view name) { return *lab::find_profile(name); }

// a - core - b, the link under test on a's way up.
class Links : public testing::Test {
 protected:
  void set_up(const LinkProfile& up) {
    a = network.add_host({address("198.51.100.1")}, lab::core, {.up = up});
    b = network.add_host({address("198.51.100.2")});
  }
  std::vector<Delivery> send(HostId from, Packet one) {
    network.inject(from, std::move(one), now);
    now += 10s;
    return network.advance(now);
  }
  // The whole of what came, from however many fragments.
  std::optional<Packet> whole(const std::vector<Delivery>& deliveries) {
    lab::Reassembly reassembly;
    for (const Delivery& delivery : deliveries) {
      if (auto packet = reassembly.add(delivery.packet, now)) return *packet;
    }
    return std::nullopt;
  }
  void expect_too_big(const std::vector<Delivery>& deliveries, std::string_view router, std::uint16_t mtu,
                      const lab::Quoted& about) {
    ASSERT_EQ(deliveries.size(), 1U);
    const Packet& error = deliveries[0].packet;
    EXPECT_EQ(lab::icmp_error(lab::icmp_type(error), error.source.family()), lab::IcmpError::TooBig);
    EXPECT_EQ(error.source.address, address(router));
    EXPECT_EQ(lab::icmp_mtu(error), mtu);
    EXPECT_EQ(lab::quoted(error), about);
  }

  Network network{net::Random(1)};
  HostId a, b;
  net::TimePoint now = t0;
};

// ---- rate and queue ------------------------------------------------------------------------------------------------

TEST_F(Links, AMegabit_Carries125000BytesASecond) {
  set_up({.delay = 3ms, .rate = 1'000'000, .queue = 10s});
  for (int i = 0; i < 200; ++i) network.inject(a, packet(1250), t0);
  EXPECT_FALSE(network.next_delivery(t0 + 13ms - 1ns)) << "10 ms on the line, 3 on the way";
  EXPECT_TRUE(network.next_delivery(t0 + 13ms));
  std::size_t bytes = 1250;
  for (const Delivery& delivery : network.advance(t0 + 1003ms)) bytes += lab::ip_size(delivery.packet);
  EXPECT_EQ(bytes, 125'000U);
}

TEST_F(Links, TheRateIsOfOneDirection_AndAnIdleLineSavesNothingUp) {
  set_up({.rate = 1'000'000});
  network.inject(a, packet(1250), t0 + 1s);
  network.inject(a, packet(1250), t0 + 1s);
  network.inject(b, {.source = endpoint("198.51.100.2:53"), .destination = endpoint("198.51.100.1:4000")}, t0 + 1s);
  EXPECT_EQ(network.next_delivery(t0 + 1s)->host, a);
  EXPECT_TRUE(network.next_delivery(t0 + 1010ms));
  EXPECT_FALSE(network.next_delivery(t0 + 1020ms - 1ns));
  EXPECT_TRUE(network.next_delivery(t0 + 1020ms));
}

TEST_F(Links, WhatWouldWaitTooLong_IsDropped_ButReliablePackets) {
  set_up({.rate = 1'000'000, .queue = 100ms});
  for (int i = 0; i < 50; ++i) network.inject(a, packet(1250), t0);
  Packet reliable = packet(1250);
  reliable.reliable = true;
  network.inject(a, reliable, t0);
  EXPECT_EQ(network.advance(t0 + 10s).size(), 12U) << "one on the line, ten in the queue, and the reliable one";
  EXPECT_EQ(network.last_event(), t0 + 120ms);
  EXPECT_EQ(network.dispositions().queue_full, 39U);
}

TEST_F(Links, ALostPacket_HasOccupiedTheLine) {
  set_up({.loss = 1, .rate = 1'000'000});
  network.inject(a, packet(1250), t0);
  network.link(a).up.loss = 0;
  network.inject(a, packet(1250), t0);
  EXPECT_TRUE(network.next_delivery(t0 + 20ms));
  EXPECT_EQ(network.last_event(), t0 + 20ms);
}

// ---- MTU -----------------------------------------------------------------------------------------------------------

TEST_F(Links, WhatIsLargerThanTheMtu_ArrivesInFragments) {
  set_up({.mtu = 1400});
  EXPECT_EQ(send(a, packet(1400)).size(), 1U);
  const auto parts = send(a, packet(1401));
  EXPECT_EQ(parts.size(), 2U);
  for (const Delivery& part : parts) EXPECT_LE(lab::ip_size(part.packet), 1400U);
  EXPECT_EQ(whole(parts)->payload, packet(1401).payload);
  const auto others = send(a, packet(1401));
  EXPECT_NE(others[0].packet.fragment->id, parts[0].packet.fragment->id);
}

TEST_F(Links, FragmentsAreDividedFurther_WhereALaterLinkIsNarrower) {
  set_up({.mtu = 1400});
  network.link(b).down.mtu = 600;
  const auto parts = send(a, packet(4000));
  EXPECT_GT(parts.size(), 6U);
  EXPECT_EQ(whole(parts)->payload, packet(4000).payload);
}

TEST_F(Links, WhatMustNotBeFragmented_DrawsTooBig_FromTheRouterBeforeTheLink) {
  set_up({});
  network.link(b).down.mtu = 1400;
  EXPECT_EQ(send(a, packet(1400, true))[0].host, b);
  expect_too_big(send(a, packet(1401, true)), "192.0.0.8", 1400,
                 {lab::Protocol::Udp, endpoint("198.51.100.1:4000"), endpoint("198.51.100.2:53")});
  EXPECT_EQ(network.dispositions().too_big, 1U);
}

TEST_F(Links, AHostsOwnLink_SaysTooBigToTheHost) {
  set_up({.mtu = 1400});
  const auto deliveries = send(a, packet(1401, true));
  ASSERT_EQ(deliveries.size(), 1U);
  EXPECT_EQ(deliveries[0].host, a);
  expect_too_big(deliveries, "192.0.0.8", 1400,
                 {lab::Protocol::Udp, endpoint("198.51.100.1:4000"), endpoint("198.51.100.2:53")});
}

TEST_F(Links, ANatSaysTooBig_AboutThePacketAsItWas_OnEitherSide) {
  network.add_host({address("198.51.100.2")});
  const NodeId nat =
      network.add_nat(profile("full-cone"), {.external = {address("203.0.113.1")}, .inside = {address("10.0.1.1")}},
                      lab::core, {.up = {.mtu = 1400}});
  const HostId inside = network.add_host({address("10.0.1.2")}, nat, {.down = {.mtu = 1300}});
  Packet out = packet(1401, true);
  out.source = endpoint("10.0.1.2:4000");
  expect_too_big(send(inside, out), "10.0.1.1", 1400,
                 {lab::Protocol::Udp, endpoint("10.0.1.2:4000"), endpoint("198.51.100.2:53")});

  const HostId outside = network.add_host({address("198.51.100.1")});
  Packet in = packet(1301, true);
  in.destination = endpoint("203.0.113.1:4000");
  expect_too_big(send(outside, in), "203.0.113.1", 1300,
                 {lab::Protocol::Udp, endpoint("198.51.100.1:4000"), endpoint("203.0.113.1:4000")});
}

TEST_F(Links, ANatPutsFragmentsTogether_AndDividesThemAnewWhereItMust) {
  b = network.add_host({address("198.51.100.2")});
  const NodeId nat =
      network.add_nat(profile("full-cone"), {.external = {address("203.0.113.1")}}, lab::core, {.up = {.mtu = 1000}});
  const HostId inside = network.add_host({address("10.0.1.2")}, nat, {.up = {.mtu = 1400}});
  Packet out = packet(3000);
  out.source = endpoint("10.0.1.2:4000");
  const auto parts = send(inside, out);
  EXPECT_EQ(parts.size(), 4U);
  const auto arrived = whole(parts);
  ASSERT_TRUE(arrived);
  EXPECT_EQ(arrived->source, endpoint("203.0.113.1:4000"));
  EXPECT_EQ(arrived->payload, out.payload);
}

TEST_F(Links, ErrorsFromBeyondANat_ReachTheHostInside_AboutWhatItSent) {
  b = network.add_host({address("198.51.100.2")}, lab::core, {.down = {.mtu = 1400}});
  const NodeId carrier = network.add_nat(profile("symmetric"), {.external = {address("203.0.113.1")}});
  const NodeId home = network.add_nat(profile("full-cone"), {.external = {address("100.64.0.2")}}, carrier);
  const HostId inside = network.add_host({address("10.0.1.2")}, home);
  Packet out = packet(1401, true);
  out.source = endpoint("10.0.1.2:4000");
  const lab::Quoted about{lab::Protocol::Udp, out.source, out.destination};
  expect_too_big(send(inside, out), "192.0.0.8", 1400, about);
  out.ttl = 3;
  const auto expired = send(inside, out);
  ASSERT_EQ(expired.size(), 1U);
  EXPECT_EQ(lab::icmp_type(expired[0].packet), (lab::IcmpType{11, 0}));
  EXPECT_EQ(expired[0].packet.source.address, lab::core_address(net::Family::V4));
  EXPECT_EQ(lab::quoted(expired[0].packet), about);
}

TEST_F(Links, Ipv6_IsFragmentedByItsHostAlone) {
  const HostId c = network.add_host({address("2001:db8::1")}, lab::core, {.up = {.mtu = 1400}});
  const HostId d = network.add_host({address("2001:db8::2")});
  Packet large{.source = endpoint("[2001:db8::1]:4000"),
               .destination = endpoint("[2001:db8::2]:53"),
               .payload = net::Bytes(2000, 1)};
  const auto parts = send(c, large);
  EXPECT_EQ(parts.size(), 2U);
  EXPECT_EQ(whole(parts)->payload, large.payload);
  network.link(c).up.mtu = 0;
  network.link(d).down.mtu = 1400;
  expect_too_big(send(c, large), "100::8", 1400, {lab::Protocol::Udp, large.source, large.destination});
}

TEST_F(Links, NoErrorAboutAnError) {
  set_up({});
  const Packet about = packet(100);
  Packet error = *lab::make_icmp_error(about, address("198.51.100.2"), lab::IcmpError::PortUnreachable);
  error.ttl = 1;
  EXPECT_TRUE(send(b, error).empty());
  EXPECT_EQ(network.dispositions().ttl_expired, 1U);
}

// ---- the observer --------------------------------------------------------------------------------------------------

class Watched : public Links {
 protected:
  Watched() {
    network.watch([this](const lab::Sighting& sighting) {
      seen.push_back(std::to_string(sighting.link.value) + (sighting.way == lab::Way::Up ? " up " : " down ") +
                     to_string(sighting));
    });
  }
  std::vector<std::string> seen;
};

TEST_F(Watched, SeesEachPacketOnEachLink_AndTheTranslations) {
  const NodeId nat = network.add_nat(profile("symmetric"), {.external = {address("203.0.113.1")}});  // 1
  const HostId inside = network.add_host({address("10.0.1.2")}, nat);                                // 2
  b = network.add_host({address("198.51.100.2")});                                                   // 3
  Packet out = packet(100);
  out.source = endpoint("10.0.1.2:4000");
  const auto arrived = send(inside, out);
  const std::string outside = net::to_string(arrived.at(0).packet.source);
  EXPECT_THAT(seen, ElementsAre("2 up sent on", "1 up sent on; source 10.0.1.2:4000 > " + outside, "3 down sent on"));

  seen.clear();
  Packet back = packet(100);
  back.source = endpoint("198.51.100.2:53");
  back.destination = endpoint(outside);
  send(b, back);
  EXPECT_THAT(seen, ElementsAre("3 up sent on", "1 down sent on",
                                "2 down sent on; destination " + outside + " > 10.0.1.2:4000"));

  seen.clear();
  back.source.port = 54;
  EXPECT_TRUE(send(b, back).empty());
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_THAT(seen[2], testing::StartsWith("1 down dropped by the NAT: "));
}

TEST_F(Watched, SeesWhyPacketsDoNotArrive) {
  set_up({});
  const auto fate_of = [this](const Packet& one) {
    seen.clear();
    send(a, one);
    return seen;
  };
  lab::Link& link = network.link(a);
  link.up = {.loss = 1};
  EXPECT_THAT(fate_of(packet(100)), ElementsAre("1 up lost by the link"));
  link.up = {.duplication = 1};
  EXPECT_THAT(fate_of(packet(100)), ElementsAre("1 up sent on twice", "2 down sent on", "2 down sent on"));
  link.up = {.mtu = 1000};
  EXPECT_THAT(fate_of(packet(1200)), ElementsAre("1 up sent on in fragments", "1 up sent on", "1 up sent on",
                                                 "2 down sent on", "2 down sent on"));
  EXPECT_THAT(fate_of(packet(1200, true)), ElementsAre("1 up dropped: larger than the MTU"));
  link.up = {};
  network.cut(a);
  EXPECT_THAT(fate_of(packet(100)), ElementsAre("1 up dropped: the link is cut"));
  network.mend(a);
  network.block(address("198.51.100.1"), address("198.51.100.2"));
  EXPECT_THAT(fate_of(packet(100)), ElementsAre("1 up sent on", "1 up dropped at the next hop: blocked"));
  Packet nowhere = packet(100);
  nowhere.destination = endpoint("198.51.100.9:1");
  EXPECT_THAT(fate_of(nowhere), ElementsAre("1 up sent on", "1 up dropped at the next hop: no route"));
  nowhere.ttl = 1;
  EXPECT_THAT(fate_of(nowhere), ElementsAre("1 up sent on", "1 up dropped at the next hop: its TTL ended",
                                            "1 down sent on; the router's answer"));
  network.unwatch();
  EXPECT_TRUE(fate_of(packet(100)).empty());
}

TEST_F(Watched, SeesAFullQueue) {
  set_up({.rate = 1'000'000, .queue = 0ms});
  network.inject(a, packet(1250), t0);
  network.inject(a, packet(1250), t0);
  EXPECT_THAT(seen, ElementsAre("1 up sent on", "1 up dropped: the queue is full"));
}

}  // namespace network_links_test
