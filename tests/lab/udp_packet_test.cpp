// net/udp_packet.h, read back by the lab's own parser, which checks every checksum.

#include "net/udp_packet.h"

#include <gtest/gtest.h>

#include "lab/ip_packet.h"

namespace udp_packet_test {

TEST(UdpPacket, IsReadBackWhole_InBothFamilies_OfEverySize) {
  for (const auto& [source, destination] :
       {std::pair("192.0.2.1:4000", "198.51.100.1:3478"), std::pair("[2001:db8::1]:4000", "[2001:db8::2]:3478")}) {
    for (std::size_t size = 0; size < 70; ++size) {
      net::Bytes payload(size);
      for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<std::uint8_t>(0xF0 + 7 * i);
      const auto bytes = net::to_ip({.source = net::endpoint(source),
                                     .destination = net::endpoint(destination),
                                     .payload = payload,
                                     .ttl = 5,
                                     .dont_fragment = true});
      const auto packet = lab::parse_ip(bytes);
      ASSERT_TRUE(packet) << source << ", " << size;
      EXPECT_EQ(packet->source, net::endpoint(source));
      EXPECT_EQ(packet->destination, net::endpoint(destination));
      EXPECT_EQ(packet->payload, payload);
      EXPECT_EQ(packet->ttl, 5);
      EXPECT_TRUE(packet->dont_fragment);
    }
  }
}

TEST(UdpPacket, ASumOfZero_IsWrittenAsOnes) {
  net::Bytes payload(2, 0);
  const net::UdpPacket packet{
      .source = net::endpoint("192.0.2.1:1"), .destination = net::endpoint("192.0.2.2:2"), .payload = payload};
  net::Bytes bytes = net::to_ip(packet);
  std::copy_n(bytes.begin() + 26, 2, payload.begin());  // what the checksum would have to make up for
  bytes = net::to_ip(packet);
  EXPECT_EQ(net::get_u16(net::BytesView(bytes).subspan(26)), 0xFFFF);
}

}  // namespace udp_packet_test
