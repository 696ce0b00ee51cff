#pragma once
// One side of one attempt, on one socket that was never used before: plays the plan, answers valid checks, sends
// triggered checks to every source it hears (RFC 8445 section 7.3.1.4), and finds out on which path both directions
// work. Pure: datagrams and time in, datagrams and a Half out. What is not authentic meets silence.

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "net/endpoint.h"
#include "net/random.h"
#include "net/time.h"
#include "traversal/check.h"
#include "traversal/half.h"
#include "traversal/strategy.h"

namespace traversal {

struct AttemptSetup {
  std::uint64_t attempt = 0;
  Key key{};
  Plan plan;
  net::TimePoint start;  // the common start; checks are answered before it too
};

class PunchAttempt {
 public:
  PunchAttempt(AttemptSetup setup, net::Random random);

  void handle(net::TimePoint now, const net::Endpoint& from, net::BytesView datagram);
  void tick(net::TimePoint now);
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const;

  struct Packet {
    net::Endpoint to;
    net::Bytes payload;
  };
  [[nodiscard]] std::vector<Packet> take_packets();

  // One path proven, or the time of the plan is over: two paths are a result only then, as one path may still come.
  // Checks are answered for as long as the object lives, since the other side may not be done.
  [[nodiscard]] bool decided() const { return over_ || half_.proof == Proof::SamePath; }
  [[nodiscard]] const Half& half() const { return half_; }
  // Where what is sent arrives, once there is a proof.
  [[nodiscard]] const std::optional<net::Endpoint>& proven_remote() const { return proven_remote_; }
  [[nodiscard]] net::TimePoint end() const { return setup_.start + setup_.plan.length; }

 private:
  struct Source {  // of the other side's packets, as seen here: a peer-reflexive candidate
    net::Endpoint endpoint;
    std::optional<net::TimePoint> next_check;  // empty where the plan sends there anyway
  };

  AttemptSetup setup_;
  net::Random random_;
  std::size_t played_ = 0;  // checks of the plan
  unsigned checks_ = 0;
  std::map<stun::TransactionId, net::Endpoint> unanswered_;  // own checks, where they went
  std::set<stun::TransactionId> answered_;                   // the other's checks
  std::set<stun::TransactionId> own_;
  std::vector<Source> sources_;
  std::vector<Packet> packets_;
  Half half_;
  std::optional<net::Endpoint> proven_remote_;
  bool over_ = false;

  void handle_check(net::TimePoint now, const net::Endpoint& from, const Check& check);
  void handle_answer(net::TimePoint now, const net::Endpoint& from, const CheckAnswer& answer);
  void hear(net::TimePoint now, const net::Endpoint& source);
  void send_check(const net::Endpoint& to);
  void send(const net::Endpoint& to, net::Bytes payload);
  [[nodiscard]] bool may_check() const;
  [[nodiscard]] bool planned(const net::Endpoint& to) const;
};

}  // namespace traversal
