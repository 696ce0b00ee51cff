#pragma once
// Where a peer lets itself be sent by a rendezvous it does not have to trust, and how often.

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "net/time.h"
#include "traversal/candidate.h"
#include "traversal/signal.h"

namespace traversal {

// Those of `offered` a socket seen at `reflexive` with the address `local` may punch: ports from 1024 up; reflexive
// addresses that are public or of the own reflexive address's scope; mapped ports of such an address; inside addresses
// only where the other side shows the own reflexive address, and of the own inside scope.
[[nodiscard]] std::vector<Candidate> permitted(const std::vector<Candidate>& offered, const net::Endpoint& reflexive,
                                               const std::optional<net::Endpoint>& local);

// In an hour, whoever asks. To be set downward.
struct PunchLimits {
  std::size_t punches = 1000;
  std::size_t sprays = 60;
};

class PunchBudget {
 public:
  explicit PunchBudget(const PunchLimits& limits = {}) : limits_(limits) {}

  // Why not; empty: it is counted.
  [[nodiscard]] std::string take(net::TimePoint now, bool spray = false);

 private:
  PunchLimits limits_;
  std::deque<net::TimePoint> punches_;
  std::deque<net::TimePoint> sprays_;
};

// What came of the attempts towards each address: a search is the last resort of one job, and after a failed job that
// searched the address is left alone for a while.
class TargetHistory {
 public:
  struct Asked {
    Id job{};  // all trials and strategies of a pair in one matrix
    unsigned trial = 1;
    bool spray = false;
  };
  // Why a search may not begin; empty: it may, and is counted.
  [[nodiscard]] std::string refuse_spray(net::TimePoint now, const net::IpAddress& target, const Asked& asked);
  void ended(net::TimePoint now, const net::IpAddress& target, const Asked& asked, bool connected);

 private:
  struct Record {
    Id job{};
    bool punch_failed = false;
    bool connected = false;
    bool sprayed = false;
    std::pair<unsigned, unsigned> sprays_of_trial;  // trial, how many
    net::TimePoint last;
  };
  std::map<net::IpAddress, Record> records_;

  Record& record_of(net::TimePoint now, const net::IpAddress& target, const Id& job);
};

}  // namespace traversal
