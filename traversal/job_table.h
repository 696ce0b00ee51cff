#pragma once
// The jobs that run, found by whatever a packet or the clock can tell of them: the host, the nonce of a Prepare, the
// address an answer came from, the time. A step costs what one job costs, however many there are.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "traversal/pair_job.h"
#include "traversal/signal_client.h"
#include "traversal/target_caps.h"

namespace traversal {

struct RunningJob {
  std::uint64_t number = 0;  // counted from the start of the rendezvous
  Id matrix{};
  std::uint32_t pair = 0;
  PairJob job;
  PerSide<SignalClient> clients;  // what is unanswered when the job ends, ends with it
  std::vector<net::IpAddress> targets;
  TargetCaps::Use use;     // promised to it
  TargetCaps::Use unused;  // of that
  bool sprayed = false;
  std::optional<net::TimePoint> begins;   // not begun yet
  std::vector<Id> nonces;                 // by which it is found
  std::optional<net::TimePoint> settled;  // the deadline the table waits for

  [[nodiscard]] net::TimePoint next_deadline() const;
};

class JobTable {
 public:
  RunningJob& add(RunningJob job);
  void remove(const RunningJob& job);

  [[nodiscard]] RunningJob* of_host(const std::string& name);
  [[nodiscard]] RunningJob* of_nonce(const Id& nonce);
  // Hosts behind one endpoint are rare but possible: one came after the other.
  [[nodiscard]] std::vector<RunningJob*> at(const net::Endpoint& remote);

  void know_by(RunningJob& job, const Id& nonce);
  void redirect(RunningJob& job, Side side, const net::Endpoint& remote);

  // Something happened to it, or its time has come: it is to be looked at.
  void touch(RunningJob& job);
  void touch_due(net::TimePoint now);
  [[nodiscard]] RunningJob* take_touched();
  void settle(RunningJob& job);  // looked at: its next deadline counts
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const;

  [[nodiscard]] std::size_t size() const { return jobs_.size(); }

 private:
  std::uint64_t next_number_ = 1;
  std::map<std::uint64_t, std::unique_ptr<RunningJob>> jobs_;
  std::unordered_map<std::string, RunningJob*> by_host_;
  std::map<Id, RunningJob*> by_nonce_;
  std::unordered_multimap<net::Endpoint, RunningJob*> by_remote_;
  std::set<std::pair<net::TimePoint, std::uint64_t>> deadlines_;
  std::set<std::uint64_t> touched_;

  void forget_remote(const RunningJob& job, const net::Endpoint& remote);
  void forget_deadline(const RunningJob& job) {
    if (job.settled) deadlines_.erase({*job.settled, job.number});
  }
};

}  // namespace traversal
