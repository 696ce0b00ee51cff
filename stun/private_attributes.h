#pragma once
// natscope's own attributes, all comprehension-optional but SIGNAL, ATTEMPT-ID and the ASSIST ones, which live in our
// own methods. The assistant's questions: stun/assist_attributes.h.
// Numbers and rules: docs/protocol.md.

#include <array>
#include <optional>
#include <string>

#include "net/endpoint.h"
#include "net/time.h"
#include "stun/message.h"

namespace stun {

// `Out` is net::Bytes or net::ByteRoom (stun/message_builder.h).

// Proof that the client receives at its source address; opaque to it.
struct ReturnToken {
  static constexpr AttributeType type = AttributeType::ReturnToken;
  std::array<std::uint8_t, 8> bytes{};

  [[nodiscard]] static std::optional<ReturnToken> parse(net::BytesView value, const TransactionId&);
  template <typename Out>
  void serialize(Out& out, const TransactionId&) const;
  friend auto operator<=>(const ReturnToken&, const ReturnToken&) = default;
};

// Zero bytes that pad a request so that no reply is larger than it.
struct Fill {
  static constexpr AttributeType type = AttributeType::Fill;
  std::uint16_t size = 0;

  [[nodiscard]] static std::optional<Fill> parse(net::BytesView value, const TransactionId&);
  void serialize(net::Bytes& out, const TransactionId&) const;
};

// | run nonce (64) | question (32) |
// In a request that carries CHANGE-REQUEST (flags set or clear) it is a label: the reply is counted under (source IP,
// run nonce, question) by the reflector that sends it. In a request without CHANGE-REQUEST it asks for that count.
struct SentQuery {
  static constexpr AttributeType type = AttributeType::SentQuery;
  std::uint64_t run_nonce = 0;
  std::uint32_t question = 0;

  [[nodiscard]] static std::optional<SentQuery> parse(net::BytesView value, const TransactionId&);
  void serialize(net::Bytes& out, const TransactionId&) const;
  friend auto operator<=>(const SentQuery&, const SentQuery&) = default;
};

// | sent (32) | refused by the limiter (32) |
struct SentCount {
  static constexpr AttributeType type = AttributeType::SentCount;
  std::uint32_t sent = 0;
  std::uint32_t refused = 0;

  [[nodiscard]] static std::optional<SentCount> parse(net::BytesView value, const TransactionId&);
  template <typename Out>
  void serialize(Out& out, const TransactionId&) const;
  friend bool operator==(const SentCount&, const SentCount&) = default;
};

// Facts of the request as it arrived: | TTL (8), 0 unknown | 0 (8) | length (16) | time, us (64) | hash of FILL (32) |
struct Arrival {
  static constexpr AttributeType type = AttributeType::Arrival;
  std::uint8_t ttl = 0;
  std::uint16_t length = 0;
  std::uint64_t microseconds = 0;  // on the reflector's monotonic clock
  std::uint32_t fill_hash = 0;     // CRC-32

  [[nodiscard]] static std::optional<Arrival> parse(net::BytesView value, const TransactionId&);
  template <typename Out>
  void serialize(Out& out, const TransactionId&) const;
};

// Answer after so many seconds (at most 900).
struct Delay {
  static constexpr AttributeType type = AttributeType::Delay;
  std::uint32_t seconds = 0;

  [[nodiscard]] static std::optional<Delay> parse(net::BytesView value, const TransactionId&);
  void serialize(net::Bytes& out, const TransactionId&) const;
};

// The JSON payload of a natpunch signal.
struct Signal {
  static constexpr AttributeType type = AttributeType::Signal;
  std::string json;

  [[nodiscard]] static std::optional<Signal> parse(net::BytesView value, const TransactionId&);
  void serialize(net::Bytes& out, const TransactionId&) const;
};

// Which attempt a check belongs to.
struct AttemptId {
  static constexpr AttributeType type = AttributeType::AttemptId;
  std::uint64_t value = 0;

  [[nodiscard]] static std::optional<AttemptId> parse(net::BytesView value, const TransactionId&);
  void serialize(net::Bytes& out, const TransactionId&) const;
};

}  // namespace stun
