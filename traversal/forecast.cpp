#include "traversal/forecast.h"

#include <algorithm>
#include <queue>
#include <unordered_map>
#include <utility>

namespace traversal {
namespace {

constexpr std::size_t most_pairs_played = 20'000;

using Outlines = std::vector<JobOutline>;

// Takes what each job uses from what its targets have left, in the order of the schedule.
void leave_out(Outlines& outlines, PairQueue& queue, const Id& matrix, TargetCaps& caps, net::TimePoint now,
               Forecast& out) {
  for (std::uint32_t pair = 0; pair < outlines.size(); ++pair) {
    const JobOutline& job = outlines[pair];
    std::optional<std::string> why = job.not_run;
    for (const auto& target : job.targets) {
      if (!why) why = caps.refusal(target, matrix, job.use, now);
    }
    if (why) {
      if (out.not_run++ == 0) out.why = *why;
      queue.remove(pair);
      continue;
    }
    for (const auto& target : job.targets) caps.reserve(target, job.use, now);
  }
}

net::Duration played(const std::vector<IndexPair>& pairs, const Outlines& outlines, PairQueue& queue, std::size_t hosts,
                     TargetCaps& caps) {
  using Ending = std::pair<net::Duration, std::uint32_t>;
  std::priority_queue<Ending, std::vector<Ending>, std::greater<>> endings;
  net::Duration now{};
  const auto room = [&](std::uint32_t pair) {
    const JobOutline& job = outlines[pair];
    return std::all_of(job.targets.begin(), job.targets.end(),
                       [&](const auto& target) { return caps.room(target, job.use); });
  };
  const auto begin_jobs = [&] {
    while (const auto pair = queue.take_next(room)) {
      const JobOutline& job = outlines[*pair];
      for (const std::uint32_t host : pairs[*pair]) queue.set(host, HostState::Busy);
      const bool shared = std::any_of(job.targets.begin(), job.targets.end(),
                                      [&](const auto& target) { return caps.aimed_at(target); });
      for (const auto& target : job.targets) caps.begin(target, job.use);
      endings.emplace(now + (shared ? longest_start_delay / 2 : net::Duration{}) + job.length, *pair);
    }
  };
  for (std::uint32_t host = 0; host < hosts; ++host) queue.set(host, HostState::Idle);
  for (begin_jobs(); !endings.empty(); begin_jobs()) {
    const auto [time, pair] = endings.top();
    endings.pop();
    now = time;
    for (const auto& target : outlines[pair].targets) caps.end(target, outlines[pair].use, outlines[pair].use);
    for (const std::uint32_t host : pairs[pair]) queue.set(host, HostState::Idle);
    queue.look_again();
  }
  return now;
}

net::Duration bound(const std::vector<IndexPair>& pairs, const Outlines& outlines, std::size_t hosts) {
  std::vector<net::Duration> of_host(hosts);
  net::Duration all{};
  for (std::size_t pair = 0; pair < pairs.size(); ++pair) {
    if (outlines[pair].not_run) continue;
    for (const std::uint32_t host : pairs[pair]) of_host[host] += outlines[pair].length;
    all += outlines[pair].length;
  }
  const net::Duration busiest = *std::max_element(of_host.begin(), of_host.end());
  return std::max(busiest, all / static_cast<std::int64_t>(std::max<std::size_t>(1, hosts / 2)));
}

}  // namespace

Forecast forecast(const std::vector<IndexPair>& pairs, std::size_t hosts,
                  const std::function<JobOutline(std::uint32_t pair)>& outline, const Id& matrix, TargetCaps caps,
                  net::TimePoint now) {
  Outlines outlines;
  for (std::uint32_t pair = 0; pair < pairs.size(); ++pair) outlines.push_back(outline(pair));
  Forecast out;
  PairQueue queue(hosts, pairs);
  leave_out(outlines, queue, matrix, caps, now, out);
  out.length =
      pairs.size() <= most_pairs_played ? played(pairs, outlines, queue, hosts, caps) : bound(pairs, outlines, hosts);
  return out;
}

}  // namespace traversal
