#pragma once
// What the rendezvous makes of one secret of 32 bytes that its owner drew: ids and keys nobody can guess, and nonces
// that prove that a request's sender receives at its source address. No state but a counter.

#include <optional>
#include <string>

#include "net/endpoint.h"
#include "net/time.h"
#include "traversal/signal.h"

namespace traversal {

class Secrets {
 public:
  explicit Secrets(const Key& secret) : secret_(secret) {}

  [[nodiscard]] Id next_id();
  [[nodiscard]] Key next_key();

  // Good for this source for 24 seconds.
  [[nodiscard]] std::string nonce_for(const net::Endpoint& source, net::TimePoint now) const;
  // How long ago it was given to this source, to the millisecond: at the least a round trip, as it went there and came
  // back. Nothing where it is not good.
  [[nodiscard]] std::optional<net::Duration> age_of(const std::string& nonce, const net::Endpoint& source,
                                                    net::TimePoint now) const;

 private:
  Key secret_;
  std::uint64_t used_ = 0;

  [[nodiscard]] std::string nonce_of(const net::Endpoint& source, std::uint32_t moment) const;
};

}  // namespace traversal
