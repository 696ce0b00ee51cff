#include "lab/ip_packet.h"

#include <gtest/gtest.h>

#include <functional>

namespace ip_packet_test {

using lab::Packet;
using lab::Protocol;
using net::Bytes;

// Checksums by an independent implementation (Python's struct and sum).
const Bytes udp_v4 = net::from_hex(
    "4500 0021 1234 4000 4011 f461 0a00 0002 c633 6401"  // 10.0.0.2 > 198.51.100.1, UDP, TTL 64, DF
    "8235 0d96 000d f7ff 68656c6c6f");                   // 33333 > 3478, "hello"

Packet example(Protocol protocol, std::string_view from, std::string_view to, Bytes payload) {
  return {.protocol = protocol,
          .source = net::endpoint(from),
          .destination = net::endpoint(to),
          .ttl = 61,
          .payload = std::move(payload)};
}

// Ports and checksums in segments are left zero: to_ip writes them.
Bytes text(std::string_view data) { return {data.begin(), data.end()}; }
Bytes tcp_segment() {
  Bytes out = net::from_hex("0000 0000 00000001 00000000 5002 ffff 0000 0000");
  return out;
}
Bytes echo_request() { return net::from_hex("0800 0000 0001 0001 6162636465666768 69"); }

TEST(IpPacket, Reads_AUdpDatagram) {
  const auto packet = lab::parse_ip(udp_v4);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->protocol, Protocol::Udp);
  EXPECT_EQ(packet->source, net::endpoint("10.0.0.2:33333"));
  EXPECT_EQ(packet->destination, net::endpoint("198.51.100.1:3478"));
  EXPECT_EQ(packet->ttl, 64);
  EXPECT_EQ(packet->payload, text("hello"));
  EXPECT_TRUE(packet->dont_fragment);
  EXPECT_FALSE(packet->fragment);
  EXPECT_EQ(net::to_hex(lab::to_segment(*packet)), net::to_hex(net::from_hex("8235 0d96 000d f7ff 68656c6c6f")));
}

TEST(IpPacket, Writes_PortsTtlAndChecksums_ForEveryProtocolAndFamily) {
  const Packet cases[] = {
      example(Protocol::Udp, "203.0.113.1:9881", "198.51.100.1:3478", text("odd")),
      example(Protocol::Tcp, "203.0.113.1:9881", "198.51.100.1:3478", tcp_segment()),
      example(Protocol::Icmp, "203.0.113.1:77", "198.51.100.1:0", echo_request()),
      example(Protocol::Udp, "[2001:db8::1]:9881", "[2001:db8::2]:3478", text("even")),
      example(Protocol::Tcp, "[2001:db8::1]:9881", "[2001:db8::2]:3478", tcp_segment()),
      example(Protocol::Icmp, "[2001:db8::1]:0", "[2001:db8::2]:77", net::from_hex("8100 0000 0001 0001")),
  };
  for (const Packet& sent : cases) {
    SCOPED_TRACE(net::to_string(sent.source));
    const auto read = lab::parse_ip(lab::to_ip(sent));  // refuses wrong checksums
    ASSERT_TRUE(read);
    EXPECT_EQ(read->protocol, sent.protocol);
    EXPECT_EQ(read->source, sent.source);
    EXPECT_EQ(read->destination, sent.destination);
    EXPECT_EQ(read->ttl, sent.ttl);
    EXPECT_EQ(lab::to_ip(*read), lab::to_ip(sent));
  }
}

TEST(IpPacket, Checksum_IsThatOfRfc1071) {
  // The example of RFC 1071 section 3: the sum of these is 0xddf2.
  EXPECT_EQ(lab::internet_checksum(net::from_hex("0001 f203 f4f5 f6f7")), 0x220D);
}

TEST(IpPacket, UdpChecksumOfZero_IsWrittenAsOnes_AndNoneIsAccepted) {
  Packet packet = example(Protocol::Udp, "0.0.0.0:0", "0.0.0.0:0", text(std::string(2, '\0')));
  // 17 (protocol) + 10 + 10 (lengths) make the sum; these two bytes complete it to all ones.
  packet.payload[0] = 0xFF;
  packet.payload[1] = 0xFF - 37;
  Bytes written = lab::to_ip(packet);
  EXPECT_EQ(net::get_u16(net::BytesView(written).subspan(26)), 0xFFFF);
  EXPECT_TRUE(lab::parse_ip(written));
  written[26] = written[27] = 0;  // RFC 768: none computed
  EXPECT_TRUE(lab::parse_ip(written));
}

TEST(IpPacket, BytesBehindThePacket_AreIgnored) {
  Bytes padded = udp_v4;
  padded.resize(60);  // Ethernet's least frame
  ASSERT_TRUE(lab::parse_ip(padded));
  EXPECT_EQ(lab::parse_ip(padded)->payload, lab::parse_ip(udp_v4)->payload);
}

TEST(IpPacket, EveryTruncation_IsRefused) {
  for (const Bytes& whole :
       {udp_v4, lab::to_ip(example(Protocol::Udp, "[2001:db8::1]:1", "[2001:db8::2]:2", text("x")))})
    for (std::size_t size = 0; size < whole.size(); ++size)
      EXPECT_FALSE(lab::parse_ip(net::BytesView(whole).first(size))) << size;
}

TEST(IpPacket, WhatTheLabDoesNotCarry_IsRefused) {
  struct Case {
    const char* what;
    std::size_t offset;
    std::uint8_t value;
    bool fix_header_checksum;
  };
  const Case cases[] = {
      {"another version", 0, 0x55, false},       {"a header below 20 bytes", 0, 0x44, true},
      {"a wrong header checksum", 8, 63, false}, {"an unknown protocol", 9, 132, true},
      {"a wrong UDP checksum", 32, 0x00, false}, {"a UDP length beyond the packet", 25, 14, false},
      {"a UDP length below 8", 25, 7, false},
  };
  for (const Case& c : cases) {
    Bytes bytes = udp_v4;
    bytes[c.offset] = c.value;
    if (c.fix_header_checksum) {
      bytes[10] = bytes[11] = 0;
      const auto sum = lab::internet_checksum(net::BytesView(bytes).first(20));
      bytes[10] = static_cast<std::uint8_t>(sum >> 8);
      bytes[11] = static_cast<std::uint8_t>(sum & 0xFF);
    }
    EXPECT_FALSE(lab::parse_ip(bytes)) << c.what;
  }
}

}  // namespace ip_packet_test
