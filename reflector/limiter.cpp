#include "reflector/limiter.h"

#include <bit>
#include <cassert>

namespace reflector {
namespace {

constexpr unsigned lines_of_a_network = 16;
constexpr unsigned network_share = 2;         // times a source's limit, in each of these lines: 32 in all
constexpr unsigned answered_over_limit = 10;  // every tenth
constexpr Rate destination_rate{.per_second = 20, .burst = 50};
constexpr Rate proven_destination_rate{.per_second = 200, .burst = 400};

Rate times(const Rate& rate, unsigned factor) { return {rate.per_second * factor, rate.burst * factor}; }

// The /24 or /48; its size tells the family. And the rest of a source: of a /32 the last byte, of a /64 the last two.
net::BytesView network_of(const net::IpAddress& source) {
  return source.bytes().first(source.family() == net::Family::V4 ? 3 : 6);
}
std::uint32_t rest_of(const net::IpAddress& source) {
  const net::BytesView bytes = source.bytes();
  return source.family() == net::Family::V4 ? bytes[3] : net::get_u16(bytes.subspan(6));
}

// The upper half of a product with 2^64 divided by the golden ratio depends on all bits of both.
std::uint32_t mixed(std::uint64_t hash, std::uint32_t rest) {
  return static_cast<std::uint32_t>(((hash ^ rest) * 0x9E3779B97F4A7C15U) >> 32U);
}

}  // namespace

bool SourceLimiter::Line::take(std::size_t first, std::size_t second, const Rate& source, BucketTime now) {
  const bool one = sources[first].take(source, now);
  const bool other = sources[second].take(source, now);
  return (one || other) && network.take(times(source, network_share), now);
}

bool SourceLimiter::Line::is_one_in_ten() {
  return (over_limit.fetch_add(1, std::memory_order_relaxed) + 1) % answered_over_limit == 0;
}

SourceLimiter::SourceLimiter(const stun::SipKey& key, std::size_t lines, unsigned requests_per_second,
                             std::optional<unsigned> requests_per_second_in_all)
    : key_(key),
      unproven_{std::vector<Line>(lines), {requests_per_second, requests_per_second * 5 / 2}},
      proven_{std::vector<Line>(lines / 4), {requests_per_second * 10, requests_per_second * 20}} {
  assert(std::has_single_bit(lines) && lines >= lines_of_a_network);
  if (const auto cap = requests_per_second_in_all) in_all_ = Rate{*cap, *cap};
}

SourceLimiter::Place SourceLimiter::place_of(const net::IpAddress& source, Table& table) const {
  const std::uint64_t hash = stun::sip_hash(key_, network_of(source));
  const std::uint32_t rest = rest_of(source);
  const std::size_t line = (hash + rest % lines_of_a_network) & (table.lines.size() - 1);
  const std::uint32_t choice = mixed(hash, rest);
  constexpr std::size_t buckets = std::tuple_size_v<decltype(Line::sources)>;
  const std::size_t first = choice % buckets;
  const std::size_t second = (first + 1 + (choice >> 16U) % (buckets - 1)) % buckets;
  return {table.lines[line], first, second};
}

Allowance SourceLimiter::admit(const net::IpAddress& source, bool proven, net::TimePoint now) {
  Table& table = proven ? proven_ : unproven_;
  const Place place = place_of(source, table);
  const BucketTime time = BucketTime::of(now);
  const bool within = place.line.take(place.first, place.second, table.of_a_source, time);
  if (!within && !place.line.is_one_in_ten()) return Allowance::None;
  if (in_all_ && !all_.take(*in_all_, time)) return Allowance::None;
  return within ? Allowance::Full : Allowance::Small;
}

DestinationLimiter::DestinationLimiter(const stun::SipKey& key, std::size_t buckets)
    : key_(key), unproven_{Row(buckets), Row(buckets)}, proven_{Row(buckets), Row(buckets)} {
  assert(std::has_single_bit(buckets));
}

bool DestinationLimiter::admit(const net::IpAddress& destination, bool proven, net::TimePoint now) {
  Table& table = proven ? proven_ : unproven_;
  const Rate& rate = proven ? proven_destination_rate : destination_rate;
  const std::uint64_t hash = stun::sip_hash(key_, destination.bytes());
  const BucketTime time = BucketTime::of(now);
  const bool first = table.first[hash % table.first.size()].take(rate, time);
  const bool second = table.second[(hash >> 32U) % table.second.size()].take(rate, time);
  return first || second;
}

}  // namespace reflector
