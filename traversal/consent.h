#pragma once
// Where a peer lets itself be sent by a rendezvous it does not have to trust.

#include <deque>
#include <optional>
#include <vector>

#include "net/time.h"
#include "traversal/candidate.h"

namespace traversal {

// Those of `offered` a socket seen at `reflexive` with the address `local` may punch: ports from 1024 up; reflexive
// addresses that are public or of the own reflexive address's scope; inside addresses only where the other side shows
// the own reflexive address, and of the own inside scope.
[[nodiscard]] std::vector<Candidate> permitted(const std::vector<Candidate>& offered, const net::Endpoint& reflexive,
                                               const std::optional<net::Endpoint>& local);

// At most 1,000 punches an hour, whoever asks.
class PunchBudget {
 public:
  [[nodiscard]] bool take(net::TimePoint now);

 private:
  std::deque<net::TimePoint> taken_;
};

}  // namespace traversal
