#include "lab/payload_rewriting.h"

#include <algorithm>
#include <string>

namespace lab {
namespace {

using Place = net::Bytes::const_iterator;

net::Bytes replaced(const net::Bytes& in, net::BytesView what, net::BytesView with, bool (*fits)(char, char)) {
  net::Bytes out;
  for (Place at = in.begin(), from = in.begin();;) {
    const Place found = std::search(from, in.end(), what.begin(), what.end());
    if (found == in.end()) {
      out.insert(out.end(), at, found);
      return out;
    }
    const Place behind = found + static_cast<std::ptrdiff_t>(what.size());
    const char before_it = found == in.begin() ? ' ' : static_cast<char>(*std::prev(found));
    const char behind_it = behind == in.end() ? ' ' : static_cast<char>(*behind);
    if (fits(before_it, behind_it)) {
      out.insert(out.end(), at, found);
      net::append(out, with);
      at = behind;
    }
    from = fits(before_it, behind_it) ? behind : std::next(found);
  }
}

bool anywhere(char, char) { return true; }

// 10.0.1.2 is no part of 10.0.1.25.
bool as_a_word(char before, char behind) {
  const auto of_an_address = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '.'; };
  return !of_an_address(before) && !of_an_address(behind);
}

// As STUN and DNS have it: the port, then the address.
net::Bytes binary(const net::Endpoint& endpoint) {
  net::Bytes out;
  net::append(out, net::u16_bytes(endpoint.port));
  net::append(out, endpoint.address.bytes());
  return out;
}

}  // namespace

net::Bytes with_rewritten(net::Bytes payload, const net::Endpoint& from, const net::Endpoint& to) {
  if (from.family() != to.family() || from == to) return payload;
  const auto text = [](const auto& value) {
    const std::string words = net::to_string(value);
    return net::Bytes(words.begin(), words.end());
  };
  payload = replaced(payload, binary(from), binary(to), anywhere);
  payload = replaced(payload, text(from), text(to), as_a_word);
  payload = replaced(payload, from.address.bytes(), to.address.bytes(), anywhere);
  return replaced(payload, text(from.address), text(to.address), as_a_word);
}

}  // namespace lab
