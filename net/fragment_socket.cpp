#include "net/fragment_socket.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "net/ip_fragments.h"
#include "net/socket_address.h"
#include "net/udp_packet.h"

namespace net {
namespace {

std::uint32_t random_id() {
  std::uint32_t id = 0;
  return ::getrandom(&id, sizeof id, GRND_NONBLOCK) == sizeof id ? id : 1U;
}

FileDescriptor opened(int family, int protocol) {
  FileDescriptor out(::socket(family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
  if (!out) throw Poco::IOException("raw socket", errno);
  return out;
}

void switch_on(int descriptor, int level, int option) {
  const int on = 1;
  if (::setsockopt(descriptor, level, option, &on, sizeof on) != 0) throw Poco::IOException("raw socket", errno);
}

bool give(int descriptor, const Bytes& packet, const Endpoint& to) {
  const auto address = to_poco(with_port(to, 0));
  return ::sendto(descriptor, packet.data(), packet.size(), MSG_NOSIGNAL, address.addr(), address.length()) >= 0;
}

// Whether fragments are on the link as they are sent. One without its others, to ourselves: connection tracking keeps
// it until they come, so it does not pass the loopback interface, where sending is seen at once.
bool leave_as_they_are(int descriptor) {
  const FileDescriptor tap = opened(AF_PACKET, htons(ETH_P_IPV6));
  sockaddr_ll loopback{};
  loopback.sll_family = AF_PACKET;
  loopback.sll_protocol = htons(ETH_P_IPV6);
  loopback.sll_ifindex = static_cast<int>(::if_nametoindex("lo"));
  if (::bind(tap.get(), reinterpret_cast<const sockaddr*>(&loopback), sizeof loopback) != 0) return false;
  const Endpoint ourselves{address("::1"), 9};
  const Bytes payload(2'000, 0);
  const std::uint32_t id = random_id();
  const auto parts =
      ip_fragments(to_ip({.source = ourselves, .destination = ourselves, .payload = payload}), 1'280, id);
  if (!give(descriptor, parts.front(), ourselves)) return false;
  constexpr std::size_t link_header = 14;
  constexpr std::size_t at_id = link_header + 44;
  std::array<std::uint8_t, 128> seen{};
  while (::recv(tap.get(), seen.data(), seen.size(), 0) >= 0) {
    if (get_u32(BytesView(seen).subspan(at_id)) == id) return true;
  }
  return false;
}

}  // namespace

FragmentSocket::FragmentSocket(Family family, const std::string& interface)
    : descriptor_(opened(family == Family::V4 ? AF_INET : AF_INET6, IPPROTO_RAW)), next_id_(random_id()) {
  if (family == Family::V4) {
    switch_on(descriptor_.get(), IPPROTO_IP, IP_NODEFRAG);
  } else {
    switch_on(descriptor_.get(), IPPROTO_IPV6, IPV6_HDRINCL);
    if (!leave_as_they_are(descriptor_.get())) throw Poco::IOException("connection tracking", EPROTONOSUPPORT);
  }
  bind_to_interface(descriptor_.get(), interface);
}

bool FragmentSocket::send(const Endpoint& from, const Send& send) {
  const Bytes whole =
      to_ip(UdpPacket{.source = from, .destination = send.to, .payload = send.payload, .ttl = send.ttl.value_or(64)});
  if (static_cast<std::uint16_t>(next_id_) == 0) ++next_id_;  // IPv4: the kernel would choose one for each part
  std::vector<Bytes> parts = ip_fragments(whole, send.in_fragments->most, next_id_++);
  if (send.in_fragments->reversed) std::reverse(parts.begin(), parts.end());
  return std::all_of(parts.begin(), parts.end(),
                     [&](const Bytes& part) { return give(descriptor_.get(), part, send.to); });
}

}  // namespace net
