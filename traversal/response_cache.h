#pragma once
// Responses kept for requests that come again (RFC 8489 section 6.3.1): a retransmitted request gets the same bytes and
// is not carried out twice. Bounded; the oldest go first.

#include <deque>
#include <map>
#include <utility>

#include "net/bytes.h"
#include "net/endpoint.h"
#include "net/time.h"
#include "stun/message.h"

namespace traversal {

class ResponseCache {
 public:
  [[nodiscard]] const net::Bytes* find(const net::Endpoint& from, const stun::TransactionId& id) const;
  void keep(net::TimePoint now, const net::Endpoint& from, const stun::TransactionId& id, net::Bytes response);

 private:
  using Request = std::pair<net::Endpoint, stun::TransactionId>;
  std::map<Request, net::Bytes> responses_;
  std::deque<std::pair<net::TimePoint, Request>> by_age_;
};

}  // namespace traversal
