#include "reflector/connections.h"

#include <algorithm>

namespace reflector {

void Connections::accept(const net::Accepted& accepted, SocketRole role, net::TimePoint now,
                         std::vector<net::Output>& outputs) {
  if (full_for(accepted.from.address)) {
    ++refused_;
    outputs.emplace_back(net::Close{accepted.connection});
    return;
  }
  open_[accepted.connection] = {.role = role, .from = accepted.from, .deadline = now + connection_patience};
}

void Connections::receive(const net::StreamBytes& bytes, net::TimePoint now, const Answer& answer,
                          std::vector<net::Output>& outputs) {
  const auto found = open_.find(bytes.connection);
  if (found == open_.end()) return;
  Connection& connection = found->second;
  connection.framer.push(bytes.payload);
  while (const auto message = connection.framer.next()) {
    connection.deadline = now + connection_patience;
    const net::BytesView reply = answer(connection.role, connection.from, *message);
    if (reply.empty()) continue;
    outputs.emplace_back(net::SendStream{bytes.connection, net::Bytes(reply.begin(), reply.end())});
  }
  if (connection.framer.broken()) finish(bytes.connection, outputs);
}

void Connections::finish(net::SocketId connection, std::vector<net::Output>& outputs) {
  if (open_.erase(connection) > 0) outputs.emplace_back(net::Close{connection});
}

void Connections::close_idle(std::vector<net::Output>& outputs) {
  std::erase_if(open_, [&](const auto& entry) {
    const bool idle = entry.second.framer.buffered() == 0;
    if (idle) outputs.emplace_back(net::Close{entry.first});
    return idle;
  });
}

void Connections::close_overdue(net::TimePoint now, std::vector<net::Output>& outputs) {
  std::erase_if(open_, [&](const auto& entry) {
    const bool overdue = now >= entry.second.deadline;
    if (overdue) outputs.emplace_back(net::Close{entry.first});
    return overdue;
  });
}

std::optional<net::TimePoint> Connections::next_deadline() const {
  std::optional<net::TimePoint> earliest;
  for (const auto& [id, connection] : open_) {
    if (!earliest || connection.deadline < *earliest) earliest = connection.deadline;
  }
  return earliest;
}

bool Connections::full_for(const net::IpAddress& source) const {
  if (open_.size() >= most_) return true;
  const auto same =
      std::count_if(open_.begin(), open_.end(), [&](const auto& entry) { return entry.second.from.address == source; });
  return static_cast<std::size_t>(same) >= connections_per_source;
}

}  // namespace reflector
