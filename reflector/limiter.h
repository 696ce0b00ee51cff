#pragma once
// How often whom: limits of fixed memory, found by a keyed hash, never flushed, never a penalty. A bucket holds `burst`
// tokens and gets `rate` back for each whole second since it was last full: so at most `burst` in the first second and
// `rate` in each one after, and a source that was flooded in somebody's name is served again within a second.
//
// Many sources share a bucket. Each has a place in two rows and is refused only when both its buckets are empty, so a
// flood from a million forged sources rarely hurts an honest one.

#include <cstdint>
#include <optional>
#include <vector>

#include "net/endpoint.h"
#include "net/time.h"
#include "stun/crypto.h"

namespace reflector {

struct Rate {
  unsigned per_second = 20;
  unsigned burst = 50;
};

class TokenBuckets {
 public:
  TokenBuckets(const stun::SipKey& key, std::size_t buckets, const Rate& rate);  // buckets: a row's; a power of two

  // Takes a token for this key; false when there is none.
  [[nodiscard]] bool take(net::BytesView key, net::TimePoint now);

 private:
  struct Bucket {
    net::TimePoint since;  // when the tokens in use began to come back
    std::uint32_t used = 0;
  };

  stun::SipKey key_;
  Rate rate_;
  std::vector<Bucket> first_row_;
  std::vector<Bucket> second_row_;

  bool take(Bucket& bucket, net::TimePoint now) const;
};

// How an arriving request may be answered.
enum class Allowance : std::uint8_t {
  Full,
  Small,  // over the limit, but every tenth is answered in as few bytes as there can be
  None,
};

// Per source: IPv4 /32, IPv6 /64 at the rate given (20 a second, burst 50), ten times that (burst: eight times) with a
// valid return token, since several clients may share one address; per /24 and /48 32 times each. A cap on all sources
// together is the operator's choice; above it nothing is answered.
class SourceLimiter {
 public:
  SourceLimiter(const stun::SipKey& key, std::size_t buckets, unsigned requests_per_second,
                std::optional<unsigned> requests_per_second_in_all = std::nullopt);

  [[nodiscard]] Allowance admit(const net::IpAddress& source, bool proven, net::TimePoint now);

 private:
  struct Class {
    TokenBuckets sources;
    TokenBuckets prefixes;
  };
  Class unproven_;
  Class proven_;
  std::optional<TokenBuckets> all_;
  std::uint32_t over_limit_ = 0;

  static Class limits(const stun::SipKey& key, std::size_t buckets, const Rate& rate);
};

// What one host sends on the other's word, per destination address: 20 a second, burst 50; with a return token that
// this host has verified itself 200 a second, burst 400.
class DestinationLimiter {
 public:
  DestinationLimiter(const stun::SipKey& key, std::size_t buckets);

  [[nodiscard]] bool admit(const net::IpAddress& destination, bool proven, net::TimePoint now);

 private:
  TokenBuckets unproven_;
  TokenBuckets proven_;
};

}  // namespace reflector
