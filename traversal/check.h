#pragma once
// Punch checks and their answers (method Check 0xF01): exactly 64 bytes, authenticated under the pair's key, matched by
// transaction id whatever their source. Apart from the transaction id an answer holds no byte the other side chose.
//
//   check:  header (20) | ATTEMPT-ID (4 + 8)                      | FILL (4 + 8) | MESSAGE-INTEGRITY-SHA256 (4 + 16)
//   answer: header (20) | XOR-MAPPED-ADDRESS IPv4 (4 + 8)         | FILL (4 + 8) | MESSAGE-INTEGRITY-SHA256 (4 + 16)
//           header (20) | XOR-MAPPED-ADDRESS IPv6 (4 + 20)                       | MESSAGE-INTEGRITY-SHA256 (4 + 16)

#include <array>
#include <optional>
#include <variant>

#include "net/endpoint.h"
#include "stun/message.h"

namespace traversal {

inline constexpr std::size_t check_size = 64;

using Key = std::array<std::uint8_t, 32>;  // one for each attempt of a pair

struct Check {
  stun::TransactionId id;
  std::uint64_t attempt = 0;
};
struct CheckAnswer {
  stun::TransactionId id;  // of the check it answers
  net::Endpoint seen;      // where the check came from
};

[[nodiscard]] net::Bytes encode(const Check& check, const Key& key);
[[nodiscard]] net::Bytes encode(const CheckAnswer& answer, const Key& key);

// Nothing, for whatever is not one of the two, whole, under this key.
[[nodiscard]] std::optional<std::variant<Check, CheckAnswer>> decode_check(net::BytesView datagram, const Key& key);

}  // namespace traversal
