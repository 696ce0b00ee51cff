#include "reflector/limiter.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace reflector {
namespace {

constexpr unsigned prefix_factor = 32;
constexpr std::uint32_t answered_over_limit = 10;  // every tenth
constexpr Rate destination_rate{.per_second = 20, .burst = 50};
constexpr Rate proven_destination_rate{.per_second = 200, .burst = 400};

// The first bytes of an address. A key's size tells the family, as no two families share one.
net::BytesView source_key(const net::IpAddress& address) {
  return address.bytes().first(address.family() == net::Family::V4 ? 4 : 8);
}
net::BytesView prefix_key(const net::IpAddress& address) {
  return address.bytes().first(address.family() == net::Family::V4 ? 3 : 6);
}

Rate times(const Rate& rate, unsigned factor) { return {rate.per_second * factor, rate.burst * factor}; }

}  // namespace

TokenBuckets::TokenBuckets(const stun::SipKey& key, std::size_t buckets, const Rate& rate)
    : key_(key), rate_(rate), first_row_(buckets), second_row_(buckets) {
  assert(std::has_single_bit(buckets));
}

bool TokenBuckets::take(net::BytesView key, net::TimePoint now) {
  const std::uint64_t hash = stun::sip_hash(key_, key);
  const bool first = take(first_row_[hash % first_row_.size()], now);
  const bool second = take(second_row_[(hash >> 32U) % second_row_.size()], now);
  return first || second;
}

bool TokenBuckets::take(Bucket& bucket, net::TimePoint now) const {
  if (bucket.used > 0) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now - bucket.since);
    const auto back = static_cast<std::uint64_t>(seconds.count()) * rate_.per_second;
    bucket.used -= static_cast<std::uint32_t>(std::min<std::uint64_t>(bucket.used, back));
    bucket.since += seconds;
  }
  if (bucket.used == 0) bucket.since = now;
  if (bucket.used >= rate_.burst) return false;
  ++bucket.used;
  return true;
}

SourceLimiter::Class SourceLimiter::limits(const stun::SipKey& key, std::size_t buckets, const Rate& rate) {
  return {TokenBuckets(key, buckets, rate), TokenBuckets(key, buckets, times(rate, prefix_factor))};
}

SourceLimiter::SourceLimiter(const stun::SipKey& key, std::size_t buckets, unsigned requests_per_second,
                             std::optional<unsigned> requests_per_second_in_all)
    : unproven_(limits(key, buckets, {requests_per_second, requests_per_second * 5 / 2})),
      proven_(limits(key, buckets, {requests_per_second * 10, requests_per_second * 20})) {
  if (const auto cap = requests_per_second_in_all) all_.emplace(key, 1, Rate{*cap, *cap});
}

Allowance SourceLimiter::admit(const net::IpAddress& source, bool proven, net::TimePoint now) {
  Class& limits = proven ? proven_ : unproven_;
  const bool within = limits.sources.take(source_key(source), now) && limits.prefixes.take(prefix_key(source), now);
  const bool small = !within && ++over_limit_ % answered_over_limit == 0;
  if (!within && !small) return Allowance::None;
  if (all_ && !all_->take({}, now)) return Allowance::None;
  return small ? Allowance::Small : Allowance::Full;
}

DestinationLimiter::DestinationLimiter(const stun::SipKey& key, std::size_t buckets)
    : unproven_(key, buckets, destination_rate), proven_(key, buckets, proven_destination_rate) {}

bool DestinationLimiter::admit(const net::IpAddress& destination, bool proven, net::TimePoint now) {
  return (proven ? proven_ : unproven_).take(destination.bytes(), now);
}

}  // namespace reflector
