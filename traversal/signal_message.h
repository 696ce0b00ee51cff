#pragma once
// Signals in STUN messages: method Signal (0xF00), one SIGNAL attribute with the JSON, NONCE in requests to the
// rendezvous, MESSAGE-INTEGRITY-SHA256 under a key made from the token.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "net/result.h"
#include "stun/message.h"
#include "traversal/signal.h"

namespace traversal {

// Datagrams stay below this, so that no path has to fragment them (IPv6's least MTU is 1,280 with headers).
inline constexpr std::size_t largest_datagram = 1200;
// Left for the JSON by header, SIGNAL, NONCE, MESSAGE-INTEGRITY-SHA256.
inline constexpr std::size_t largest_json = 1100;

// Without a token both sides use the empty one: then the key protects against accidents only.
[[nodiscard]] Key signal_key(std::string_view token);

inline constexpr std::uint16_t no_answer = 0;

struct Refusal {
  std::uint16_t code = no_answer;  // or an ErrorReason
  std::string reason;              // of an error response as it came: escape before showing
};

[[nodiscard]] net::Bytes encode_request(const stun::TransactionId& id, const Signal& signal, const std::string& nonce,
                                        const Key& key);
[[nodiscard]] net::Bytes encode_success(const stun::TransactionId& id, const Signal& signal, const Key& key);
[[nodiscard]] net::Bytes encode_error(const stun::TransactionId& id, const Refusal& refusal, const std::string& nonce,
                                      const Key& key);

struct SignalMessage {
  stun::MessageClass message_class = stun::MessageClass::Request;
  stun::TransactionId id;
  bool authentic = false;
  std::size_t signer = 0;  // when authentic: under which of the keys
  std::string nonce;
  net::Result<Signal, Refusal> content;  // an error response; or Malformed, for a payload that is none
};

// Nothing, for what is not a message of the method Signal.
[[nodiscard]] std::optional<SignalMessage> decode_signal(net::BytesView datagram, std::span<const Key> keys);
[[nodiscard]] inline std::optional<SignalMessage> decode_signal(net::BytesView datagram, const Key& key) {
  return decode_signal(datagram, std::span(&key, 1));
}

}  // namespace traversal
