#include "tests/probe/stage.h"

#include <algorithm>

#include "stun/address_attributes.h"
#include "stun/error_attributes.h"
#include "stun/message_builder.h"

namespace stage {
namespace {

const net::IpAddress here = net::address("203.0.113.7");
const net::IpAddress here_in_ipv6 = net::address("2001:db8::7");

const net::IpAddress& bound_for(const net::OpenUdp& open) {
  return open.towards && open.towards->family() == net::Family::V6 ? here_in_ipv6 : here;
}

net::Endpoint pick_role(const net::Endpoint& to, const std::optional<stun::ChangeRequest>& change) {
  net::Endpoint from = to;
  if (change && change->change_address) from.address = to.address == a.address ? b.address : a.address;
  if (change && change->change_port) from.port = to.port == 3478 ? 3479 : 3478;
  return from;
}

}  // namespace

Stage::Stage(Answer answer, net::Duration round_trip) : answer_(std::move(answer)), round_trip_(round_trip) {}

probe::Report Stage::run(probe::ProbeConfig config) {
  probe::ProbeSession session(std::move(config), net::Random(5));
  net::TimePoint now;
  const auto carry_out_all = [&] {
    for (const net::Output& output : session.take_outputs()) carry_out(output, now);
  };
  session.start(now);
  carry_out_all();
  while (!session.finished()) {
    const auto deadline = session.next_deadline();
    if (!events_.empty() && (!deadline || events_.begin()->first <= *deadline)) {
      const auto event = events_.extract(events_.begin());
      now = event.key();
      session.handle(now, event.mapped());
    } else {
      now = *deadline;
      session.tick(now);
    }
    carry_out_all();
  }
  cannot_work = session.cannot_work();
  return session.report();
}

void Stage::carry_out(const net::Output& output, net::TimePoint now) {
  if (const auto* open = std::get_if<net::OpenUdp>(&output)) {
    if (!sockets_can_open || open->socket.value == broken_socket) {
      events_.emplace(now, net::OpenFailed{open->socket, "bind 203.0.113.7:0: no such luck"});
      return;
    }
    const net::Endpoint local{bound_for(*open), static_cast<std::uint16_t>(40000 + locals_.size())};
    locals_.emplace_back(open->socket, local);
    events_.emplace(now, net::Opened{open->socket, local});
  } else if (const auto* send = std::get_if<net::Send>(&output)) {
    carry_out_send(*send, now);
  } else if (const auto* connect = std::get_if<net::Connect>(&output)) {
    if (tcp_works) {
      events_.emplace(now + round_trip_, net::Connected{connect->connection, {here, 50000}});
    } else {
      events_.emplace(now + round_trip_, net::Closed{connect->connection, "connection refused"});
    }
  } else if (const auto* stream = std::get_if<net::SendStream>(&output)) {
    const Heard request{.client = {here, 50000}, .to = a, .request = stream->payload};
    events_.emplace(now + round_trip_, net::StreamBytes{stream->connection, success(request, request.client)});
  }
}

void Stage::carry_out_send(const net::Send& send, net::TimePoint now) {
  const auto local =
      std::find_if(locals_.begin(), locals_.end(), [&](const auto& entry) { return entry.first == send.socket; });
  if (local == locals_.end()) return;
  const auto same = [&](const Heard& other) { return other.request == send.payload; };
  heard.push_back({.client = local->second,
                   .to = send.to,
                   .request = send.payload,
                   .earlier = static_cast<unsigned>(std::count_if(heard.begin(), heard.end(), same))});
  std::vector<Reply> replies = answer_(heard.back());
  if (replies.empty() && icmp_for_silence) {
    events_.emplace(now + round_trip_, net::IcmpError{send.socket, send.to, 3, 3});
  }
  for (unsigned i = 0; i < icmp_errors_a_request; ++i) {
    events_.emplace(now + round_trip_ / 2, net::IcmpError{send.socket, send.to, 3, 1});
  }
  for (Reply& reply : replies) {
    events_.emplace(now + round_trip_, net::Datagram{send.socket, reply.from, std::move(reply.payload), {}});
  }
}

unsigned Stage::heard_at(const net::IpAddress& address) const {
  return static_cast<unsigned>(
      std::count_if(heard.begin(), heard.end(), [&](const Heard& one) { return one.to.address == address; }));
}

std::vector<Reply> honest(const Heard& heard) {
  const net::Endpoint other{heard.to.address == a.address ? b.address : a.address,
                            static_cast<std::uint16_t>(heard.to.port == 3478 ? 3479 : 3478)};
  return {{pick_role(heard.to, change_in(heard)), success(heard, heard.client, other)}};
}

net::Bytes success(const Heard& heard, const net::Endpoint& mapped, const std::optional<net::Endpoint>& other) {
  net::Bytes out;
  stun::MessageBuilder builder(out, stun::MessageClass::Success, stun::Method::Binding, id_of(heard));
  builder.add(stun::XorMappedAddress{mapped});
  if (other) builder.add(stun::OtherAddress{*other});
  return out;
}

net::Bytes error(const Heard& heard, std::uint16_t code) {
  net::Bytes out;
  stun::MessageBuilder builder(out, stun::MessageClass::Error, stun::Method::Binding, id_of(heard));
  builder.add(stun::ErrorCode{.code = code, .reason = "no"});
  if (code == 420) builder.add(stun::UnknownAttributes{{0x0003}});
  return out;
}

std::optional<stun::ChangeRequest> change_in(const Heard& heard) {
  const auto change = stun::Message::decode(heard.request)->get<stun::ChangeRequest>();
  return change ? std::optional(*change) : std::nullopt;
}

stun::TransactionId id_of(const Heard& heard) { return stun::Message::decode(heard.request)->id(); }

probe::ProbeConfig config_for(const std::vector<net::Endpoint>& given) {
  probe::ProbeConfig config;
  for (const net::Endpoint& reflector : given) config.reflectors.push_back({net::to_string(reflector), reflector});
  return config;
}

}  // namespace stage
