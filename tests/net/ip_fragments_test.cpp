// IP packets in fragments (RFC 791 section 3.2, RFC 8200 section 4.5).

#include "net/ip_fragments.h"

#include <gtest/gtest.h>

#include "net/udp_packet.h"

namespace ip_fragments_test {

net::Bytes packet(const char* source, const char* destination, std::size_t size) {
  net::Bytes payload(size);
  for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<std::uint8_t>(i * 7);
  return net::to_ip({.source = net::endpoint(source), .destination = net::endpoint(destination), .payload = payload});
}

constexpr std::size_t sizes[] = {1, 1224, 1225, 1252, 1253, 2000, 9000};

TEST(IpFragments, OfIpv4_PutTogether_AreThePacket) {
  for (const std::size_t size : sizes) {
    const net::Bytes whole = packet("192.0.2.1:1", "192.0.2.2:2", size);
    net::Bytes together(whole.begin(), whole.begin() + 20);
    const auto parts = net::ip_fragments(whole, 1280, 0x1234BEEF);
    for (const net::Bytes& part : parts) {
      const net::BytesView bytes(part);
      const std::uint16_t place = net::get_u16(bytes.subspan(6));
      EXPECT_LE(part.size(), 1280U);
      EXPECT_EQ(net::get_u16(bytes.subspan(2)), part.size());
      EXPECT_EQ(net::get_u16(bytes.subspan(4)), 0xBEEF);
      EXPECT_EQ(net::internet_checksum(bytes.first(20)), 0) << "RFC 1071: over a right checksum";
      EXPECT_EQ((place & 0x1FFF) * 8U + 20, together.size());
      EXPECT_EQ((place & 0x2000) != 0, &part != &parts.back());
      net::append(together, bytes.subspan(20));
    }
    EXPECT_TRUE(std::equal(together.begin() + 20, together.end(), whole.begin() + 20, whole.end())) << size;
  }
}

TEST(IpFragments, OfIpv6_PutTogether_AreThePacket) {
  for (const std::size_t size : sizes) {
    const net::Bytes whole = packet("[2001:db8::1]:1", "[2001:db8::2]:2", size);
    net::Bytes together(whole.begin(), whole.begin() + 40);
    const auto parts = net::ip_fragments(whole, 1280, 0x1234BEEF);
    for (const net::Bytes& part : parts) {
      const net::BytesView bytes(part);
      EXPECT_LE(part.size(), 1280U);
      EXPECT_EQ(net::get_u16(bytes.subspan(4)), part.size() - 40);
      EXPECT_EQ(part[6], 44);
      EXPECT_EQ(part[40], 17);
      EXPECT_EQ(net::get_u32(bytes.subspan(44)), 0x1234BEEFU);
      const std::uint16_t place = net::get_u16(bytes.subspan(42));
      EXPECT_EQ((place & 0xFFF8U) + 40, together.size());
      EXPECT_EQ((place & 1) != 0, &part != &parts.back());
      EXPECT_TRUE(std::equal(part.begin() + 8, part.begin() + 40, whole.begin() + 8)) << "the addresses";
      net::append(together, bytes.subspan(48));
    }
    EXPECT_TRUE(std::equal(together.begin() + 40, together.end(), whole.begin() + 40, whole.end())) << size;
  }
}

}  // namespace ip_fragments_test
