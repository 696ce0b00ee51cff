// Every setting of a NAT does what its clause says, by bare packets: no STUN, no network. tests/netns/fidelity_test.cpp
// shows that real packets meet the same.

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "lab/icmp.h"
#include "lab/ip_packet.h"
#include "lab/nat.h"
#include "lab/nat_knobs.h"
#include "lab/tcp_segment.h"
#include "net/nat64.h"

namespace nat_setting_test {

using namespace std::chrono_literals;
using lab::Dropped;
using lab::Nat;
using lab::NatProfile;
using lab::Packet;
using lab::Passage;
using lab::Protocol;
using net::Endpoint;
using net::endpoint;
using net::TimePoint;

const TimePoint t0{};
const Endpoint inside = endpoint("10.0.1.2:40000");
const Endpoint neighbour = endpoint("10.0.1.3:40000");
const Endpoint server = endpoint("198.51.100.1:3478");
const Endpoint other_port = endpoint("198.51.100.1:3479");
const Endpoint stranger = endpoint("198.51.100.2:3478");
const net::IpAddress external = net::address("203.0.113.1");

// A profile by its name and the settings that differ, spelled as in a file.
NatProfile profile(std::string_view name, std::initializer_list<std::pair<std::string_view, lab::KnobValue>> settings) {
  NatProfile out = *lab::find_profile(name);
  for (const auto& [key, value] : settings) {
    const lab::Knob* knob = lab::find_knob(key);
    EXPECT_NE(knob, nullptr) << key;
    EXPECT_EQ(lab::refusal(*knob, value), "") << key;
    knob->set(out, value);
  }
  return out;
}

lab::KnobValue word(std::string_view text) { return std::string(text); }

Nat nat_of(const NatProfile& profile, lab::NatAddresses addresses = {.external = {external}}) {
  return Nat(profile, std::move(addresses), net::Random(7));
}

Packet udp(const Endpoint& source, const Endpoint& destination, std::string_view text = "x") {
  return {.source = source, .destination = destination, .payload = {text.begin(), text.end()}};
}

Packet tcp(const Endpoint& source, const Endpoint& destination, const lab::TcpHeader& header) {
  return {.protocol = Protocol::Tcp,
          .source = source,
          .destination = destination,
          .payload = lab::make_tcp_segment(header)};
}

Endpoint mapped(Nat& nat, const Endpoint& source, const Endpoint& destination, TimePoint now = t0) {
  const Passage out = nat.outbound(udp(source, destination), now);
  return out ? out->packet.source : Endpoint{};
}

bool hears(Nat& nat, const Endpoint& at, const Endpoint& from, TimePoint now = t0) {
  return nat.inbound(udp(from, at), now).has_value();
}

Dropped drop_of(const Passage& passage) {
  EXPECT_FALSE(passage);
  return passage ? Dropped::Held : passage.error();
}

// ---- mapping and filtering
// -------------------------------------------------------------------------------------------

TEST(FilterState, PerInternalEndpoint_LetsAnyMappingsPermissionCount) {
  const auto literal = profile("apdm-apdf-random", {{"filter_state", word("per-internal-endpoint")}});
  Nat nat = nat_of(literal);
  const Endpoint first = mapped(nat, inside, server);
  mapped(nat, inside, stranger);
  EXPECT_TRUE(hears(nat, first, stranger)) << "the inside endpoint has sent there, though by another mapping";
  Nat usual = nat_of(*lab::find_profile("apdm-apdf-random"));
  const Endpoint same = mapped(usual, inside, server);
  mapped(usual, inside, stranger);
  EXPECT_FALSE(hears(usual, same, stranger));
}

TEST(OnCollision, TheSecondHostOfOnePort_BecomesDependent_TheFirstStays) {
  Nat nat = nat_of(profile("port-restricted-cone", {{"on_collision", word("become-dependent")}}));
  const Endpoint first = mapped(nat, inside, server);
  EXPECT_EQ(mapped(nat, inside, stranger), first);
  const Endpoint second = mapped(nat, neighbour, server);
  EXPECT_NE(mapped(nat, neighbour, other_port), second);
  EXPECT_NE(mapped(nat, neighbour, stranger), second);
  EXPECT_EQ(mapped(nat, neighbour, server), second) << "each destination keeps its own";
  EXPECT_EQ(mapped(nat, inside, other_port), first);
}

TEST(TcpBehaviour, MayDifferFromUdps) {
  const auto both = profile(
      "full-cone", {{"tcp_mapping", word("address-and-port-dependent")}, {"tcp_filtering", word("address-dependent")}});
  Nat nat = nat_of(both);
  EXPECT_EQ(mapped(nat, inside, server), mapped(nat, inside, stranger));
  const auto by_tcp = [&](const Endpoint& to) {
    return nat.outbound(tcp(inside, to, {.syn = true}), t0)->packet.source;
  };
  const Endpoint first = by_tcp(server);
  EXPECT_NE(first, by_tcp(stranger));
  EXPECT_TRUE(nat.inbound(tcp(other_port, first, {.syn = true}), t0));
  EXPECT_FALSE(nat.inbound(tcp(stranger, first, {.syn = true}), t0));
}

// ---- ports
// -----------------------------------------------------------------------------------------------------------

TEST(Parity, IsKept_WhateverTheAllocation) {
  for (const char* allocation : {"preserving", "random"}) {
    Nat nat = nat_of(profile("apdm-apdf-random", {{"allocation", word(allocation)}, {"keep_parity", true}}));
    for (std::uint16_t i = 0; i < 40; ++i) {
      const Endpoint source = net::with_port(inside, static_cast<std::uint16_t>(40000 + i));
      for (const Endpoint& to : {server, stranger}) EXPECT_EQ(mapped(nat, source, to).port % 2, i % 2) << allocation;
    }
  }
}

TEST(PortRange, WellKnownStaysWellKnown) {
  Nat nat = nat_of(profile("symmetric", {{"keep_port_range", true}}));
  for (int i = 0; i < 20; ++i) {
    const Endpoint to = net::with_port(server, static_cast<std::uint16_t>(5000 + i));
    EXPECT_LT(mapped(nat, net::with_port(inside, 53), to).port, 1024);
    EXPECT_GE(mapped(nat, inside, to).port, 1024);
  }
}

TEST(Block, EachHostHasItsOwn_Aligned_AndNoMore) {
  Nat nat = nat_of(
      profile("symmetric",
              {{"allocation", word("block")}, {"block_size", 64.0}, {"first_port", 2048.0}, {"last_port", 2175.0}}));
  std::set<unsigned> blocks;
  for (const Endpoint& host : {inside, neighbour}) {
    std::set<unsigned> own;
    std::set<unsigned> ports;
    for (std::uint16_t i = 0; i < 64; ++i) {
      const Endpoint out = mapped(nat, host, net::with_port(server, static_cast<std::uint16_t>(5000 + i)));
      own.insert((out.port - 2048U) / 64);
      ports.insert(out.port);
    }
    EXPECT_EQ(own.size(), 1U);
    EXPECT_EQ(ports.size(), 64U);
    EXPECT_TRUE(blocks.insert(*own.begin()).second);
    EXPECT_EQ(drop_of(nat.outbound(udp(host, stranger), t0)), Dropped::NoPort);
  }
  EXPECT_EQ(drop_of(nat.outbound(udp(endpoint("10.0.1.4:1"), server), t0)), Dropped::NoPort) << "no block is left";
}

TEST(Sequence, PerHost_IsNotDisturbedByOthers) {
  for (const bool own : {true, false}) {
    Nat nat = nat_of(profile("apdm-apdf-sequential", {{"sequence_per_host", own}}));
    const int first = mapped(nat, inside, server).port;
    mapped(nat, neighbour, server);
    const int next = mapped(nat, inside, stranger).port;
    EXPECT_EQ(next - first, own ? 1 : 2);
  }
}

TEST(Pooling, Arbitrary_TakesAnyAddress_PairedKeepsToOne) {
  const lab::NatAddresses two{.external = {external, net::address("203.0.113.2")}};
  for (const auto& [pooling, addresses] : {std::pair{"paired", 1U}, std::pair{"arbitrary", 2U}}) {
    Nat nat = nat_of(profile("symmetric", {{"pooling", word(pooling)}}), two);
    std::set<net::IpAddress> seen;
    for (std::uint16_t i = 0; i < 40; ++i)
      seen.insert(mapped(nat, inside, net::with_port(server, static_cast<std::uint16_t>(1 + i))).address);
    EXPECT_EQ(seen.size(), addresses) << pooling;
  }
}

TEST(Quota, LimitsOneHost_NotTheOthers_AndEndedMappingsMakeRoom) {
  Nat nat = nat_of(profile("symmetric", {{"ports_per_host", 3.0}, {"udp_lifetime_s", 10.0}}));
  for (std::uint16_t i = 0; i < 3; ++i)
    EXPECT_TRUE(nat.outbound(udp(inside, net::with_port(server, static_cast<std::uint16_t>(1 + i))), t0));
  EXPECT_EQ(drop_of(nat.outbound(udp(inside, stranger), t0)), Dropped::HostQuota);
  EXPECT_TRUE(nat.outbound(udp(neighbour, stranger), t0));
  EXPECT_TRUE(nat.outbound(udp(inside, stranger), t0 + 10s));
}

TEST(TableSize, LimitsAll) {
  Nat nat = nat_of(profile("symmetric", {{"table_size", 2.0}}));
  EXPECT_TRUE(nat.outbound(udp(inside, server), t0));
  EXPECT_TRUE(nat.outbound(udp(neighbour, server), t0));
  EXPECT_EQ(drop_of(nat.outbound(udp(inside, stranger), t0)), Dropped::TableFull);
  EXPECT_TRUE(nat.outbound(udp(inside, server), t0)) << "a mapping that is there goes on";
}

TEST(Forwards, LeadInWithoutBeingAsked_AndOutByTheSamePort) {
  NatProfile forwarding = *lab::find_profile("symmetric");
  forwarding.forwards = {{.protocol = Protocol::Udp, .first_port = 5000, .last_port = 5009, .inside = inside}};
  Nat nat = nat_of(forwarding);
  const Passage in = nat.inbound(udp(stranger, {external, 5003}), t0);
  ASSERT_TRUE(in);
  EXPECT_EQ(in->packet.destination, net::with_port(inside, 40003));
  EXPECT_EQ(mapped(nat, net::with_port(inside, 40003), stranger), (Endpoint{external, 5003}));
  EXPECT_FALSE(hears(nat, {external, 5010}, stranger));
}

// ---- lifetimes
// -------------------------------------------------------------------------------------------------------

struct LifetimeCase {
  const char* name;
  const char* refresh;
  std::vector<std::pair<bool, net::Duration>> packets;  // outbound?, when
  net::Duration ends;                                   // the mapping's end
};

// 10 s for one packet, 20 s outbound only, 30 s once answered, 60 s once it lasts over 2 s.
class Lifetime : public testing::TestWithParam<LifetimeCase> {
 protected:
  void SetUp() override {
    for (const auto& [outbound, when] : GetParam().packets) {
      if (outbound) {
        at = mapped(nat, inside, server, t0 + when);
      } else {
        EXPECT_TRUE(hears(nat, at, server, t0 + when));
      }
    }
  }

  Nat nat = nat_of(profile("full-cone", {{"udp_first_lifetime_s", 10.0},
                                         {"udp_lifetime_s", 20.0},
                                         {"udp_answered_lifetime_s", 30.0},
                                         {"udp_two_way_lifetime_s", 60.0},
                                         {"refresh", word(GetParam().refresh)}}));
  Endpoint at;
};

TEST_P(Lifetime, EndsThen) {
  EXPECT_EQ(drop_of(nat.inbound(udp(server, at), t0 + GetParam().ends)), Dropped::NoMapping);
}

TEST_P(Lifetime, LastsUntilThen) { EXPECT_TRUE(hears(nat, at, server, t0 + GetParam().ends - 1ms)); }

INSTANTIATE_TEST_SUITE_P(
    Kinds, Lifetime,
    testing::Values(LifetimeCase{"single", "outbound", {{true, 0s}}, 10s},
                    LifetimeCase{"outbound_only", "outbound", {{true, 0s}, {true, 1s}}, 21s},
                    LifetimeCase{"answered", "outbound", {{true, 0s}, {false, 1s}}, 30s},
                    LifetimeCase{"answered_refreshed_by_both", "both", {{true, 0s}, {false, 1s}}, 31s},
                    LifetimeCase{"refreshed_by_inbound", "inbound", {{true, 0s}, {false, 1s}, {true, 2s}}, 31s},
                    LifetimeCase{"two_way", "outbound", {{true, 0s}, {false, 1s}, {true, 3s}}, 63s},
                    LifetimeCase{
                        "two_way_needs_more_than_2_s", "outbound", {{true, 0s}, {false, 1s}, {true, 2s}}, 32s}),
    [](const auto& of) { return std::string(of.param.name); });

TEST(IcmpLifetime, IsItsOwn) {
  Nat nat = nat_of(profile("full-cone", {{"icmp_lifetime_s", 5.0}}));
  const Passage out = nat.outbound(lab::make_echo_request(net::with_port(inside, 77), server.address, 1, {}), t0);
  ASSERT_TRUE(out);
  const Packet reply = lab::make_echo_reply(out->packet);
  EXPECT_TRUE(nat.inbound(reply, t0 + 4999ms));
  EXPECT_FALSE(nat.inbound(reply, t0 + 5s));
}

// A connection through the NAT: opened, then whatever the case does; its end is measured from the last segment.
class TcpLifetime : public testing::Test {
 protected:
  void open(const NatProfile& of) {
    nat.emplace(nat_of(of));
    at = nat->outbound(tcp(inside, server, {.syn = true}), t0)->packet.source;
  }
  void establish() {
    EXPECT_TRUE(nat->inbound(tcp(server, at, {.syn = true, .ack = true}), t0));
    EXPECT_TRUE(nat->outbound(tcp(inside, server, {.ack = true}), t0));
  }
  bool alive(TimePoint now) { return nat->inbound(tcp(server, at, {.ack = true}), now).has_value(); }

  std::optional<Nat> nat;
  Endpoint at;
};

TEST_F(TcpLifetime, HalfOpen_IsTransitory) {
  open(profile("port-restricted-cone", {{"tcp_lifetime_s", 100.0}, {"tcp_transitory_lifetime_s", 4.0}}));
  EXPECT_FALSE(alive(t0 + 4s));
}

TEST_F(TcpLifetime, Established_LastsLong) {
  open(profile("port-restricted-cone", {{"tcp_lifetime_s", 100.0}, {"tcp_transitory_lifetime_s", 4.0}}));
  establish();
  EXPECT_TRUE(alive(t0 + 99s));
  EXPECT_TRUE(alive(t0 + 198s)) << "refreshed by whoever sends";
  EXPECT_FALSE(alive(t0 + 298s));
}

TEST_F(TcpLifetime, ClosedByBoth_IsTransitory) {
  open(profile("port-restricted-cone", {{"tcp_lifetime_s", 100.0}, {"tcp_transitory_lifetime_s", 4.0}}));
  establish();
  EXPECT_TRUE(nat->outbound(tcp(inside, server, {.fin = true, .ack = true}), t0));
  EXPECT_TRUE(alive(t0 + 50s)) << "half closed";
  EXPECT_TRUE(nat->inbound(tcp(server, at, {.fin = true, .ack = true}), t0 + 60s));
  EXPECT_FALSE(alive(t0 + 64s));
}

TEST_F(TcpLifetime, AReset_DoesAsTheProfileSays) {
  for (const auto& [reaction, at_once, later] :
       {std::tuple{"ends", false, false}, std::tuple{"transitory", true, false}, std::tuple{"ignored", true, true}}) {
    open(profile("port-restricted-cone",
                 {{"tcp_lifetime_s", 100.0}, {"tcp_transitory_lifetime_s", 4.0}, {"tcp_reset", word(reaction)}}));
    establish();
    EXPECT_TRUE(nat->inbound(tcp(server, at, {.rst = true}), t0)) << "the reset itself is delivered";
    EXPECT_EQ(nat->inbound(tcp(server, at, {.rst = true}), t0).has_value(), at_once) << reaction;
    EXPECT_EQ(alive(t0 + 5s), later) << reaction;
  }
}

// ---- what nobody asked for
// -----------------------------------------------------------------------------------------------

TEST(Unsolicited, IsDropped_OrAnsweredByIcmp) {
  Nat silent = nat_of(*lab::find_profile("port-restricted-cone"));
  EXPECT_EQ(drop_of(silent.inbound(udp(server, {external, 40000}), t0)), Dropped::NoMapping);
  Nat polite = nat_of(profile("port-restricted-cone", {{"unsolicited", word("icmp")}}));
  const Passage answer = polite.inbound(udp(server, {external, 40000}), t0);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->leaves, lab::Side::Outside);
  EXPECT_EQ(lab::icmp_type(answer->packet), (lab::IcmpType{3, 3}));
  EXPECT_EQ(answer->packet.destination.address, server.address);
  EXPECT_EQ(lab::quoted(answer->packet)->source, server);
}

TEST(Unsolicited, AcceptedWithState_SpoilsTheLaterPunch_UntilThatEnds) {
  const NatProfile poisoned = *lab::find_profile("poisoned-router");
  Nat nat = nat_of(poisoned);
  EXPECT_EQ(drop_of(nat.inbound(udp(server, {external, 40000}), t0)), Dropped::OwnInput);
  EXPECT_EQ(mapped(nat, inside, stranger).port, 40000) << "another remote is not concerned";
  EXPECT_NE(mapped(nat, net::with_port(inside, 40000), server).port, 40000);
  Nat later = nat_of(poisoned);
  EXPECT_FALSE(hears(later, {external, 40000}, server));
  EXPECT_EQ(mapped(later, inside, server, t0 + poisoned.unsolicited_lifetime).port, 40000);
}

TEST(UnsolicitedSyn, MeetsSilence_ReseT_OrIcmp) {
  const Packet syn = tcp(server, {external, 40000}, {.sequence = 99, .syn = true});
  Nat silent = nat_of(*lab::find_profile("full-cone"));
  EXPECT_EQ(drop_of(silent.inbound(syn, t0)), Dropped::NoMapping);
  Nat rude = nat_of(profile("full-cone", {{"unsolicited_syn", word("reset")}}));
  const Passage reset = rude.inbound(syn, t0);
  ASSERT_TRUE(reset);
  EXPECT_TRUE(lab::tcp_header(reset->packet).rst);
  EXPECT_EQ(lab::tcp_header(reset->packet).acknowledgment, 100U);
  EXPECT_EQ(reset->packet.destination, server);
  Nat wordy = nat_of(profile("full-cone", {{"unsolicited_syn", word("icmp")}}));
  EXPECT_EQ(lab::icmp_type(wordy.inbound(syn, t0)->packet), (lab::IcmpType{3, 3}));
  EXPECT_FALSE(wordy.inbound(tcp(server, {external, 40000}, {.ack = true}), t0)) << "no SYN, no answer";
}

// ---- ICMP
// ------------------------------------------------------------------------------------------------------------

TEST(IcmpQueries, AreTranslatedByTheirIdentifier_OrDropped) {
  Nat nat = nat_of(*lab::find_profile("symmetric"));
  const Packet ping = lab::make_echo_request(net::with_port(inside, 77), server.address, 5, net::as_bytes("data"));
  const Passage out = nat.outbound(ping, t0);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->packet.source.address, external);
  const Passage back = nat.inbound(lab::make_echo_reply(out->packet), t0);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->packet.destination, net::with_port(inside, 77));
  Nat strict = nat_of(profile("symmetric", {{"icmp_queries", false}}));
  EXPECT_EQ(drop_of(strict.outbound(ping, t0)), Dropped::Untranslated);
}

TEST(IcmpErrors, FindTheInsideHost_WithItsOwnEndpointsInside_OrAreDropped) {
  for (const bool translated : {true, false}) {
    Nat nat = nat_of(profile("symmetric", {{"icmp_errors", translated}}));
    const Packet sent = nat.outbound(udp(inside, server), t0)->packet;
    const auto error = lab::make_icmp_error(sent, net::address("192.0.2.7"), lab::IcmpError::TimeExceeded);
    const Passage in = nat.inbound(*error, t0);
    ASSERT_EQ(in.has_value(), translated);
    if (!translated) continue;
    EXPECT_EQ(in->packet.destination.address, inside.address);
    EXPECT_EQ(in->packet.source.address, net::address("192.0.2.7"));
    EXPECT_EQ(lab::quoted(in->packet), (lab::Quoted{Protocol::Udp, inside, server}));
    EXPECT_TRUE(lab::parse_ip(lab::to_ip(in->packet)));
  }
}

TEST(IcmpErrors, AboutWhatWasNeverSent_AreDropped) {
  Nat nat = nat_of(*lab::find_profile("symmetric"));
  const Packet sent = nat.outbound(udp(inside, server), t0)->packet;
  Packet forged = sent;
  forged.destination = stranger;
  EXPECT_FALSE(nat.inbound(*lab::make_icmp_error(forged, server.address, lab::IcmpError::PortUnreachable), t0));
  EXPECT_TRUE(nat.inbound(udp(server, sent.source), t0)) << "an error does not end the mapping (RFC 5508 REQ-8)";
}

TEST(IcmpErrors, FromInside_ShowTheExternalEndpoint) {
  Nat nat = nat_of(*lab::find_profile("full-cone"));
  const Endpoint at = mapped(nat, inside, server);
  const Packet came_in = nat.inbound(udp(server, at), t0)->packet;
  const Passage out = nat.outbound(*lab::make_icmp_error(came_in, inside.address, lab::IcmpError::PortUnreachable), t0);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->packet.source.address, external);
  EXPECT_EQ(lab::quoted(out->packet), (lab::Quoted{Protocol::Udp, server, at}));
}

// ---- payload
// ---------------------------------------------------------------------------------------------------------

TEST(Payload, AddressesInIt_AreTranslatedBothWays_WhereTheProfileSaysSo) {
  Nat nat = nat_of(profile("full-cone", {{"rewrites_payload", true}, {"allocation", word("random")}}));
  std::string text = "contact 10.0.1.2:40000 or 10.0.1.2, not 10.0.1.25 ";
  text += std::string("\x9c\x40\x0a\x00\x01\x02", 6);  // the port and the address in bytes
  const Packet out = nat.outbound(udp(inside, server, text), t0)->packet;
  const std::string shown = net::to_string(out.source);
  std::string expected = "contact " + shown + " or 203.0.113.1, not 10.0.1.25 ";
  for (const std::uint8_t byte : net::u16_bytes(out.source.port)) expected += static_cast<char>(byte);
  for (const std::uint8_t byte : external.bytes()) expected += static_cast<char>(byte);
  EXPECT_EQ(net::as_text(out.payload), expected);
  Packet back = udp(server, out.source);
  back.payload = out.payload;
  EXPECT_EQ(net::as_text(nat.inbound(back, t0)->packet.payload), text);
  Nat plain = nat_of(*lab::find_profile("full-cone"));
  EXPECT_EQ(net::as_text(plain.outbound(udp(inside, server, text), t0)->packet.payload), text);
}

// ---- IPv6
// ------------------------------------------------------------------------------------------------------------

const Endpoint inside6 = endpoint("[2001:db8:9::2]:40000");
const Endpoint server6 = endpoint("[2001:db8::1]:3478");

TEST(Ipv6Firewall, BesideATranslatedIpv4_TranslatesNothing_AndFilters) {
  Nat nat = nat_of(*lab::find_profile("dual-stack-home"));
  EXPECT_FALSE(hears(nat, inside6, server6));
  EXPECT_EQ(mapped(nat, inside6, server6), inside6);
  EXPECT_TRUE(hears(nat, inside6, server6));
  EXPECT_FALSE(hears(nat, inside6, net::with_port(server6, 1)));
  EXPECT_EQ(mapped(nat, inside, server).address, external);
  EXPECT_EQ(nat.outside_address(inside6.address), inside6.address);
}

TEST(PrefixTranslation, IsRfc6296sExample) {
  // Section 3.4: FD01:0203:0405:/48 inside, 2001:0DB8:0001:/48 outside.
  const lab::PrefixPair pair{net::address("fd01:203:405::"), net::address("2001:db8:1::"), 48};
  EXPECT_EQ(net::to_string(lab::prefix_to_outside(pair, net::address("fd01:203:405:1::1234"))),
            "2001:db8:1:d550::1234");
  EXPECT_EQ(net::to_string(lab::prefix_to_inside(pair, net::address("2001:db8:1:d550::1234"))), "fd01:203:405:1::1234");
}

TEST(PrefixTranslation, KeepsPortsAndChecksums_AndNeedsNoAsking) {
  const lab::PrefixPair pair{net::address("fd01:203:405:7::"), net::address("2001:db8:1:8::"), 64};
  Nat nat = nat_of(*lab::find_profile("nptv6"), {.external = {external}, .prefixes = pair});
  const Endpoint host = endpoint("[fd01:203:405:7::99]:40000");
  const Packet out = nat.outbound(udp(host, server6, "text"), t0)->packet;
  EXPECT_TRUE(lab::has_prefix(out.source.address, pair.outside, 64));
  EXPECT_EQ(out.source.port, host.port);
  const auto checksum = [](const Packet& packet) { return net::to_hex(lab::to_segment(packet)); };
  EXPECT_EQ(checksum(out), checksum(udp(host, server6, "text"))) << "checksum-neutral";
  const Passage in = nat.inbound(udp(server6, {*nat.outside_address(host.address), 99}), t0);
  ASSERT_TRUE(in);
  EXPECT_EQ(in->packet.destination, net::with_port(host, 99));
}

TEST(Nat64, CarriesUdpTcpAndPing_BothWays) {
  Nat nat = nat_of(*lab::find_profile("nat64"));
  const Endpoint to{net::well_known_nat64().with(server.address), server.port};
  EXPECT_EQ(net::to_string(to.address), "64:ff9b::c633:6401");
  const Packet out = nat.outbound(udp(inside6, to, "hello"), t0)->packet;
  EXPECT_EQ(out.source.address, external);
  EXPECT_EQ(out.destination, server);
  const Packet back = nat.inbound(udp(server, out.source, "hi"), t0)->packet;
  EXPECT_EQ(back.source, to);
  EXPECT_EQ(back.destination, inside6);
  EXPECT_TRUE(lab::parse_ip(lab::to_ip(back)));
  const Packet syn = nat.outbound(tcp(inside6, to, {.syn = true}), t0)->packet;
  EXPECT_EQ(syn.destination, server);
  const Packet ping = nat.outbound(lab::make_echo_request(inside6, to.address, 1, {}), t0)->packet;
  EXPECT_EQ(lab::icmp_kind(ping), lab::IcmpKind::EchoRequest);
  EXPECT_EQ(ping.payload[0], 8);
  const Packet pong = nat.inbound(lab::make_echo_reply(ping), t0)->packet;
  EXPECT_EQ(pong.payload[0], 129);
  EXPECT_EQ(pong.destination, inside6);
}

TEST(Nat64, TranslatesErrors_WithTheQuotationInTheOtherFamily) {
  Nat nat = nat_of(*lab::find_profile("nat64"));
  const Endpoint to{net::well_known_nat64().with(server.address), server.port};
  const Packet out = nat.outbound(udp(inside6, to), t0)->packet;
  const auto error = lab::make_icmp_error(out, net::address("192.0.2.7"), lab::IcmpError::TooBig, 1400);
  const Passage in = nat.inbound(*error, t0);
  ASSERT_TRUE(in);
  EXPECT_EQ(lab::icmp_type(in->packet), (lab::IcmpType{2, 0}));
  EXPECT_EQ(lab::icmp_mtu(in->packet), 1420);
  EXPECT_EQ(lab::quoted(in->packet), (lab::Quoted{Protocol::Udp, inside6, to}));
  EXPECT_EQ(net::to_string(in->packet.source.address), "64:ff9b::c000:207");
}

TEST(Nat64, HairpinsAsTheProfileSays) {
  const Endpoint other = endpoint("[2001:db8:9::3]:50000");
  const Endpoint to{net::well_known_nat64().with(server.address), server.port};
  for (const bool on : {true, false}) {
    Nat nat = nat_of(profile(
        "nat64", {{"hairpin", word(on ? "external-source" : "off")}, {"filtering", word("endpoint-independent")}}));
    const Endpoint theirs = mapped(nat, other, to);
    const Passage turned = nat.outbound(udp(inside6, {net::well_known_nat64().with(theirs.address), theirs.port}), t0);
    ASSERT_EQ(turned.has_value(), on);
    if (!on) continue;
    EXPECT_EQ(turned->leaves, lab::Side::Inside);
    EXPECT_EQ(turned->packet.destination, other);
    EXPECT_EQ(turned->packet.source.address, net::well_known_nat64().with(external));
  }
}

TEST(Nat64, NativeIpv6_PassesAsThroughAFirewall) {
  Nat nat = nat_of(*lab::find_profile("nat64"));
  EXPECT_EQ(mapped(nat, inside6, server6), inside6);
  EXPECT_TRUE(hears(nat, inside6, server6));
  EXPECT_FALSE(hears(nat, inside6, endpoint("[2001:db8::2]:3478")));
}

// ---- the table of knobs itself
// ---------------------------------------------------------------------------------------

TEST(Knobs, AreReadAsTheyWereWritten_AndRefuseTheRest) {
  for (const lab::Knob& knob : lab::nat_knobs()) {
    SCOPED_TRACE(knob.key);
    EXPECT_FALSE(knob.meaning.empty());
    NatProfile changed;
    std::vector<lab::KnobValue> values;
    for (const auto text : knob.words) values.push_back(std::string(text));
    if (knob.words.empty() && knob.high > 0) values = {knob.low, knob.high};
    if (values.empty()) values = {true, false};
    for (const auto& value : values) {
      EXPECT_EQ(lab::refusal(knob, value), "");
      knob.set(changed, value);
      EXPECT_EQ(knob.get(changed), value);
    }
    EXPECT_NE(lab::refusal(knob, lab::KnobValue(std::string("no such word"))), "");
    EXPECT_NE(lab::refusal(knob, lab::KnobValue(-1.0)), "");
  }
}

TEST(Knobs, CoverTheProfile) {
  // What a file says of a profile says all of it: two that differ in any field differ in some knob.
  for (const NatProfile& profile : lab::all_profiles()) {
    NatProfile copy{.name = profile.name, .forwards = profile.forwards, .implementation = profile.implementation};
    for (const lab::Knob& knob : lab::nat_knobs()) {
      if (const auto value = knob.get(profile)) knob.set(copy, *value);
    }
    EXPECT_EQ(copy, profile) << profile.name;
  }
}

TEST(Knobs, AreAllInTheGuide_WithTheirClauseAndWords) {
  std::ifstream file(std::string(NATSCOPE_SCENARIOS) + "/../lab.md");
  const std::string guide{std::istreambuf_iterator<char>(file), {}};
  for (const lab::Knob& knob : lab::nat_knobs()) {
    const auto start = guide.find("| `" + std::string(knob.key) + "` |");
    ASSERT_NE(start, std::string::npos) << knob.key;
    const std::string row = guide.substr(start, guide.find('\n', start) - start);
    EXPECT_THAT(row, testing::HasSubstr(std::string(knob.clause)));
    for (const auto word : knob.words) EXPECT_THAT(row, testing::HasSubstr("`" + std::string(word) + "`"));
  }
}

// Where a schema describes a profile: the object whose properties have a mapping.
const nlohmann::json* properties_of_profile(const nlohmann::json& schema) {
  if (schema.is_object() && schema.contains("properties") && schema["properties"].contains("mapping") &&
      schema["properties"].contains("allocation")) {
    return &schema["properties"];
  }
  for (const auto& part : schema) {
    const nlohmann::json* found = part.is_structured() ? properties_of_profile(part) : nullptr;
    if (found != nullptr) return found;
  }
  return nullptr;
}

TEST(Knobs, AreWhatTheSchemasAllow_NoMoreNoLess) {
  for (const char* name : {"nat-profile-1", "scenario-1"}) {
    SCOPED_TRACE(name);
    std::ifstream file(std::string(NATSCOPE_SCENARIOS) + "/../schema/" + name + ".schema.json");
    const auto schema = nlohmann::json::parse(file);
    const nlohmann::json* properties = properties_of_profile(schema);
    ASSERT_NE(properties, nullptr);
    EXPECT_EQ(properties->size(), lab::nat_knobs().size() + 3) << "and name, like, forwards";
    for (const lab::Knob& knob : lab::nat_knobs()) {
      SCOPED_TRACE(knob.key);
      nlohmann::json allowed = properties->at(std::string(knob.key));
      if (allowed.contains("$ref"))
        allowed = schema.at(nlohmann::json::json_pointer(allowed["$ref"].get<std::string>().substr(1)));
      if (!knob.words.empty()) {
        EXPECT_EQ(allowed.at("enum"), nlohmann::json(knob.words));
      } else if (knob.high > 0) {
        EXPECT_EQ(allowed.at("type"), knob.whole ? "integer" : "number");
        EXPECT_EQ(allowed.at("minimum").get<double>(), knob.low);
        EXPECT_EQ(allowed.at("maximum").get<double>(), knob.high);
      } else {
        EXPECT_EQ(allowed.at("type"), "boolean");
      }
    }
  }
}

}  // namespace nat_setting_test
