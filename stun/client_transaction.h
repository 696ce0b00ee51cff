#pragma once
// The timing of one client transaction (RFC 8489 section 6.2.1): when the request goes out again, when to give up.
// Time in, decisions out; the owner sends and receives.

#include <optional>

#include "net/time.h"
#include "stun/message.h"

namespace stun {

// The standard's defaults. A prober that knows the round trip may pass a faster one.
struct RetransmissionSchedule {
  net::Duration initial_rto = std::chrono::milliseconds(500);
  unsigned most_requests = 7;  // Rc, 1 to 32
  unsigned last_wait = 16;     // Rm: after the last request, so many initial RTOs
  bool doubling = true;        // false: every `initial_rto`
};

class ClientTransaction {
 public:
  ClientTransaction(const TransactionId& id, const RetransmissionSchedule& schedule, net::TimePoint start);

  // True once for each time the request must go out, the first at `start`.
  [[nodiscard]] bool take_due(net::TimePoint now);
  [[nodiscard]] net::TimePoint next_deadline() const { return deadline_; }  // of the next request, or of giving up
  [[nodiscard]] bool timed_out(net::TimePoint now) const;

  // A success or error response with our id. Requests and indications never match (our own may come back).
  [[nodiscard]] bool matches(const Message& message) const;

  [[nodiscard]] const TransactionId& id() const { return id_; }
  [[nodiscard]] unsigned requests_sent() const { return sent_; }

 private:
  TransactionId id_;
  RetransmissionSchedule schedule_;
  net::TimePoint deadline_;
  unsigned sent_ = 0;

  [[nodiscard]] net::Duration wait_after_request() const;
};

}  // namespace stun
