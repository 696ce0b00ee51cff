#include "stun/stream_connections.h"

namespace stun {

void StreamConnections::accept(const net::Accepted& accepted, net::TimePoint now, std::vector<net::Output>& outputs) {
  if (full_for(accepted.from.address)) {
    ++refused_;
    outputs.emplace_back(net::Close{accepted.connection});
    return;
  }
  Connection& connection = open_[accepted.connection];
  connection.origin = {accepted.listener, accepted.connection, accepted.from};
  ++of_source_[accepted.from.address];
  extend(connection, now);
}

void StreamConnections::receive(const net::StreamBytes& bytes, net::TimePoint now, const Answer& answer,
                                std::vector<net::Output>& outputs) {
  const auto found = open_.find(bytes.connection);
  if (found == open_.end()) return;
  Connection& connection = found->second;
  connection.framer.push(bytes.payload);
  while (const auto message = connection.framer.next()) {
    extend(connection, now);
    const net::BytesView reply = answer(connection.origin, *message);
    if (reply.empty()) continue;
    outputs.emplace_back(net::SendStream{bytes.connection, net::Bytes(reply.begin(), reply.end())});
  }
  if (connection.framer.broken()) finish(bytes.connection, outputs);
}

void StreamConnections::finish(net::SocketId connection, std::vector<net::Output>& outputs) {
  if (!has(connection)) return;
  forget(connection);
  outputs.emplace_back(net::Close{connection});
}

void StreamConnections::forget(net::SocketId connection) {
  const auto found = open_.find(connection);
  if (found == open_.end()) return;
  const auto source = of_source_.find(found->second.origin.from.address);
  if (--source->second == 0) of_source_.erase(source);
  deadlines_.erase({found->second.deadline, connection});
  open_.erase(found);
}

void StreamConnections::close_idle(std::vector<net::Output>& outputs) {
  std::vector<net::SocketId> idle;
  for (const auto& [id, connection] : open_) {
    if (connection.framer.buffered() == 0) idle.push_back(id);
  }
  for (const net::SocketId id : idle) finish(id, outputs);
}

void StreamConnections::close_overdue(net::TimePoint now, std::vector<net::Output>& outputs) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) finish(deadlines_.begin()->second, outputs);
}

std::optional<net::TimePoint> StreamConnections::next_deadline() const {
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first;
}

bool StreamConnections::full_for(const net::IpAddress& source) const {
  const auto same = of_source_.find(source);
  return open_.size() >= most_ || (same != of_source_.end() && same->second >= connections_per_source);
}

void StreamConnections::extend(Connection& connection, net::TimePoint now) {
  deadlines_.erase({connection.deadline, connection.origin.connection});
  connection.deadline = now + connection_patience;
  deadlines_.emplace(connection.deadline, connection.origin.connection);
}

}  // namespace stun
