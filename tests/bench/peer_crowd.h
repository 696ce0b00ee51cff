#pragma once
// Thousands of peers of a rendezvous in one process and one socket: each has a loopback address of its own (127/8), as
// the kernel tells and takes with every datagram. They register, send heartbeats and play every job as a perfect pair
// would, at once. What is asked for besides is asked by one more address.

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "net/file_descriptor.h"
#include "net/random.h"
#include "traversal/signal_message.h"

namespace bench {

class PeerCrowd {
 public:
  PeerCrowd(const net::Endpoint& rendezvous, std::size_t peers, const std::string& token);

  // Registers all, so many a second; the time each took from its first request on. CannotWork when one is refused.
  [[nodiscard]] std::vector<net::Duration> register_all(unsigned a_second);

  using TakeAnswer = std::function<void(const net::Result<traversal::Signal, traversal::Refusal>&)>;
  void ask(const traversal::Signal& signal, TakeAnswer take, net::Duration delay = {});
  void run_for(net::Duration time);  // plays what is asked, sends heartbeats

  [[nodiscard]] static std::string name_of(std::size_t peer);

 private:
  struct Peer {
    std::string nonce;
    traversal::Id session{};
    net::TimePoint next_refresh = net::TimePoint::max();
    traversal::Id nonce_of_prepare{};
  };
  struct Pending {
    std::size_t peer = 0;
    traversal::Signal signal;
    net::Bytes datagram;
    net::TimePoint first_sent;
    net::TimePoint sent;
    TakeAnswer take;
  };

  net::Endpoint rendezvous_;
  traversal::Key key_;
  net::Random random_{1};
  net::FileDescriptor socket_;
  std::vector<Peer> peers_;  // the last one asks what is asked besides
  std::map<stun::TransactionId, Pending> pending_;
  std::deque<std::pair<net::TimePoint, stun::TransactionId>> repeats_;
  std::multimap<net::TimePoint, std::pair<traversal::Signal, TakeAnswer>> delayed_;
  std::vector<net::Duration> registration_times_;
  std::size_t next_heartbeat_ = 0;

  [[nodiscard]] static net::TimePoint now();
  void request(std::size_t peer, const traversal::Signal& signal, net::TimePoint first_sent, TakeAnswer take = {});
  void send(std::size_t peer, const net::Bytes& datagram);
  void receive(net::Duration wait);
  void take(std::size_t peer, const traversal::SignalMessage& message);
  void take_answer(Pending pending, const traversal::SignalMessage& message);
  void obey(std::size_t peer, const traversal::SignalMessage& message);
  void do_what_is_due();
};

}  // namespace bench
