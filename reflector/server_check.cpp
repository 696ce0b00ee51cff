#include "reflector/server_check.h"

#include <algorithm>

#include "stun/address_attributes.h"
#include "stun/behavior_attributes.h"

namespace reflector {
namespace {

constexpr net::SocketId first_socket{1};
constexpr net::SocketId second_socket{2};
constexpr std::uint32_t first_stream = 10;
constexpr std::size_t full_size = 160;  // pays for all extras, of IPv6 too (reflector/reply.h)
constexpr stun::RetransmissionSchedule schedule{
    .initial_rto = std::chrono::milliseconds(500), .most_requests = 3, .last_wait = 3, .doubling = false};
constexpr std::uint16_t low_port = 80;
constexpr std::uint32_t about_port = 1;
constexpr std::uint32_t about_address = 2;
constexpr std::uint32_t about_both = 3;

// Present only where there is one.
template <typename Attribute>
void add_attribute(stun::MessageBuilder& builder, const Attribute& attribute) {
  builder.add(attribute);
}
template <typename Attribute>
void add_attribute(stun::MessageBuilder& builder, const std::optional<Attribute>& attribute) {
  if (attribute) builder.add(*attribute);
}

}  // namespace

ServerCheck::ServerCheck(const net::Endpoint& server, net::Random random)
    : random_(random), log_{.server = server}, nonce_(random_.next()), next_stream_(first_stream) {}

void ServerCheck::start(net::TimePoint) {
  const net::Endpoint any{net::IpAddress::any(log_.server.family()), 0};
  for (const net::SocketId socket : {first_socket, second_socket}) {
    outputs_.emplace_back(net::OpenUdp{socket, any, log_.server});
  }
}

void ServerCheck::handle(net::TimePoint now, const net::Input& input) {
  std::visit(net::Overloaded{
                 [&](const net::Opened& event) {
                   if (event.socket == first_socket) log_.local = event.local;
                   if (++opened_ == 2) next_round(now);
                 },
                 [&](const net::OpenFailed& event) {
                   failure_ = event.attempt;
                   finished_ = true;
                 },
                 [&](const net::Datagram& event) { take(now, event.socket, event.from, event.payload); },
                 [&](const net::Connected& event) {
                   for (const Pending& each : pending_) {
                     if (each.socket == event.connection) outputs_.emplace_back(net::SendStream{each.socket, each.bytes});
                   }
                 },
                 [&](const net::StreamBytes& event) {
                   for (const Pending& each : pending_) {
                     if (each.socket != event.connection) continue;
                     return take(now, event.connection, log_.exchanges[each.exchange].to, event.payload);
                   }
                 },
                 [&](const net::PeerFinished& event) { give_up_stream(event.connection, "closed without an answer"); },
                 [&](const net::Closed& event) { give_up_stream(event.connection, event.reason); },
                 [](const auto&) {},
             },
             input);
  if (!finished_ && opened_ == 2 && pending_.empty()) next_round(now);
}

void ServerCheck::tick(net::TimePoint now) {
  for (Pending& each : pending_) {
    while (each.transaction.take_due(now)) {
      if (each.tcp) continue;
      outputs_.emplace_back(net::Send{each.socket, log_.exchanges[each.exchange].to, each.bytes});
    }
  }
  std::erase_if(pending_, [&](const Pending& each) {
    if (!each.transaction.timed_out(now)) return false;
    if (each.tcp) outputs_.emplace_back(net::Close{each.socket});
    return true;
  });
  if (!finished_ && opened_ == 2 && pending_.empty()) next_round(now);
}

std::optional<net::TimePoint> ServerCheck::next_deadline() const {
  std::optional<net::TimePoint> first;
  for (const Pending& each : pending_) {
    first = std::min(first.value_or(each.transaction.next_deadline()), each.transaction.next_deadline());
  }
  return first;
}

// ---- what is asked -------------------------------------------------------------------------------------------------

// A round that has nothing to ask is passed over.
void ServerCheck::next_round(net::TimePoint now) {
  using Round = void (ServerCheck::*)(net::TimePoint);
  constexpr Round rounds[] = {&ServerCheck::first_round, &ServerCheck::second_round, &ServerCheck::third_round,
                              &ServerCheck::fourth_round};
  while (pending_.empty() && round_ < 4) (this->*rounds[round_++])(now);
  finished_ = pending_.empty();
}

void ServerCheck::first_round(net::TimePoint now) {
  ask(now, CheckQuestion::Plain, log_.server, 0);
  ask(now, CheckQuestion::Filled, log_.server, full_size);
  ask(now, CheckQuestion::ZeroPadding, log_.server, 0, stun::Padding{0});
  ask_over_tcp(now, CheckQuestion::Tcp, log_.server);
}

// It also opens the way, in a NAT or firewall of ours, for the answers of the third.
void ServerCheck::second_round(net::TimePoint now) {
  if (log_.reply(CheckQuestion::Plain) == nullptr) return;
  ask(now, CheckQuestion::SecondSocket, log_.server, 0);
  const auto other = followed();
  if (!other) return;
  ask(now, CheckQuestion::AlternatePort, own(true), 0);
  ask_over_tcp(now, CheckQuestion::AlternateTcp, own(true));
  ask(now, CheckQuestion::Partner, net::with_port(*other, log_.server.port), 0);
  ask(now, CheckQuestion::PartnerAlternate, *other, 0);
}

void ServerCheck::third_round(net::TimePoint now) {
  if (log_.reply(CheckQuestion::Plain) == nullptr) return;
  const auto proof = token();
  const auto label = [&](std::uint32_t question) { return stun::SentQuery{nonce_, question}; };
  if (followed()) {
    ask(now, CheckQuestion::ChangePort, log_.server, full_size, stun::ChangeRequest{false, true}, label(about_port),
        proof);
    ask(now, CheckQuestion::ChangeAddress, log_.server, full_size, stun::ChangeRequest{true, false},
        label(about_address), proof);
    ask(now, CheckQuestion::ChangeBoth, log_.server, full_size, stun::ChangeRequest{true, true}, label(about_both),
        proof);
  }
  ask(now, CheckQuestion::LowResponsePort, log_.server, full_size, stun::ResponsePort{low_port}, proof);
  const CheckReply* second = log_.reply(CheckQuestion::SecondSocket);
  if (const auto seen = second != nullptr ? mapped_address(second->message()) : std::nullopt) {
    ask(now, CheckQuestion::OwnResponsePort, log_.server, full_size, stun::ResponsePort{seen->port}, proof);
  }
  if (proof) ask(now, CheckQuestion::Delayed, log_.server, full_size, stun::Delay{1}, proof);
}

void ServerCheck::fourth_round(net::TimePoint now) {
  const auto other = followed();
  if (!other || !token()) return;
  ask(now, CheckQuestion::PortCount, own(true), full_size, stun::SentQuery{nonce_, about_port}, token());
  ask(now, CheckQuestion::PartnerCount, *other, full_size, stun::SentQuery{nonce_, about_both}, token());
}

std::optional<stun::ReturnToken> ServerCheck::token() const {
  const CheckReply* reply = log_.reply(CheckQuestion::Filled);
  if (reply == nullptr) return std::nullopt;
  const stun::Message message = reply->message();
  const auto token = message.get<stun::ReturnToken>();
  return token ? std::optional(*token) : std::nullopt;
}

std::optional<net::Endpoint> ServerCheck::followed() const {
  const auto other = log_.other_address();
  return other && plausible_other_address(*other, log_.server) ? other : std::nullopt;
}

net::Endpoint ServerCheck::own(bool alternate_port) const {
  return alternate_port ? net::with_port(log_.server, log_.other_address()->port) : log_.server;
}

template <typename... Attributes>
void ServerCheck::ask(net::TimePoint now, CheckQuestion question, const net::Endpoint& to, std::size_t size,
                      const Attributes&... attributes) {
  const auto id = stun::TransactionId::random(random_);
  net::Bytes bytes;
  stun::MessageBuilder builder(bytes, stun::MessageClass::Request, stun::Method::Binding, id);
  (add_attribute(builder, attributes), ...);
  if (builder.size() < size) builder.add(stun::Fill{static_cast<std::uint16_t>(size - builder.size() - 4)});
  const net::SocketId socket = question == CheckQuestion::SecondSocket ? second_socket : first_socket;
  add(now, question, to, socket, std::move(bytes), id, false);
}

void ServerCheck::ask_over_tcp(net::TimePoint now, CheckQuestion question, const net::Endpoint& to) {
  const auto id = stun::TransactionId::random(random_);
  net::Bytes bytes;
  const stun::MessageBuilder builder(bytes, stun::MessageClass::Request, stun::Method::Binding, id);
  const net::SocketId connection{next_stream_++};
  outputs_.emplace_back(net::Connect{connection, to});
  add(now, question, to, connection, std::move(bytes), id, true);
}

void ServerCheck::add(net::TimePoint now, CheckQuestion question, const net::Endpoint& to, net::SocketId socket,
                      net::Bytes bytes, const stun::TransactionId& id, bool tcp) {
  log_.exchanges.push_back({.question = question, .to = to, .request_size = bytes.size()});
  pending_.push_back({.exchange = log_.exchanges.size() - 1,
                      .socket = socket,
                      .bytes = std::move(bytes),
                      .tcp = tcp,
                      .transaction = stun::ClientTransaction(id, schedule, now),
                      .asked = now});
}

// ---- what comes back -----------------------------------------------------------------------------------------------

void ServerCheck::take(net::TimePoint now, net::SocketId socket, const net::Endpoint& from, net::BytesView bytes) {
  const auto message = stun::Message::decode(bytes);
  if (!message) return;
  const auto found = std::find_if(pending_.begin(), pending_.end(),
                                  [&](const Pending& each) { return each.transaction.matches(*message); });
  if (found == pending_.end()) return;
  log_.exchanges[found->exchange].reply = CheckReply{.from = from,
                                                     .second_socket = socket == second_socket,
                                                     .after = now - found->asked,
                                                     .bytes = net::Bytes(bytes.begin(), bytes.end())};
  if (found->tcp) outputs_.emplace_back(net::Close{found->socket});
  pending_.erase(found);
}

void ServerCheck::give_up_stream(net::SocketId connection, const std::string& why) {
  std::erase_if(pending_, [&](const Pending& each) {
    if (!each.tcp || each.socket != connection) return false;
    log_.exchanges[each.exchange].why = why;
    outputs_.emplace_back(net::Close{connection});
    return true;
  });
}

}  // namespace reflector
