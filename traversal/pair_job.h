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

namespace traversal {

struct Party {
  std::string name;
  Id session{};
  net::NatBehavior behavior;
};

struct JobPlan {
  std::vector<std::string> strategies;  // tried in this order in every trial
  bool every_strategy = false;          // also after one has connected
  unsigned trials = 1;
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
  void tick(net::TimePoint now, Secrets& secrets);

  [[nodiscard]] net::TimePoint next_deadline() const { return deadline_; }

  struct Order {
    Side to;
    Signal signal;
  };
  [[nodiscard]] std::vector<Order> take_orders();

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
    std::optional<Half> half;
  };

  PerSide<Party> parties_;
  JobPlan plan_;
  PairOutcome outcome_;
  unsigned trial_ = 1;
  std::size_t strategy_ = 0;
  Id attempt_{};
  PerSide<Progress> progress_;
  bool started_ = false;
  net::TimePoint deadline_ = net::TimePoint::max();
  std::vector<Order> orders_;
  bool finished_ = false;

  void prepare(net::TimePoint now, Secrets& secrets);
  void start_when_ready(net::TimePoint now, Secrets& secrets);
  [[nodiscard]] Description description_of(Side side) const;
  void finish_attempt(net::TimePoint now, Attempt attempt, Secrets& secrets);
  void finish();
  [[nodiscard]] Attempt current() const;
};

}  // namespace traversal
