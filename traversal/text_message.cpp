#include "traversal/text_message.h"

#include "stun/address_attributes.h"
#include "stun/integrity.h"
#include "stun/message_builder.h"
#include "stun/private_attributes.h"
#include "stun/text_attributes.h"

namespace traversal {
namespace {

using stun::MessageClass;
using stun::Method;

constexpr std::size_t short_hash = 16;
constexpr std::size_t least_text_size = 64;  // of an acknowledgement over IPv6, under a key
constexpr std::size_t header_of_attribute = 4;

void sign(stun::MessageBuilder& builder, const TextKey& key) {
  if (key) builder.add_message_integrity_sha256(*key, short_hash);
}

}  // namespace

net::Bytes encode(const Text& text, const TextKey& key) {
  net::Bytes out;
  stun::MessageBuilder builder(out, MessageClass::Request, Method::Text, text.id);
  builder.add(stun::Text{text.text});
  const std::size_t least = least_text_size - (key ? header_of_attribute + short_hash : 0);
  if (const std::size_t with_fill = builder.size() + header_of_attribute; with_fill <= least) {
    builder.add(stun::Fill{static_cast<std::uint16_t>(least - with_fill)});
  }
  sign(builder, key);
  return out;
}

net::Bytes encode(const TextAcknowledgement& acknowledgement, const TextKey& key) {
  net::Bytes out;
  stun::MessageBuilder builder(out, MessageClass::Success, Method::Text, acknowledgement.id);
  builder.add(stun::XorMappedAddress{acknowledgement.seen});
  sign(builder, key);
  return out;
}

net::Bytes encode_keep_alive(const stun::TransactionId& id, const Key& key) {
  net::Bytes out;
  stun::MessageBuilder builder(out, MessageClass::Indication, Method::Text, id);
  sign(builder, key);
  return out;
}

std::optional<std::variant<Text, TextAcknowledgement>> decode_text(net::BytesView datagram, const TextKey& key) {
  const auto message = stun::Message::decode(datagram);
  if (!message) return std::nullopt;
  if (key && stun::check_message_integrity_sha256(*message, *key) != stun::Integrity::Right) return std::nullopt;
  if (message->is(MessageClass::Request, Method::Text)) {
    if (auto text = message->get<stun::Text>()) return Text{message->id(), std::move(text->text)};
  }
  if (message->is(MessageClass::Success, Method::Text)) {
    const auto seen = message->get<stun::XorMappedAddress>();
    if (seen) return TextAcknowledgement{message->id(), seen->endpoint};
  }
  return std::nullopt;
}

}  // namespace traversal
