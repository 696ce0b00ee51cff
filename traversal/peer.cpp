#include "traversal/peer.h"

#include <algorithm>
#include <utility>

#include "stun/error_attributes.h"
#include "traversal/predict.h"

namespace traversal {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration time_to_leave = 500ms;
constexpr net::Duration answers_after_the_end = 1s;  // the other side may have started later
constexpr net::Duration time_to_get_the_name = 7s;   // an old session of this host is not heard for longer than 5 s
constexpr net::Duration shortest_backoff = 1s;
constexpr net::Duration longest_backoff = 60s;
constexpr net::Duration longest_return = 5min;

// The proof of the other side's address is younger than the order to prepare, and must not be older than 30 s at the
// end.
constexpr net::Duration longest_wait_for_start = 10s;
constexpr net::Duration longest_delay = 3s;

net::Duration part_of(net::Duration most, net::Random& random) {
  return net::Duration(static_cast<net::Duration::rep>(random.unit() * static_cast<double>(most.count())));
}

std::string shown(const std::vector<Candidate>& candidates) {
  std::string text;
  for (const Candidate& candidate : candidates) {
    text += (text.empty() ? "" : ", ") + net::to_string(candidate.endpoint);
  }
  return text;
}

std::string shown(const Half& half) {
  if (half.proof != Proof::None) return "connected";
  return half.heard ? "the other side was heard, no answer came" : "nothing was heard";
}

}  // namespace

Peer::Peer(PeerConfig config, net::Random random)
    : config_(std::move(config)),
      key_(signal_key(config_.token)),
      random_(random),
      client_(signal_socket, config_.rendezvous, key_, random_.fork(), config_.transport),
      budget_(config_.limits) {}

void Peer::start(net::TimePoint) {
  const net::Endpoint any{net::IpAddress::any(config_.rendezvous.family()), 0};
  outputs_.push_back(net::OpenUdp{signal_socket, any, config_.rendezvous});
}

void Peer::handle(net::TimePoint now, const net::Input& input) {
  std::visit(net::Overloaded{[&](const net::Opened& opened) { handle_opened(now, opened); },
                             [&](const net::OpenFailed& failed) {
                               if (failed.socket == signal_socket) fail(failed.attempt);
                             },
                             [&](const net::Datagram& datagram) { handle_datagram(now, datagram); },
                             [&](const net::IcmpError& error) { handle_icmp(now, error); }, [](const auto&) {}},
             input);
  advance(now);
}

void Peer::tick(net::TimePoint now) {
  client_.tick(now);
  if (leave_by_ && now >= *leave_by_) finished_ = true;
  if (next_registration_ && now >= *next_registration_) register_now(now);
  if (next_refresh_ && now >= *next_refresh_) refresh(now);
  advance(now);
}

std::optional<net::TimePoint> Peer::next_deadline() const {
  std::optional<net::TimePoint> next = client_.next_deadline();
  const auto consider = [&next](const std::optional<net::TimePoint>& time) {
    if (time) next = std::min(next.value_or(*time), *time);
  };
  consider(leave_by_);
  consider(next_registration_);
  consider(next_refresh_);
  if (punch_) {
    consider(punch_->observer.next_deadline());
    if (punch_->attempt) {
      consider(punch_->attempt->next_deadline());
      consider(punch_->attempt->end() + answers_after_the_end);
    }
  }
  return next;
}

std::vector<net::Output> Peer::take_outputs() { return std::exchange(outputs_, {}); }

void Peer::stop(net::TimePoint now) {
  next_refresh_.reset();
  next_registration_.reset();
  close_punch();
  if (!registered_as_) {
    finished_ = true;
    return;
  }
  leave_by_ = now + time_to_leave;
  client_.request(now, Unregister{config_.name, config_.session});
  client_.take_outputs(outputs_);
}

void Peer::fail(std::string why) {
  failure_ = std::move(why);
  finished_ = true;
}

// ---- registration --------------------------------------------------------------------------------------------------

void Peer::handle_opened(net::TimePoint now, const net::Opened& opened) {
  if (opened.socket == signal_socket) {
    local_ = opened.local;
    register_now(now);
  } else if (punch_ && opened.socket == punch_->socket) {
    punch_->local = opened.local;
    for (Gathering::Question& question : punch_->gathering.ask(now, random_)) {
      outputs_.push_back(net::Send{opened.socket, question.to, std::move(question.payload)});
    }
    punch_->observer.request(now, Observe{punch_->order.nonce, opened.local});
  }
}

void Peer::register_now(net::TimePoint now) {
  next_registration_.reset();
  client_.request(now,
                  Register{config_.name, config_.session, config_.behavior, local_, config_.console, config_.ports});
}

void Peer::refresh(net::TimePoint now) {
  next_refresh_.reset();
  client_.request(now, Refresh{config_.name, config_.session});
}

void Peer::register_within(net::TimePoint now, net::Duration most) {
  next_refresh_.reset();
  next_registration_ = now + part_of(most, random_);
}

// RFC 8489 leaves it open; full jitter keeps thousands of peers from coming back at once. A silent rendezvous is asked
// by a Refresh: one that comes back and knows nobody is told by each of its peers in their own time.
void Peer::ask_later(net::TimePoint now) {
  const net::Duration most = std::min(longest_backoff, shortest_backoff * (1 << std::min(silences_, 6U)));
  ++silences_;
  next_refresh_ = now + part_of(most, random_);
}

void Peer::handle_registered(net::TimePoint now, const Registered& registered, bool anew) {
  if (registered_as_ && (anew || silences_ > 0)) {
    notes_.trouble("registered again at " + net::to_string(registered.mapped));
  }
  silences_ = 0;
  registered_as_ = registered.mapped;
  return_within_ = std::min(registered.return_within, longest_return);
  next_refresh_ = now + std::max<net::Duration>(registered.heartbeat, 100ms);
}

void Peer::handle_reply(net::TimePoint now, const SignalReply& reply) {
  if (std::holds_alternative<Unregister>(reply.request)) {
    finished_ = true;
    return;
  }
  const bool registration =
      std::holds_alternative<Register>(reply.request) || std::holds_alternative<Refresh>(reply.request);
  if (!registration || leave_by_) return;
  if (reply.answer) {
    const auto* registered = std::get_if<Registered>(&*reply.answer);
    if (registered != nullptr) handle_registered(now, *registered, std::holds_alternative<Register>(reply.request));
    return;
  }
  const Refusal& refusal = reply.answer.error();
  const std::string rendezvous = "rendezvous " + net::to_string(config_.rendezvous);
  if (refusal.code == NotKnown) return register_within(now, return_within_);
  if (refusal.code == Replaced && !registered_as_ && now < name_by_.value_or(now + time_to_get_the_name)) {
    if (!name_by_) name_by_ = now + time_to_get_the_name;
    return register_within(now, shortest_backoff);
  }
  if (refusal.code == no_answer && registered_as_) {
    if (silences_ == 0) notes_.trouble(rendezvous + " does not answer, trying on");
    return ask_later(now);
  }
  unheard_ = refusal.code == no_answer;
  if (unheard_) return fail(rendezvous + ": no answer");
  if (refusal.code == WrongToken) return fail(rendezvous + ": the token was refused");
  fail(rendezvous + ": " + stun::shown(refusal.reason));
}

// ---- datagrams -----------------------------------------------------------------------------------------------------

void Peer::handle_datagram(net::TimePoint now, const net::Datagram& datagram) {
  const bool from_rendezvous = datagram.from == config_.rendezvous;
  if (const auto index = index_of(datagram.socket)) {
    if (punch_->attempt) punch_->attempt->handle(now, datagram.from, datagram.payload, *index);
    if (*index == 0) punch_->gathering.handle(now, datagram.from, datagram.payload);
    const auto message = from_rendezvous ? decode_signal(datagram.payload, key_) : std::nullopt;
    if (message) punch_->observer.handle(now, *message);
    return;
  }
  if (datagram.socket != signal_socket || !from_rendezvous) return;
  const auto message = decode_signal(datagram.payload, key_);
  if (!message) return;
  if (message->message_class != stun::MessageClass::Request) return client_.handle(now, *message);
  if (message->authentic) handle_request(now, *message);
}

void Peer::handle_request(net::TimePoint now, const SignalMessage& message) {
  const net::Endpoint& from = config_.rendezvous;
  net::Bytes response;
  if (const net::Bytes* known = responses_.find(from, message.id)) {
    response = *known;
  } else {
    const Answer answered = message.content.and_then([&](const Signal& signal) {
      return std::visit([&](const auto& order) { return answer(now, order); }, signal);
    });
    response =
        answered ? encode_success(message.id, *answered, key_) : encode_error(message.id, answered.error(), {}, key_);
    responses_.keep(now, from, message.id, response);
  }
  outputs_.push_back(net::Send{signal_socket, from, std::move(response)});
}

// ---- punching ------------------------------------------------------------------------------------------------------

Peer::Answer Peer::answer(net::TimePoint now, const Prepare& order) {
  if (order.session != config_.session) return net::Unexpected(Refusal{NotKnown, "not my session"});
  const Strategy* strategy = find_strategy(order.strategy);
  if (strategy == nullptr) return net::Unexpected(Refusal{Malformed, "no such strategy"});
  if (strategy->search && config_.token.empty()) return net::Unexpected(Refusal{Busy, "no sprays without a token"});
  if (std::string why = budget_.take(now, strategy->search); !why.empty()) return net::Unexpected(Refusal{Busy, why});
  close_punch();
  ++attempts_;
  notes_.step("attempt " + std::to_string(attempts_) + ": " + order.strategy + " is asked for");
  const net::SocketId socket{next_socket_++};
  const net::Endpoint any{net::IpAddress::any(config_.rendezvous.family()), 0};
  outputs_.push_back(net::OpenUdp{socket, any, config_.rendezvous});
  punch_.emplace(Punch{.order = order,
                       .socket = socket,
                       .observer = SignalClient(socket, config_.rendezvous, key_, random_.fork()),
                       .gathering = Gathering(config_.reflectors, config_.rendezvous.address),
                       .prepared_at = now});
  return Done{};
}

Peer::Answer Peer::answer(net::TimePoint now, const Start& order) {
  const bool expected = punch_ && order.session == config_.session && order.attempt == punch_->order.attempt;
  if (!expected || punch_->attempt) return net::Unexpected(Refusal{NotKnown, "no such attempt"});
  Description remote = order.remote;
  remote.candidates = permitted(order.remote.candidates, order.own, punch_->local);
  if (std::string why = refuse(now, order, remote); !why.empty()) return net::Unexpected(Refusal{Malformed, why});
  Description local{config_.behavior, {{CandidateType::ServerReflexive, order.own}}, config_.ports};
  if (punch_->local) local.candidates.push_back({CandidateType::Host, *punch_->local});
  notes_.step("attempt " + std::to_string(attempts_) + ": towards " + shown(remote.candidates));
  punch_->path = {.with = order.with, .socket = punch_->socket, .remote = {}, .key = order.key};
  Plan plan = find_strategy(punch_->order.strategy)->plan(local, remote, random_);
  open_further_sockets(plan.sockets);
  punch_->attempt.emplace(AttemptSetup{.attempt = net::get_u64(order.attempt),
                                       .key = order.key,
                                       .plan = std::move(plan),
                                       .start = now + order.in,
                                       .hold = std::min(order.hold, longest_hold)},
                          random_.fork());
  return Done{};
}

void Peer::keep_path() {
  const auto path = punch_->attempt->proven_path();
  if (!config_.console || !path) return;
  punch_->path.socket = socket_at(path->socket);
  punch_->path.remote = path->remote;
  punch_->kept = true;
  paths_.push_back(punch_->path);
}

// A search is for ports that a NAT chose, at an address where an ordinary punch has failed in this very job.
std::string Peer::refuse(net::TimePoint now, const Start& order, const Description& remote) {
  if (remote.candidates.empty()) return "no candidate that may be punched";
  if (now > punch_->prepared_at + longest_wait_for_start || order.in > longest_delay) return "too late a start";
  punch_->target = remote.candidates.back().endpoint.address;
  if (!find_strategy(punch_->order.strategy)->search) return {};
  if (!dependent(config_.behavior) && !dependent(remote.behavior)) return "no port has to be searched for";
  return history_.refuse_spray(now, punch_->target, {punch_->order.job, punch_->order.trial, true});
}

Peer::Answer Peer::answer(net::TimePoint now, const Stop& order) {
  const bool expected = punch_ && order.session == config_.session && order.attempt == punch_->order.attempt;
  if (!expected || !punch_->attempt) return net::Unexpected(Refusal{NotKnown, "no such attempt"});
  punch_->attempt->stop(now);
  return Done{};
}

void Peer::open_further_sockets(std::uint16_t sockets) {
  punch_->first_further = next_socket_;
  const net::Endpoint any{net::IpAddress::any(config_.rendezvous.family()), 0};
  for (std::uint16_t i = 1; i < sockets; ++i) {
    outputs_.push_back(net::OpenUdp{net::SocketId{next_socket_++}, any, config_.rendezvous});
  }
}

std::optional<std::uint16_t> Peer::index_of(net::SocketId socket) const {
  if (!punch_) return std::nullopt;
  if (socket == punch_->socket) return std::uint16_t{0};
  if (punch_->first_further == 0 || socket.value < punch_->first_further) return std::nullopt;
  return static_cast<std::uint16_t>(socket.value - punch_->first_further + 1);
}

net::SocketId Peer::socket_at(std::uint16_t index) const {
  return index == 0 ? punch_->socket : net::SocketId{punch_->first_further + index - 1};
}

// Destination unreachable (RFC 792, RFC 4443), but for "fragmentation needed".
void Peer::handle_icmp(net::TimePoint now, const net::IcmpError& error) {
  const bool v4 = error.destination.family() == net::Family::V4;
  const bool unreachable = v4 ? error.type == 3 && error.code != 4 : error.type == 1;
  if (!unreachable || !index_of(error.socket) || !punch_->attempt) return;
  punch_->attempt->handle_unreachable(now, error.destination);
}

void Peer::close_punch() {
  if (!punch_) return;
  const unsigned sockets = punch_->attempt ? punch_->attempt->half().ports : 1;
  for (unsigned i = 0; i < sockets; ++i) {
    const net::SocketId socket = socket_at(static_cast<std::uint16_t>(i));
    if (!punch_->kept || socket != punch_->path.socket) outputs_.push_back(net::Close{socket});
  }
  punch_.reset();
}

void Peer::advance_punch(net::TimePoint now) {
  punch_->observer.tick(now);
  (void)punch_->observer.take_replies();  // the rendezvous acts on what it observes; nothing is left for us
  punch_->observer.take_outputs(outputs_);
  if (!punch_->attempt) return;
  PunchAttempt& attempt = *punch_->attempt;
  attempt.tick(now);
  for (PunchAttempt::Packet& packet : attempt.take_packets()) {
    outputs_.push_back(net::Send{socket_at(packet.socket), packet.to, std::move(packet.payload), packet.ttl});
  }
  if (attempt.decided() && !punch_->reported) {
    punch_->reported = true;
    keep_path();
    notes_.step("attempt " + std::to_string(attempts_) + ": " + shown(attempt.half()));
    const bool spray = find_strategy(punch_->order.strategy)->search;
    history_.ended(now, punch_->target, {punch_->order.job, punch_->order.trial, spray},
                   attempt.half().proof != Proof::None);
    Half half = attempt.half();
    half.reflected = punch_->gathering.seen(punch_->prepared_at);
    client_.request(now, Result{punch_->order.attempt, punch_->order.nonce, std::move(half)});
  }
  if (now >= attempt.end() + answers_after_the_end) close_punch();
}

void Peer::advance(net::TimePoint now) {
  if (punch_) advance_punch(now);
  for (const SignalReply& reply : client_.take_replies()) handle_reply(now, reply);
  client_.take_outputs(outputs_);
}

}  // namespace traversal
