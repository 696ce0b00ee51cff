#include "lab/wire/box_interface.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>

#include "lab/wire/system_call.h"
#include "net/address_scope.h"

namespace lab {

namespace {

// PACKET_VNET_HDR puts it before every frame. linux/virtio_net.h has it too, and a member that is called "class".
struct OffloadHeader {
  static constexpr std::uint8_t needs_checksum = 1;
  std::uint8_t flags = 0;
  std::uint8_t kind = 0;
  std::uint16_t header_size = 0;
  std::uint16_t segment_data = 0;
  std::uint16_t checksum_start = 0;
  std::uint16_t checksum_offset = 0;
};
static_assert(sizeof(OffloadHeader) == 10);

constexpr std::size_t largest_frame = sizeof(OffloadHeader) + ETH_HLEN + 65'535;
constexpr int queue_bytes = 8 << 20;

constexpr std::uint32_t ancillary(int what) { return static_cast<std::uint32_t>(SKF_AD_OFF + what); }

// What the machine itself would take in: IP, for its own link address, and not of a VLAN upon this interface.
constexpr sock_filter for_this_machine[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ancillary(SKF_AD_PKTTYPE)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_HOST, 0, 6),
    BPF_STMT(BPF_LD | BPF_B | BPF_ABS, ancillary(SKF_AD_VLAN_TAG_PRESENT)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 4),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ancillary(SKF_AD_PROTOCOL)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 1, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IPV6, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, 0x40000),
    BPF_STMT(BPF_RET | BPF_K, 0),
};

template <typename Value>
void set_option(const net::FileDescriptor& socket, int level, int option, const Value& value, const char* attempt) {
  checked(::setsockopt(socket.get(), level, option, &value, sizeof value), attempt);
}

ifreq request_for(const std::string& name) {
  ifreq out{};
  name.copy(out.ifr_name, IFNAMSIZ - 1);
  return out;
}

net::FileDescriptor arriving_socket(const std::string& name, int index) {
  // Protocol 0: nothing arrives before it is bound to its one interface.
  net::FileDescriptor out(checked(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0),
                                  fmt::format("open a packet socket for {}", name)));
  const sock_fprog filter{.len = std::size(for_this_machine), .filter = const_cast<sock_filter*>(for_this_machine)};
  const int yes = 1;
  set_option(out, SOL_SOCKET, SO_ATTACH_FILTER, filter, "filter packets");
  set_option(out, SOL_PACKET, PACKET_IGNORE_OUTGOING, yes, "ignore what we send");
  set_option(out, SOL_PACKET, PACKET_VNET_HDR, yes, "ask for the size of segments");
  ::setsockopt(out.get(), SOL_SOCKET, SO_RCVBUFFORCE, &queue_bytes, sizeof queue_bytes);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = index;
  checked(::bind(out.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
          fmt::format("watch interface {}", name));
  return out;
}

// Takes whole packets, IP header included.
net::FileDescriptor leaving_socket(int family, const std::string& name) {
  net::FileDescriptor out(checked(::socket(family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_RAW),
                                  fmt::format("open a raw socket for {}", name)));
  checked(::setsockopt(out.get(), SOL_SOCKET, SO_BINDTODEVICE, name.c_str(), static_cast<socklen_t>(name.size())),
          fmt::format("send through {}", name));
  set_option(out, SOL_SOCKET, SO_MARK, box_mark, "mark what we send");
  ::setsockopt(out.get(), SOL_SOCKET, SO_SNDBUFFORCE, &queue_bytes, sizeof queue_bytes);
  const int yes = 1;
  if (family == AF_INET) set_option(out, IPPROTO_IP, IP_NODEFRAG, yes, "send fragments");
  return out;
}

net::IpAddress address_of(const sockaddr& from) {
  if (from.sa_family == AF_INET) {
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in&>(from).sin_addr, bytes.size());
    return net::IpAddress::v4(bytes);
  }
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6&>(from).sin6_addr, bytes.size());
  return net::IpAddress::v6(bytes);
}

std::uint8_t prefix_length(const net::IpAddress& mask) {
  int out = 0;
  for (const std::uint8_t byte : mask.bytes()) out += std::popcount(byte);
  return static_cast<std::uint8_t>(out);
}

std::vector<InterfaceAddress> addresses_of(const std::string& name) {
  ifaddrs* all = nullptr;
  checked(::getifaddrs(&all), "list addresses");
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(all, ::freeifaddrs);
  std::vector<InterfaceAddress> out;
  for (const ifaddrs* entry = all; entry != nullptr; entry = entry->ifa_next) {
    if (name != entry->ifa_name || entry->ifa_addr == nullptr || entry->ifa_netmask == nullptr) continue;
    if (entry->ifa_addr->sa_family != AF_INET && entry->ifa_addr->sa_family != AF_INET6) continue;
    const net::IpAddress address = address_of(*entry->ifa_addr);
    if (net::scope(address) == net::AddressScope::LinkLocal) continue;
    out.push_back({address, prefix_length(address_of(*entry->ifa_netmask))});
  }
  return out;
}

}  // namespace

BoxInterface::BoxInterface(std::string name) : name_(std::move(name)), frame_(largest_frame) {
  index_ = static_cast<int>(::if_nametoindex(name_.c_str()));
  if (index_ == 0) system_call_failed(fmt::format("find interface {}", name_));
  arriving_ = arriving_socket(name_, index_);
  leaving_v4_ = leaving_socket(AF_INET, name_);
  leaving_v6_ = leaving_socket(AF_INET6, name_);
  ifreq request = request_for(name_);
  checked(::ioctl(arriving_.get(), SIOCGIFMTU, &request), fmt::format("read the MTU of {}", name_));
  mtu_ = static_cast<std::uint16_t>(std::min(request.ifr_mtu, 65'535));
  request = request_for(name_);
  checked(::ioctl(arriving_.get(), SIOCGIFHWADDR, &request), fmt::format("read the kind of {}", name_));
  link_header_ = request.ifr_hwaddr.sa_family == ARPHRD_ETHER ? ETH_HLEN : 0;
  addresses_ = addresses_of(name_);
}

std::optional<ArrivedAtBox> BoxInterface::receive() {
  const std::size_t headers = sizeof(OffloadHeader) + link_header_;
  while (true) {
    const auto size = ::recv(arriving_.get(), frame_.data(), frame_.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == ENETDOWN)) return std::nullopt;
    if (size < static_cast<ssize_t>(headers)) continue;
    OffloadHeader offload;
    std::memcpy(&offload, frame_.data(), sizeof offload);
    const bool unmade = (offload.flags & OffloadHeader::needs_checksum) != 0;
    auto packet = parse_ip(net::BytesView(frame_).subspan(headers, static_cast<std::size_t>(size) - headers),
                           unmade ? Checksums::Trust : Checksums::Verify);
    if (packet) return ArrivedAtBox{*std::move(packet), offload.segment_data};
  }
}

void BoxInterface::send(const Packet& packet) {
  to_ip(packet, leaving_);
  const auto bytes = packet.destination.address.bytes();
  if (packet.destination.family() == net::Family::V4) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    std::memcpy(&to.sin_addr, bytes.data(), bytes.size());
    ::sendto(leaving_v4_.get(), leaving_.data(), leaving_.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  } else {
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    std::memcpy(&to.sin6_addr, bytes.data(), bytes.size());
    ::sendto(leaving_v6_.get(), leaving_.data(), leaving_.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  }
}

}  // namespace lab
