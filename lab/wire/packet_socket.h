#pragma once
// The IP packets that arrive at one interface, and a way to put packets on it (packet(7)), many with one system call.
// The kernel strips and makes the link header; what we send is not seen again.

#include <linux/if_packet.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <span>

#include "lab/ip_packet.h"
#include "lab/wire/interfaces.h"
#include "net/bytes.h"

namespace lab {

// Of one interface, before the others have their turn.
inline constexpr std::size_t packet_batch = 64;

struct ArrivedPacket {
  net::BytesView bytes;
  Checksums checksums = Checksums::Verify;  // trusted where the kernel has left them to hardware that is not there
};

// Room for what arrives; one serves all sockets of a thread.
class ArrivalBuffers {
 public:
  ArrivalBuffers();

  // What waits at the socket, at most packet_batch; never waits. Borrowed until the next call.
  [[nodiscard]] std::span<const ArrivedPacket> receive(int socket);

 private:
  struct Slot {
    iovec data;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(tpacket_auxdata))> control;
  };

  std::unique_ptr<std::uint8_t[]> bytes_;
  std::array<Slot, packet_batch> slots_{};
  std::array<mmsghdr, packet_batch> messages_{};
  std::array<ArrivedPacket, packet_batch> arrived_{};
};

class PacketSocket {
 public:
  explicit PacketSocket(const LinkEnd& end);

  [[nodiscard]] int fd() const { return fd_.get(); }

  // Puts it into the queue of what leaves together; a full one leaves at once. What is larger than the interface's MTU
  // leaves in fragments: a NAT has put it together.
  void queue(const Packet& packet);
  [[nodiscard]] bool queued() const { return queued_ > 0; }
  // All that is queued leaves. What the interface does not take is lost, as on links.
  void flush();

 private:
  void queue_whole(const Packet& packet);

  net::FileDescriptor fd_;
  std::uint16_t mtu_ = 0;
  std::uint32_t next_fragment_id_ = 0;
  sockaddr_ll to_v4_{};
  sockaddr_ll to_v6_{};
  std::array<net::Bytes, packet_batch> queue_;  // their memory is used again
  std::size_t queued_ = 0;
};

}  // namespace lab
