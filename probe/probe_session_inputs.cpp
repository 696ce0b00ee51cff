// What a session is told: sockets, datagrams, streams, ICMP errors, and which question each belongs to.

#include <fmt/core.h>

#include <algorithm>

#include "gateway/codec.h"
#include "gateway/http_reply.h"
#include "probe/assist_message.h"
#include "probe/connectivity_discovery.h"
#include "probe/log_reading.h"
#include "probe/probe_session.h"
#include "probe/response.h"

namespace probe {
namespace {

constexpr unsigned most_pieces = 4096;  // of a connection: a gateway that sends byte after byte is cut off

Outcome outcome_of(gateway::Outcome of_gateway) {
  switch (of_gateway) {
    case gateway::Outcome::Answered: return Outcome::Answered;
    case gateway::Outcome::Refused: return Outcome::Refused;
    case gateway::Outcome::Unusable: return Outcome::Unusable;
  }
  return Outcome::Unusable;
}

}  // namespace

void ProbeSession::start(net::TimePoint now) {
  began_ = now;
  ask_discoveries();
}

void ProbeSession::handle(net::TimePoint now, const net::Input& input) {
  elapsed_ = now - began_;
  std::visit(net::Overloaded{
                 [&](const net::Opened& event) { opened(event.socket.value, event.local); },
                 [&](const net::OpenFailed& event) { not_opened(event.socket.value, event.attempt); },
                 [&](const net::Datagram& event) {
                   take_datagram({event.socket.value, event.from, event.payload, event.ttl});
                 },
                 [&](const net::IcmpError& event) { take_icmp(event); },
                 [&](const net::Connected& event) {
                   opened(event.connection.value, event.local);
                   send_over_stream(event.connection.value);
                 },
                 [&](const net::StreamBytes& event) { take_stream(event.connection.value, event.payload); },
                 [&](const net::PeerFinished& event) {
                   if (take_gateway_stream(event.connection.value, {}, true)) return;
                   failed(event.connection.value, Outcome::Unreachable, "closed without an answer");
                 },
                 [&](const net::Closed& event) {
                   if (take_gateway_stream(event.connection.value, {}, true)) return;
                   failed(event.connection.value, Outcome::Unreachable, event.reason);
                 },
                 [](const net::Accepted&) {},
             },
             input);
  if (over_budget()) return wind_down();
  if (changed_) ask_discoveries();
}

void ProbeSession::tick(net::TimePoint now) {
  elapsed_ = now - began_;
  if (over_budget()) return wind_down();
  send_due();
  ask_discoveries();
}

void ProbeSession::stop(net::TimePoint now, net::Duration at_most) {
  if (finished_ || winding_down_until_) return;
  elapsed_ = now - began_;
  wind_down(at_most);
}

void ProbeSession::opened(std::uint32_t socket, const net::Endpoint& local) {
  sockets_[socket].local = local;
  for (Observation& seen : log_) {
    if (seen.query.socket != socket) continue;
    seen.local = local;
    changed_ = changed_ || seen.query.gateway;  // our own address is part of what it is asked
  }
}

void ProbeSession::not_opened(std::uint32_t socket, std::string_view attempt) {
  sockets_[socket].failure = attempt;
  failed(socket, Outcome::NotSent, attempt);
}

void ProbeSession::failed(std::uint32_t socket, Outcome outcome, std::string_view note) {
  for (Observation& seen : log_) {
    if (seen.query.socket != socket || settled(seen)) continue;
    add_note(seen, note);
    settle(seen, outcome);
  }
}

void ProbeSession::take_datagram(const Arriving& datagram) {
  const auto message = stun::Message::decode(datagram.payload);
  const auto found = message ? by_id_.find(message->id()) : by_id_.end();
  const bool of_assistant =
      found != by_id_.end() && log_[found->second].query.assist && log_[found->second].query.socket == datagram.socket;
  if (of_assistant) return take_assist_reply(found->second, datagram);
  if (message && found == by_id_.end() && take_assist_proof(*message, datagram)) return;
  if (found == by_id_.end() || log_[found->second].query.hearing_socket() != datagram.socket) {
    if (take_gateway_datagram(datagram)) return;
    ++strays_;
    return;
  }
  Observation& seen = log_[found->second];
  if (seen.query.to_ourselves && message->message_class() == stun::MessageClass::Request) {
    return take_own_request(found->second, datagram);
  }
  if (!exchanges_[found->second].transaction.matches(*message)) {
    ++strays_;
    return;
  }
  if (!take_response(seen, *message, datagram.from, elapsed_)) return;
  changed_ = true;
  seen.reply_ttl = datagram.ttl;
  seen.reply_size = static_cast<std::uint16_t>(datagram.payload.size());
  if (!seen.other_address) return;
  const std::string why = why_not_followed(seen, config_.follow_other_address);
  if (!why.empty()) add_note(seen, why);
}

void ProbeSession::take_own_request(std::size_t index, const Arriving& datagram) {
  Observation& seen = log_[index];
  if (seen.outcome == Outcome::Returned) {
    ++seen.duplicates;
    return;
  }
  seen.from = datagram.from;
  seen.reply_ttl = datagram.ttl;
  seen.answered_at = elapsed_;
  settle(seen, Outcome::Returned);
}

// Believed for the key it was made with, not for where it came from. What the assistant did may have been heard before
// it said so: then that stands.
void ProbeSession::take_assist_reply(std::size_t index, const Arriving& datagram) {
  Observation& seen = log_[index];
  const auto reply = read_assist_reply(datagram.payload, config_.assistant->key);
  if (!reply || datagram.from != seen.query.to) {
    ++seen.ignored;
    return;
  }
  if (seen.from) {
    ++seen.duplicates;
    return;
  }
  seen.from = datagram.from;
  seen.reply_ttl = datagram.ttl;
  seen.reply_size = static_cast<std::uint16_t>(datagram.payload.size());
  seen.answered_at = elapsed_;
  if (reply->error) {
    seen.error_code = reply->error;
    add_note(seen, assist_error_words(*reply->error));
    return settle(seen, Outcome::Refused);
  }
  const auto proof = seen.assist ? seen.assist->proof : std::nullopt;
  seen.assist = reply->answer;
  seen.assist->proof = proof;
  if (reply->nonce) assist_nonce_ = reply->nonce;
  settle(seen, Outcome::Answered);
}

// A reflector's answer to the assistant that came to an external endpoint of ours: its id is the proof.
bool ProbeSession::take_assist_proof(const stun::Message& message, const Arriving& datagram) {
  if (!message.is(stun::MessageClass::Success, stun::Method::Binding)) return false;
  for (auto seen = log_.rbegin(); seen != log_.rend(); ++seen) {
    const auto& question = seen->query.assist;
    const bool wanted = question && question->act == AssistAct::Prove && question->target == datagram.from &&
                        seen->query.heard_on == datagram.socket;
    if (!wanted) continue;
    if (!seen->assist) seen->assist.emplace();
    seen->assist->proof = message.id().bytes;
    changed_ = true;
    return true;
  }
  return false;
}

bool ProbeSession::take_gateway_datagram(const Arriving& datagram) {
  if (!config_.gateway || datagram.from.address != *config_.gateway) return false;
  for (Observation& seen : log_) {
    const Query& query = seen.query;
    if (!query.gateway || query.socket != datagram.socket || settled(seen)) continue;
    const auto reply = gateway::read_datagram(*query.gateway, *config_.gateway, pcp_nonce_, datagram.payload);
    if (!reply) continue;
    seen.from = datagram.from;
    seen.reply_ttl = datagram.ttl;
    seen.reply_size = static_cast<std::uint16_t>(datagram.payload.size());
    take_gateway_reply(seen, *reply);
    return true;
  }
  return false;
}

// Whether the connection is one to the gateway that is still of interest.
bool ProbeSession::take_gateway_stream(std::uint32_t socket, net::BytesView payload, bool ended) {
  const auto found = std::find_if(log_.begin(), log_.end(), [&](const Observation& seen) {
    return seen.query.socket == socket && seen.query.gateway && seen.query.transport == Transport::Tcp;
  });
  if (found == log_.end()) return false;
  if (settled(*found)) return true;
  Socket& connection = sockets_[socket];
  net::append(connection.received, payload);
  if (ended && connection.received.empty()) return false;
  const bool too_many = ++connection.pieces > most_pieces || connection.received.size() > gateway::http::largest_reply;
  const auto reply =
      gateway::read_stream(*found->query.gateway, *config_.gateway, connection.received, ended || too_many);
  if (!reply) return true;
  found->from = found->query.to;
  connection.received.clear();
  outputs_.emplace_back(net::Close{net::SocketId{socket}});
  take_gateway_reply(*found, *reply);
  return true;
}

void ProbeSession::take_gateway_reply(Observation& seen, const gateway::Reply& reply) {
  seen.answered_at = elapsed_;
  seen.gateway = reply.answer;
  seen.error_code = reply.error_code;
  if (!reply.note.empty()) add_note(seen, reply.note);
  settle(seen, outcome_of(reply.outcome));
}

void ProbeSession::take_stream(std::uint32_t socket, net::BytesView payload) {
  if (take_gateway_stream(socket, payload, false)) return;
  auto& framer = sockets_[socket].stream;
  if (!framer) return;
  framer->push(payload);
  const auto query =
      std::find_if(log_.begin(), log_.end(), [&](const Observation& seen) { return seen.query.socket == socket; });
  if (query == log_.end()) return;
  while (const auto message = framer->next()) take_datagram({socket, query->query.to, *message});
  if (framer->broken()) {
    framer.reset();
    outputs_.emplace_back(net::Close{net::SocketId{socket}});
    failed(socket, Outcome::Unusable, "not STUN");
  }
}

// Remembered, not obeyed: anybody can forge one, and a reflector may be back before the waiting is over.
void ProbeSession::take_icmp(const net::IcmpError& error) {
  for (std::size_t i = 0; i < log_.size(); ++i) {
    const Query& query = log_[i].query;
    const bool about = query.socket == error.socket.value && query.to == error.destination;
    if (!about || settled(log_[i]) || log_[i].icmp) continue;
    log_[i].icmp = {.type = error.type, .code = error.code, .from = error.from, .mtu = error.mtu, .at = elapsed_};
    add_note(log_[i], fmt::format("ICMP type {} code {}", error.type, error.code));
    changed_ = true;
  }
}

}  // namespace probe
