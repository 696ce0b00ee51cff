#include "gateway/port_mapping.h"

#include <algorithm>
#include <utility>

#include "gateway/http_reply.h"
#include "gateway/upnp.h"

namespace gateway {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration send_again = 250ms;  // RFC 6886 section 3.1
constexpr net::Duration patience = 2s;       // somebody waits for the mapping, and the router is one hop away
constexpr unsigned most_wishes = 3;          // UPnP: the port wished for may be taken
constexpr std::uint64_t first_wished = 10'000;
constexpr std::uint64_t last_wished = 59'999;

}  // namespace

PortMapping::PortMapping(PortMappingSetup setup, net::Random random) : setup_(std::move(setup)), random_(random) {
  random_.fill(nonce_);
}

void PortMapping::start(net::TimePoint now) { wish(now); }

void PortMapping::wish(net::TimePoint now) {
  ++wishes_;
  wished_port_ = static_cast<std::uint16_t>(random_.between(first_wished, last_wished));
  may_stand_ = true;
  ask(now, setup_.service.act);
}

void PortMapping::ask(net::TimePoint now, Act act) {
  const Service& service = setup_.service;
  close();
  asked_ = Asked{.question = {.act = act,
                              .inside = setup_.inside,
                              .external_port = wished_port_,
                              .lease = unmaps(act) ? net::Duration{} : mapping_lease,
                              .path = service.path,
                              .service = service.service},
                 .socket = {setup_.first_socket.value + sockets_++},
                 .give_up = now + patience};
  const net::Endpoint own{setup_.inside.address, 0};
  if (over_tcp(act)) {
    outputs_.emplace_back(net::Connect{.connection = asked_->socket, .to = service.to, .local = own});
  } else {
    outputs_.emplace_back(net::OpenUdp{asked_->socket, own, std::nullopt});
    asked_->next_send = now;
    send_due(now);
  }
}

void PortMapping::send_due(net::TimePoint now) {
  if (!asked_ || !asked_->next_send || now < *asked_->next_send) return;
  asked_->next_send = now + send_again;
  outputs_.emplace_back(net::Send{asked_->socket, setup_.service.to, request()});
}

void PortMapping::tick(net::TimePoint now) {
  if (!asked_) return;
  if (now < asked_->give_up) return send_due(now);
  fail("no answer");
}

std::optional<net::TimePoint> PortMapping::next_deadline() const {
  if (!asked_) return std::nullopt;
  return std::min(asked_->give_up, asked_->next_send.value_or(asked_->give_up));
}

void PortMapping::take_outputs(std::vector<net::Output>& into) {
  for (net::Output& output : std::exchange(outputs_, {})) into.push_back(std::move(output));
}

void PortMapping::handle(net::TimePoint now, const net::Input& input) {
  std::visit(net::Overloaded{
                 [&](const net::Datagram& datagram) {
                   if (!is_ours(datagram.socket) || datagram.from != setup_.service.to) return;
                   const auto reply = read_datagram(asked_->question, datagram.from.address, nonce_, datagram.payload);
                   if (reply) take(now, *reply);
                 },
                 [&](const net::OpenFailed& failed) {
                   if (is_ours(failed.socket)) fail(failed.attempt);
                 },
                 [&](const net::Connected& event) {
                   if (is_ours(event.connection)) outputs_.emplace_back(net::SendStream{event.connection, request()});
                 },
                 [&](const net::StreamBytes& event) { take_stream(now, event.connection, event.payload, false); },
                 [&](const net::PeerFinished& event) { take_stream(now, event.connection, {}, true); },
                 [&](const net::Closed& event) {
                   take_stream(now, event.connection, {}, true);
                   if (is_ours(event.connection)) fail(event.reason);
                 },
                 [](const auto&) {}},
             input);
}

void PortMapping::take_stream(net::TimePoint now, net::SocketId connection, net::BytesView payload, bool ended) {
  if (!is_ours(connection)) return;
  net::Bytes& received = asked_->received;
  net::append(received, payload);
  if (received.empty()) return;
  const bool too_much = received.size() > http::largest_reply;
  const auto reply = read_stream(asked_->question, setup_.service.to.address, received, ended || too_much);
  if (reply) take(now, *reply);
}

void PortMapping::take(net::TimePoint now, const Reply& reply) {
  if (ending_) return fail({});
  if (reply.outcome == Outcome::Answered) {
    const auto told = reply.answer.external_address ? reply.answer.external_address : setup_.service.external_address;
    external_ = net::Endpoint{told.value_or(net::IpAddress::any(setup_.inside.family())),
                              reply.answer.external_port.value_or(0)};
    return close();
  }
  may_stand_ = reply.outcome == Outcome::Unusable;
  if (reply.error_code == upnp::port_taken && setup_.service.act == Act::UpnpMap && wishes_ < most_wishes)
    return wish(now);
  fail(reply.note);
}

// Of an end there is nothing to say: what was not given back ends with its lease.
void PortMapping::fail(const std::string& why) {
  close();
  if (ending_) {
    over_ = true;
  } else {
    why_ = std::string(protocol_of(setup_.service.act)) + ": " + (why.empty() ? "no mapping" : why);
  }
}

void PortMapping::end(net::TimePoint now) {
  if (ending_) return;
  ending_ = true;
  if (!settled()) why_ = "ended before there was an answer";
  if (!may_stand_) {
    close();
    over_ = true;
    return;
  }
  ask(now, *undoing(setup_.service.act));
}

void PortMapping::close() {
  if (asked_) outputs_.emplace_back(net::Close{asked_->socket});
  asked_.reset();
}

}  // namespace gateway
