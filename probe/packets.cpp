#include "probe/packets.h"

namespace probe {

void RecordedSession::start(net::TimePoint now) {
  began_ = now_ = now;
  session_.start(now);
}

void RecordedSession::handle(net::TimePoint now, const net::Input& input) {
  now_ = now;
  if (const auto* event = std::get_if<net::Opened>(&input)) opened(event->socket.value, event->local);
  if (const auto* event = std::get_if<net::Datagram>(&input)) {
    keep(event->socket.value, {.remote = event->from, .ttl = event->ttl, .payload = event->payload});
  }
  session_.handle(now, input);
}

void RecordedSession::tick(net::TimePoint now) {
  now_ = now;
  session_.tick(now);
}

std::vector<net::Output> RecordedSession::take_outputs() {
  auto outputs = session_.take_outputs();
  for (const net::Output& output : outputs) {
    const auto* send = std::get_if<net::Send>(&output);
    if (send == nullptr) continue;
    keep(send->socket.value, {.outbound = true,
                              .remote = send->to,
                              .ttl = send->ttl,
                              .dont_fragment = send->dont_fragment,
                              .payload = send->payload});
  }
  return outputs;
}

void RecordedSession::keep(std::uint32_t socket, Packet packet) {
  if (packets_.size() >= most_packets || bytes_ + packet.payload.size() > most_bytes) {
    ++left_out_;
    return;
  }
  bytes_ += packet.payload.size();
  packet.at = now_ - began_;
  packet.observation = session_.question_of(packet.payload);
  if (const auto local = locals_.find(socket); local != locals_.end()) packet.local = local->second;
  packets_.push_back(std::move(packet));
  sockets_.push_back(socket);
}

// What was sent along with the opening learns its source here.
void RecordedSession::opened(std::uint32_t socket, const net::Endpoint& local) {
  locals_[socket] = local;
  for (std::size_t i = 0; i < packets_.size(); ++i) {
    if (sockets_[i] == socket && !packets_[i].local) packets_[i].local = local;
  }
}

}  // namespace probe
