#pragma once
// Datagrams in and out of the kernel, many with one system call (recvmmsg, sendmmsg), with their TTLs as ancillary
// data. Buffers are made once and used again.

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <span>

#include "net/agent.h"
#include "net/socket_address.h"

namespace net {

inline constexpr std::size_t batch_size = 64;
inline constexpr std::size_t max_datagram_size = 65'536;

[[nodiscard]] std::optional<std::uint8_t> arrival_ttl(msghdr& header);  // where the system told it

class ReceiveBatch {
 public:
  ReceiveBatch();

  // Takes what has arrived, at most batch_size datagrams, and returns how many; none when nothing is there. Errors
  // that the socket has to report are passed over: the error queue tells them in full.
  std::size_t receive(int descriptor);

  // The n-th of the last receive(). Re-uses the capacity of `into.payload`; `into.socket` is left alone.
  void read(std::size_t n, Datagram& into) const;

 private:
  struct Slot {
    sockaddr_storage from;
    iovec data;
    alignas(cmsghdr) std::array<char, 64> control;  // one int (the TTL) and room to spare
  };

  std::unique_ptr<std::uint8_t[]> buffers_;
  std::array<Slot, batch_size> slots_{};
  std::array<mmsghdr, batch_size> messages_{};
};

class SendBatch {
 public:
  // Sends, in order, what every output in `run` (at most batch_size, all of them Send on one socket) asks for; the
  // number taken by the kernel is returned, the others are lost as they might have been on the way.
  std::size_t send(int descriptor, std::span<const Output> run);

 private:
  struct Slot {
    SystemAddress to;
    iovec data;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control;
  };
  void prepare(std::size_t n, const Send& send);

  std::array<Slot, batch_size> slots_{};
  std::array<mmsghdr, batch_size> messages_{};
};

}  // namespace net
