#pragma once
// Questions to an assistant and its answers as the bytes of STUN messages: method Assist, requests and their success or
// error responses, each under MESSAGE-INTEGRITY-SHA256 of 32 bytes (docs/protocol.md, "natprobe assist"). What is not
// authentic is nothing. Requests are padded so that no answer is larger.

#include <optional>

#include "net/bytes.h"
#include "probe/assist_key.h"
#include "probe/assist_question.h"
#include "stun/assist_attributes.h"
#include "stun/message.h"

namespace probe {

struct AssistRequest {
  stun::TransactionId id;
  std::optional<stun::AssistNonce> nonce;  // in all but a greeting
  AssistQuestion question;
};

struct AssistReply {
  stun::TransactionId id;
  std::optional<stun::AssistNonce> nonce;    // of a greeting
  std::optional<std::uint16_t> error;        // of an error response
  AssistAnswer answer;
};

// Why an assistant does not do what it was asked.
namespace assist_error {
inline constexpr std::uint16_t malformed = 400;
inline constexpr std::uint16_t forbidden = 403;  // it does not know this reflector, or the endpoint is not proven
inline constexpr std::uint16_t in_use = 409;     // the local port
inline constexpr std::uint16_t too_many = 486;
inline constexpr std::uint16_t silent = 504;     // the reflector did not answer it
}  // namespace assist_error
[[nodiscard]] std::string_view assist_error_words(std::uint16_t code);

[[nodiscard]] net::Bytes write_assist_request(const AssistRequest& request, net::Family family, const AssistKey& key);
[[nodiscard]] std::optional<AssistRequest> read_assist_request(net::BytesView datagram, const AssistKey& key);

[[nodiscard]] net::Bytes write_assist_reply(const AssistReply& reply, const AssistKey& key);
[[nodiscard]] std::optional<AssistReply> read_assist_reply(net::BytesView datagram, const AssistKey& key);

// What an assistant writes to the asker's external endpoint: 20 bytes, a Binding request with the id of the question
// and nothing else.
[[nodiscard]] net::Bytes write_assist_knock(const stun::TransactionId& id);

}  // namespace probe
