#pragma once
// A measured load of Binding requests on a server at a loopback address, from many client ports, each with a fixed
// number of requests outstanding. One thread asks and checks every reply: its source, its transaction id, and the
// address it tells.

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "net/endpoint.h"
#include "net/file_descriptor.h"
#include "net/time.h"

namespace bench {

struct StunLoadPlan {
  net::Endpoint server;
  net::Endpoint replies_from;  // the server, unless it is asked to change
  std::uint32_t change = 0;    // flags of CHANGE-REQUEST; 0: a bare request of 20 bytes
  net::IpAddress client = net::address("127.90.0.1");
  unsigned addresses = 1;  // of clients, from `client` on, used in turn
  unsigned ports = 64;
  unsigned outstanding = 2;  // of each port
};

struct StunLoadResult {
  std::uint64_t replies = 0;  // right ones
  std::uint64_t wrong = 0;
  std::uint64_t lost = 0;  // not answered within a tenth of a second
  double seconds = 0;

  [[nodiscard]] double rate() const { return static_cast<double>(replies) / seconds; }
};

class StunLoad {
 public:
  explicit StunLoad(const StunLoadPlan& plan);

  [[nodiscard]] StunLoadResult run(net::Duration length);

  // So many requests a port at once, without waiting for replies. And when the server then answered: the first and the
  // last reply's arrival, by the kernel's stamps; all are awaited (at most a second).
  void preload(unsigned requests);
  struct Drained {
    StunLoadResult result;
    net::Duration first{};  // by the wall clock
    net::Duration last{};
  };
  [[nodiscard]] Drained drain();

 private:
  struct Question {
    std::uint64_t number = 0;  // 0: none is outstanding
    net::TimePoint at;
  };
  struct Client {
    net::FileDescriptor socket;
    std::uint16_t port = 0;
    std::vector<Question> questions;
  };
  struct Batch;

  StunLoadPlan plan_;
  std::vector<Client> clients_;
  net::FileDescriptor epoll_;
  std::uint64_t next_number_ = 1;
  StunLoadResult result_;

  [[nodiscard]] net::IpAddress address_of(std::uint64_t number) const;
  void ask(Client& client, std::size_t first, std::size_t count, Batch& batch);
  std::size_t take_replies(Client& client, Batch& batch);
  bool right(const Client& client, std::size_t index, net::BytesView reply, const net::Endpoint& from) const;
  void ask_again_what_is_lost(Batch& batch);
};

}  // namespace bench
