// What the rendezvous answers, request by request.

#include <algorithm>

#include "gateway/question.h"
#include "traversal/rendezvous.h"
#include "traversal/signal_codec.h"
#include "traversal/text_message.h"

namespace traversal {
namespace {

using namespace std::chrono_literals;

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

Host described(const RegisteredHost& host) {
  return {.name = host.name,
          .behavior = host.behavior,
          .local = host.local ? net::to_string(*host.local) : "",
          .external = host.over_tcp() ? "" : net::to_string(host.external),
          .external_other = host.other ? net::to_string(*host.other) : "",
          .port_mapping = host.port_mapping};
}

}  // namespace

// A name belongs to the session that has it for as long as that one is heard; a host that restarted comes back as soon
// as its old session is not, which is before it would lapse.
Rendezvous::Answer Rendezvous::answer(net::TimePoint now, const Asker& asker, const Register& request) {
  const auto session = registry_.session_of(request.name, request.session);
  if (session == Registry::Session::NotKnown && registry_.full()) return refuse(Full, "too many hosts");
  if (session == Registry::Session::NotKnown && !tokens_.open() &&
      registry_.of_key(asker.key) >= config_.hosts_per_token) {
    return refuse(Full, "too many hosts of one token");
  }
  if (session == Registry::Session::Replaced) {
    if (now < registry_.find(request.name)->last_seen + name_is_held) {
      return refuse(Replaced, "another host is registered as " + request.name);
    }
    abandon_job_of(request.name, "it registered anew");
  }
  if (session != Registry::Session::Current) {
    registry_.put({.name = request.name,
                   .session = request.session,
                   .behavior = request.behavior,
                   .local = request.local,
                   .ports = request.ports,
                   .port_mapping = gateway::is_protocol(request.port_mapping) ? request.port_mapping : "",
                   .key = asker.key,
                   .texts = request.texts});
    notes_.step(request.name + " registers at " + net::to_string(asker.from) + " (" +
                net::short_name(request.behavior) + ")");
    if (jobs_.of_host(request.name) == nullptr) set_state(request.name, HostState::Idle);
    if (!next_sweep_) next_sweep_ = now;
  }
  return answer(now, asker, Refresh{request.name, request.session});
}

Rendezvous::Answer Rendezvous::answer(net::TimePoint now, const Asker& asker, const Refresh& request) {
  switch (registry_.session_of(request.name, request.session)) {
    case Registry::Session::NotKnown: return refuse(NotKnown, "not registered");
    case Registry::Session::Replaced: return refuse(Replaced, "another host registered this name");
    case Registry::Session::Current: break;
  }
  RegisteredHost& host = *registry_.find(request.name);
  const bool first = host.external.address.unspecified();
  if (!first && asker.from.family() != host.external.family() && !is_stream(asker.socket)) {
    host.other = asker.from;
    host.other_seen = now;
    return registered(asker);
  }
  host.last_seen = now;
  host.round_trip = std::min(host.round_trip.value_or(asker.round_trip), asker.round_trip);
  const bool moved = host.external != asker.from || host.socket != asker.socket;
  host.external = asker.from;
  host.socket = asker.socket;
  if (moved) happened(HostCame{described(host), host.over_tcp(), host.texts});
  if (RunningJob* running = jobs_.of_host(request.name)) {
    jobs_.redirect(*running, *running->job.side_of(request.name), asker.from);
  }
  return registered(asker);
}

// Only who is asked over UDP tells where else UDP is spoken.
Registered Rendezvous::registered(const Asker& asker) const {
  const auto& other = asker.socket == server_socket ? listening_other_ : listening_;
  return {asker.from, heartbeat, registry_.return_within(),
          is_stream(asker.socket) || !listening_other_ ? std::nullopt : other};
}

Rendezvous::Answer Rendezvous::answer(net::TimePoint now, const Asker&, const Unregister& request) {
  if (registry_.session_of(request.name, request.session) == Registry::Session::Current) {
    lose(now, request.name, "it unregistered");
  }
  return Done{};
}

Rendezvous::Answer Rendezvous::answer(net::TimePoint, const Asker&, const ListRequest& request) {
  return registry_.page(request.from, [](const HostPage& page) { return to_json(page).size() <= largest_json; });
}

Rendezvous::Answer Rendezvous::answer(net::TimePoint, const Asker&, const PeersRequest& request) {
  return registry_.peers(request.from, [](const PeerPage& page) { return to_json(page).size() <= largest_json; });
}

Rendezvous::Answer Rendezvous::answer(net::TimePoint now, const Asker&, const Relay& request) {
  if (registry_.session_of(request.name, request.session) != Registry::Session::Current) {
    return refuse(NotKnown, "not registered");
  }
  if (request.text.size() > most_text_bytes) return refuse(Malformed, "the text is too long");
  const RegisteredHost* to = registry_.find(request.to);
  if (to == nullptr) return refuse(NotKnown, "not registered: " + request.to);
  if (!to->texts) return refuse(NotKnown, request.to + " takes no texts: it is not a console");
  if (!may_relay(*registry_.find(request.name), now)) return refuse(Busy, "more than five texts a second");
  relays_.relay(now, *to, request);
  return Done{};
}

Rendezvous::Answer Rendezvous::answer(net::TimePoint now, const Asker& asker, const Observe& request) {
  RunningJob* running = jobs_.of_nonce(request.nonce);
  const bool over_tcp = running != nullptr && running->job.over_tcp();
  if (is_stream(asker.socket) != over_tcp) {
    return refuse(Malformed, over_tcp ? "to be observed over TCP" : "to be observed over UDP");
  }
  if (running == nullptr || !running->job.observed(now, request, asker.from, secrets_)) {
    return refuse(NotKnown, "no such attempt");
  }
  jobs_.touch(*running);
  return Observed{asker.from};
}

// The last result of a pair is acknowledged when the pair is written down.
Rendezvous::Answer Rendezvous::answer(net::TimePoint now, const Asker&, const Result& request) {
  if (request.half.events.size() > most_events || request.half.reflected.size() > most_reflectors) {
    return refuse(Malformed, "more than a report holds");
  }
  RunningJob* running = jobs_.of_nonce(request.nonce);
  if (running == nullptr || !running->job.reported(now, request, secrets_)) {
    return refuse(NotKnown, "no such attempt, or reported before");
  }
  jobs_.touch(*running);
  hold_response_ = config_.journal != nullptr && running->job.finished();
  return Done{};
}

Rendezvous::Answer Rendezvous::answer(net::TimePoint now, const Asker&, const MatrixRequest& request) {
  return begin_matrix(now, request).map([](Accepted accepted) { return Signal(std::move(accepted)); });
}

net::Result<Accepted, Refusal> Rendezvous::order_matrix(net::TimePoint now, std::string_view token,
                                                        std::string_view json) {
  if (tokens_.presented(token, now) == nullptr) return refuse(WrongToken, "the token was refused");
  const auto request = parse_matrix_order(json);
  if (!request) return refuse(Malformed, request.error());
  auto accepted = begin_matrix(now, *request);
  advance(now);
  return accepted;
}

net::Result<Accepted, Refusal> Rendezvous::begin_matrix(net::TimePoint now, const MatrixRequest& request) {
  if (const auto plan = plan_of(request); !plan) return net::Unexpected(plan.error());
  auto order = order_of(request);
  if (!order) return net::Unexpected(order.error());
  if (unable_) return refuse(Unable, *unable_);
  if (!make_room_for_a_run()) return refuse(Full, "too many matrices are running");
  order->id = secrets_.next_id();
  if (config_.journal != nullptr) {
    const auto written = config_.journal->begin(*order);
    if (!written) return refuse(Unable, written.error());
  }
  add_run(now, *order, HostState::Gone);
  const MatrixRun& run = runs_.at(order->id);
  const Forecast forecast = traversal::forecast(
      run.pairs(), run.hosts().size(), [&](std::uint32_t pair) { return outline(run, pair); }, order->id, caps_, now);
  return Accepted{.matrix = order->id,
                  .pairs = run.total(),
                  .length_s = static_cast<std::uint64_t>(
                      std::max(1s, std::chrono::ceil<std::chrono::seconds>(forecast.length)).count()),
                  .not_run = forecast.not_run,
                  .why = forecast.why};
}

net::Result<MatrixOrder, Refusal> Rendezvous::order_of(const MatrixRequest& request) {
  std::map<std::string, const RegisteredHost*> wanted;
  for (const NamePair& pair : request.pairs) {
    if (pair[0] == pair[1]) return refuse(Malformed, "a host has no pair with itself: " + pair[0]);
    for (const std::string& name : pair) {
      wanted[name] = registry_.find(name);
      if (wanted[name] == nullptr) return refuse(NotKnown, "not registered: " + name);
    }
  }
  if (registry_.size() < 2) return refuse(NotKnown, "fewer than two hosts are registered");
  if (request.pairs.empty()) {
    if (registry_.size() > most_hosts_in_a_matrix) return refuse(Full, "too many pairs");
    for (const auto& [name, host] : registry_.hosts()) wanted[name] = &host;
  }
  MatrixOrder order{.request = request};
  for (const auto& [name, host] : wanted) order.hosts.push_back(described(*host));
  return order;
}

// The oldest finished matrix is forgotten; its client has had the time of all that came after it.
bool Rendezvous::make_room_for_a_run() {
  if (runs_.size() < most_matrices) return true;
  const auto finished =
      std::find_if(runs_by_age_.begin(), runs_by_age_.end(), [this](const Id& id) { return runs_.at(id).finished(); });
  if (finished == runs_by_age_.end()) return false;
  if (config_.journal != nullptr && !config_.journal->forget(*finished)) return false;
  happened(MatrixForgotten{*finished});
  runs_.erase(*finished);
  runs_by_age_.erase(finished);
  return true;
}

Rendezvous::Answer Rendezvous::answer(net::TimePoint, const Asker&, const StatusRequest& request) {
  const auto run = runs_.find(request.matrix);
  if (run == runs_.end()) return refuse(NotKnown, "no such matrix");
  return Status{run->second.done(), run->second.total()};
}

Rendezvous::Answer Rendezvous::answer(net::TimePoint, const Asker&, const RowsRequest& request) {
  const auto run = runs_.find(request.matrix);
  if (run == runs_.end()) return refuse(NotKnown, "no such matrix");
  if (!run->second.finished()) return refuse(Busy, "the matrix is not finished");
  return page_of(run->second.rows(), request.from, &Rows::rows);
}

}  // namespace traversal
