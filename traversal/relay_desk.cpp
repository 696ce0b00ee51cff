#include "traversal/relay_desk.h"

#include <algorithm>

namespace traversal {

void RelayDesk::relay(net::TimePoint now, const RegisteredHost& to, const Relay& text) {
  const auto at = clients_.try_emplace(to.session, to.socket, to.external, to.key, random_.fork()).first;
  at->second.request(now, Relayed{.session = to.session, .from = text.name, .id = text.id, .text = text.text});
}

void RelayDesk::handle(net::TimePoint now, const net::Endpoint& from, const SignalMessage& message) {
  for (auto& [session, client] : clients_) {
    if (client.remote() == from) client.handle(now, message);
  }
  forget_idle();
}

void RelayDesk::tick(net::TimePoint now) {
  for (auto& [session, client] : clients_) client.tick(now);
  forget_idle();
}

std::optional<net::TimePoint> RelayDesk::next_deadline() const {
  std::optional<net::TimePoint> next;
  for (const auto& [session, client] : clients_) {
    if (const auto own = client.next_deadline()) next = std::min(next.value_or(*own), *own);
  }
  return next;
}

void RelayDesk::take_outputs(std::vector<net::Output>& into) {
  for (auto& [session, client] : clients_) client.take_outputs(into);
}

// One that said something to be sent has a deadline for its answer too.
void RelayDesk::forget_idle() {
  std::erase_if(clients_, [](const auto& entry) { return !entry.second.next_deadline(); });
}

}  // namespace traversal
