#pragma once
// One side of one attempt, on sockets that were never used before: plays the plan, answers valid checks, sends
// triggered checks to every source it hears (RFC 8445 section 7.3.1.4), finds out on which path both directions work,
// and watches that path for a while. Pure: datagrams and time in, datagrams and a Half out. What is not authentic meets
// silence.

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "net/endpoint.h"
#include "net/random.h"
#include "net/time.h"
#include "traversal/check.h"
#include "traversal/half.h"
#include "traversal/path_hold.h"
#include "traversal/strategy.h"
#include "traversal/unused.h"

namespace traversal {

struct AttemptSetup {
  std::uint64_t attempt = 0;
  Key key{};
  Plan plan;
  net::TimePoint start;  // the common start; checks are answered before it too
  net::Duration hold{};  // how long a proven path is watched
};

class PunchAttempt {
 public:
  using SocketIndex = std::uint16_t;  // 0 to plan.sockets - 1
  struct Path {                       // from this socket to there
    SocketIndex socket = 0;
    net::Endpoint remote;
    friend auto operator<=>(const Path&, const Path&) = default;
  };

  PunchAttempt(AttemptSetup setup, net::Random random);

  // Gives why it changed nothing, where it did not.
  std::optional<Unused> handle(net::TimePoint now, const net::Endpoint& from, net::BytesView datagram,
                               SocketIndex socket = 0);
  void handle_unreachable(net::TimePoint now, const net::Endpoint& destination);  // an ICMP error for a check
  void stop(net::TimePoint now);                                                  // the other side is gone
  void tick(net::TimePoint now);
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const;

  struct Packet {
    net::Endpoint to;
    net::Bytes payload;
    SocketIndex socket = 0;
    std::optional<std::uint8_t> ttl = std::nullopt;
  };
  [[nodiscard]] std::vector<Packet> take_packets();

  // One path proven, or the time of the plan is over: two paths are a result only then, as one path may still come; and
  // the hold is over. Checks are answered for as long as the object lives, since the other side may not be done.
  [[nodiscard]] bool decided() const { return settled() && !hold_ && !hold_is_due(); }
  [[nodiscard]] const Half& half() const { return half_; }
  // Where what is sent arrives, once there is a proof.
  [[nodiscard]] std::optional<Path> proven_path() const {
    return half_.proof == Proof::None ? std::nullopt : std::optional(proven_);
  }
  [[nodiscard]] net::TimePoint end() const;  // at the latest

 private:
  struct Source {  // of the other side's packets, as seen here: a peer-reflexive candidate
    Path path;
    std::optional<net::TimePoint> next_check;  // empty where the plan sends there anyway
  };

  AttemptSetup setup_;
  net::Random random_;
  std::size_t played_ = 0;  // checks of the plan
  unsigned checks_ = 0;
  unsigned unreachable_ = 0;
  std::map<stun::TransactionId, Path> unanswered_;  // own checks, where they went
  std::set<stun::TransactionId> answered_;          // the other's checks
  std::set<stun::TransactionId> own_;
  std::vector<Source> sources_;
  std::vector<Packet> packets_;
  Half half_;
  Path proven_;
  std::optional<PathHold> hold_;
  bool held_ = false;
  bool over_ = false;

  [[nodiscard]] bool settled() const { return over_ || half_.proof == Proof::SamePath; }
  [[nodiscard]] bool hold_is_due() const;
  std::optional<Unused> handle_check(net::TimePoint now, const Path& from, const Check& check);
  std::optional<Unused> handle_answer(net::TimePoint now, const Path& from, const CheckAnswer& answer);
  void hear(net::TimePoint now, const Path& source);
  void play(net::TimePoint now);
  void watch(net::TimePoint now);
  void end_proof(net::TimePoint now, Step step);
  void end_hold(net::TimePoint now);
  std::optional<stun::TransactionId> send_check(net::TimePoint now, const Path& path,
                                                std::optional<std::uint8_t> ttl = std::nullopt);
  void send(const Path& path, net::Bytes payload, std::optional<std::uint8_t> ttl = std::nullopt);
  void note(net::TimePoint now, Step step, const std::optional<net::Endpoint>& where = std::nullopt);
  [[nodiscard]] bool may_check() const;
  [[nodiscard]] bool planned(const Path& path) const;
};

}  // namespace traversal
