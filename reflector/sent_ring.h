#pragma once
// How many labelled replies this host sent, and how many its limiter refused, per (source IP, run nonce, question): the
// proof a prober asks for with SENT-QUERY. Fixed memory, no allocation, no lock: all threads count in it. Places are
// found by a keyed hash, so nobody can aim at another's counts. A new question displaces the oldest of its set of four.

#include <atomic>
#include <cstdint>
#include <vector>

#include "net/endpoint.h"
#include "stun/private_attributes.h"
#include "stun/sip_hash.h"

namespace reflector {

class SentRing {
 public:
  static constexpr std::uint32_t most = 4095;  // counts stop there; a question is asked some dozens of times

  SentRing(const stun::SipKey& key, std::size_t entries);  // a power of two, at least 4

  void count_sent(const net::IpAddress& source, const stun::SentQuery& label);
  void count_refused(const net::IpAddress& source, const stun::SentQuery& label);
  [[nodiscard]] stun::SentCount count(const net::IpAddress& source, const stun::SentQuery& label) const;  // or zeros

 private:
  // | tag (40), 0 never used | sent (12) | refused (12) |: a count can never be added to another's tag.
  using Entry = std::atomic<std::uint64_t>;
  struct Place {
    std::size_t set;
    std::uint64_t tag;
  };

  stun::SipKey key_;
  std::vector<Entry> entries_;                     // in sets of four
  std::vector<std::atomic<std::uint8_t>> oldest_;  // of each set, which comes to be displaced next

  [[nodiscard]] Place place_of(const net::IpAddress& source, const stun::SentQuery& label) const;
  void add(const Place& place, std::uint64_t one);
};

}  // namespace reflector
