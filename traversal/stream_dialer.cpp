#include "traversal/stream_dialer.h"

#include <utility>

namespace traversal {
namespace {

constexpr std::uint32_t first_connection = 0x40000000U;  // apart from the agent's own sockets

}  // namespace

void StreamDialer::start(net::TimePoint now) {
  connection_.value = first_connection;
  inner_.start(now);
  take_inner_outputs();
}

void StreamDialer::handle(net::TimePoint now, const net::Input& input) {
  const auto ours = [this](net::SocketId connection) { return state_ != State::None && connection == connection_; };
  std::visit(net::Overloaded{[&](const net::Connected& connected) {
                               if (!ours(connected.connection)) return inner_.handle(now, connected);
                               handle_connected(now, connected);
                             },
                             [&](const net::StreamBytes& bytes) {
                               if (!ours(bytes.connection)) return inner_.handle(now, bytes);
                               handle_bytes(now, bytes);
                             },
                             [&](const net::PeerFinished& ended) {
                               if (!ours(ended.connection)) return inner_.handle(now, ended);
                               outputs_.emplace_back(net::Close{connection_});
                               handle_closed(now, "closed by the other side");
                             },
                             [&](const net::Closed& closed) {
                               if (!ours(closed.connection)) return inner_.handle(now, closed);
                               handle_closed(now, closed.reason);
                             },
                             [&](const auto& other) { inner_.handle(now, other); }},
             input);
  take_inner_outputs();
}

void StreamDialer::tick(net::TimePoint now) {
  inner_.tick(now);
  take_inner_outputs();
}

std::vector<net::Output> StreamDialer::take_outputs() {
  take_inner_outputs();  // of what its owner asked of the agent itself
  return std::exchange(outputs_, {});
}

void StreamDialer::connect() {
  ++connection_.value;
  framer_ = {};
  state_ = State::Connecting;
  outputs_.emplace_back(net::Connect{.connection = connection_, .to = *remote_});
}

void StreamDialer::handle_connected(net::TimePoint now, const net::Connected& connected) {
  state_ = State::Open;
  inner_.handle(now, net::Opened{signal_socket_, connected.local});
}

void StreamDialer::handle_bytes(net::TimePoint now, const net::StreamBytes& bytes) {
  framer_.push(bytes.payload);
  while (auto message = framer_.next()) {
    heard_ = true;
    inner_.handle(now, net::Datagram{signal_socket_, *remote_, *std::move(message), std::nullopt});
  }
  if (!framer_.broken()) return;
  outputs_.emplace_back(net::Close{connection_});
  handle_closed(now, "what came is no STUN");
}

void StreamDialer::handle_closed(net::TimePoint now, const std::string& reason) {
  state_ = State::None;
  if (heard_) return;
  inner_.handle(now, net::OpenFailed{signal_socket_, "connect " + net::to_string(*remote_) + ": " + reason});
}

void StreamDialer::take_inner_outputs() {
  for (net::Output& output : inner_.take_outputs()) {
    const auto* open = std::get_if<net::OpenUdp>(&output);
    auto* send = std::get_if<net::Send>(&output);
    if (open != nullptr && open->socket == signal_socket_) {
      remote_ = open->towards;
      connect();
    } else if (send != nullptr && send->socket == signal_socket_) {
      carry_out(std::move(*send));
    } else {
      outputs_.push_back(std::move(output));
    }
  }
}

void StreamDialer::carry_out(net::Send send) {
  if (send.to != remote_) return;
  if (state_ == State::None) connect();
  outputs_.emplace_back(net::SendStream{connection_, std::move(send.payload)});
}

}  // namespace traversal
