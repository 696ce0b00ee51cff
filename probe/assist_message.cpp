#include "probe/assist_message.h"

#include <algorithm>

#include "stun/crypto.h"
#include "stun/error_attributes.h"
#include "stun/integrity.h"
#include "stun/message_builder.h"
#include "stun/private_attributes.h"

namespace probe {
namespace {

using stun::MessageClass;

constexpr std::size_t integrity_size = 4 + stun::sha256_size;
constexpr std::size_t fill_header = 4;

std::size_t size_of_request(net::Family family) { return family == net::Family::V4 ? 128 : 176; }

bool known_act(std::uint8_t act) {
  return act >= static_cast<std::uint8_t>(AssistAct::Greet) && act <= static_cast<std::uint8_t>(AssistAct::Send);
}

template <typename A>
std::optional<net::Endpoint> endpoint_of(const stun::Message& message) {
  const auto attribute = message.get<A>();
  return attribute ? std::optional(attribute->endpoint) : std::nullopt;
}

std::optional<AssistProofId> proof_in(const stun::Message& message) {
  const auto proof = message.get<stun::AssistProof>();
  return proof ? std::optional(proof->id.bytes) : std::nullopt;
}

std::optional<stun::AssistNonce> nonce_in(const stun::Message& message) {
  const auto nonce = message.get<stun::AssistNonce>();
  return nonce ? std::optional(*nonce) : std::nullopt;
}

bool authentic(const stun::Message& message, const AssistKey& key) {
  return message.method() == static_cast<std::uint16_t>(stun::Method::Assist) &&
         stun::check_message_integrity_sha256(message, key, stun::sha256_size) == stun::Integrity::Right;
}

}  // namespace

std::string_view assist_error_words(std::uint16_t code) {
  switch (code) {
    case assist_error::malformed: return "it does not understand the question";
    case assist_error::forbidden: return "it was not given this reflector, or the endpoint is not proven to be ours";
    case assist_error::in_use: return "the local port is in use there";
    case assist_error::too_many: return "it was asked too much";
    case assist_error::silent: return "the reflector did not answer it";
    default: return "an error it did not explain";
  }
}

net::Bytes write_assist_request(const AssistRequest& request, net::Family family, const AssistKey& key) {
  net::Bytes out;
  const AssistQuestion& question = request.question;
  stun::MessageBuilder builder(out, MessageClass::Request, stun::Method::Assist, request.id);
  builder.add(stun::AssistQuestion{
      .act = static_cast<std::uint8_t>(question.act), .socket = question.socket, .port = question.port});
  if (question.target) builder.add(stun::AssistTarget{*question.target});
  if (question.proof) builder.add(stun::AssistProof{{*question.proof}});
  if (request.nonce) builder.add(*request.nonce);
  const std::size_t used = builder.size() + fill_header + integrity_size;
  const std::size_t wanted = size_of_request(family);
  builder.add(stun::Fill{static_cast<std::uint16_t>(wanted > used ? wanted - used : 0)});
  builder.add_message_integrity_sha256(key);
  return out;
}

std::optional<AssistRequest> read_assist_request(net::BytesView datagram, const AssistKey& key) {
  const auto message = stun::Message::decode(datagram);
  if (!message || message->message_class() != MessageClass::Request || !authentic(*message, key)) return std::nullopt;
  const auto question = message->get<stun::AssistQuestion>();
  if (!question || !known_act(question->act)) return std::nullopt;
  return AssistRequest{.id = message->id(),
                       .nonce = nonce_in(*message),
                       .question = {.act = static_cast<AssistAct>(question->act),
                                    .socket = question->socket,
                                    .port = question->port,
                                    .target = endpoint_of<stun::AssistTarget>(*message),
                                    .proof = proof_in(*message)}};
}

net::Bytes write_assist_reply(const AssistReply& reply, const AssistKey& key) {
  net::Bytes out;
  const auto message_class = reply.error ? MessageClass::Error : MessageClass::Success;
  stun::MessageBuilder builder(out, message_class, stun::Method::Assist, reply.id);
  if (reply.error) builder.add(stun::ErrorCode{.code = *reply.error, .reason = {}});
  if (reply.nonce) builder.add(*reply.nonce);
  if (reply.answer.asker) builder.add(stun::AssistTarget{*reply.answer.asker});
  if (reply.answer.local) builder.add(stun::AssistLocal{*reply.answer.local});
  if (reply.answer.external) builder.add(stun::XorMappedAddress{*reply.answer.external});
  builder.add_message_integrity_sha256(key);
  return out;
}

std::optional<AssistReply> read_assist_reply(net::BytesView datagram, const AssistKey& key) {
  const auto message = stun::Message::decode(datagram);
  if (!message || !authentic(*message, key)) return std::nullopt;
  const bool error = message->message_class() == MessageClass::Error;
  if (!error && message->message_class() != MessageClass::Success) return std::nullopt;
  AssistReply out{.id = message->id(),
                  .nonce = nonce_in(*message),
                  .error = std::nullopt,
                  .answer = {.asker = endpoint_of<stun::AssistTarget>(*message),
                             .local = endpoint_of<stun::AssistLocal>(*message),
                             .external = endpoint_of<stun::XorMappedAddress>(*message)}};
  if (!error) return out;
  const auto code = message->get<stun::ErrorCode>();
  out.error = code ? code->code : std::uint16_t{500};
  return out;
}

net::Bytes write_assist_knock(const stun::TransactionId& id) {
  net::Bytes out;
  stun::MessageBuilder(out, MessageClass::Request, stun::Method::Binding, id);
  return out;
}

}  // namespace probe
