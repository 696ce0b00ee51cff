// What the kernel of a simulated host does for the agents: sockets, datagrams, and streams of lab/stream.h.

#include <algorithm>

#include "lab/fragmentation.h"
#include "lab/icmp.h"
#include "lab/ip_packet.h"
#include "lab/simulator.h"

namespace lab {

constexpr std::uint16_t least_ipv6_mtu = 1'280;  // RFC 8200 section 5

// ---- datagrams -----------------------------------------------------------------------------------------------------

void Simulator::carry_out(AgentId id, net::OpenUdp request) {
  open(id, request.socket, Protocol::Udp, request.local, request.towards);
}

void Simulator::carry_out(AgentId id, net::Listen request) {
  open(id, request.socket, Protocol::Tcp, request.local, std::nullopt);
}

void Simulator::open(AgentId id, net::SocketId socket, Protocol protocol, const net::Endpoint& local,
                     const std::optional<net::Endpoint>& towards) {
  const Port port{.host = agents_[id.value].host, .protocol = protocol, .local = local};
  auto bound = sockets_.bind({id, socket}, port, towards);
  if (bound) {
    tell(id, net::Opened{socket, *bound});
  } else {
    tell(id, net::OpenFailed{socket, std::move(bound.error())});
  }
}

void Simulator::carry_out(AgentId id, net::Send send) {
  const Socket* socket = sockets_.find({id, send.socket});
  if (socket == nullptr) return;
  net::Endpoint source = socket->port.local;
  if (source.address.unspecified()) {
    const auto own = network_.source_address(socket->port.host, send.to.address);
    if (!own) return;
    source.address = *own;
  }
  Packet packet{.source = source,
                .destination = send.to,
                .dont_fragment = send.dont_fragment,
                .payload = std::move(send.payload)};
  if (send.ttl) packet.ttl = *send.ttl;
  if (send.in_fragments) return inject_in_parts(socket->port.host, packet, *send.in_fragments);
  const std::size_t most = most_undivided(socket->port.host, packet);
  if (ip_size(packet) <= most) return network_.inject(socket->port.host, std::move(packet), now_);
  inject_in_parts(socket->port.host, packet, {.most = static_cast<std::uint16_t>(most)});
}

// No router divides IPv6, so its hosts do: what is larger than an ordinary link carries into parts that every link
// carries, as net/socket_driver.h does, and what they were told is too big (RFC 8201).
std::size_t Simulator::most_undivided(HostId host, const Packet& packet) const {
  constexpr std::size_t ipv4_at_most = 65'535;
  if (packet.source.family() == net::Family::V4 || packet.dont_fragment) return ipv4_at_most;
  constexpr std::size_t usual = 1'500;
  if (ip_size(packet) > usual) return least_ipv6_mtu;
  const auto told = path_mtu_.find({host.value, packet.destination.address});
  return told == path_mtu_.end() ? usual : told->second;
}

void Simulator::inject_in_parts(HostId host, const Packet& packet, const net::InFragments& how) {
  std::vector<Packet> parts = fragments_of(packet, how.most, fragment_id_++);
  if (how.reversed) std::reverse(parts.begin(), parts.end());
  for (Packet& part : parts) network_.inject(host, std::move(part), now_);
}

void Simulator::deliver(Delivery delivery) {
  if (delivery.packet.fragment) {
    auto whole = reassembly_[delivery.host.value].add(std::move(delivery.packet), now_);
    if (!whole) return;
    delivery.packet = std::move(*whole);
  }
  switch (delivery.packet.protocol) {
    case Protocol::Udp: return deliver_datagram(delivery.host, std::move(delivery.packet));
    case Protocol::Tcp: return deliver_segment(delivery.host, delivery.packet);
    case Protocol::Icmp: return deliver_icmp(delivery.host, delivery.packet);
  }
}

void Simulator::deliver_datagram(HostId host, Packet packet) {
  if (const auto key = sockets_.receiver(host, Protocol::Udp, packet.destination)) {
    tell(key->agent, net::Datagram{key->socket, packet.source, std::move(packet.payload), packet.ttl});
  } else if (settings_.closed_port_errors) {
    const auto error = make_icmp_error(packet, packet.destination.address, IcmpError::PortUnreachable);
    if (error) network_.inject(host, *error, now_);
  }
}

void Simulator::deliver_icmp(HostId host, const Packet& packet) {
  if (icmp_kind(packet) == IcmpKind::EchoRequest) return network_.inject(host, make_echo_reply(packet), now_);
  const auto about = quoted(packet);
  if (icmp_kind(packet) != IcmpKind::Error || !about) return;
  if (icmp_mtu(packet) != 0 && about->destination.family() == net::Family::V6) {
    path_mtu_[{host.value, about->destination.address}] = std::max(icmp_mtu(packet), least_ipv6_mtu);
  }
  if (about->protocol == Protocol::Tcp)
    return fail_to_connect({host, Protocol::Tcp, about->source, about->destination});
  const auto key = sockets_.receiver(host, about->protocol, about->source);
  if (!key) return;
  const auto [type, code] = icmp_type(packet);
  tell(key->agent,
       net::IcmpError{key->socket, about->destination, type, code, packet.source.address, icmp_mtu(packet)});
}

// RFC 1122 section 4.2.3.9: an error ends a connection that opens, and none that is established.
void Simulator::fail_to_connect(const Port& port) {
  const auto key = sockets_.at(port);
  if (key && !sockets_.find(*key)->stream.connected) close_stream(*key, "unreachable");
}

// ---- streams -------------------------------------------------------------------------------------------------------

void Simulator::carry_out(AgentId id, net::Connect request) {
  const SocketKey key{id, request.connection};
  const net::Endpoint any{net::IpAddress::any(request.to.family()), 0};
  const Port port{.host = agents_[id.value].host,
                  .protocol = Protocol::Tcp,
                  .local = request.local.value_or(any),
                  .remote = request.to};
  const auto bound = sockets_.bind(key, port, request.to);
  if (!bound) return tell(id, net::Closed{request.connection, bound.error()});
  send_segment(sockets_.find(key)->port, {.kind = Segment::Kind::Syn});
  set_timer(id, now_ + settings_.connect_timeout, request.connection);
}

void Simulator::carry_out(AgentId id, net::SendStream send) {
  if (Socket* socket = sockets_.find({id, send.connection})) write(*socket, std::move(send.payload));
}

void Simulator::carry_out(AgentId id, net::Close close) {
  const SocketKey key{id, close.socket};
  Socket* socket = sockets_.find(key);
  if (socket == nullptr) return;
  if (socket->port.remote == net::Endpoint{}) return sockets_.remove(key);
  socket->stream.closing = true;
  if (socket->stream.connected) finish(key, *socket);
}

void Simulator::deliver_segment(HostId host, const Packet& packet) {
  Segment segment = decode_segment(packet);
  const Port port{.host = host, .protocol = Protocol::Tcp, .local = packet.destination, .remote = packet.source};
  if (const auto key = sockets_.at(port)) {
    receive(*key, *sockets_.find(*key), std::move(segment));
  } else if (segment.kind == Segment::Kind::Syn && sockets_.receiver(host, Protocol::Tcp, port.local)) {
    accept(port);
  } else if (segment.kind != Segment::Kind::Rst) {
    send_segment(port, {.kind = Segment::Kind::Rst});
  }
}

void Simulator::accept(const Port& port) {
  const SocketKey listener = *sockets_.receiver(port.host, Protocol::Tcp, port.local);
  const SocketKey key{listener.agent, {agents_[listener.agent.value].next_accepted++}};
  sockets_.add(key, {.port = port, .stream = {.connected = true}});
  send_segment(port, {.kind = Segment::Kind::SynAck});
  tell(key.agent, net::Accepted{listener.socket, key.socket, port.remote});
}

void Simulator::receive(SocketKey key, Socket& socket, Segment segment) {
  using enum Segment::Kind;
  Stream& stream = socket.stream;
  if (segment.kind == Rst) return close_stream(key, stream.connected ? "reset by peer" : "refused");
  if (segment.kind == Syn || segment.kind == SynAck) {
    if (stream.connected) return;
    if (segment.kind == Syn) send_segment(socket.port, {.kind = SynAck});  // both sides connect at once (RFC 9293, 3.5)
    return establish(key, socket);
  }
  if (segment.offset != stream.received) {  // something before it was dropped on the way
    send_segment(socket.port, {.kind = Rst});
    return close_stream(key, "reset: bytes were lost");
  }
  stream.received += static_cast<std::uint32_t>(segment.data.size());
  if (segment.kind == Fin) {
    tell(key.agent, net::PeerFinished{key.socket});
  } else {
    tell(key.agent, net::StreamBytes{key.socket, std::move(segment.data)});
  }
}

void Simulator::establish(SocketKey key, Socket& socket) {
  socket.stream.connected = true;
  if (!socket.stream.closing) tell(key.agent, net::Connected{key.socket, socket.port.local});
  if (!socket.stream.waiting.empty()) write(socket, std::exchange(socket.stream.waiting, {}));
  if (socket.stream.closing) finish(key, socket);
}

void Simulator::write(Socket& socket, net::Bytes data) {
  Stream& stream = socket.stream;
  if (!stream.connected) return net::append(stream.waiting, data);
  const std::uint32_t offset = stream.sent;
  stream.sent += static_cast<std::uint32_t>(data.size());
  send_segment(socket.port, {.kind = Segment::Kind::Data, .offset = offset, .data = std::move(data)});
}

// Whatever comes for it after this is answered by a reset, as by a kernel whose program has closed.
void Simulator::finish(SocketKey key, Socket& socket) {
  send_segment(socket.port, {.kind = Segment::Kind::Fin, .offset = socket.stream.sent});
  sockets_.remove(key);
}

void Simulator::reset(SocketKey key) {
  send_segment(sockets_.find(key)->port, {.kind = Segment::Kind::Rst});
  sockets_.remove(key);
}

void Simulator::abandon_sockets(AgentId id) {
  for (const SocketKey key : sockets_.of(id)) {
    if (sockets_.find(key)->port.remote != net::Endpoint{}) {
      reset(key);
    } else {
      sockets_.remove(key);
    }
  }
}

void Simulator::close_stream(SocketKey key, std::string reason) {
  const bool agent_closed_it = sockets_.find(key)->stream.closing;
  sockets_.remove(key);
  if (!agent_closed_it) tell(key.agent, net::Closed{key.socket, std::move(reason)});
}

void Simulator::send_segment(const Port& port, const Segment& segment) {
  network_.inject(port.host,
                  {.protocol = Protocol::Tcp,
                   .source = port.local,
                   .destination = port.remote,
                   .reliable = true,
                   .payload = encode(segment)},
                  now_);
}

}  // namespace lab
