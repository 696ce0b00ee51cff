#pragma once
// An address prefix: "100.64.0.0/10", "fd00:1::/48".

#include <cstdint>
#include <string>
#include <string_view>

#include "net/endpoint.h"
#include "net/result.h"

namespace lab {

struct Prefix {
  net::IpAddress address;  // no bit is set beyond the length
  std::uint8_t length = 0;
  friend bool operator==(const Prefix&, const Prefix&) = default;
};

[[nodiscard]] std::string to_string(const Prefix& prefix);
// The error says what is wrong with the text.
[[nodiscard]] net::Result<Prefix, std::string> parse_prefix(std::string_view text);

// The address with these last bits instead of its own, at most 32 of them.
[[nodiscard]] net::IpAddress with_last_bits(const net::IpAddress& address, std::uint32_t value, unsigned bits);

}  // namespace lab
