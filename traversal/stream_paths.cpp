#include "traversal/stream_paths.h"

#include <algorithm>
#include <utility>

namespace traversal {

StreamPaths::StreamPaths(const net::Endpoint& rendezvous, net::SocketId first)
    : rendezvous_(rendezvous), next_(first.value), end_(first.value + most_connections) {}

void StreamPaths::open() { connect(rendezvous_, {net::IpAddress::any(rendezvous_.family()), 0}); }

void StreamPaths::connect(const net::Endpoint& to, const net::Endpoint& from) {
  if (next_ == end_) return;
  const net::SocketId connection{next_++};
  connections_.emplace(connection, Connection{.remote = to});
  outputs_.emplace_back(net::Connect{.connection = connection, .to = to, .local = from});
}

void StreamPaths::send(const net::Endpoint& to, net::Bytes message) {
  const auto known = std::find_if(connections_.begin(), connections_.end(),
                                  [&](const auto& entry) { return entry.second.remote == to; });
  if (known == connections_.end()) {
    if (local_) connect(to, *local_);
  } else if (known->second.open) {
    outputs_.emplace_back(net::SendStream{known->first, std::move(message)});
  }
}

void StreamPaths::handle(const net::Input& input) {
  std::visit(
      net::Overloaded{[&](const net::Connected& connected) { handle_connected(connected); },
                      [&](const net::StreamBytes& bytes) { handle_bytes(bytes); },
                      [&](const net::PeerFinished& finished) { end(finished.connection); },
                      [&](const net::Closed& closed) { connections_.erase(closed.connection); }, [](const auto&) {}},
      input);
}

void StreamPaths::handle_connected(const net::Connected& connected) {
  const auto found = connections_.find(connected.connection);
  if (found == connections_.end()) return;
  found->second.open = true;
  if (found->second.remote == rendezvous_) local_ = connected.local;
}

void StreamPaths::handle_bytes(const net::StreamBytes& bytes) {
  const auto found = connections_.find(bytes.connection);
  if (found == connections_.end()) return;
  Connection& connection = found->second;
  connection.framer.push(bytes.payload);
  while (auto message = connection.framer.next()) messages_.push_back({connection.remote, *std::move(message)});
  if (connection.framer.broken()) end(bytes.connection);
}

void StreamPaths::end(net::SocketId connection) {
  if (connections_.erase(connection) > 0) outputs_.emplace_back(net::Close{connection});
}

void StreamPaths::close() {
  for (const auto& [connection, state] : std::exchange(connections_, {})) outputs_.emplace_back(net::Close{connection});
}

std::vector<StreamPaths::Message> StreamPaths::take_messages() { return std::exchange(messages_, {}); }

void StreamPaths::take_outputs(std::vector<net::Output>& into) {
  for (net::Output& output : std::exchange(outputs_, {})) into.push_back(std::move(output));
}

}  // namespace traversal
