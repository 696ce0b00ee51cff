#pragma once
// An HTTP response as a small device sends it over one connection (RFC 9112), bounded in size: what has come in, read
// from the start each time. And the header block alone, which SSDP sends in a datagram.

#include <optional>
#include <string>
#include <string_view>

namespace gateway::http {

inline constexpr std::size_t largest_headers = 8 * 1024;
inline constexpr std::size_t largest_reply = 64 * 1024;  // headers and body as they come

enum class State : std::uint8_t { Incomplete, Whole, Malformed };

struct Reply {
  State state = State::Incomplete;
  unsigned status = 0;
  std::string body;
};
// `ended`: nothing more will come; then a body without a length is whole.
[[nodiscard]] Reply read(std::string_view received, bool ended);

// The status of a header block ("HTTP/1.1 200 OK"); empty when it is none.
[[nodiscard]] std::optional<unsigned> status_of(std::string_view headers);
// The first header of this name (lower case), without blanks around it; empty when there is none.
[[nodiscard]] std::string_view header(std::string_view headers, std::string_view name);

}  // namespace gateway::http
