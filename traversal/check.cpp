#include "traversal/check.h"

#include <cassert>

#include "stun/address_attributes.h"
#include "stun/integrity.h"
#include "stun/message_builder.h"
#include "stun/private_attributes.h"

namespace traversal {
namespace {

using stun::MessageClass;
using stun::Method;

constexpr std::size_t hash_size = 16;
constexpr std::size_t before_integrity = check_size - 4 - hash_size;
constexpr std::size_t attribute_header = 4;

net::Bytes filled_and_signed(stun::MessageBuilder builder, net::Bytes& out, const Key& key) {
  const std::size_t room = before_integrity - builder.size();
  if (room > 0) builder.add(stun::Fill{static_cast<std::uint16_t>(room - attribute_header)});
  builder.add_message_integrity_sha256(key, hash_size);
  assert(out.size() == check_size);
  return std::move(out);
}

}  // namespace

net::Bytes encode(const Check& check, const Key& key) {
  net::Bytes out;
  stun::MessageBuilder builder(out, MessageClass::Request, Method::Check, check.id);
  return filled_and_signed(builder.add(stun::AttemptId{check.attempt}), out, key);
}

net::Bytes encode(const CheckAnswer& answer, const Key& key) {
  net::Bytes out;
  stun::MessageBuilder builder(out, MessageClass::Success, Method::Check, answer.id);
  return filled_and_signed(builder.add(stun::XorMappedAddress{answer.seen}), out, key);
}

std::optional<std::variant<Check, CheckAnswer>> decode_check(net::BytesView datagram, const Key& key) {
  if (datagram.size() != check_size) return std::nullopt;
  const auto message = stun::Message::decode(datagram);
  if (!message || stun::check_message_integrity_sha256(*message, key) != stun::Integrity::Right) return std::nullopt;
  if (message->is(MessageClass::Request, Method::Check)) {
    if (const auto attempt = message->get<stun::AttemptId>()) return Check{message->id(), attempt->value};
  }
  if (message->is(MessageClass::Success, Method::Check)) {
    if (const auto seen = message->get<stun::XorMappedAddress>()) return CheckAnswer{message->id(), seen->endpoint};
  }
  return std::nullopt;
}

}  // namespace traversal
