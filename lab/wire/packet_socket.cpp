#include "lab/wire/packet_socket.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cstring>

#include "lab/fragmentation.h"
#include "lab/wire/system_call.h"

namespace lab {

namespace {

constexpr std::size_t largest_packet = 65'536;

// What waits while our thread does: thousands of small packets, so that losses are those of the scenario alone.
constexpr int packet_queue_bytes = 8 << 20;

sockaddr_ll link(int interface, std::uint16_t protocol) {
  sockaddr_ll out{};
  out.sll_family = AF_PACKET;
  out.sll_protocol = htons(protocol);
  out.sll_ifindex = interface;
  out.sll_halen = sizeof link_address;
  std::copy(std::begin(link_address), std::end(link_address), out.sll_addr);
  return out;
}

void turn_on(int socket, int option, const char* attempt) {
  const int yes = 1;
  checked(::setsockopt(socket, SOL_PACKET, option, &yes, sizeof yes), attempt);
}

std::uint16_t mtu_of(int socket, const std::string& interface) {
  ifreq request{};
  interface.copy(request.ifr_name, sizeof request.ifr_name - 1);
  checked(::ioctl(socket, SIOCGIFMTU, &request), fmt::format("read the MTU of {}", interface));
  return static_cast<std::uint16_t>(std::min(request.ifr_mtu, 65'535));
}

Checksums checksums_of(msghdr& header) {
  const cmsghdr* item = CMSG_FIRSTHDR(&header);
  if (item == nullptr || item->cmsg_level != SOL_PACKET || item->cmsg_type != PACKET_AUXDATA) return Checksums::Verify;
  tpacket_auxdata told{};
  std::memcpy(&told, CMSG_DATA(item), sizeof told);
  return (told.tp_status & TP_STATUS_CSUMNOTREADY) != 0 ? Checksums::Trust : Checksums::Verify;
}

}  // namespace

// ---- in ------------------------------------------------------------------------------------------------------------

// Not cleared: pages that no packet has reached take no memory.
ArrivalBuffers::ArrivalBuffers() : bytes_(new std::uint8_t[packet_batch * largest_packet]) {
  for (std::size_t n = 0; n < packet_batch; ++n) {
    slots_[n].data = {.iov_base = &bytes_[n * largest_packet], .iov_len = largest_packet};
    messages_[n].msg_hdr = {.msg_iov = &slots_[n].data, .msg_iovlen = 1, .msg_control = slots_[n].control.data()};
  }
}

std::span<const ArrivedPacket> ArrivalBuffers::receive(int socket) {
  for (std::size_t n = 0; n < packet_batch; ++n) messages_[n].msg_hdr.msg_controllen = slots_[n].control.size();
  const int result = ::recvmmsg(socket, messages_.data(), packet_batch, MSG_DONTWAIT, nullptr);
  const auto count = static_cast<std::size_t>(std::max(result, 0));
  for (std::size_t n = 0; n < count; ++n)
    arrived_[n] = {.bytes = {&bytes_[n * largest_packet], messages_[n].msg_len},
                   .checksums = checksums_of(messages_[n].msg_hdr)};
  return std::span(arrived_).first(count);
}

// ---- out -----------------------------------------------------------------------------------------------------------

PacketSocket::PacketSocket(const LinkEnd& end) {
  int interface = 0;
  end.where.run([&] {
    // Protocol 0: nothing arrives before it is bound to its one interface.
    fd_ = net::FileDescriptor(
        checked(::socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "open a packet socket"));
    interface = static_cast<int>(::if_nametoindex(end.name.c_str()));
  });
  turn_on(fd_.get(), PACKET_IGNORE_OUTGOING, "ignore what we send");
  turn_on(fd_.get(), PACKET_AUXDATA, "ask for the state of checksums");
  if (::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUFFORCE, &packet_queue_bytes, sizeof packet_queue_bytes) <
      0)  // not root
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &packet_queue_bytes,
                 sizeof packet_queue_bytes);  // as much as we may
  mtu_ = mtu_of(fd_.get(), end.name);
  to_v4_ = link(interface, ETH_P_IP);
  to_v6_ = link(interface, ETH_P_IPV6);
  const auto all = link(interface, ETH_P_ALL);
  checked(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&all), sizeof all),
          fmt::format("watch interface {}", end.name));
}

void PacketSocket::queue(const Packet& packet) {
  if (packet.dont_fragment || ip_size(packet) <= mtu_) return queue_whole(packet);
  for (const Packet& part : fragments_of(packet, mtu_, next_fragment_id_++)) queue_whole(part);
}

void PacketSocket::queue_whole(const Packet& packet) {
  to_ip(packet, queue_[queued_++]);
  if (queued_ == queue_.size()) flush();
}

void PacketSocket::flush() {
  std::array<iovec, packet_batch> data;
  std::array<mmsghdr, packet_batch> messages;
  for (std::size_t n = 0; n < queued_; ++n) {
    data[n] = {.iov_base = queue_[n].data(), .iov_len = queue_[n].size()};
    sockaddr_ll& to = (queue_[n][0] >> 4) == 6 ? to_v6_ : to_v4_;
    messages[n] = {.msg_hdr = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &data[n], .msg_iovlen = 1},
                   .msg_len = 0};
  }
  // It stops before a packet that is not taken, which then is passed over.
  for (std::size_t n = 0; n < queued_;)
    n += static_cast<std::size_t>(
        std::max(1, ::sendmmsg(fd_.get(), &messages[n], static_cast<unsigned>(queued_ - n), 0)));
  queued_ = 0;
}

}  // namespace lab
