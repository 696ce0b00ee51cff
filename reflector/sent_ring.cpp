#include "reflector/sent_ring.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace reflector {
namespace {

constexpr std::size_t set_size = 4;

}  // namespace

SentRing::SentRing(const stun::SipKey& key, std::size_t entries) : key_(key), entries_(entries) {
  assert(std::has_single_bit(entries) && entries >= set_size);
}

void SentRing::count_sent(const net::IpAddress& source, const stun::SentQuery& label) { ++entry(source, label).sent; }

void SentRing::count_refused(const net::IpAddress& source, const stun::SentQuery& label) {
  ++entry(source, label).refused;
}

stun::SentCount SentRing::count(const net::IpAddress& source, const stun::SentQuery& label) const {
  const std::uint64_t hash = hash_of(source, label);
  const auto* set = entries_.data() + set_of(hash);
  const auto* found = std::find_if(set, set + set_size, [hash](const Entry& e) { return e.hash == hash; });
  return found == set + set_size ? stun::SentCount{} : found->count;
}

stun::SentCount& SentRing::entry(const net::IpAddress& source, const stun::SentQuery& label) {
  const std::uint64_t hash = hash_of(source, label);
  auto* set = entries_.data() + set_of(hash);
  auto* found = std::find_if(set, set + set_size, [hash](const Entry& e) { return e.hash == hash; });
  if (found != set + set_size) return found->count;
  std::rotate(set, set + set_size - 1, set + set_size);
  set[0] = {hash, {}};
  return set[0].count;
}

std::uint64_t SentRing::hash_of(const net::IpAddress& source, const stun::SentQuery& label) const {
  std::array<std::uint8_t, 28> message{};
  const auto nonce = net::u64_bytes(label.run_nonce);
  const auto question = net::u32_bytes(label.question);
  const net::BytesView address = source.bytes();
  std::copy(nonce.begin(), nonce.end(), message.begin());
  std::copy(question.begin(), question.end(), message.begin() + 8);
  std::copy(address.begin(), address.end(), message.begin() + 12);
  return stun::sip_hash(key_, net::BytesView(message).first(12 + address.size())) | 1U;  // 0 means never used
}

std::size_t SentRing::set_of(std::uint64_t hash) const {
  return (hash >> 1U) % (entries_.size() / set_size) * set_size;
}

}  // namespace reflector
