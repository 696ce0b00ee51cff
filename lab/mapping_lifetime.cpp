#include "lab/mapping_lifetime.h"

#include <algorithm>

#include "lab/tcp_segment.h"

namespace lab {
namespace {

net::Duration udp_lifetime(const Mapping& mapping, const NatProfile& profile) {
  const net::Duration answered = profile.udp_answered_lifetime.value_or(profile.udp_lifetime);
  if (mapping.two_way) return profile.udp_two_way_lifetime.value_or(answered);
  if (mapping.answered) return answered;
  return mapping.repeated ? profile.udp_lifetime : profile.udp_first_lifetime.value_or(profile.udp_lifetime);
}

bool established(const TcpSession& session) {
  const bool closed = session.fin_out && session.fin_in;
  return session.seen_out && session.seen_in && !closed && !session.reset;
}

net::Duration tcp_lifetime(const Mapping& mapping, const NatProfile& profile) {
  const bool any = std::ranges::any_of(mapping.sessions, established);
  return any ? profile.tcp_lifetime : profile.tcp_transitory_lifetime;
}

net::Duration lifetime(const Mapping& mapping, const NatProfile& profile) {
  switch (mapping.key.protocol) {
    case Protocol::Udp: return udp_lifetime(mapping, profile);
    case Protocol::Tcp: return tcp_lifetime(mapping, profile);
    case Protocol::Icmp: return profile.icmp_lifetime;
  }
  return profile.udp_lifetime;
}

// TCP's timers follow the connection, whoever sends.
bool refreshes(const Mapping& mapping, const NatProfile& profile, Direction direction) {
  if (mapping.key.protocol == Protocol::Tcp || profile.refresh == Refresh::Both) return true;
  return (profile.refresh == Refresh::Outbound) == (direction == Direction::Outbound);
}

TcpSession& session_with(Mapping& mapping, const net::Endpoint& remote) {
  const auto found = std::ranges::find(mapping.sessions, remote, &TcpSession::remote);
  return found != mapping.sessions.end() ? *found : mapping.sessions.emplace_back(TcpSession{.remote = remote});
}

// True where the connection is over at once.
bool note_segment(TcpSession& session, const TcpHeader& header, TcpReset on_reset, Direction direction) {
  if (header.rst) {
    if (on_reset == TcpReset::Transitory) session.reset = true;
    return on_reset == TcpReset::Ends;
  }
  if (header.syn && !header.ack) session = {.remote = session.remote};  // a new connection between the same endpoints
  (direction == Direction::Outbound ? session.seen_out : session.seen_in) = true;
  if (header.fin) (direction == Direction::Outbound ? session.fin_out : session.fin_in) = true;
  return false;
}

}  // namespace

bool note_packet(Mapping& mapping, const NatProfile& profile, const Packet& packet, const net::Endpoint& remote,
                 Direction direction, net::TimePoint now) {
  if (direction == Direction::Inbound) mapping.answered = true;
  if (direction == Direction::Outbound && !mapping.permitted.empty()) mapping.repeated = true;
  if (mapping.answered && now - mapping.created > profile.udp_two_way_after) mapping.two_way = true;
  bool over = false;
  if (packet.protocol == Protocol::Tcp && packet.payload.size() >= tcp_header_size) {
    TcpSession& session = session_with(mapping, remote);
    if (note_segment(session, tcp_header(packet), profile.tcp_reset, direction)) {
      std::erase_if(mapping.sessions, [&](const TcpSession& other) { return other.remote == remote; });
      over = mapping.sessions.empty();
    }
  }
  if (refreshes(mapping, profile, direction)) mapping.last_refresh = now;
  mapping.expires = mapping.last_refresh + lifetime(mapping, profile);
  return over;
}

}  // namespace lab
