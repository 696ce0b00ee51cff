// How a peer takes part in attempts: what it lets itself be asked, its sockets, what its router maps for them.

#include <algorithm>
#include <utility>

#include "stun/error_attributes.h"
#include "traversal/peer.h"
#include "traversal/predict.h"

namespace traversal {
namespace {

using namespace std::chrono_literals;

// The proof of the other side's address is younger than the order to prepare, and must not be older than 30 s at the
// end.
constexpr net::Duration longest_wait_for_start = 10s;
constexpr net::Duration longest_delay = 3s;

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

Peer::Answer Peer::answer(net::TimePoint now, const Prepare& order) {
  if (order.session != config_.session || leave_by_ || finished_) {
    return net::Unexpected(Refusal{NotKnown, "not my session"});
  }
  const Strategy* strategy = find_strategy(order.strategy);
  if (strategy == nullptr) return net::Unexpected(Refusal{Malformed, "no such strategy"});
  const auto rendezvous = rendezvous_of(order);
  if (!rendezvous) return net::Unexpected(Refusal{NotKnown, "no way over " + stun::shown(order.family) + " from here"});
  if (strategy->tcp && config_.tls) return net::Unexpected(Refusal{Busy, "no TCP punch beside TLS"});
  if (strategy->search && config_.token.empty()) return net::Unexpected(Refusal{Busy, "no sprays without a token"});
  if (std::string why = budget_.take(now, strategy->search); !why.empty()) return net::Unexpected(Refusal{Busy, why});
  close_punch(now);
  ++attempts_;
  notes_.step("attempt " + std::to_string(attempts_) + ": " + order.strategy + " is asked for");
  const net::SocketId socket{next_socket_++};
  const Transport transport = strategy->tcp ? Transport::Tcp : Transport::Udp;
  punch_.emplace(Punch{.order = order,
                       .rendezvous = *rendezvous,
                       .socket = socket,
                       .observer = SignalClient(socket, *rendezvous, key_, random_.fork(), transport),
                       .gathering = Gathering(config_.reflectors, config_.rendezvous.address),
                       .prepared_at = now});
  if (strategy->tcp) {
    next_socket_ = socket.value + StreamPaths::most_connections;
    punch_->streams.emplace(*rendezvous, socket);
    punch_->streams->open();
  } else {
    outputs_.push_back(net::OpenUdp{socket, {net::IpAddress::any(rendezvous->family()), 0}, *rendezvous});
  }
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
  if (!config_.console || !path || punch_->streams) return;
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
  const net::Endpoint any{net::IpAddress::any(punch_->rendezvous.family()), 0};
  for (std::uint16_t i = 1; i < sockets; ++i) {
    outputs_.push_back(net::OpenUdp{net::SocketId{next_socket_++}, any, punch_->rendezvous});
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

// Only then is the socket shown, so that the rendezvous learns of the mapping as well.
void Peer::map_port(net::TimePoint now) {
  const auto& service = config_.port_mapping;
  if (!service || !punch_->local || punch_->local->family() != service->to.family()) return;
  punch_->mapping.emplace(
      gateway::PortMappingSetup{
          .service = *service, .inside = *punch_->local, .first_socket = net::SocketId{next_socket_}},
      random_.fork());
  next_socket_ += gateway::sockets_of_a_mapping;
  punch_->mapping->start(now);
}

void Peer::handle_stream(net::TimePoint now, const net::Input& input) {
  punch_->streams->handle(input);
  if (!punch_->local && punch_->streams->local()) {
    punch_->local = punch_->streams->local();
    show_socket(now);
  }
  for (StreamPaths::Message& message : punch_->streams->take_messages()) {
    const net::Datagram whole{punch_->socket, message.from, std::move(message.payload), std::nullopt};
    if (const auto why = take_at_punch(now, whole, 0)) unused_.count(*why);
  }
}

std::optional<Unused> Peer::take_at_punch(net::TimePoint now, const net::Datagram& datagram, std::uint16_t index) {
  if (datagram.from == punch_->rendezvous) return take_answer(now, datagram, punch_->rendezvous, punch_->observer);
  if (index == 0 && punch_->gathering.handle(now, datagram.from, datagram.payload)) return std::nullopt;
  if (!punch_->attempt) return Unused::NotAsked;
  return punch_->attempt->handle(now, datagram.from, datagram.payload, index);
}

void Peer::send_from_punch(net::SocketId socket, net::Send send) {
  if (!punch_->streams) {
    send.socket = socket;
    outputs_.push_back(std::move(send));
  } else {
    punch_->streams->send(send.to, std::move(send.payload));
  }
}

void Peer::show_socket(net::TimePoint now) {
  const auto& mapping = punch_->mapping;
  if (punch_->shown || !punch_->local || (mapping && !mapping->settled())) return;
  punch_->shown = true;
  gather(now);
  Observe observe{.nonce = punch_->order.nonce, .local = punch_->local};
  if (mapping) {
    observe.mapped = mapping->external();
    observe.no_mapping = mapping->why();
    notes_.step("attempt " + std::to_string(attempts_) + ": " +
                (mapping->external() ? "the router maps " + net::to_string(*mapping->external()) : mapping->why()));
  }
  punch_->observer.request(now, observe);
}

// Reflectors are of the family of the registration, and asked over UDP.
void Peer::gather(net::TimePoint now) {
  if (punch_->streams || punch_->rendezvous.family() != config_.rendezvous.family()) return;
  for (Gathering::Question& question : punch_->gathering.ask(now, random_)) {
    outputs_.push_back(net::Send{punch_->socket, question.to, std::move(question.payload)});
  }
}

void Peer::advance_mappings(net::TimePoint now) {
  if (punch_ && punch_->mapping) {
    punch_->mapping->take_outputs(outputs_);
    show_socket(now);
  }
  for (gateway::PortMapping& mapping : ended_mappings_) mapping.take_outputs(outputs_);
  std::erase_if(ended_mappings_, [](const gateway::PortMapping& mapping) { return mapping.over(); });
}

void Peer::close_punch(net::TimePoint now) {
  if (!punch_) return;
  if (punch_->mapping) {
    punch_->mapping->end(now);
    punch_->mapping->take_outputs(outputs_);
    ended_mappings_.push_back(*std::move(punch_->mapping));
  }
  if (punch_->streams) {
    punch_->streams->close();
    punch_->streams->take_outputs(outputs_);
    return punch_.reset();
  }
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
  std::vector<net::Output> shown;
  punch_->observer.take_outputs(shown);
  for (net::Output& output : shown) send_from_punch(punch_->socket, std::get<net::Send>(std::move(output)));
  if (punch_->attempt) advance_attempt(now);
  if (punch_ && punch_->streams) punch_->streams->take_outputs(outputs_);
}

void Peer::advance_attempt(net::TimePoint now) {
  PunchAttempt& attempt = *punch_->attempt;
  attempt.tick(now);
  for (PunchAttempt::Packet& packet : attempt.take_packets()) {
    send_from_punch(socket_at(packet.socket), {{}, packet.to, std::move(packet.payload), packet.ttl});
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
  if (now >= attempt.end() + answers_after_the_end) close_punch(now);
}

}  // namespace traversal
