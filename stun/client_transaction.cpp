#include "stun/client_transaction.h"

#include <cassert>

namespace stun {

ClientTransaction::ClientTransaction(const TransactionId& id, const RetransmissionSchedule& schedule,
                                     net::TimePoint start)
    : id_(id), schedule_(schedule), deadline_(start) {
  assert(schedule.most_requests >= 1 && schedule.most_requests <= 32);
}

bool ClientTransaction::take_due(net::TimePoint now) {
  if (sent_ == schedule_.most_requests || now < deadline_) return false;
  ++sent_;
  deadline_ = now + wait_after_request();
  return true;
}

bool ClientTransaction::timed_out(net::TimePoint now) const {
  return sent_ == schedule_.most_requests && now >= deadline_;
}

bool ClientTransaction::matches(const Message& message) const {
  const bool response =
      message.message_class() == MessageClass::Success || message.message_class() == MessageClass::Error;
  return response && message.id() == id_;
}

net::Duration ClientTransaction::wait_after_request() const {
  if (sent_ == schedule_.most_requests) return schedule_.initial_rto * schedule_.last_wait;
  return schedule_.doubling ? schedule_.initial_rto * (1U << (sent_ - 1)) : schedule_.initial_rto;
}

}  // namespace stun
