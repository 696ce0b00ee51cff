// How the rendezvous runs jobs: when one may begin, what its orders do, how it ends.

#include <algorithm>

#include "traversal/rendezvous.h"

namespace traversal {
namespace {

using namespace std::chrono_literals;

// Both hosts, as each other's target, in each address family; one address where they share it.
std::vector<net::IpAddress> targets_of(const RegisteredHost& a, const RegisteredHost& b) {
  std::vector<net::IpAddress> targets = {a.external.address};
  if (b.external.address != a.external.address) targets.push_back(b.external.address);
  for (const RegisteredHost* host : {&a, &b}) {
    if (!host->other) continue;
    const auto known = std::find(targets.begin(), targets.end(), host->other->address);
    if (known == targets.end()) targets.push_back(host->other->address);
  }
  return targets;
}

}  // namespace

void Rendezvous::advance(net::TimePoint now) {
  do {
    while (RunningJob* running = jobs_.take_touched()) look_at(now, *running);
  } while (start_jobs(now));
  if (write_at_ && now >= *write_at_) write(now);
  relays_.take_outputs(outputs_);
}

void Rendezvous::look_at(net::TimePoint now, RunningJob& running) {
  if (running.begins && now >= *running.begins) {
    running.begins.reset();
    running.job.begin(now, secrets_);
  }
  if (!running.begins) running.job.tick(now, secrets_);
  for (const Side side : both_sides) {
    running.clients[side].tick(now);
    for (const SignalReply& reply : running.clients[side].take_replies()) handle_reply(now, running, side, reply);
  }
  carry_out_orders(now, running);  // the last of a job that ends, too
  if (running.job.finished()) return close_job(now, running);
  jobs_.settle(running);
}

// A peer that is silent is gone, whatever its heartbeats would say later: else it would hold up pair after pair.
void Rendezvous::handle_reply(net::TimePoint now, RunningJob& running, Side side, const SignalReply& reply) {
  if (std::holds_alternative<Stop>(reply.request)) return;
  const auto* prepare = std::get_if<Prepare>(&reply.request);
  const Id attempt = prepare != nullptr ? prepare->attempt : std::get<Start>(reply.request).attempt;
  if (reply.answer) {
    if (prepare != nullptr) running.job.prepared(side, attempt, reply.round_trip);
  } else if (reply.answer.error().code == no_answer) {
    const std::string name = running.job.party(side).name;
    if (registry_.session_of(name, running.job.party(side).session) == Registry::Session::Current) {
      lose(now, name, "did not answer");
    }
  } else {
    running.job.refused(now, side, attempt, reply.answer.error().reason, secrets_);
  }
}

void Rendezvous::carry_out_orders(net::TimePoint now, RunningJob& running) {
  for (const PairJob::Order& order : running.job.take_orders()) {
    if (const auto* prepare = std::get_if<Prepare>(&order.signal)) {
      jobs_.know_by(running, prepare->nonce);
      if (order.to == Side::A && !count_attempt(now, running, sprays(prepare->strategy))) break;
    }
    running.clients[order.to].request(now, order.signal);
  }
  for (const Side side : both_sides) running.clients[side].take_outputs(outputs_);
}

// False: a cap is reached, and the job has ended.
bool Rendezvous::count_attempt(net::TimePoint now, RunningJob& running, bool spray) {
  for (const auto& target : running.targets) {
    if (const auto cap = caps_.exhausted(target, spray, now)) {
      running.job.forbid(*cap);
      return false;
    }
  }
  unsigned& promised = running.unused.of(spray);
  for (const auto& target : running.targets) caps_.attempted(target, spray, now, promised > 0);
  promised -= promised > 0 ? 1 : 0;
  running.sprayed = running.sprayed || spray;
  return true;
}

void Rendezvous::close_job(net::TimePoint now, RunningJob& running) {
  const PairOutcome outcome = running.job.outcome();
  const Id matrix = running.matrix;
  const std::uint32_t pair = running.pair;
  notes_.step(outcome.a + " with " + outcome.b + ": " + std::string(to_string(outcome.outcome)));
  for (const auto& target : running.targets) {
    caps_.end(target, running.use, running.unused);
    if (running.sprayed && !connected(outcome.outcome)) caps_.cool(target, matrix, now);
  }
  jobs_.remove(running);
  if (!shared()) {  // else they are claimed until the outcome is written
    for (const std::string& name : {outcome.a, outcome.b}) free_host(name);
  }
  for (auto& [id, run] : runs_) run.queue().look_again();
  conclude(now, matrix, pair, outcome);
}

// The oldest matrix first. Nothing is begun whose end could not be written down.
bool Rendezvous::start_jobs(net::TimePoint now) {
  bool started = false;
  for (const Id& id : runs_by_age_) {
    MatrixRun& run = runs_.at(id);
    const auto may_start = [&](std::uint32_t pair) {
      const JobOutline job = outline(run, pair);
      if (obstacle(now, id, run, pair)) return true;  // it is not to wait for anything
      return std::all_of(job.targets.begin(), job.targets.end(),
                         [&](const auto& target) { return caps_.room(target, job.use); });
    };
    while (!unable_) {
      const auto pair = run.queue().take_next(may_start);
      if (!pair) break;
      const auto [a, b] = run.pair(*pair).values;
      for (const auto* host : {a, b}) set_state(host->name, HostState::Busy);
      if (const auto why = obstacle(now, id, run, *pair)) {
        conclude(now, id, *pair, run.blank(*pair, Outcome::NotRun, *why));
        for (const auto* host : {a, b}) set_state(host->name, HostState::Idle);
      } else if (claim(id, run, *pair)) {
        start_job(now, id, run, *pair);
        started = true;
      }
    }
  }
  return started;
}

bool Rendezvous::claim(const Id& matrix, MatrixRun& run, std::uint32_t pair) {
  if (!shared()) return true;
  const NamePair hosts = {run.pair(pair)[Side::A]->name, run.pair(pair)[Side::B]->name};
  const auto claim = config_.journal->claim(matrix, pair, hosts);
  if (claim && claim->ours) return true;
  if (!claim) note_unable(claim.error());
  if (!claim || !claim->taken.empty()) run.queue().put_back(pair);  // else its outcome is to come
  for (const std::string& name : hosts) set_state(name, HostState::Idle);
  for (const std::string& name : claim ? claim->taken : std::vector<std::string>{}) {
    set_state(name, HostState::Busy);
    busy_elsewhere_.push_back(name);
  }
  return false;
}

void Rendezvous::free_host(const std::string& name) {
  if (registry_.find(name) != nullptr && jobs_.of_host(name) == nullptr) set_state(name, HostState::Idle);
}

// A host that reaches us over TCP alone has no UDP socket that could be seen, and so none to be punched: only TCP may
// serve.
std::optional<std::string> Rendezvous::blocked(const MatrixRun& run, std::uint32_t pair) const {
  if (run.outline(pair).tcp_is_tried) return std::nullopt;
  for (const RegisteredHost* host : run.pair(pair).values) {
    const RegisteredHost* registered = registry_.find(host->name);
    if (registered != nullptr && registered->over_tcp()) {
      return host->name + " reaches the rendezvous over TCP alone: its UDP is blocked";
    }
  }
  return std::nullopt;
}

std::optional<std::string> Rendezvous::obstacle(net::TimePoint now, const Id& matrix, const MatrixRun& run,
                                                std::uint32_t pair) const {
  if (auto why = blocked(run, pair)) return why;
  return cap_against(now, matrix, outline(run, pair));
}

std::optional<std::string> Rendezvous::cap_against(net::TimePoint now, const Id& matrix, const JobOutline& job) const {
  for (const auto& target : job.targets) {
    if (auto refusal = caps_.refusal(target, matrix, job.use, now)) return refusal;
  }
  return std::nullopt;
}

// A host that has moved since the matrix was asked for is another target.
JobOutline Rendezvous::outline(const MatrixRun& run, std::uint32_t pair) const {
  const auto current = [this](const RegisteredHost& host) -> const RegisteredHost& {
    const RegisteredHost* registered = registry_.find(host.name);
    return registered == nullptr ? host : *registered;
  };
  const auto [a, b] = run.pair(pair).values;
  JobOutline job = run.outline(pair);
  job.targets = targets_of(current(*a), current(*b));
  const auto trip = [&](const RegisteredHost& host) { return current(host).round_trip.value_or(net::Duration{}); };
  job.length += added_by_distance(job, trip(*a), trip(*b));
  if (auto why = blocked(run, pair)) job.not_run = std::move(why);
  return job;
}

void Rendezvous::start_job(net::TimePoint now, const Id& matrix, const MatrixRun& run, std::uint32_t pair) {
  const auto [name_a, name_b] = std::pair(run.pair(pair)[Side::A]->name, run.pair(pair)[Side::B]->name);
  const RegisteredHost& a = *registry_.find(name_a);
  const RegisteredHost& b = *registry_.find(name_b);
  const auto party = [](const RegisteredHost& host) {
    return Party{host.name,         host.session,    host.behavior,  host.ports,
                 host.maps_ports(), host.families(), host.over_tcp()};
  };
  const auto client = [this](const RegisteredHost& host) {
    return SignalClient(host.socket, host.external, host.key, random_.fork(),
                        host.over_tcp() ? Transport::Tcp : Transport::Udp);
  };
  const TargetCaps::Use use = outline(run, pair).use;
  RunningJob running{.matrix = matrix,
                     .pair = pair,
                     .job = PairJob({party(a), party(b)}, run.predicted(pair), run.plan()),
                     .clients = {{client(a), client(b)}},
                     .targets = targets_of(a, b),
                     .use = use,
                     .unused = use,
                     .begins = now};
  const bool shared = std::any_of(running.targets.begin(), running.targets.end(),
                                  [this](const auto& target) { return caps_.aimed_at(target); });
  const bool sends = running.use.punches + running.use.sprays > 0;
  if (shared && sends)
    *running.begins += net::Duration(random_.below(static_cast<std::uint64_t>(longest_start_delay.count())));
  for (const auto& target : running.targets) caps_.begin(target, running.use);
  jobs_.touch(jobs_.add(std::move(running)));
  ++counted_.jobs_begun;
  notes_.step(name_a + " with " + name_b + " begins");
}

}  // namespace traversal
