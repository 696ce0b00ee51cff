#pragma once
// Requests from one socket to one other side, several at a time: retransmission (stun::ClientTransaction), the nonce
// the rendezvous asks for, answers and silence. The owner hands in datagrams and time and carries out what is taken.

#include <map>
#include <string>
#include <vector>

#include "net/agent.h"
#include "net/random.h"
#include "stun/client_transaction.h"
#include "traversal/signal_message.h"
#include "traversal/unused.h"

namespace traversal {

inline constexpr net::SocketId signal_socket{1};  // of whoever speaks to a rendezvous

// Signals are few and small and pairs wait for them, so they repeat at an even pace; 5 s without an answer is silence.
inline constexpr stun::RetransmissionSchedule signal_schedule{
    .initial_rto = std::chrono::milliseconds(250), .most_requests = 20, .last_wait = 1, .doubling = false};

// Over TCP a request is said once (RFC 8489 section 6.2.2), and given as long.
inline constexpr stun::RetransmissionSchedule stream_schedule{
    .initial_rto = std::chrono::seconds(5), .most_requests = 1, .last_wait = 1, .doubling = false};
enum class Transport : std::uint8_t { Udp, Tcp };

struct SignalReply {
  Signal request;
  net::Result<Signal, Refusal> answer;  // Refusal code no_answer: silence
  net::Duration round_trip{};           // since the last time the request went out
};

class SignalClient {
 public:
  SignalClient(net::SocketId socket, const net::Endpoint& remote, const Key& key, net::Random random,
               Transport transport = Transport::Udp);

  void request(net::TimePoint now, const Signal& signal);
  // A response; gives why it changed nothing, where it did not.
  std::optional<Unused> handle(net::TimePoint now, const SignalMessage& message);
  void tick(net::TimePoint now);
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const;

  [[nodiscard]] std::vector<SignalReply> take_replies();
  void take_outputs(std::vector<net::Output>& into);

  [[nodiscard]] const net::Endpoint& remote() const { return remote_; }
  void redirect(const net::Endpoint& remote) { remote_ = remote; }  // the other side has moved

 private:
  struct Pending {
    Signal signal;
    net::Bytes datagram;
    stun::ClientTransaction transaction;
    net::TimePoint last_sent;
    unsigned fresh_nonces = 0;
  };

  net::SocketId socket_;
  net::Endpoint remote_;
  Key key_;
  net::Random random_;
  const stun::RetransmissionSchedule* schedule_;
  std::string nonce_;
  std::map<stun::TransactionId, Pending> pending_;
  std::vector<SignalReply> replies_;
  std::vector<net::Output> outputs_;

  void begin(net::TimePoint now, const Signal& signal, unsigned fresh_nonces);
  void send_due(net::TimePoint now, Pending& pending);
};

}  // namespace traversal
