#include "lab/address_translation.h"

#include <algorithm>
#include <array>

#include "lab/icmp.h"

namespace lab {
namespace {

using Words = std::array<std::uint16_t, 8>;

Words words_of(const net::IpAddress& address) {
  Words out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = net::get_u16(address.bytes().subspan(2 * i));
  return out;
}

net::IpAddress address_of(const Words& words) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < words.size(); ++i) std::ranges::copy(net::u16_bytes(words[i]), bytes.begin() + 2 * i);
  return net::IpAddress::v6(bytes);
}

// One's complement arithmetic (RFC 1071), where 0xFFFF is another 0.
std::uint32_t add(std::uint32_t a, std::uint32_t b) {
  const std::uint32_t sum = a + b;
  return (sum & 0xFFFF) + (sum >> 16);
}

std::uint32_t sum_of(const Words& words, std::size_t count) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum = add(sum, words[i]);
  return sum;
}

// RFC 6296 section 3.4 (/48: the subnet word takes the difference) and 3.5 (the first word of the interface identifier
// that is not all ones).
net::IpAddress swap_prefix(const net::IpAddress& address, const net::IpAddress& from, const net::IpAddress& to,
                           std::uint8_t length) {
  const std::size_t prefix_words = length / 16U;
  Words words = words_of(address);
  const std::uint32_t difference =
      add(sum_of(words_of(from), prefix_words), ~sum_of(words_of(to), prefix_words) & 0xFFFF);
  std::ranges::copy_n(words_of(to).begin(), static_cast<std::ptrdiff_t>(prefix_words), words.begin());
  std::size_t adjusted = prefix_words;
  while (adjusted < 7 && words[adjusted] == 0xFFFF) ++adjusted;
  const std::uint32_t word = add(words[adjusted], difference);
  words[adjusted] = word == 0xFFFF ? std::uint16_t{0} : static_cast<std::uint16_t>(word);
  return address_of(words);
}

}  // namespace

bool has_prefix(const net::IpAddress& address, const net::IpAddress& prefix, std::uint8_t length) {
  if (address.family() != prefix.family()) return false;
  return std::ranges::equal(address.bytes().first(length / 8U), prefix.bytes().first(length / 8U));
}

net::IpAddress prefix_to_outside(const PrefixPair& prefixes, const net::IpAddress& inside) {
  return swap_prefix(inside, prefixes.inside, prefixes.outside, prefixes.length);
}

net::IpAddress prefix_to_inside(const PrefixPair& prefixes, const net::IpAddress& outside) {
  return swap_prefix(outside, prefixes.outside, prefixes.inside, prefixes.length);
}

Packet in_family_of(Packet packet, const net::Endpoint& source, const net::Endpoint& destination) {
  const IcmpKind kind = packet.protocol == Protocol::Icmp ? icmp_kind(packet) : IcmpKind::Other;
  packet.source = source;
  packet.destination = destination;
  if (kind == IcmpKind::EchoRequest) packet.payload[0] = icmp_echo_types(source.family()).request;
  if (kind == IcmpKind::EchoReply) packet.payload[0] = icmp_echo_types(source.family()).reply;
  return packet;
}

}  // namespace lab
