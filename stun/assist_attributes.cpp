#include "stun/assist_attributes.h"

#include <algorithm>

namespace stun {

std::optional<AssistQuestion> AssistQuestion::parse(net::BytesView value, const TransactionId&) {
  if (value.size() != 4) return std::nullopt;
  return AssistQuestion{.act = value[0], .socket = value[1], .port = net::get_u16(value.subspan(2))};
}

void AssistQuestion::serialize(net::Bytes& out, const TransactionId&) const {
  out.push_back(act);
  out.push_back(socket);
  net::append(out, net::u16_bytes(port));
}

std::optional<AssistProof> AssistProof::parse(net::BytesView value, const TransactionId&) {
  AssistProof out;
  if (value.size() != out.id.bytes.size()) return std::nullopt;
  std::copy(value.begin(), value.end(), out.id.bytes.begin());
  return out;
}

void AssistProof::serialize(net::Bytes& out, const TransactionId&) const { net::append(out, id.bytes); }

std::optional<AssistNonce> AssistNonce::parse(net::BytesView value, const TransactionId&) {
  AssistNonce out;
  if (value.size() != out.bytes.size()) return std::nullopt;
  std::copy(value.begin(), value.end(), out.bytes.begin());
  return out;
}

void AssistNonce::serialize(net::Bytes& out, const TransactionId&) const { net::append(out, bytes); }

}  // namespace stun
