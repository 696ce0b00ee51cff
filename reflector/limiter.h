#pragma once
// How often whom: limits of fixed memory, found by a keyed hash, never flushed, never a penalty, shared by all threads
// without a lock (reflector/token_bucket.h).
//
// Many sources share a bucket. Each has two and is refused only when both are empty, so a flood from a million forged
// sources rarely hurts an honest one.

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "net/endpoint.h"
#include "net/time.h"
#include "reflector/token_bucket.h"
#include "stun/sip_hash.h"

namespace reflector {

// How an arriving request may be answered.
enum class Allowance : std::uint8_t {
  Full,
  Small,  // over the limit, but every tenth is answered in as few bytes as there can be
  None,
};

// Per source: IPv4 /32, IPv6 /64 at the rate given (20 a second, burst 50), ten times that (burst: eight times) with a
// valid return token, since several clients may share one address; per /24 and /48 32 times each. A cap on all sources
// together is the operator's choice; above it nothing is answered.
//
// A request costs one hash and one cache line (with a cap: a second one). The hash of the /24 or /48 and the last bits
// of the source choose the line: 16 neighbours for a /24 or /48, each with a sixteenth of its limit, that is twice a
// source's. In the line are the bucket of the network's share, six for its sources, and a count of what was over.
class SourceLimiter {
 public:
  // `lines`: of the table for sources without a return token; a power of two, at least 16. Those with a token have a
  // table of a quarter: they cannot be forged.
  SourceLimiter(const stun::SipKey& key, std::size_t lines, unsigned requests_per_second,
                std::optional<unsigned> requests_per_second_in_all = std::nullopt);

  [[nodiscard]] Allowance admit(const net::IpAddress& source, bool proven, net::TimePoint now);

 private:
  struct alignas(64) Line {
    TokenBucket network;
    std::array<TokenBucket, 6> sources;
    std::atomic<std::uint64_t> over_limit{0};

    [[nodiscard]] bool take(std::size_t first, std::size_t second, const Rate& source, BucketTime now);
    [[nodiscard]] bool is_one_in_ten();  // of those over the limit
  };
  static_assert(sizeof(Line) == 64);

  struct Table {
    std::vector<Line> lines;
    Rate of_a_source;
  };
  struct Place {
    Line& line;
    std::size_t first;
    std::size_t second;
  };

  stun::SipKey key_;
  Table unproven_;
  Table proven_;
  std::optional<Rate> in_all_;
  TokenBucket all_;

  [[nodiscard]] Place place_of(const net::IpAddress& source, Table& table) const;
};

// What one host sends on the other's word, per destination address: 20 a second, burst 50; with a return token that
// this host has verified itself 200 a second, burst 400.
class DestinationLimiter {
 public:
  DestinationLimiter(const stun::SipKey& key, std::size_t buckets);  // of a row; a power of two

  [[nodiscard]] bool admit(const net::IpAddress& destination, bool proven, net::TimePoint now);

 private:
  using Row = std::vector<TokenBucket>;
  struct Table {
    Row first;
    Row second;
  };

  stun::SipKey key_;
  Table unproven_;
  Table proven_;
};

}  // namespace reflector
