#include "net/secured_streams.h"

#include <utility>

namespace net {

void SecuredStreams::start(TimePoint now) {
  inner_.start(now);
  take_inner_outputs();
}

void SecuredStreams::tick(TimePoint now) {
  inner_.tick(now);
  take_inner_outputs();
}

std::vector<Output> SecuredStreams::take_outputs() {
  take_inner_outputs();  // of what its owner asked of the agent itself
  return std::exchange(outputs_, {});
}

void SecuredStreams::handle(TimePoint now, const Input& input) {
  std::visit(Overloaded{[&](const Accepted& accepted) {
                          streams_.try_emplace(accepted.connection.value, Stream{.session = TlsSession(context_)});
                          inner_.handle(now, accepted);
                        },
                        [&](const Connected& connected) {
                          Stream& stream = streams_.at(connected.connection.value);
                          stream.open = true;
                          stream.untold = connected;
                          send_stream(connected.connection);
                        },
                        [&](const StreamBytes& bytes) { handle_bytes(now, bytes); },
                        [&](const PeerFinished& ended) { handle_end(now, ended.connection, ended); },
                        [&](const Closed& closed) { handle_end(now, closed.connection, closed); },
                        [&](const auto& other) { inner_.handle(now, other); }},
             input);
  take_inner_outputs();
}

void SecuredStreams::handle_bytes(TimePoint now, const StreamBytes& bytes) {
  const auto found = streams_.find(bytes.connection.value);
  if (found == streams_.end()) return;
  found->second.session.handle(bytes.payload);
  send_stream(bytes.connection);
  if (const auto& failure = found->second.session.failure()) {
    return give_up(now, bytes.connection, std::string(*failure));
  }
  tell_news(now, bytes.connection);
}

// What the agent does in between may end the connection.
void SecuredStreams::tell_news(TimePoint now, SocketId connection) {
  const auto stream = [&] { return streams_.find(connection.value); };
  if (stream()->second.session.established() && stream()->second.untold) {
    inner_.handle(now, *std::exchange(stream()->second.untold, std::nullopt));
    take_inner_outputs();
  }
  if (stream() == streams_.end()) return;
  if (Bytes plain = stream()->second.session.take_received(); !plain.empty()) {
    inner_.handle(now, StreamBytes{connection, std::move(plain)});
    take_inner_outputs();
  }
  if (stream() != streams_.end() && stream()->second.session.peer_finished()) {
    inner_.handle(now, PeerFinished{connection});
  }
}

void SecuredStreams::handle_end(TimePoint now, SocketId connection, const Input& end) {
  const auto found = streams_.find(connection.value);
  if (found == streams_.end()) return inner_.handle(now, end);  // of one that was never made
  const bool in_handshake = found->second.open && !found->second.session.established();
  if (in_handshake) return give_up(now, connection, "TLS: closed during the handshake");
  if (std::holds_alternative<Closed>(end)) streams_.erase(found);
  inner_.handle(now, end);
}

void SecuredStreams::give_up(TimePoint now, SocketId connection, const std::string& why) {
  streams_.erase(connection.value);
  outputs_.emplace_back(Close{connection});
  inner_.handle(now, Closed{connection, why});
}

void SecuredStreams::send_stream(SocketId connection) {
  Stream& stream = streams_.at(connection.value);
  if (!stream.open) return;
  Bytes bytes = stream.session.take_stream();
  if (!bytes.empty()) outputs_.emplace_back(SendStream{connection, std::move(bytes)});
}

void SecuredStreams::take_inner_outputs() {
  for (Output& output : inner_.take_outputs()) {
    const auto* send = std::get_if<SendStream>(&output);
    const auto* close = std::get_if<Close>(&output);
    if (const auto* connect = std::get_if<Connect>(&output)) {
      streams_.try_emplace(connect->connection.value, Stream{.session = TlsSession(context_, server_), .open = false});
    }
    const auto of = [this](SocketId connection) { return streams_.find(connection.value); };
    if (send != nullptr) {
      if (of(send->connection) == streams_.end()) continue;
      of(send->connection)->second.session.send(send->payload);
      send_stream(send->connection);
      continue;
    }
    if (close != nullptr && of(close->socket) != streams_.end()) {
      of(close->socket)->second.session.finish();
      send_stream(close->socket);
      streams_.erase(close->socket.value);
    }
    outputs_.push_back(std::move(output));
  }
}

}  // namespace net
