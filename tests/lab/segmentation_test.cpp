#include "lab/segmentation.h"

#include <gmock/gmock.h>

#include "lab/tcp_segment.h"

namespace segmentation_test {

using testing::ElementsAre;

lab::Packet packet(lab::Protocol protocol, net::Bytes payload) {
  return {.protocol = protocol,
          .source = {net::address("192.0.2.1"), 1000},
          .destination = {net::address("192.0.2.2"), 80},
          .ttl = 17,
          .dont_fragment = true,
          .payload = std::move(payload)};
}

net::Bytes data_of(std::size_t size) {
  net::Bytes out(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(i);
  return out;
}

TEST(Segmentation, Tcp_IsCutInOrder_EachPartWithItsSequence) {
  const net::Bytes data = data_of(250);
  const auto parts = lab::segments_of(
      packet(lab::Protocol::Tcp,
             lab::make_tcp_segment({.sequence = 0xFFFFFFC0, .acknowledgment = 5, .fin = true, .ack = true}, data)),
      100);
  ASSERT_EQ(parts.size(), 3U);
  net::Bytes again;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    SCOPED_TRACE(i);
    const lab::TcpHeader header = lab::tcp_header(parts[i]);
    EXPECT_EQ(header.sequence, static_cast<std::uint32_t>(0xFFFFFFC0 + i * 100));
    EXPECT_EQ(header.acknowledgment, 5U);
    EXPECT_TRUE(header.ack);
    EXPECT_EQ(header.fin, i == 2);
    EXPECT_EQ(parts[i].ttl, 17);
    EXPECT_TRUE(parts[i].dont_fragment);
    EXPECT_EQ(parts[i].source, (net::Endpoint{net::address("192.0.2.1"), 1000}));
    net::append(again, lab::tcp_data(parts[i]));
  }
  EXPECT_EQ(again, data);
}

TEST(Segmentation, Tcp_PushIsTheLastOnes_CongestionWindowReducedTheFirstOnes) {
  net::Bytes segment = lab::make_tcp_segment({.ack = true}, data_of(20));
  segment[13] |= 0x88;
  std::vector<int> flags;
  for (const auto& part : lab::segments_of(packet(lab::Protocol::Tcp, segment), 8)) flags.push_back(part.payload[13]);
  EXPECT_THAT(flags, ElementsAre(0x90, 0x10, 0x18));
}

TEST(Segmentation, Tcp_OptionsAreInEveryPart) {
  net::Bytes segment = lab::make_tcp_segment({.ack = true});
  segment[12] = 6 << 4;  // 24 bytes of header
  net::append(segment, net::from_hex("0101080a"));
  net::append(segment, data_of(12));
  const auto parts = lab::segments_of(packet(lab::Protocol::Tcp, segment), 10);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(net::to_hex(net::BytesView(parts[1].payload).subspan(20)), "0101080a0a0b");
}

TEST(Segmentation, Udp_IsCutIntoDatagrams) {
  const auto parts = lab::segments_of(packet(lab::Protocol::Udp, net::from_hex("0102030405")), 2);
  std::vector<std::string> data;
  for (const auto& part : parts) data.push_back(net::to_hex(part.payload));
  EXPECT_THAT(data, ElementsAre("0102", "0304", "05"));
}

TEST(Segmentation, WhatFits_OrCannotBeCut_StaysAsItIs) {
  EXPECT_EQ(lab::segments_of(packet(lab::Protocol::Udp, data_of(100)), 100).size(), 1U);
  EXPECT_EQ(lab::segments_of(packet(lab::Protocol::Udp, data_of(100)), 0).size(), 1U);
  EXPECT_EQ(lab::segments_of(packet(lab::Protocol::Udp, {}), 10).size(), 1U);
  EXPECT_EQ(lab::segments_of(packet(lab::Protocol::Icmp, data_of(100)), 10).size(), 1U);
  auto fragment = packet(lab::Protocol::Udp, data_of(100));
  fragment.fragment = {.id = 1, .more_follow = true};
  const auto parts = lab::segments_of(fragment, 10);
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].payload, data_of(100));
}

}  // namespace segmentation_test
