// The tree of NATs and hosts: who reaches whom, by which way, with which TTL, and what faults do to it.

#include "lab/network.h"

#include <gmock/gmock.h>

#include "lab/icmp.h"

namespace network_test {

using namespace std::chrono_literals;
using lab::Delivery;
using lab::HostId;
using lab::Network;
using lab::NodeId;
using lab::Packet;
using net::Endpoint;
using net::TimePoint;

const TimePoint t0{};

lab::NatProfile profile(std::string_view name) { return *lab::find_profile(name); }

lab::Link delayed(net::Duration delay) { return lab::both_ways({.delay = delay}); }

class Networks : public testing::Test {
 protected:
  std::vector<Delivery> send(HostId from, std::string_view source, std::string_view destination,
                             std::uint8_t ttl = 64) {
    network.inject(from, {.source = net::endpoint(source), .destination = net::endpoint(destination), .ttl = ttl}, now);
    now += 10s;
    return network.advance(now);
  }
  // Delivered to exactly this host; gives what it saw.
  Packet reaches(HostId to, const std::vector<Delivery>& deliveries) {
    EXPECT_EQ(deliveries.size(), 1U);
    if (deliveries.empty()) return {};
    EXPECT_EQ(deliveries[0].host, to);
    return deliveries[0].packet;
  }

  Network network{net::Random(1)};
  TimePoint now = t0;
};

TEST_F(Networks, HostsAtTheCore_ReachEachOther_OneHop) {
  const HostId a = network.add_host({net::address("198.51.100.1")}, lab::core, delayed(10ms));
  const HostId b = network.add_host({net::address("198.51.100.2")}, lab::core, delayed(5ms));
  network.inject(a, {.source = net::endpoint("198.51.100.1:1"), .destination = net::endpoint("198.51.100.2:2")}, t0);
  EXPECT_FALSE(network.next_delivery(t0 + 14999us));
  EXPECT_EQ(network.next_event(), t0 + 15ms);
  const auto delivery = network.next_delivery(t0 + 15ms);
  ASSERT_TRUE(delivery);
  EXPECT_EQ(delivery->host, b);
  EXPECT_EQ(delivery->packet.ttl, 63);
  EXPECT_EQ(network.last_event(), t0 + 15ms);
}

TEST_F(Networks, ThroughANat_AndBack) {
  const HostId server = network.add_host({net::address("198.51.100.1")});
  const NodeId nat = network.add_nat(profile("full-cone"), {.external = {net::address("203.0.113.1")}});
  const HostId inside = network.add_host({net::address("10.0.1.2")}, nat);
  const Packet request = reaches(server, send(inside, "10.0.1.2:40000", "198.51.100.1:3478"));
  EXPECT_EQ(request.source, net::endpoint("203.0.113.1:40000"));
  EXPECT_EQ(request.ttl, 62);
  const Packet answer = reaches(inside, send(server, "198.51.100.1:3478", "203.0.113.1:40000"));
  EXPECT_EQ(answer.destination, net::endpoint("10.0.1.2:40000"));
  EXPECT_EQ(answer.source, net::endpoint("198.51.100.1:3478"));
}

TEST_F(Networks, NestedNats_TranslateTwice) {
  const HostId server = network.add_host({net::address("198.51.100.1")});
  const NodeId carrier = network.add_nat(profile("symmetric"), {.external = {net::address("203.0.113.1")}});
  const NodeId home = network.add_nat(profile("full-cone"), {.external = {net::address("100.64.0.2")}}, carrier);
  const HostId inside = network.add_host({net::address("10.0.1.2")}, home);
  const Packet request = reaches(server, send(inside, "10.0.1.2:40000", "198.51.100.1:3478"));
  EXPECT_EQ(request.source.address, net::address("203.0.113.1"));
  EXPECT_EQ(request.ttl, 61);
  reaches(inside, send(server, "198.51.100.1:3478", net::to_string(request.source)));
  EXPECT_TRUE(send(server, "198.51.100.1:3479", net::to_string(request.source)).empty());
}

TEST_F(Networks, NeighboursBehindOneNat_TalkDirectly) {
  const NodeId nat = network.add_nat(profile("symmetric"), {.external = {net::address("203.0.113.1")}});
  const HostId a = network.add_host({net::address("10.0.1.2")}, nat);
  const HostId b = network.add_host({net::address("10.0.1.3")}, nat);
  const Packet seen = reaches(b, send(a, "10.0.1.2:1", "10.0.1.3:2"));
  EXPECT_EQ(seen.source, net::endpoint("10.0.1.2:1"));
  EXPECT_EQ(seen.ttl, 64) << "a switch is no hop";
}

TEST_F(Networks, NeighboursByTheExternalAddress_NeedHairpinning) {
  network.add_host({net::address("198.51.100.1")});
  for (const lab::Hairpin hairpin : {lab::Hairpin::Off, lab::Hairpin::ExternalSource}) {
    const bool on = hairpin != lab::Hairpin::Off;
    const std::string external = on ? "203.0.113.1" : "203.0.113.2";
    lab::NatProfile cone = profile("full-cone");
    cone.hairpin = hairpin;
    const NodeId nat = network.add_nat(cone, {.external = {net::address(external)}});
    const HostId a = network.add_host({net::address("10.0.1.2")}, nat);
    const HostId b = network.add_host({net::address("10.0.1.3")}, nat);
    send(b, "10.0.1.3:50000", "198.51.100.1:3478");
    const auto deliveries = send(a, "10.0.1.2:40000", external + ":50000");
    if (on) {
      EXPECT_EQ(reaches(b, deliveries).source, (Endpoint{net::address(external), 40000}));
    } else {
      EXPECT_TRUE(deliveries.empty());
    }
  }
}

TEST_F(Networks, FirewalledHosts_KeepTheirAddresses) {
  const HostId server = network.add_host({net::address("198.51.100.1")});
  const NodeId outer = network.add_nat(profile("no-nat"), {});
  const NodeId firewall = network.add_nat(profile("udp-firewall"), {}, outer);
  const HostId host = network.add_host({net::address("192.0.2.1")}, firewall);
  EXPECT_TRUE(send(server, "198.51.100.1:3478", "192.0.2.1:40000").empty());
  EXPECT_EQ(reaches(server, send(host, "192.0.2.1:40000", "198.51.100.1:3478")).source,
            net::endpoint("192.0.2.1:40000"));
  reaches(host, send(server, "198.51.100.1:3478", "192.0.2.1:40000"));
}

// firewall - core - NAT: the TTL ends at each in turn, and each says so from the side the packet came from.
TEST_F(Networks, TtlEndsAtTheRightHop_WhichSaysSo) {
  const HostId server = network.add_host({net::address("198.51.100.1")});
  const NodeId near = network.add_nat(profile("no-nat"), {.inside = {net::address("192.0.2.254")}});
  const NodeId far = network.add_nat(profile("full-cone"),
                                     {.external = {net::address("203.0.113.2")}, .inside = {net::address("10.0.2.1")}});
  const HostId a = network.add_host({net::address("192.0.2.1")}, near);
  const HostId b = network.add_host({net::address("10.0.2.2")}, far);
  reaches(server, send(b, "10.0.2.2:40000", "198.51.100.1:3478"));
  const std::vector<std::string_view> hops = {"192.0.2.254", "192.0.2.254", "192.0.0.8", "203.0.113.2"};
  for (std::uint8_t ttl = 0; ttl < 4; ++ttl) {
    const Packet error = reaches(a, send(a, "192.0.2.1:40000", "203.0.113.2:40000", ttl));
    EXPECT_EQ(lab::icmp_type(error), (lab::IcmpType{11, 0})) << int{ttl};
    EXPECT_EQ(error.source.address, net::address(hops[ttl])) << int{ttl};
    const auto about = lab::quoted(error);
    ASSERT_TRUE(about);
    EXPECT_EQ(about->source, net::endpoint("192.0.2.1:40000"));
    EXPECT_EQ(about->destination, net::endpoint("203.0.113.2:40000"));
  }
  EXPECT_EQ(network.dispositions().ttl_expired, 4U);
  EXPECT_EQ(reaches(b, send(a, "192.0.2.1:40000", "203.0.113.2:40000", 4)).ttl, 1);
}

TEST_F(Networks, ASilentNat_SaysNothingOfEndedTtl) {
  lab::NatProfile silent = profile("no-nat");
  silent.time_exceeded = false;
  const NodeId firewall = network.add_nat(silent, {.inside = {net::address("192.0.2.254")}});
  const HostId host = network.add_host({net::address("192.0.2.1")}, firewall);
  EXPECT_TRUE(send(host, "192.0.2.1:40000", "198.51.100.1:3478", 1).empty());
  EXPECT_EQ(network.dispositions().ttl_expired, 1U);
}

// ---- several interfaces --------------------------------------------------------------------------------------------

TEST_F(Networks, ATwoHomedHost_SendsByTheInterfaceThatHasTheSource_AndHearsByBoth) {
  const HostId server = network.add_host({net::address("198.51.100.1")});
  const NodeId one = network.add_nat(profile("full-cone"), {.external = {net::address("203.0.113.1")}});
  const NodeId two = network.add_nat(profile("full-cone"), {.external = {net::address("203.0.113.2")}});
  const HostId host = network.add_host({net::address("10.0.1.2")}, one);
  const NodeId second = network.add_interface(host, {net::address("10.0.2.2")}, two);
  EXPECT_THAT(network.addresses(host), testing::ElementsAre(net::address("10.0.1.2"), net::address("10.0.2.2")));
  EXPECT_THAT(network.addresses(second), testing::ElementsAre(net::address("10.0.2.2")));
  EXPECT_EQ(reaches(server, send(host, "10.0.1.2:1", "198.51.100.1:9")).source, net::endpoint("203.0.113.1:1024"));
  EXPECT_EQ(reaches(server, send(host, "10.0.2.2:5000", "198.51.100.1:9")).source, net::endpoint("203.0.113.2:5000"));

  const auto by_second = send(server, "198.51.100.1:9", "203.0.113.2:5000");
  reaches(host, by_second);
  EXPECT_EQ(by_second.at(0).via, second);
  const auto by_first = send(server, "198.51.100.1:9", "203.0.113.1:1024");
  reaches(host, by_first);
  EXPECT_EQ(by_first.at(0).via, host);
}

TEST_F(Networks, ATwoHomedHost_ShowsTheLanItsAddressThere_AndTheWorldItsFirst) {
  const NodeId one = network.add_nat(profile("full-cone"), {.external = {net::address("203.0.113.1")}});
  const NodeId two = network.add_nat(profile("full-cone"), {.external = {net::address("203.0.113.2")}});
  const HostId host = network.add_host({net::address("10.0.1.2")}, one);
  network.add_interface(host, {net::address("10.0.2.2"), net::address("2001:db8:2::2")}, two);
  network.add_host({net::address("10.0.2.3")}, two);
  EXPECT_EQ(network.source_address(host, net::address("198.51.100.1")), net::address("10.0.1.2"));
  EXPECT_EQ(network.source_address(host, net::address("10.0.2.3")), net::address("10.0.2.2"));
  EXPECT_EQ(network.source_address(host, net::address("2001:db8::1")), net::address("2001:db8:2::2"));
}

// ---- what changes --------------------------------------------------------------------------------------------------

TEST_F(Networks, AReaddressedNat_IsReachedByItsNewAddressOnly) {
  const HostId server = network.add_host({net::address("198.51.100.1")});
  const NodeId nat = network.add_nat(profile("full-cone"), {.external = {net::address("203.0.113.1")}});
  const HostId inside = network.add_host({net::address("10.0.1.2")}, nat);
  reaches(server, send(inside, "10.0.1.2:40000", "198.51.100.1:3478"));
  network.readdress(nat, {net::address("203.0.113.7")});
  EXPECT_TRUE(send(server, "198.51.100.1:3478", "203.0.113.1:40000").empty());
  EXPECT_EQ(network.dispositions().no_route, 1U);
  EXPECT_EQ(reaches(server, send(inside, "10.0.1.2:40000", "198.51.100.1:3478")).source,
            net::endpoint("203.0.113.7:40000"));
  reaches(inside, send(server, "198.51.100.1:3478", "203.0.113.7:40000"));
  network.add_host({net::address("203.0.113.1")});  // the old one is free
}

TEST_F(Networks, AFlushedNat_KnowsNobody) {
  const HostId server = network.add_host({net::address("198.51.100.1")});
  const NodeId nat = network.add_nat(profile("full-cone"), {.external = {net::address("203.0.113.1")}});
  const HostId inside = network.add_host({net::address("10.0.1.2")}, nat);
  send(inside, "10.0.1.2:40000", "198.51.100.1:3478");
  network.flush(nat);
  EXPECT_TRUE(send(server, "198.51.100.1:3478", "203.0.113.1:40000").empty());
}

TEST_F(Networks, BehindAnIpv6Firewall_HostsKeepTheirIpv6Address_ThroughNestedOnes) {
  lab::NatProfile home = profile("full-cone");
  home.ipv6 = lab::Ipv6Service::Firewall;
  const NodeId outer = network.add_nat(home, {.external = {net::address("203.0.113.1")}});
  const NodeId inner = network.add_nat(home, {.external = {net::address("100.64.0.2")}}, outer);
  network.add_host({net::address("10.0.1.2"), net::address("2001:db8:5::2")}, inner);
  EXPECT_EQ(network.outside_address(inner, net::address("2001:db8:5::2")), net::address("2001:db8:5::2"));
  EXPECT_EQ(network.outside_address(inner, net::address("10.0.1.2")), std::nullopt);
  const HostId server = network.add_host({net::address("2001:db8::1")});
  send(server, "[2001:db8::1]:9", "[2001:db8:5::2]:9");
  EXPECT_EQ(network.dispositions().no_route, 0U) << "the core knows the way";
}

// ---- what goes wrong -----------------------------------------------------------------------------------------------

TEST_F(Networks, WhatNobodyHas_IsCounted) {
  const HostId a = network.add_host({net::address("198.51.100.1")});
  EXPECT_TRUE(send(a, "198.51.100.1:1", "198.51.100.9:2").empty());
  EXPECT_EQ(network.dispositions().no_route, 1U);
}

TEST_F(Networks, ACutLink_CarriesNothing_UntilMended) {
  const HostId a = network.add_host({net::address("198.51.100.1")});
  const HostId b = network.add_host({net::address("198.51.100.2")});
  network.cut(b);
  EXPECT_TRUE(send(a, "198.51.100.1:1", "198.51.100.2:2").empty());
  EXPECT_TRUE(send(b, "198.51.100.2:2", "198.51.100.1:1").empty());
  EXPECT_EQ(network.dispositions().cut, 2U);
  network.mend(b);
  reaches(b, send(a, "198.51.100.1:1", "198.51.100.2:2"));
}

TEST_F(Networks, ABlockedPair_IsOneDirectionOfTwoAddresses) {
  const HostId a = network.add_host({net::address("198.51.100.1")});
  const HostId b = network.add_host({net::address("198.51.100.2")});
  const HostId c = network.add_host({net::address("198.51.100.3")});
  network.block(net::address("198.51.100.1"), net::address("198.51.100.2"));
  EXPECT_TRUE(send(a, "198.51.100.1:1", "198.51.100.2:2").empty());
  reaches(a, send(b, "198.51.100.2:2", "198.51.100.1:1"));
  reaches(c, send(a, "198.51.100.1:1", "198.51.100.3:2"));
  network.unblock(net::address("198.51.100.1"), net::address("198.51.100.2"));
  reaches(b, send(a, "198.51.100.1:1", "198.51.100.2:2"));
}

TEST_F(Networks, EqualTimes_KeepTheOrderOfSending) {
  const HostId a = network.add_host({net::address("198.51.100.1")}, lab::core, delayed(1ms));
  network.add_host({net::address("198.51.100.2")});
  for (std::uint8_t i = 0; i < 100; ++i) {
    network.inject(
        a, {.source = net::endpoint("198.51.100.1:1"), .destination = net::endpoint("198.51.100.2:2"), .payload = {i}},
        t0);
  }
  const auto all = network.advance(t0 + 1s);
  ASSERT_EQ(all.size(), 100U);
  for (std::uint8_t i = 0; i < 100; ++i) EXPECT_EQ(all[i].packet.payload[0], i);
}

TEST_F(Networks, LossAndDuplication_OnReliablePackets_DoNothing) {
  const HostId a = network.add_host({net::address("198.51.100.1")}, lab::core,
                                    lab::both_ways({.delay = 5ms, .jitter = 5ms, .loss = 0.5, .duplication = 0.5}));
  network.add_host({net::address("198.51.100.2")});
  for (int i = 0; i < 100; ++i) {
    network.inject(
        a,
        {.source = net::endpoint("198.51.100.1:1"), .destination = net::endpoint("198.51.100.2:2"), .reliable = true},
        t0);
  }
  EXPECT_EQ(network.advance(t0 + 5ms).size(), 100U);
}

TEST_F(Networks, OneSeed_OneCourse) {
  const auto course = [](std::uint64_t seed) {
    Network lossy{net::Random(seed)};
    const HostId a = lossy.add_host({net::address("198.51.100.1")}, lab::core,
                                    lab::both_ways({.jitter = 5ms, .loss = 0.3, .duplication = 0.3}));
    lossy.add_host({net::address("198.51.100.2")});
    for (std::uint8_t i = 0; i < 100; ++i) {
      lossy.inject(
          a,
          {.source = net::endpoint("198.51.100.1:1"), .destination = net::endpoint("198.51.100.2:2"), .payload = {i}},
          t0);
    }
    std::vector<std::uint8_t> order;
    for (const Delivery& delivery : lossy.advance(t0 + 1s)) order.push_back(delivery.packet.payload[0]);
    return order;
  };
  EXPECT_EQ(course(5), course(5));
  EXPECT_NE(course(5), course(6));
}

}  // namespace network_test
