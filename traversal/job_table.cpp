#include "traversal/job_table.h"

#include <algorithm>
#include <utility>

namespace traversal {

net::TimePoint RunningJob::next_deadline() const {
  if (begins) return *begins;
  net::TimePoint next = job.next_deadline();
  for (const Side side : both_sides) {
    if (const auto own = clients[side].next_deadline()) next = std::min(next, *own);
  }
  return next;
}

RunningJob& JobTable::add(RunningJob job) {
  job.number = next_number_++;
  RunningJob& added = *jobs_.emplace(job.number, std::make_unique<RunningJob>(std::move(job))).first->second;
  for (const Side side : both_sides) {
    by_host_[added.job.party(side).name] = &added;
    by_remote_.emplace(added.clients[side].remote(), &added);
  }
  return added;
}

void JobTable::remove(const RunningJob& job) {
  for (const Side side : both_sides) {
    by_host_.erase(job.job.party(side).name);
    forget_remote(job, job.clients[side].remote());
  }
  for (const Id& nonce : job.nonces) by_nonce_.erase(nonce);
  forget_deadline(job);
  touched_.erase(job.number);
  jobs_.erase(job.number);
}

RunningJob* JobTable::of_host(const std::string& name) {
  const auto found = by_host_.find(name);
  return found == by_host_.end() ? nullptr : found->second;
}

RunningJob* JobTable::of_nonce(const Id& nonce) {
  const auto found = by_nonce_.find(nonce);
  return found == by_nonce_.end() ? nullptr : found->second;
}

std::vector<RunningJob*> JobTable::at(const net::Endpoint& remote) {
  std::vector<RunningJob*> found;
  const auto [begin, end] = by_remote_.equal_range(remote);
  for (auto at = begin; at != end; ++at) found.push_back(at->second);
  return found;
}

void JobTable::know_by(RunningJob& job, const Id& nonce) {
  job.nonces.push_back(nonce);
  by_nonce_.emplace(nonce, &job);
}

void JobTable::redirect(RunningJob& job, Side side, const net::Endpoint& remote) {
  if (job.clients[side].remote() == remote) return;
  forget_remote(job, job.clients[side].remote());
  job.clients[side].redirect(remote);
  by_remote_.emplace(remote, &job);
}

void JobTable::touch(RunningJob& job) { touched_.insert(job.number); }

void JobTable::touch_due(net::TimePoint now) {
  for (auto at = deadlines_.begin(); at != deadlines_.end() && at->first <= now; ++at) touched_.insert(at->second);
}

RunningJob* JobTable::take_touched() {
  if (touched_.empty()) return nullptr;
  const std::uint64_t number = *touched_.begin();
  touched_.erase(touched_.begin());
  return jobs_.at(number).get();
}

void JobTable::settle(RunningJob& job) {
  forget_deadline(job);
  job.settled = job.next_deadline();
  deadlines_.emplace(*job.settled, job.number);
}

std::optional<net::TimePoint> JobTable::next_deadline() const {
  return deadlines_.empty() ? std::nullopt : std::optional(deadlines_.begin()->first);
}

void JobTable::forget_remote(const RunningJob& job, const net::Endpoint& remote) {
  const auto [begin, end] = by_remote_.equal_range(remote);
  const auto found = std::find_if(begin, end, [&job](const auto& entry) { return entry.second == &job; });
  if (found != end) by_remote_.erase(found);
}

}  // namespace traversal
