#pragma once
// Watches a proven path: checks at an even pace, at most twenty of them, and what becomes of each. Pure; the checks
// themselves are its owner's.

#include <map>
#include <vector>

#include "net/time.h"
#include "stun/message.h"
#include "traversal/matrix.h"

namespace traversal {

inline constexpr unsigned most_checks_of_a_hold = 20;
// Beyond the time that is watched, for the last answer.
inline constexpr net::Duration time_for_a_late_answer = std::chrono::milliseconds(500);

class PathHold {
 public:
  PathHold(net::TimePoint start, net::Duration length);

  [[nodiscard]] bool due(net::TimePoint now) const { return !all_sent() && now >= next_check_ && now < end_; }
  void sent(net::TimePoint now, const stun::TransactionId& check);
  void answered(net::TimePoint now, const stun::TransactionId& check);

  // All is answered, or no more answers are waited for.
  [[nodiscard]] bool finished(net::TimePoint now) const;
  [[nodiscard]] net::TimePoint next_deadline() const;
  [[nodiscard]] Held result() const;

 private:
  struct Waiting {
    net::TimePoint sent;
    unsigned number = 0;
  };

  net::TimePoint end_;
  net::Duration step_;
  net::TimePoint next_check_;
  std::map<stun::TransactionId, Waiting> waiting_;
  unsigned sent_ = 0;
  unsigned last_answered_ = 0;  // by number
  std::vector<net::Duration> round_trips_;

  [[nodiscard]] bool all_sent() const { return sent_ == most_checks_of_a_hold || next_check_ >= end_; }
};

}  // namespace traversal
