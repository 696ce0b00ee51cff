#pragma once
// How a command speaks to the rendezvous: over UDP, and over TCP where that draws no answer.

#include <functional>
#include <optional>
#include <string>

#include "net/secured_streams.h"
#include "traversal/commands/shared.h"
#include "traversal/signal_client.h"
#include "traversal/stream_dialer.h"

namespace traversal {

// An agent as the driver is to run it: as it is over UDP; behind a StreamDialer over TCP, and that behind TLS where
// `access` names certificates. CannotWork.
class Channel {
 public:
  Channel(net::Agent& agent, Transport transport, const RendezvousAccess& access);

  [[nodiscard]] net::Agent& agent() { return *outermost_; }
  [[nodiscard]] bool answered() const { return dialer_ && dialer_->heard(); }  // over TCP

 private:
  net::Agent* outermost_;
  std::optional<StreamDialer> dialer_;
  std::optional<net::SecuredStreams> secured_;
};

// What came of it. `unheard`: the failure is that nothing answered. `answered`: over TCP the rendezvous has, so that
// the failure is all there is to tell.
struct Spoken {
  std::optional<std::string> failure = std::nullopt;
  bool unheard = false;
  bool answered = false;
};

// Over UDP unless `tcp_only`, then over TCP if nothing answered. CannotWork, with what was tried.
void speak(bool tcp_only, const std::function<Spoken(Transport)>& over);

}  // namespace traversal
