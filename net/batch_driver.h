#pragma once
// The reflector's packet path: threads that wait for packets on UDP sockets and answer them at once, a batch at a time,
// with two system calls a batch (net/packet_batch.h). What is not answered on the spot (timers, streams, the partner
// link) is the ordinary driver's (net/socket_driver.h), in a thread of its own.
//
// Nothing is shared between the threads here: each has its socket, its buffers, its answerer and its counts.

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "net/packet_batch.h"
#include "net/time.h"

namespace net {

// What decides, for one thread; called from that thread alone.
class Answerer {
 public:
  virtual ~Answerer() = default;

  struct Destination {
    std::size_t sender = 0;  // which of the post's senders
    Endpoint to;
  };
  // Writes the answer into `room` (empty, of most_packet_bytes) and says where it goes; nothing: no answer. `now` is
  // one reading of the clock a batch.
  [[nodiscard]] virtual std::optional<Destination> answer(const Packet& packet, TimePoint now, ByteRoom& room) = 0;
};

class BatchDriver {
 public:
  // One thread: what arrives on `socket` is told to `answerer`, its answers leave by `senders`. The sockets block, have
  // no connection, and belong to somebody who keeps them open.
  struct Post {
    int socket = -1;
    std::vector<int> senders;
    std::unique_ptr<Answerer> answerer;
  };
  struct Counts {
    std::uint64_t received = 0;     // packets
    std::uint64_t sent = 0;         // answers
    std::uint64_t send_failed = 0;  // answers the kernel did not take
    std::uint64_t dropped = 0;      // packets the kernel had no room for in the sockets' queues

    Counts& operator+=(const Counts& more);
  };

  // Starts the threads. They take no signals; SIGURG, with a handler that does nothing, ends their waiting.
  explicit BatchDriver(std::vector<Post> posts);

  // Stops them; what has arrived is answered first.
  ~BatchDriver();
  BatchDriver(const BatchDriver&) = delete;
  BatchDriver& operator=(const BatchDriver&) = delete;

  [[nodiscard]] Counts counts() const;  // from any thread

 private:
  class Worker;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace net
