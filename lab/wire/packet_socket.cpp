#include "lab/wire/packet_socket.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "lab/wire/system_call.h"

namespace lab {

namespace {

constexpr std::size_t largest_packet = 65'535;

// What waits while our thread does: thousands of small packets, so that losses are those of the scenario alone.
constexpr int queue_bytes = 8 << 20;

sockaddr_ll link(int interface, std::uint16_t protocol) {
  sockaddr_ll out{};
  out.sll_family = AF_PACKET;
  out.sll_protocol = htons(protocol);
  out.sll_ifindex = interface;
  out.sll_halen = sizeof link_address;
  std::copy(std::begin(link_address), std::end(link_address), out.sll_addr);
  return out;
}

const sockaddr* as_sockaddr(const sockaddr_ll& address) { return reinterpret_cast<const sockaddr*>(&address); }

}  // namespace

PacketSocket::PacketSocket(const LinkEnd& end) {
  end.where.run([&] {
    // Protocol 0: nothing arrives before it is bound to its one interface.
    fd_ = net::FileDescriptor(
        checked(::socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "open a packet socket"));
    interface_ = static_cast<int>(::if_nametoindex(end.name.c_str()));
  });
  const int yes = 1;
  checked(::setsockopt(fd_.get(), SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes), "ignore what we send");
  if (::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUFFORCE, &queue_bytes, sizeof queue_bytes) < 0)  // not root
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &queue_bytes, sizeof queue_bytes);             // as much as we may
  const auto address = link(interface_, ETH_P_ALL);
  checked(::bind(fd_.get(), as_sockaddr(address), sizeof address), fmt::format("watch interface {}", end.name));
}

std::optional<net::Bytes> PacketSocket::receive() const {
  std::array<std::uint8_t, largest_packet> buffer;
  const auto size = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
  if (size < 0) return std::nullopt;
  return net::Bytes(buffer.begin(), buffer.begin() + size);
}

void PacketSocket::send(net::BytesView packet) const {
  if (packet.empty()) return;
  const auto address = link(interface_, (packet[0] >> 4) == 6 ? ETH_P_IPV6 : ETH_P_IP);
  ::sendto(fd_.get(), packet.data(), packet.size(), 0, as_sockaddr(address), sizeof address);
}

}  // namespace lab
