// What the rendezvous answers, request by request.

#include <algorithm>

#include "traversal/rendezvous.h"
#include "traversal/signal_codec.h"

namespace traversal {
namespace {

constexpr std::size_t most_matrices = 32;  // running and finished
constexpr std::size_t most_hosts_in_a_matrix = 2000;

net::Unexpected<Refusal> refuse(ErrorReason code, std::string reason) {
  return net::Unexpected(Refusal{code, std::move(reason)});
}

// Items from `from` on, as many as keep the answer within one datagram; at least one.
template <typename Page, typename Item>
Page page_of(const std::vector<Item>& items, std::uint64_t from, std::vector<Item> Page::*list) {
  Page page{.total = items.size()};
  for (std::size_t i = from; i < items.size(); ++i) {
    (page.*list).push_back(items[i]);
    if ((page.*list).size() == 1 || to_json(page).size() <= largest_json) continue;
    (page.*list).pop_back();
    break;
  }
  return page;
}

// Each pair once, as it was named first. Few: they came in one datagram.
std::vector<NamePair> without_repeats(const std::vector<NamePair>& pairs) {
  std::vector<NamePair> once;
  for (const NamePair& pair : pairs) {
    const bool known = std::any_of(once.begin(), once.end(), [&](const NamePair& x) { return same_pair(x, pair); });
    if (!known) once.push_back(pair);
  }
  return once;
}

std::vector<std::string> all_strategies() {
  std::vector<std::string> names;
  for (const Strategy& strategy : strategies()) names.emplace_back(strategy.name);
  return names;
}

net::Result<JobPlan, Refusal> plan_of(const MatrixRequest& request) {
  if (request.trials < 1 || request.trials > most_trials) return refuse(Malformed, "trials: 1 to 1000");
  using Names = std::vector<std::string>;
  const bool best = request.strategies.empty() || request.strategies == Names{"best"};
  if (best || request.strategies == Names{"all"}) {
    return JobPlan{.strategies = all_strategies(), .every_strategy = !best, .trials = request.trials};
  }
  for (const std::string& name : request.strategies) {
    if (find_strategy(name) == nullptr) return refuse(Malformed, "no such strategy: " + name);
  }
  return JobPlan{.strategies = request.strategies, .every_strategy = true, .trials = request.trials};
}

}  // namespace

// The newest session of a name counts: a host that restarted must not wait for its old entry to lapse.
Rendezvous::Answer Rendezvous::answer(net::TimePoint now, const net::Endpoint& from, const Register& request) {
  const auto session = registry_.session_of(request.name, request.session);
  if (session == Registry::Session::NotKnown && registry_.full()) return refuse(Full, "too many hosts");
  if (session == Registry::Session::Replaced) lose(request.name, "it registered anew");
  if (session != Registry::Session::Current) {
    registry_.put(
        {.name = request.name, .session = request.session, .behavior = request.behavior, .local = request.local});
    notes_.step(request.name + " registers at " + net::to_string(from) + " (" + net::short_name(request.behavior) +
                ")");
    schedule_changed_ = true;
    if (!next_sweep_) next_sweep_ = now;
  }
  return answer(now, from, Refresh{request.name, request.session});
}

Rendezvous::Answer Rendezvous::answer(net::TimePoint now, const net::Endpoint& from, const Refresh& request) {
  switch (registry_.session_of(request.name, request.session)) {
    case Registry::Session::NotKnown: return refuse(NotKnown, "not registered");
    case Registry::Session::Replaced: return refuse(Replaced, "another host registered this name");
    case Registry::Session::Current: break;
  }
  RegisteredHost& host = *registry_.find(request.name);
  host.last_seen = now;
  host.external = from;
  if (RunningJob* running = job_of(request.name)) running->clients[*running->job.side_of(request.name)].redirect(from);
  return Registered{from, heartbeat};
}

Rendezvous::Answer Rendezvous::answer(net::TimePoint, const net::Endpoint&, const Unregister& request) {
  if (registry_.session_of(request.name, request.session) == Registry::Session::Current) {
    lose(request.name, "it unregistered");
  }
  return Done{};
}

Rendezvous::Answer Rendezvous::answer(net::TimePoint, const net::Endpoint&, const ListRequest& request) {
  return page_of(registry_.names(), request.from, &HostPage::names);
}

Rendezvous::Answer Rendezvous::answer(net::TimePoint now, const net::Endpoint& from, const Observe& request) {
  for (RunningJob& running : jobs_) {
    if (running.job.observed(now, request, from, secrets_)) return Observed{from};
  }
  return refuse(NotKnown, "no such attempt");
}

Rendezvous::Answer Rendezvous::answer(net::TimePoint now, const net::Endpoint&, const Result& request) {
  for (RunningJob& running : jobs_) {
    if (running.job.reported(now, request, secrets_)) return Done{};
  }
  return refuse(NotKnown, "no such attempt, or reported before");
}

Rendezvous::Answer Rendezvous::answer(net::TimePoint now, const net::Endpoint&, const MatrixRequest& request) {
  auto plan = plan_of(request);
  if (!plan) return net::Unexpected(plan.error());
  auto pairs = pairs_of(request);
  if (!pairs) return net::Unexpected(pairs.error());
  if (!make_room_for_a_run()) return refuse(Full, "too many matrices are running");
  const Accepted accepted{.matrix = secrets_.next_id(), .pairs = pairs->size()};
  runs_.emplace(accepted.matrix, MatrixRun(registry_.hosts(), *std::move(pairs), *std::move(plan), now));
  runs_by_age_.push_back(accepted.matrix);
  schedule_changed_ = true;
  return accepted;
}

net::Result<std::vector<NamePair>, Refusal> Rendezvous::pairs_of(const MatrixRequest& request) {
  for (const NamePair& pair : request.pairs) {
    if (pair[0] == pair[1]) return refuse(Malformed, "a host has no pair with itself: " + pair[0]);
    for (const std::string& name : pair) {
      if (registry_.find(name) == nullptr) return refuse(NotKnown, "not registered: " + name);
    }
  }
  if (registry_.size() < 2) return refuse(NotKnown, "fewer than two hosts are registered");
  if (request.pairs.empty() && registry_.size() > most_hosts_in_a_matrix) return refuse(Full, "too many pairs");
  return request.pairs.empty() ? every_pair(registry_.names()) : without_repeats(request.pairs);
}

// The oldest finished matrix is forgotten; its client has had the time of all that came after it.
bool Rendezvous::make_room_for_a_run() {
  if (runs_.size() < most_matrices) return true;
  const auto finished =
      std::find_if(runs_by_age_.begin(), runs_by_age_.end(), [this](const Id& id) { return runs_.at(id).finished(); });
  if (finished == runs_by_age_.end()) return false;
  runs_.erase(*finished);
  runs_by_age_.erase(finished);
  return true;
}

Rendezvous::Answer Rendezvous::answer(net::TimePoint, const net::Endpoint&, const StatusRequest& request) {
  const auto run = runs_.find(request.matrix);
  if (run == runs_.end()) return refuse(NotKnown, "no such matrix");
  return Status{run->second.done(), run->second.total()};
}

Rendezvous::Answer Rendezvous::answer(net::TimePoint, const net::Endpoint&, const RowsRequest& request) {
  const auto run = runs_.find(request.matrix);
  if (run == runs_.end()) return refuse(NotKnown, "no such matrix");
  if (!run->second.finished()) return refuse(Busy, "the matrix is not finished");
  return page_of(run->second.rows(), request.from, &Rows::rows);
}

}  // namespace traversal
