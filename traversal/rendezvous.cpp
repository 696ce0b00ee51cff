#include "traversal/rendezvous.h"

#include <algorithm>
#include <utility>

namespace traversal {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration sweep_interval = 500ms;
constexpr std::size_t least_answered_request = 64;  // so that a refusal is never larger than what drew it

}  // namespace

Rendezvous::Rendezvous(RendezvousConfig config, net::Random random)
    : config_(std::move(config)),
      tokens_(config_.token),
      random_(random),
      secrets_(config_.secret),
      key_for_strangers_(secrets_.next_key()),
      relays_(random_.fork()) {}

void Rendezvous::start(net::TimePoint now) {
  if (config_.journal != nullptr) load(now);
  if (failure_) return;
  outputs_.push_back(net::OpenUdp{server_socket, config_.listen, std::nullopt});
  if (config_.listen_other) outputs_.push_back(net::OpenUdp{other_socket, *config_.listen_other, std::nullopt});
}

void Rendezvous::handle(net::TimePoint now, const net::Input& input) {
  std::visit(net::Overloaded{[this](const net::Opened& opened) {
                               (opened.socket == server_socket ? listening_ : listening_other_) = opened.local;
                             },
                             [this](const net::OpenFailed& failed) { failure_ = failed.attempt; },
                             [this, now](const net::Datagram& datagram) { handle_datagram(now, datagram); },
                             [](const auto&) {}},
             input);
  advance(now);
}

void Rendezvous::tick(net::TimePoint now) {
  if (next_sweep_ && now >= *next_sweep_) sweep(now);
  if (patience_ && now >= *patience_) end_patience(now);
  if (next_news_ && now >= *next_news_) take_news(now);
  jobs_.touch_due(now);
  relays_.tick(now);
  advance(now);
}

std::optional<net::TimePoint> Rendezvous::next_deadline() const {
  std::optional<net::TimePoint> next = jobs_.next_deadline();
  for (const auto& time : {next_sweep_, patience_, write_at_, next_news_, relays_.next_deadline()}) {
    if (time) next = std::min(next.value_or(*time), *time);
  }
  return next;
}

std::vector<net::Output> Rendezvous::take_outputs() { return std::exchange(outputs_, {}); }

// ---- messages ------------------------------------------------------------------------------------------------------

void Rendezvous::handle_datagram(net::TimePoint now, const net::Datagram& datagram) {
  const auto message = decode_signal(datagram.payload, tokens_.keys());
  if (!message) return void(++counted_.ignored);
  if (message->message_class == stun::MessageClass::Request) {
    handle_request(now, datagram, *message);
  } else {
    handle_response(now, datagram.from, *message);
  }
}

// RFC 8489 section 9.2.4 in short: integrity, then the nonce, then the request itself.
void Rendezvous::handle_request(net::TimePoint now, const net::Datagram& datagram, const SignalMessage& message) {
  const Key& key = message.authentic ? tokens_.keys()[message.signer] : key_for_strangers_;
  Asker asker{datagram.socket, datagram.from, key};
  const net::Endpoint& from = datagram.from;
  if (datagram.payload.size() < least_answered_request) return void(++counted_.ignored);
  ++counted_.requests;
  if (tokens_.of_key(key, now) == nullptr) return send_refusal(asker, message.id, {WrongToken, {}}, {});
  if (const net::Bytes* known = responses_.find(from, message.id)) {
    ++counted_.repeated;
    return send(asker, *known);
  }
  if (held_.contains({from, message.id})) return;  // it is being written down
  const auto age = secrets_.age_of(message.nonce, from, now);
  if (!age) return send_refusal(asker, message.id, {StaleNonce, {}}, secrets_.nonce_for(from, now));
  asker.round_trip = *age;
  const Answer answered = message.content.and_then([&](const Signal& signal) {
    return std::visit([&](const auto& request) { return answer(now, asker, request); }, signal);
  });
  if (!answered) ++counted_.refusals[answered.error().code];
  net::Bytes response =
      answered ? encode_success(message.id, *answered, key) : encode_error(message.id, answered.error(), {}, key);
  if (std::exchange(hold_response_, false)) {
    held_.emplace(Request{from, message.id}, std::move(response));
    return;
  }
  responses_.keep(now, from, message.id, response);
  send(asker, std::move(response));
}

// Only hosts in jobs, and consoles, have been asked anything.
void Rendezvous::handle_response(net::TimePoint now, const net::Endpoint& from, const SignalMessage& message) {
  relays_.handle(now, from, message);
  for (RunningJob* running : jobs_.at(from)) {
    for (const Side side : both_sides) {
      if (running->clients[side].remote() == from) running->clients[side].handle(now, message);
    }
    jobs_.touch(*running);
  }
}

void Rendezvous::send(const Asker& to, net::Bytes payload) {
  outputs_.push_back(net::Send{to.socket, to.from, std::move(payload)});
}

void Rendezvous::send_refusal(const Asker& to, const stun::TransactionId& id, const Refusal& refusal,
                              const std::string& nonce) {
  ++counted_.refusals[refusal.code];
  send(to, encode_error(id, refusal, nonce, to.key));
}

// ---- for whoever looks on ------------------------------------------------------------------------------------------

void Rendezvous::happened(Happening happening) {
  if (config_.watched) happenings_.push_back(std::move(happening));
}

RendezvousStatus Rendezvous::status() const {
  RendezvousStatus out = counted_;
  out.registered_hosts = registry_.size();
  out.jobs_running = jobs_.size();
  for (const auto& [id, run] : runs_) ++(run.finished() ? out.matrices_finished : out.matrices_running);
  out.able_to_write = !unable_;
  return out;
}

// ---- hosts ---------------------------------------------------------------------------------------------------------

void Rendezvous::lose(net::TimePoint now, const std::string& name, const std::string& why) {
  notes_.step(name + " is gone: " + why);
  abandon_job_of(name, why);
  registry_.remove(name);
  happened(HostLeft{name, why});
  give_up(now, name);
}

void Rendezvous::abandon_job_of(const std::string& name, const std::string& why) {
  RunningJob* running = jobs_.of_host(name);
  if (running == nullptr) return;
  running->job.lost(*running->job.side_of(name), why);
  jobs_.touch(*running);
}

void Rendezvous::set_state(const std::string& name, HostState state) {
  for (auto& [id, run] : runs_) run.set(name, state);
}

void Rendezvous::give_up(net::TimePoint now, const std::string& name) {
  set_state(name, HostState::Gone);
  const std::string why = name + " was not registered any more when the pair's turn came";
  for (auto& [id, run] : runs_) {
    const auto host = run.index_of(name);
    if (!host) continue;
    for (const std::uint32_t pair : run.queue().take_all_of(*host)) {
      conclude(now, id, pair, run.blank(pair, Outcome::AgentLost, why));
    }
  }
}

void Rendezvous::sweep(net::TimePoint now) {
  for (const std::string& name : registry_.lapsed(now)) lose(now, name, "missed three heartbeats");
  lose_those_without_token(now);
  registry_.forget_other_paths(now);
  caps_.forget_old(now);
  next_sweep_ = registry_.size() > 0 ? std::optional(now + sweep_interval) : std::nullopt;
}

void Rendezvous::set_tokens(net::TimePoint now, TokenRing tokens) {
  tokens_ = std::move(tokens);
  lose_those_without_token(now);
  advance(now);
}

void Rendezvous::lose_those_without_token(net::TimePoint now) {
  std::vector<std::string> without;
  for (const auto& [name, host] : registry_.hosts()) {
    if (tokens_.of_key(host.key, now) == nullptr) without.push_back(name);
  }
  for (const std::string& name : without) lose(now, name, "its token is none any more");
}

// Whoever has not come back since the start will not.
void Rendezvous::end_patience(net::TimePoint now) {
  patience_.reset();
  std::vector<std::string> absent;
  for (const auto& [id, run] : runs_) {
    for (const RegisteredHost& host : run.hosts()) {
      if (registry_.find(host.name) == nullptr) absent.push_back(host.name);
    }
  }
  for (const std::string& name : absent) give_up(now, name);
}

}  // namespace traversal
