#include "traversal/stream_door.h"

#include <algorithm>
#include <utility>

namespace traversal {
void StreamDoor::start(net::TimePoint now) {
  inner_.start(now);
  take_inner_outputs();
}

void StreamDoor::handle(net::TimePoint now, const net::Input& input) {
  std::visit(net::Overloaded{[&](const net::Opened& opened) { handle_opened(now, opened); },
                             [&](const net::OpenFailed& failed) {
                               if (is_listener(failed.socket)) {
                                 failure_ = failed.attempt;
                               } else {
                                 inner_.handle(now, failed);
                               }
                             },
                             [&](const net::Accepted& accepted) { connections_.accept(accepted, now, outputs_); },
                             [&](const net::StreamBytes& bytes) { handle_bytes(now, bytes); },
                             [&](const net::PeerFinished& ended) { connections_.finish(ended.connection, outputs_); },
                             [&](const net::Closed& closed) { connections_.forget(closed.connection); },
                             [&](const auto& other) { inner_.handle(now, other); }},
             input);
  take_inner_outputs();
}

// They are named downwards from the connections: no agent counts its own sockets that far.
bool StreamDoor::is_listener(net::SocketId socket) const {
  return !is_stream(socket) && socket.value >= net::first_accepted_id - listeners_;
}

void StreamDoor::handle_opened(net::TimePoint now, const net::Opened& opened) {
  if (is_listener(opened.socket)) return listening_.push_back(opened.local);
  inner_.handle(now, opened);
  take_inner_outputs();
  outputs_.emplace_back(net::Listen{net::SocketId{net::first_accepted_id - ++listeners_}, opened.local});
}

void StreamDoor::handle_bytes(net::TimePoint now, const net::StreamBytes& bytes) {
  const auto tell = [&](const stun::StreamConnections::Origin& origin, net::BytesView message) -> net::BytesView {
    inner_.handle(now, net::Datagram{origin.connection, origin.from, {message.begin(), message.end()}, std::nullopt});
    take_inner_outputs();
    return {};
  };
  connections_.receive(bytes, now, tell, outputs_);
}

void StreamDoor::tick(net::TimePoint now) {
  connections_.close_overdue(now, outputs_);
  inner_.tick(now);
  take_inner_outputs();
}

std::optional<net::TimePoint> StreamDoor::next_deadline() const {
  const auto own = connections_.next_deadline();
  const auto inner = inner_.next_deadline();
  return own && inner ? std::min(own, inner) : own ? own : inner;
}

std::vector<net::Output> StreamDoor::take_outputs() {
  take_inner_outputs();  // of what its owner asked of the agent itself
  return std::exchange(outputs_, {});
}

// What is for a connection that is gone, is gone too.
void StreamDoor::take_inner_outputs() {
  for (net::Output& output : inner_.take_outputs()) {
    auto* send = std::get_if<net::Send>(&output);
    if (send == nullptr || !is_stream(send->socket)) {
      outputs_.push_back(std::move(output));
    } else if (connections_.has(send->socket)) {
      outputs_.emplace_back(net::SendStream{send->socket, std::move(send->payload)});
    }
  }
}

}  // namespace traversal
