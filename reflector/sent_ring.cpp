#include "reflector/sent_ring.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

namespace reflector {
namespace {

constexpr std::size_t set_size = 4;
constexpr unsigned count_bits = 12;
constexpr std::uint64_t count_mask = (1U << count_bits) - 1;
constexpr std::uint64_t one_refused = 1;
constexpr std::uint64_t one_sent = std::uint64_t{1} << count_bits;

std::uint64_t tag_of(std::uint64_t entry) { return entry >> (2 * count_bits); }
std::uint32_t sent_of(std::uint64_t entry) { return static_cast<std::uint32_t>((entry >> count_bits) & count_mask); }
std::uint32_t refused_of(std::uint64_t entry) { return static_cast<std::uint32_t>(entry & count_mask); }

// A count that is full stays so.
std::uint64_t with(std::uint64_t entry, std::uint64_t one) {
  const bool full = (one == one_sent ? sent_of(entry) : refused_of(entry)) == SentRing::most;
  return full ? entry : entry + one;
}

// Whether the entry had this tag; then it is counted.
bool add_to(std::atomic<std::uint64_t>& entry, std::uint64_t tag, std::uint64_t one) {
  std::uint64_t word = entry.load(std::memory_order_relaxed);
  while (tag_of(word) == tag) {
    if (entry.compare_exchange_weak(word, with(word, one), std::memory_order_relaxed)) return true;
  }
  return false;
}

}  // namespace

SentRing::SentRing(const stun::SipKey& key, std::size_t entries)
    : key_(key), entries_(entries), oldest_(entries / set_size) {
  assert(std::has_single_bit(entries) && entries >= set_size);
}

void SentRing::count_sent(const net::IpAddress& source, const stun::SentQuery& label) {
  add(place_of(source, label), one_sent);
}

void SentRing::count_refused(const net::IpAddress& source, const stun::SentQuery& label) {
  add(place_of(source, label), one_refused);
}

// The sum: two threads that met a question for the first time together may each have made an entry of it.
stun::SentCount SentRing::count(const net::IpAddress& source, const stun::SentQuery& label) const {
  const Place place = place_of(source, label);
  stun::SentCount all;
  for (std::size_t i = 0; i < set_size; ++i) {
    const std::uint64_t word = entries_[place.set + i].load(std::memory_order_relaxed);
    if (tag_of(word) != place.tag) continue;
    all.sent += sent_of(word);
    all.refused += refused_of(word);
  }
  return all;
}

void SentRing::add(const Place& place, std::uint64_t one) {
  const auto set = entries_.begin() + static_cast<std::ptrdiff_t>(place.set);
  if (std::any_of(set, set + set_size, [&](Entry& entry) { return add_to(entry, place.tag, one); })) return;
  const std::uint8_t oldest = oldest_[place.set / set_size].fetch_add(1, std::memory_order_relaxed);
  entries_[place.set + oldest % set_size].store((place.tag << (2 * count_bits)) + one, std::memory_order_relaxed);
}

SentRing::Place SentRing::place_of(const net::IpAddress& source, const stun::SentQuery& label) const {
  std::array<std::uint8_t, 28> message{};
  const auto nonce = net::u64_bytes(label.run_nonce);
  const auto question = net::u32_bytes(label.question);
  const net::BytesView address = source.bytes();
  std::copy(nonce.begin(), nonce.end(), message.begin());
  std::copy(question.begin(), question.end(), message.begin() + 8);
  std::copy(address.begin(), address.end(), message.begin() + 12);
  const std::uint64_t hash = stun::sip_hash(key_, net::BytesView(message).first(12 + address.size()));
  return {hash % (entries_.size() / set_size) * set_size, tag_of(hash) | 1U};  // 0 means never used
}

}  // namespace reflector
