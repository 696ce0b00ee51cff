#pragma once
// Packets of one UDP socket in and their answers out, many with one system call, without a copy and without allocation:
// a packet is read where the kernel put it, an answer is written where the kernel takes it from. The answers of a batch
// leave by the sockets they name, with one call a socket.

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "net/byte_room.h"
#include "net/endpoint.h"
#include "net/socket_address.h"

namespace net {

inline constexpr std::size_t packet_batch_size = 32;
inline constexpr std::size_t most_packet_bytes =
    4096;  // of an answer; one byte more is received, to tell what is longer

struct Packet {
  Endpoint from;
  BytesView bytes;  // cut after most_packet_bytes + 1
  std::optional<std::uint8_t> ttl;
};

class PacketBatch {
 public:
  // `senders`: the descriptors that answers may leave by.
  explicit PacketBatch(std::vector<int> senders);

  enum class Wait : std::uint8_t { ForOne, Not };
  // How many have come, at most packet_batch_size; with Wait::ForOne none only after a signal or an error.
  std::size_t receive(int descriptor, Wait wait);

  // Of the last receive().
  [[nodiscard]] Packet packet(std::size_t n);
  [[nodiscard]] ByteRoom room_for_answer(std::size_t n);  // of most_packet_bytes
  void send_answer(std::size_t n, std::size_t size, std::size_t sender, const Endpoint& to);

  struct Sent {
    std::size_t taken = 0;   // by the kernel
    std::size_t failed = 0;  // lost, as they might have been on the way
  };
  Sent send_all();  // before the next receive()

 private:
  struct Incoming {
    SystemAddress from;
    iovec data;
    alignas(cmsghdr) std::array<char, 64> control;  // one int (the TTL) and room to spare
  };
  struct Answer {
    SystemAddress to;
    iovec data;
  };
  struct Outbox {
    int descriptor = -1;
    std::size_t count = 0;
    bool divides_early = false;  // one of them is larger than an IPv6 link takes
    std::array<mmsghdr, packet_batch_size> messages{};
  };
  [[nodiscard]] static Sent send(Outbox& outbox);

  std::unique_ptr<std::uint8_t[]> buffers_;  // a packet's and its answer's in turn
  std::array<Incoming, packet_batch_size> incoming_{};
  std::array<mmsghdr, packet_batch_size> received_{};
  std::size_t used_ = packet_batch_size;  // of received_, by the kernel the last time
  std::array<Answer, packet_batch_size> answers_{};
  std::vector<Outbox> outboxes_;
};

}  // namespace net
