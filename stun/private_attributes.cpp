#include "stun/private_attributes.h"

#include <algorithm>

#include "net/byte_room.h"

namespace stun {

std::optional<ReturnToken> ReturnToken::parse(net::BytesView value, const TransactionId&) {
  ReturnToken token;
  if (value.size() != token.bytes.size()) return std::nullopt;
  std::copy(value.begin(), value.end(), token.bytes.begin());
  return token;
}

template <typename Out>
void ReturnToken::serialize(Out& out, const TransactionId&) const {
  net::append(out, bytes);
}

std::optional<Fill> Fill::parse(net::BytesView value, const TransactionId&) {
  return Fill{static_cast<std::uint16_t>(value.size())};
}

void Fill::serialize(net::Bytes& out, const TransactionId&) const { out.resize(out.size() + size); }

std::optional<SentQuery> SentQuery::parse(net::BytesView value, const TransactionId&) {
  if (value.size() != 12) return std::nullopt;
  return SentQuery{net::get_u64(value), net::get_u32(value.subspan(8))};
}

void SentQuery::serialize(net::Bytes& out, const TransactionId&) const {
  net::append(out, net::u64_bytes(run_nonce));
  net::append(out, net::u32_bytes(question));
}

std::optional<SentCount> SentCount::parse(net::BytesView value, const TransactionId&) {
  if (value.size() != 8) return std::nullopt;
  return SentCount{net::get_u32(value), net::get_u32(value.subspan(4))};
}

template <typename Out>
void SentCount::serialize(Out& out, const TransactionId&) const {
  net::append(out, net::u32_bytes(sent));
  net::append(out, net::u32_bytes(refused));
}

std::optional<Arrival> Arrival::parse(net::BytesView value, const TransactionId&) {
  if (value.size() != 16) return std::nullopt;
  return Arrival{value[0], net::get_u16(value.subspan(2)), net::get_u64(value.subspan(4)),
                 net::get_u32(value.subspan(12))};
}

template <typename Out>
void Arrival::serialize(Out& out, const TransactionId&) const {
  out.push_back(ttl);
  out.push_back(0);
  net::append(out, net::u16_bytes(length));
  net::append(out, net::u64_bytes(microseconds));
  net::append(out, net::u32_bytes(fill_hash));
}

std::optional<Delay> Delay::parse(net::BytesView value, const TransactionId&) {
  if (value.size() != 4) return std::nullopt;
  return Delay{net::get_u32(value)};
}

void Delay::serialize(net::Bytes& out, const TransactionId&) const { net::append(out, net::u32_bytes(seconds)); }

std::optional<Signal> Signal::parse(net::BytesView value, const TransactionId&) {
  return Signal{std::string(net::as_text(value))};
}

void Signal::serialize(net::Bytes& out, const TransactionId&) const { net::append(out, net::as_bytes(json)); }

std::optional<AttemptId> AttemptId::parse(net::BytesView value, const TransactionId&) {
  if (value.size() != 8) return std::nullopt;
  return AttemptId{net::get_u64(value)};
}

void AttemptId::serialize(net::Bytes& out, const TransactionId&) const { net::append(out, net::u64_bytes(value)); }

template void ReturnToken::serialize(net::Bytes&, const TransactionId&) const;
template void ReturnToken::serialize(net::ByteRoom&, const TransactionId&) const;
template void SentCount::serialize(net::Bytes&, const TransactionId&) const;
template void SentCount::serialize(net::ByteRoom&, const TransactionId&) const;
template void Arrival::serialize(net::Bytes&, const TransactionId&) const;
template void Arrival::serialize(net::ByteRoom&, const TransactionId&) const;

}  // namespace stun
