#include "traversal/signal_message.h"

#include <algorithm>
#include <cassert>

#include "stun/crypto.h"
#include "stun/error_attributes.h"
#include "stun/integrity.h"
#include "stun/message_builder.h"
#include "stun/private_attributes.h"
#include "stun/text_attributes.h"
#include "traversal/signal_codec.h"

namespace traversal {
namespace {

using stun::MessageClass;
using stun::Method;

net::Bytes sealed(stun::MessageBuilder& builder, net::Bytes& out, const std::string& nonce, const Key& key) {
  if (!nonce.empty()) builder.add(stun::Nonce{nonce});
  builder.add_message_integrity_sha256(key);
  assert(out.size() <= stun::max_message_size);
  return std::move(out);
}

net::Result<Signal, Refusal> content_of(const stun::Message& message) {
  if (message.message_class() == MessageClass::Error) {
    const auto error = message.get<stun::ErrorCode>();
    return net::Unexpected(error ? Refusal{error->code, error->reason} : Refusal{Malformed, "no ERROR-CODE"});
  }
  const auto payload = message.get<stun::Signal>();
  if (!payload) return net::Unexpected(Refusal{Malformed, "no SIGNAL"});
  return parse_signal(payload->json).map_error([](std::string what) { return Refusal{Malformed, std::move(what)}; });
}

}  // namespace

Key signal_key(std::string_view token) {
  return stun::hmac_sha256(net::as_bytes(token), net::as_bytes("natscope natpunch signal 1"));
}

net::Bytes encode_request(const stun::TransactionId& id, const Signal& signal, const std::string& nonce,
                          const Key& key) {
  net::Bytes out;
  stun::MessageBuilder builder(out, MessageClass::Request, Method::Signal, id);
  builder.add(stun::Signal{to_json(signal)});
  return sealed(builder, out, nonce, key);
}

net::Bytes encode_success(const stun::TransactionId& id, const Signal& signal, const Key& key) {
  net::Bytes out;
  stun::MessageBuilder builder(out, MessageClass::Success, Method::Signal, id);
  builder.add(stun::Signal{to_json(signal)});
  return sealed(builder, out, {}, key);
}

net::Bytes encode_error(const stun::TransactionId& id, const Refusal& refusal, const std::string& nonce,
                        const Key& key) {
  net::Bytes out;
  stun::MessageBuilder builder(out, MessageClass::Error, Method::Signal, id);
  builder.add(stun::ErrorCode{refusal.code, refusal.reason});
  return sealed(builder, out, nonce, key);
}

// What is not authentic is not even parsed.
std::optional<SignalMessage> decode_signal(net::BytesView datagram, std::span<const Key> keys) {
  const auto message = stun::Message::decode(datagram);
  if (!message || message->method() != static_cast<std::uint16_t>(Method::Signal)) return std::nullopt;
  const auto signer = std::find_if(keys.begin(), keys.end(), [&](const Key& key) {
    return stun::check_message_integrity_sha256(*message, key, stun::sha256_size) == stun::Integrity::Right;
  });
  SignalMessage out{.message_class = message->message_class(),
                    .id = message->id(),
                    .authentic = signer != keys.end(),
                    .signer = static_cast<std::size_t>(signer - keys.begin()),
                    .content = net::Unexpected(Refusal{WrongToken, {}})};
  if (!out.authentic) return out;
  out.content = content_of(*message);
  if (const auto nonce = message->get<stun::Nonce>()) out.nonce = nonce->text;
  return out;
}

}  // namespace traversal
