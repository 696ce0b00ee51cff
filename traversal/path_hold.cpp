#include "traversal/path_hold.h"

#include <algorithm>

namespace traversal {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration shortest_step = 20ms;
constexpr unsigned last_ones = 3;  // one of them answered: the path is still there

}  // namespace

PathHold::PathHold(net::TimePoint start, net::Duration length)
    : end_(start + length), step_(std::max(length / most_checks_of_a_hold, shortest_step)), next_check_(start) {}

void PathHold::sent(net::TimePoint now, const stun::TransactionId& check) {
  waiting_.emplace(check, Waiting{now, ++sent_});
  next_check_ = now + step_;
}

void PathHold::answered(net::TimePoint now, const stun::TransactionId& check) {
  const auto found = waiting_.find(check);
  if (found == waiting_.end()) return;
  round_trips_.push_back(now - found->second.sent);
  last_answered_ = std::max(last_answered_, found->second.number);
  waiting_.erase(found);
}

bool PathHold::finished(net::TimePoint now) const {
  return now >= end_ && (waiting_.empty() || now >= end_ + time_for_a_late_answer);
}

net::TimePoint PathHold::next_deadline() const {
  if (!all_sent()) return next_check_;
  return waiting_.empty() ? end_ : end_ + time_for_a_late_answer;
}

Held PathHold::result() const {
  Held held{.sent = sent_, .answered = static_cast<unsigned>(round_trips_.size())};
  held.survived = last_answered_ > 0 && last_answered_ + last_ones > sent_;
  if (round_trips_.empty()) return held;
  std::vector<net::Duration> sorted = round_trips_;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  held.round_trip = *middle;
  return held;
}

}  // namespace traversal
