#include "traversal/peer.h"

#include <algorithm>
#include <utility>

#include "net/address_scope.h"
#include "stun/error_attributes.h"

namespace traversal {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration time_to_leave = 500ms;
constexpr net::Duration time_to_get_the_name = 7s;  // an old session of this host is not heard for longer than 5 s
constexpr net::Duration shortest_backoff = 1s;
constexpr net::Duration longest_backoff = 60s;
constexpr net::Duration other_path_heartbeat = 2500ms;
constexpr net::Duration between_tries_of_the_other_path = 30s;
constexpr net::Duration between_tries_of_strangers = 10min;
constexpr std::uint16_t least_rendezvous_port = 1024;
constexpr net::Duration longest_return = 5min;

net::Duration part_of(net::Duration most, net::Random& random) {
  return net::Duration(static_cast<net::Duration::rep>(random.unit() * static_cast<double>(most.count())));
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
  if (punch_ && punch_->mapping) punch_->mapping->handle(now, input);
  for (gateway::PortMapping& mapping : ended_mappings_) mapping.handle(now, input);
  if (punch_ && punch_->streams) handle_stream(now, input);
  std::visit(net::Overloaded{[&](const net::Opened& opened) { handle_opened(now, opened); },
                             [&](const net::OpenFailed& failed) {
                               if (failed.socket == signal_socket) fail(now, failed.attempt);
                             },
                             [&](const net::Datagram& datagram) { handle_datagram(now, datagram); },
                             [&](const net::IcmpError& error) { handle_icmp(now, error); }, [](const auto&) {}},
             input);
  advance(now);
}

void Peer::tick(net::TimePoint now) {
  client_.tick(now);
  if (punch_ && punch_->mapping) punch_->mapping->tick(now);
  for (gateway::PortMapping& mapping : ended_mappings_) mapping.tick(now);
  if (leave_by_ && now >= *leave_by_) {
    leave_by_.reset();
    finished_ = true;
  }
  if (next_registration_ && now >= *next_registration_) register_now(now);
  if (other_) {
    other_->client.tick(now);
    if (other_->next_refresh && now >= *other_->next_refresh) refresh_other_path(now);
  }
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
  if (other_) {
    consider(other_->client.next_deadline());
    consider(other_->next_refresh);
  }
  for (const gateway::PortMapping& mapping : ended_mappings_) consider(mapping.next_deadline());
  if (punch_) {
    consider(punch_->observer.next_deadline());
    if (punch_->mapping) consider(punch_->mapping->next_deadline());
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
  if (other_) other_->next_refresh.reset();
  close_punch(now);
  advance_mappings(now);
  if (!registered_as_) {
    finished_ = true;
    return;
  }
  leave_by_ = now + time_to_leave;
  client_.request(now, Unregister{config_.name, config_.session});
  client_.take_outputs(outputs_);
}

void Peer::fail(net::TimePoint now, std::string why) {
  close_punch(now);
  next_refresh_.reset();
  next_registration_.reset();
  failure_ = std::move(why);
  finished_ = true;
}

// ---- registration --------------------------------------------------------------------------------------------------

void Peer::handle_opened(net::TimePoint now, const net::Opened& opened) {
  if (opened.socket == signal_socket) {
    local_ = opened.local;
    register_now(now);
  } else if (other_ && opened.socket == other_->socket) {
    refresh_other_path(now);
  } else if (punch_ && opened.socket == punch_->socket) {
    punch_->local = opened.local;
    if (find_strategy(punch_->order.strategy)->needs == CandidateType::Mapped) map_port(now);
    show_socket(now);
  }
}

void Peer::register_now(net::TimePoint now) {
  next_registration_.reset();
  client_.request(
      now, Register{.name = config_.name,
                    .session = config_.session,
                    .behavior = config_.behavior,
                    .local = local_,
                    .texts = config_.console,
                    .ports = config_.ports,
                    .port_mapping =
                        config_.port_mapping ? std::string(gateway::protocol_of(config_.port_mapping->act)) : ""});
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
  open_other_path(registered);
}

// A rendezvous's word, so nobody but a rendezvous in the open, or in this network where this one is, is asked.
void Peer::open_other_path(const Registered& registered) {
  if (other_ || !registered.other || config_.transport == Transport::Tcp) return;
  const net::Endpoint& there = *registered.other;
  const bool may_be_asked = there.port >= least_rendezvous_port && there.family() != config_.rendezvous.family() &&
                            net::reachable_on_word_of(there.address, config_.rendezvous.address);
  if (!may_be_asked) return;
  const net::SocketId socket{next_socket_++};
  other_.emplace(OtherPath{there, socket, SignalClient(socket, there, key_, random_.fork())});
  outputs_.push_back(net::OpenUdp{socket, {net::IpAddress::any(there.family()), 0}, there});
}

// Until it has answered it may be anybody, so asking it counts as a punch.
void Peer::refresh_other_path(net::TimePoint now) {
  other_->next_refresh.reset();
  if (!other_->proven && !budget_.take(now).empty()) {
    other_->next_refresh = now + between_tries_of_strangers;
    return;
  }
  other_->client.request(now, Refresh{config_.name, config_.session});
}

void Peer::advance_other_path(net::TimePoint now) {
  if (!other_) return;
  for (const SignalReply& reply : other_->client.take_replies()) {
    const auto* registered = reply.answer ? std::get_if<Registered>(&*reply.answer) : nullptr;
    if (registered != nullptr && !other_->works) notes_.step("also seen at " + net::to_string(registered->mapped));
    const bool silent = !reply.answer && reply.answer.error().code == no_answer;
    other_->works = registered != nullptr;
    other_->proven = other_->proven || !silent;
    other_->next_refresh = now + (!silent          ? other_path_heartbeat
                                  : other_->proven ? between_tries_of_the_other_path
                                                   : between_tries_of_strangers);
  }
  other_->client.take_outputs(outputs_);
}

std::optional<net::Endpoint> Peer::rendezvous_of(const Prepare& order) const {
  const auto family = parse_family(order.family);
  if (order.family.empty() || family == config_.rendezvous.family()) return config_.rendezvous;
  if (!family || !other_ || !other_->works) return std::nullopt;
  return other_->rendezvous;
}

void Peer::handle_reply(net::TimePoint now, const SignalReply& reply) {
  if (std::holds_alternative<Unregister>(reply.request)) {
    finished_ = true;
    return;
  }
  const bool registration =
      std::holds_alternative<Register>(reply.request) || std::holds_alternative<Refresh>(reply.request);
  if (!registration || leave_by_ || finished_) return;
  if (reply.answer) {
    const auto* registered = std::get_if<Registered>(&*reply.answer);
    if (registered != nullptr) handle_registered(now, *registered, std::holds_alternative<Register>(reply.request));
    return;
  }
  const Refusal& refusal = reply.answer.error();
  const std::string rendezvous = "rendezvous " + net::to_string(config_.rendezvous);
  if (refusal.code == NotKnown) return register_within(now, return_within_);
  if (refusal.code == Replaced && !registered_as_ && now < name_by_.value_or(now + time_to_get_the_name)) {
    if (!name_by_) {
      name_by_ = now + time_to_get_the_name;
      notes_.trouble(stun::shown(refusal.reason) + ": waiting whether it is gone");
    }
    return register_within(now, shortest_backoff);
  }
  if (refusal.code == no_answer && registered_as_) {
    if (silences_ == 0) notes_.trouble(rendezvous + " does not answer, trying on");
    return ask_later(now);
  }
  unheard_ = refusal.code == no_answer && !name_by_;
  if (refusal.code == no_answer) return fail(now, rendezvous + ": no answer");
  if (refusal.code == WrongToken) return fail(now, rendezvous + ": the token was refused");
  fail(now, rendezvous + ": " + stun::shown(refusal.reason));
}

// ---- datagrams -----------------------------------------------------------------------------------------------------

void Peer::handle_datagram(net::TimePoint now, const net::Datagram& datagram) {
  if (const auto why = take(now, datagram)) unused_.count(*why);
}

std::optional<Unused> Peer::take(net::TimePoint now, const net::Datagram& datagram) {
  if (other_ && datagram.socket == other_->socket) {
    return take_answer(now, datagram, other_->rendezvous, other_->client);
  }
  if (const auto index = index_of(datagram.socket)) return take_at_punch(now, datagram, *index);
  if (datagram.socket != signal_socket) return Unused::NotAsked;  // of a punch that is over
  if (datagram.from != config_.rendezvous) return Unused::FromElsewhere;
  const auto message = decode_signal(datagram.payload, key_);
  if (!message) return unreadable(datagram.payload);
  if (message->message_class != stun::MessageClass::Request) return client_.handle(now, *message);
  return message->authentic ? handle_request(now, *message) : Unused::Forged;
}

std::optional<Unused> Peer::take_answer(net::TimePoint now, const net::Datagram& datagram,
                                        const net::Endpoint& rendezvous, SignalClient& client) const {
  if (datagram.from != rendezvous) return Unused::FromElsewhere;
  const auto message = decode_signal(datagram.payload, key_);
  return message ? client.handle(now, *message) : unreadable(datagram.payload);
}

std::optional<Unused> Peer::handle_request(net::TimePoint now, const SignalMessage& message) {
  const net::Endpoint& from = config_.rendezvous;
  if (const net::Bytes* known = responses_.find(from, message.id)) {
    outputs_.push_back(net::Send{signal_socket, from, *known});
    return Unused::Repeated;
  }
  const Answer answered = message.content.and_then(
      [&](const Signal& signal) { return std::visit([&](const auto& order) { return answer(now, order); }, signal); });
  net::Bytes response =
      answered ? encode_success(message.id, *answered, key_) : encode_error(message.id, answered.error(), {}, key_);
  responses_.keep(now, from, message.id, response);
  outputs_.push_back(net::Send{signal_socket, from, std::move(response)});
  const bool for_another = !answered && answered.error().code == NotKnown;
  return for_another ? std::optional(Unused::NotAsked) : std::nullopt;
}

void Peer::advance(net::TimePoint now) {
  advance_other_path(now);
  advance_mappings(now);
  if (punch_) advance_punch(now);
  for (const SignalReply& reply : client_.take_replies()) handle_reply(now, reply);
  client_.take_outputs(outputs_);
}

}  // namespace traversal
