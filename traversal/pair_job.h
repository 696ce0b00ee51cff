#pragma once
// All trials of one pair, as the rendezvous runs them: prepare both sides, start them together, join their halves, next
// attempt. Pure: what happened goes in, orders to the two sides come out.

#include <optional>
#include <string>
#include <vector>

#include "net/time.h"
#include "traversal/secrets.h"
#include "traversal/side.h"
#include "traversal/signal.h"
#include "traversal/tries.h"

namespace traversal {

struct Party {
  std::string name;
  Id session{};
  net::NatBehavior behavior;
  std::optional<PortPattern> ports;
  bool maps_ports = false;  // its router does, when asked
  Families families = {};
  bool tcp_only = false;
};

class PairJob {
 public:
  PairJob(PerSide<Party> parties, Prediction predicted, JobPlan plan);

  void begin(net::TimePoint now, Secrets& secrets);

  // What happened. The attempt a signal names must be the current one; anything else has no effect.
  void prepared(Side side, const Id& attempt, net::Duration round_trip);
  void refused(net::TimePoint now, Side side, const Id& attempt, const std::string& why, Secrets& secrets);
  [[nodiscard]] bool observed(net::TimePoint now, const Observe& observe, const net::Endpoint& seen, Secrets& secrets);
  [[nodiscard]] bool reported(net::TimePoint now, const Result& result, Secrets& secrets);  // each half once
  void lost(Side side, const std::string& why);
  void forbid(const std::string& why);  // the attempt that was to begin, and all after it
  void tick(net::TimePoint now, Secrets& secrets);

  [[nodiscard]] net::TimePoint next_deadline() const { return deadline_; }

  struct Order {
    Side to;
    Signal signal;
  };
  [[nodiscard]] std::vector<Order> take_orders();

  [[nodiscard]] bool over_tcp() const;  // the attempt that is prepared
  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] const PairOutcome& outcome() const { return outcome_; }  // complete when finished
  [[nodiscard]] const Party& party(Side side) const { return parties_[side]; }
  [[nodiscard]] std::optional<Side> side_of(const std::string& name) const;

 private:
  struct Progress {  // of one side in the current attempt
    Id nonce{};
    std::optional<net::Duration> round_trip;
    std::optional<net::Endpoint> reflexive;
    std::optional<net::Endpoint> local;
    std::optional<net::Endpoint> mapped;  // at the reflexive address
    std::string no_mapping;               // why not
    std::optional<Half> half;
  };

  PerSide<Party> parties_;
  JobPlan plan_;
  PairOutcome outcome_;
  Pairing pairing_;
  std::vector<Try> tries_;  // of every trial
  unsigned trial_ = 1;
  std::size_t try_ = 0;  // of tries_
  Id job_{};
  Id attempt_{};
  net::Family family_ = net::Family::V4;  // of its sockets
  net::TimePoint prepared_at_;
  net::TimePoint common_start_;
  std::vector<TimelineEvent> seen_here_;
  PerSide<Progress> progress_;
  bool started_ = false;
  net::TimePoint deadline_ = net::TimePoint::max();
  std::vector<Order> orders_;
  bool finished_ = false;

  void prepare(net::TimePoint now, Secrets& secrets);
  void start_when_ready(net::TimePoint now, Secrets& secrets);
  [[nodiscard]] net::Duration trip(Side side) const;  // of a message to it
  [[nodiscard]] Description description_of(Side side) const;
  void take_mapping(Progress& own, const Observe& observe) const;
  [[nodiscard]] std::string lacking() const;
  void next_attempt(net::TimePoint now, Secrets& secrets);
  void finish_attempt(net::TimePoint now, Attempt attempt, Secrets& secrets);
  void record(Attempt attempt);
  void finish();
  void note(net::TimePoint now, Step step, const std::optional<net::Endpoint>& where = std::nullopt);
  [[nodiscard]] std::vector<TimelineEvent> timeline() const;
  [[nodiscard]] Attempt current() const;
};

}  // namespace traversal
