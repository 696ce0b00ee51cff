#include "traversal/rendezvous.h"

#include <algorithm>
#include <utility>

namespace traversal {
namespace {

constexpr net::SocketId server_socket{1};
constexpr net::Duration sweep_interval = std::chrono::milliseconds(500);
constexpr std::size_t least_answered_request = 64;  // so that a refusal is never larger than what drew it

}  // namespace

Rendezvous::Rendezvous(RendezvousConfig config, net::Random random)
    : config_(std::move(config)), key_(signal_key(config_.token)), random_(random), secrets_(config_.secret) {}

void Rendezvous::start(net::TimePoint) {
  outputs_.push_back(net::OpenUdp{server_socket, config_.listen, std::nullopt});
}

void Rendezvous::handle(net::TimePoint now, const net::Input& input) {
  std::visit(net::Overloaded{[this](const net::Opened& opened) { listening_ = opened.local; },
                             [this](const net::OpenFailed& failed) { failure_ = failed.attempt; },
                             [this, now](const net::Datagram& datagram) { handle_datagram(now, datagram); },
                             [](const auto&) {}},
             input);
  advance(now);
}

void Rendezvous::tick(net::TimePoint now) {
  if (next_sweep_ && now >= *next_sweep_) sweep(now);
  for (RunningJob& running : jobs_) {
    running.job.tick(now, secrets_);
    for (const Side side : both_sides) running.clients[side].tick(now);
  }
  advance(now);
}

std::optional<net::TimePoint> Rendezvous::next_deadline() const {
  std::optional<net::TimePoint> next = next_sweep_;
  const auto consider = [&next](net::TimePoint time) { next = std::min(next.value_or(time), time); };
  for (const RunningJob& running : jobs_) {
    consider(running.job.next_deadline());
    for (const Side side : both_sides) {
      if (const auto own = running.clients[side].next_deadline()) consider(*own);
    }
  }
  return next;
}

std::vector<net::Output> Rendezvous::take_outputs() { return std::exchange(outputs_, {}); }

// ---- messages ------------------------------------------------------------------------------------------------------

void Rendezvous::handle_datagram(net::TimePoint now, const net::Datagram& datagram) {
  const auto message = decode_signal(datagram.payload, key_);
  if (!message) return;
  if (message->message_class == stun::MessageClass::Request) {
    handle_request(now, datagram, *message);
  } else {
    handle_response(now, datagram.from, *message);
  }
}

// RFC 8489 section 9.2.4 in short: integrity, then the nonce, then the request itself.
void Rendezvous::handle_request(net::TimePoint now, const net::Datagram& datagram, const SignalMessage& message) {
  const net::Endpoint& from = datagram.from;
  if (datagram.payload.size() < least_answered_request) return;
  if (!message.authentic) return send(from, encode_error(message.id, {WrongToken, {}}, {}, key_));
  if (const net::Bytes* known = responses_.find(from, message.id)) return send(from, *known);
  if (!secrets_.accepts(message.nonce, from, now)) {
    return send(from, encode_error(message.id, {StaleNonce, {}}, secrets_.nonce_for(from, now), key_));
  }
  const Answer answered = message.content.and_then([&](const Signal& signal) {
    return std::visit([&](const auto& request) { return answer(now, from, request); }, signal);
  });
  net::Bytes response =
      answered ? encode_success(message.id, *answered, key_) : encode_error(message.id, answered.error(), {}, key_);
  responses_.keep(now, from, message.id, response);
  send(from, std::move(response));
}

// Only hosts in jobs have been asked anything.
void Rendezvous::handle_response(net::TimePoint now, const net::Endpoint& from, const SignalMessage& message) {
  for (RunningJob& running : jobs_) {
    for (const Side side : both_sides) {
      if (running.clients[side].remote() == from) running.clients[side].handle(now, message);
    }
  }
}

void Rendezvous::send(const net::Endpoint& to, net::Bytes payload) {
  outputs_.push_back(net::Send{server_socket, to, std::move(payload)});
}

// ---- jobs ----------------------------------------------------------------------------------------------------------

void Rendezvous::lose(const std::string& name, const std::string& why) {
  notes_.step(name + " is gone: " + why);
  abandon_job_of(name, why);
  registry_.remove(name);
  schedule_changed_ = true;
}

void Rendezvous::abandon_job_of(const std::string& name, const std::string& why) {
  RunningJob* running = job_of(name);
  if (running != nullptr) running->job.lost(*running->job.side_of(name), why);
}

void Rendezvous::sweep(net::TimePoint now) {
  for (const std::string& name : registry_.lapsed(now)) lose(name, "missed three heartbeats");
  next_sweep_ = registry_.size() > 0 ? std::optional(now + sweep_interval) : std::nullopt;
}

void Rendezvous::advance(net::TimePoint now) {
  take_replies(now);
  close_finished_jobs(now);
  if (std::exchange(schedule_changed_, false)) start_jobs(now);
  for (RunningJob& running : jobs_) {
    for (const PairJob::Order& order : running.job.take_orders()) running.clients[order.to].request(now, order.signal);
    for (const Side side : both_sides) running.clients[side].take_outputs(outputs_);
  }
}

void Rendezvous::take_replies(net::TimePoint now) {
  for (RunningJob& running : jobs_) {
    for (const Side side : both_sides) {
      for (const SignalReply& reply : running.clients[side].take_replies()) handle_reply(now, running, side, reply);
    }
  }
}

// A peer that is silent is gone, whatever its heartbeats would say later: else it would hold up pair after pair.
void Rendezvous::handle_reply(net::TimePoint now, RunningJob& running, Side side, const SignalReply& reply) {
  const auto* prepare = std::get_if<Prepare>(&reply.request);
  const Id attempt = prepare != nullptr ? prepare->attempt : std::get<Start>(reply.request).attempt;
  if (reply.answer) {
    if (prepare != nullptr) running.job.prepared(side, attempt, reply.round_trip);
  } else if (reply.answer.error().code == no_answer) {
    const std::string name = running.job.party(side).name;
    if (registry_.session_of(name, running.job.party(side).session) == Registry::Session::Current) {
      lose(name, "did not answer");
    }
  } else {
    running.job.refused(now, side, attempt, reply.answer.error().reason, secrets_);
  }
}

void Rendezvous::close_finished_jobs(net::TimePoint now) {
  const auto closed = std::erase_if(jobs_, [&](RunningJob& running) {
    if (!running.job.finished()) return false;
    for (const Side side : both_sides) {
      if (RegisteredHost* host = registry_.find(running.job.party(side).name)) host->busy = false;
    }
    const PairOutcome& outcome = running.job.outcome();
    notes_.step(outcome.a + " with " + outcome.b + ": " + std::string(to_string(outcome.outcome)));
    if (const auto run = runs_.find(running.matrix); run != runs_.end()) {
      run->second.close(running.index, outcome, now);
    }
    return true;
  });
  schedule_changed_ = schedule_changed_ || closed > 0;
}

void Rendezvous::start_jobs(net::TimePoint now) {
  const auto state_of = [this](const std::string& name) {
    const RegisteredHost* host = registry_.find(name);
    return host == nullptr ? HostState::Gone : host->busy ? HostState::Busy : HostState::Idle;
  };
  for (auto& [id, run] : runs_) {
    for (const MatrixRun::Due& due : run.take_due(state_of)) {
      if (!due.gone) {
        start_job(now, id, run, due.index);
        continue;
      }
      const NamePair& pair = run.pair(due.index);
      const std::string why = *due.gone + " was not registered any more when the pair's turn came";
      run.close(due.index,
                {.a = pair[0],
                 .b = pair[1],
                 .predicted = run.predicted(due.index),
                 .outcome = Outcome::AgentLost,
                 .why = why},
                now);
    }
  }
}

void Rendezvous::start_job(net::TimePoint now, const Id& matrix, MatrixRun& run, std::size_t index) {
  RegisteredHost& a = *registry_.find(run.pair(index)[0]);
  RegisteredHost& b = *registry_.find(run.pair(index)[1]);
  a.busy = b.busy = true;
  const auto party = [](const RegisteredHost& host) { return Party{host.name, host.session, host.behavior}; };
  const auto client = [this](const RegisteredHost& host) {
    return SignalClient(server_socket, host.external, key_, random_.fork());
  };
  jobs_.push_back(
      {matrix, index, PairJob({party(a), party(b)}, run.predicted(index), run.plan()), {{client(a), client(b)}}});
  jobs_.back().job.begin(now, secrets_);
  notes_.step(a.name + " with " + b.name + " begins");
}

Rendezvous::RunningJob* Rendezvous::job_of(const std::string& name) {
  const auto found = std::find_if(jobs_.begin(), jobs_.end(), [&](const RunningJob& running) {
    return !running.job.finished() && running.job.side_of(name).has_value();
  });
  return found == jobs_.end() ? nullptr : &*found;
}

}  // namespace traversal
