#pragma once
// Sends one text at a time until it is acknowledged, and acknowledges those of others: each is told of once, and at
// most five packets a second draw an acknowledgement. Pure; the owner says which sockets there are and under which
// keys.

#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "net/agent.h"
#include "net/random.h"
#include "stun/client_transaction.h"
#include "traversal/text_message.h"

namespace traversal {

inline constexpr unsigned texts_a_second = 5;
// Ten times in five seconds.
inline constexpr stun::RetransmissionSchedule text_schedule{
    .initial_rto = std::chrono::milliseconds(500), .most_requests = 10, .last_wait = 1, .doubling = false};

class TextDesk {
 public:
  explicit TextDesk(net::Random random) : random_(random) {}

  // Of the text before, nothing is heard any more.
  void send(net::TimePoint now, net::SocketId socket, const net::Endpoint& to, const TextKey& key, std::string text);
  void handle(net::TimePoint now, const net::Datagram& datagram, const TextKey& key);
  void tick(net::TimePoint now);
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const;
  void take_outputs(std::vector<net::Output>& into);

  struct Received {
    net::SocketId socket;
    net::Endpoint from;
    std::string text;
  };
  struct Acknowledged {  // the text that was sent
    net::Endpoint from;
    net::Endpoint seen;          // where it came from, in the other's eyes
    net::Duration round_trip{};  // since the last time it went out
  };
  struct Unanswered {};
  using Event = std::variant<Received, Acknowledged, Unanswered>;
  [[nodiscard]] std::vector<Event> take_events();

 private:
  struct Sending {
    net::SocketId socket;
    net::Endpoint to;
    net::Bytes datagram;
    stun::ClientTransaction transaction;
    net::TimePoint last_sent;
  };

  net::Random random_;
  std::optional<Sending> sending_;
  std::deque<stun::TransactionId> known_;    // the newest texts that were told of
  std::deque<net::TimePoint> acknowledged_;  // when, the last five
  std::vector<net::Output> outputs_;
  std::vector<Event> events_;

  void receive(net::TimePoint now, const net::Datagram& datagram, Text text, const TextKey& key);
  void settle(net::TimePoint now, const net::Datagram& datagram, const TextAcknowledgement& acknowledgement);
  bool may_acknowledge(net::TimePoint now);
};

}  // namespace traversal
