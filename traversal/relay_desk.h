#pragma once
// What the rendezvous relays to consoles: each text, and each acknowledgement, until the receiver has taken it or is
// silent. Whether a sender may is the registry's to say (may_relay).

#include <map>
#include <string>

#include "traversal/registry.h"
#include "traversal/signal_client.h"

namespace traversal {

class RelayDesk {
 public:
  explicit RelayDesk(net::Random random) : random_(random) {}

  void relay(net::TimePoint now, const RegisteredHost& to, const Relay& text);
  void handle(net::TimePoint now, const net::Endpoint& from, const SignalMessage& message);  // responses
  void tick(net::TimePoint now);
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const;
  void take_outputs(std::vector<net::Output>& into);

 private:
  net::Random random_;
  std::map<Id, SignalClient> clients_;  // by the receiver's session; those that wait for an answer

  void forget_idle();
};

}  // namespace traversal
