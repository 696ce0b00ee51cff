#pragma once
// How many labelled replies this host sent, and how many its limiter refused, per (source IP, run nonce, question): the
// proof a prober asks for with SENT-QUERY. Fixed memory, no allocation; places are found by a keyed hash, so nobody can
// aim at another's counts. A new question displaces the oldest of its set of four.

#include <cstdint>
#include <vector>

#include "net/endpoint.h"
#include "stun/crypto.h"
#include "stun/private_attributes.h"

namespace reflector {

class SentRing {
 public:
  SentRing(const stun::SipKey& key, std::size_t entries);  // a power of two, at least 4

  void count_sent(const net::IpAddress& source, const stun::SentQuery& label);
  void count_refused(const net::IpAddress& source, const stun::SentQuery& label);
  [[nodiscard]] stun::SentCount count(const net::IpAddress& source, const stun::SentQuery& label) const;  // or zeros

 private:
  struct Entry {
    std::uint64_t hash = 0;  // 0: never used
    stun::SentCount count;
  };

  stun::SipKey key_;
  std::vector<Entry> entries_;  // sets of four, youngest first

  [[nodiscard]] std::uint64_t hash_of(const net::IpAddress& source, const stun::SentQuery& label) const;
  [[nodiscard]] std::size_t set_of(std::uint64_t hash) const;
  stun::SentCount& entry(const net::IpAddress& source, const stun::SentQuery& label);
};

}  // namespace reflector
