// Packets in parts and whole again: fragmentation and reassembly, RFC 791 section 3.2, RFC 8200 section 4.5.

#include "lab/reassembly.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "lab/fragmentation.h"
#include "lab/ip_packet.h"

namespace reassembly_test {

using namespace std::chrono_literals;
using lab::Fragments;
using lab::Packet;
using lab::Reassembly;
using lab::Unassembled;
using net::endpoint;

const net::TimePoint t0{};

net::Bytes counting(std::size_t size) {
  net::Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7);
  return bytes;
}

Packet datagram(std::size_t size, bool v6 = false) {
  return {.source = endpoint(v6 ? "[2001:db8::1]:4000" : "192.0.2.1:4000"),
          .destination = endpoint(v6 ? "[2001:db8::2]:53" : "198.51.100.1:53"),
          .payload = counting(size)};
}

std::vector<Packet> parts(std::size_t size = 3000, std::uint32_t id = 7) {
  return lab::fragments_of(datagram(size), 1500, id);
}

// What the last of these gave.
net::Result<Packet, Unassembled> add_all(Reassembly& reassembly, const std::vector<Packet>& packets) {
  net::Result<Packet, Unassembled> last = net::Unexpected(Unassembled::Held);
  for (const Packet& packet : packets) last = reassembly.add(packet, t0);
  return last;
}

void expect_refused(const net::Result<Packet, Unassembled>& result) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), Unassembled::Refused);
}

TEST(Fragmentation, FillsTheMtu_InMultiplesOfEight) {
  const auto all = parts(3000);  // and 8 of the UDP header
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(lab::ip_size(all[0]), 1500U);
  EXPECT_EQ(all[0].fragment, (lab::Fragment{.id = 7, .offset = 0, .more_follow = true}));
  EXPECT_EQ(all[1].fragment, (lab::Fragment{.id = 7, .offset = 1480, .more_follow = true}));
  EXPECT_EQ(all[2].fragment, (lab::Fragment{.id = 7, .offset = 2960, .more_follow = false}));
  EXPECT_EQ(all[2].payload.size(), 48U);
}

TEST(Fragmentation, OfIpv6_LeavesRoomForItsHeader_AndNoRouterDividesItFurther) {
  const auto all = lab::fragments_of(datagram(2000, true), 1280, 0x12345678);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_LE(lab::ip_size(all[0]), 1280U);
  EXPECT_EQ(all[0].fragment->id, 0x12345678U);
  EXPECT_TRUE(all[0].dont_fragment);
}

TEST(Reassembly, WhatWasDivided_IsWholeAgain_WhateverTheProtocolAndSize) {
  for (const lab::Protocol protocol : {lab::Protocol::Udp, lab::Protocol::Tcp, lab::Protocol::Icmp}) {
    for (const bool v6 : {false, true}) {
      for (const std::size_t size : {1300U, 1472U, 1473U, 9000U, 65000U}) {
        Packet packet = datagram(size, v6);
        packet.protocol = protocol;
        if (protocol == lab::Protocol::Icmp) packet.source.port = packet.destination.port = 0;
        packet = *lab::parse_ip(lab::to_ip(packet));  // as it looks on the wire
        const auto divided = lab::fragments_of(packet, 1280, 1);
        Reassembly reassembly;
        const auto whole = add_all(reassembly, divided);
        ASSERT_TRUE(whole) << size;
        EXPECT_EQ(whole->payload, packet.payload);
        EXPECT_EQ(whole->source, packet.source);
        EXPECT_EQ(whole->destination, packet.destination);
        EXPECT_FALSE(whole->fragment);
      }
    }
  }
}

TEST(Reassembly, OfPartsOfParts) {
  std::vector<Packet> smaller;
  for (const Packet& part : parts()) {
    for (const Packet& piece : lab::fragments_of(part, 576, 99)) smaller.push_back(piece);
  }
  ASSERT_GT(smaller.size(), 6U);
  Reassembly reassembly;
  const auto whole = add_all(reassembly, smaller);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->payload, counting(3000));
}

TEST(Reassembly, AnyOrder_OrInOrder_OrNone) {
  auto backwards = parts();
  std::ranges::reverse(backwards);
  Reassembly any(Fragments::AnyOrder), in_order(Fragments::InOrder), none(Fragments::Drop);
  EXPECT_TRUE(add_all(any, backwards));
  expect_refused(add_all(in_order, backwards));
  expect_refused(add_all(none, parts()));
  Reassembly again(Fragments::InOrder);
  EXPECT_TRUE(add_all(again, parts()));
  EXPECT_TRUE(none.add(datagram(10), t0)) << "what is whole passes";
}

TEST(Reassembly, KeepsDatagramsApart) {
  const auto a = parts(3000, 1), b = parts(3000, 2);
  Reassembly reassembly;
  EXPECT_FALSE(add_all(reassembly, {a[0], b[1], a[2], b[0]}));
  EXPECT_TRUE(reassembly.add(a[1], t0));
  EXPECT_TRUE(reassembly.add(b[2], t0));
}

TEST(Reassembly, APartThatComesTwice_DoesNoHarm) {
  const auto all = parts();
  Reassembly reassembly;
  EXPECT_TRUE(add_all(reassembly, {all[0], all[0], all[2], all[2], all[1]}));
}

TEST(Reassembly, PartsThatOverlap_VoidTheDatagram) {
  const auto all = parts();
  Packet overlapping = all[1];
  overlapping.fragment->offset -= 8;
  Packet beyond = all[1];
  beyond.fragment->offset = 3008;
  Packet uneven = all[1];
  uneven.payload.pop_back();
  Packet other_end = all[1];
  other_end.fragment->more_follow = false;
  for (const Packet& wrong : {overlapping, beyond, uneven, other_end}) {
    Reassembly reassembly;
    expect_refused(add_all(reassembly, {all[0], all[2], wrong}));
    expect_refused(reassembly.add(all[1], t0));
  }
}

TEST(Reassembly, MoreThanIpCanCarry_IsRefused) {
  Packet last = parts()[2];
  last.fragment->offset = 65528;
  Reassembly reassembly;
  expect_refused(reassembly.add(last, t0));
}

TEST(Reassembly, AWrongChecksum_IsRefused) {
  auto all = parts();
  all[1].payload[100] ^= 1;
  Reassembly reassembly;
  expect_refused(add_all(reassembly, all));
}

TEST(Reassembly, AfterThirtySeconds_StartsAnew) {
  const auto all = parts();
  for (const auto& [later, complete] : {std::pair(29999ms, true), std::pair(30000ms, false)}) {
    Reassembly reassembly;
    EXPECT_FALSE(add_all(reassembly, {all[0], all[1]}));
    EXPECT_EQ(reassembly.add(all[2], t0 + later).has_value(), complete);
  }
}

TEST(Reassembly, HoldsSixtyFourDatagrams_ThenGivesUpTheOldest) {
  Reassembly reassembly;
  for (std::uint32_t id = 0; id < 65; ++id) EXPECT_FALSE(reassembly.add(parts(2000, id)[0], t0));
  EXPECT_TRUE(reassembly.add(parts(2000, 64)[1], t0));
  EXPECT_TRUE(reassembly.add(parts(2000, 1)[1], t0));
  EXPECT_FALSE(reassembly.add(parts(2000, 0)[1], t0));
}

}  // namespace reassembly_test
