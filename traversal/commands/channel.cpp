#include "traversal/commands/channel.h"

#include "net/cannot_work.h"

namespace traversal {

Channel::Channel(net::Agent& agent, Transport transport, const RendezvousAccess& access) : outermost_(&agent) {
  if (transport == Transport::Udp) return;
  outermost_ = &dialer_.emplace(agent, signal_socket);
  if (!access.ca) return;
  outermost_ = &secured_.emplace(*dialer_, net::TlsContext::client(*access.ca), access.rendezvous.host);
}

void speak(bool tcp_only, const std::function<Spoken(Transport)>& over) {
  std::string silence;
  if (!tcp_only) {
    const Spoken udp = over(Transport::Udp);
    if (!udp.failure) return;
    if (!udp.unheard) throw net::CannotWork(*udp.failure);
    silence = *udp.failure + " over UDP; over TCP: ";
  }
  const Spoken tcp = over(Transport::Tcp);
  if (tcp.failure) throw net::CannotWork(tcp.answered ? *tcp.failure : silence + *tcp.failure);
}

}  // namespace traversal
