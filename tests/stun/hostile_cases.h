#pragma once
// Requests that must not hurt a reflector, with the reaction each must get. Classes A to H were collected by hand from
// the advisories and test suites of other implementations; generated_cases() adds boundary values, wrong lengths,
// truncations and bit flips. They go to decode() and to the reflector's respond(), by UDP to either port.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "net/bytes.h"

namespace hostile {

// Where a reply leaves from is said relative to the socket the request came to (RFC 5780 section 6.1).
enum class Expected : std::uint8_t {
  Silent,
  Success,         // from the socket the request came to
  ClassicSuccess,  // RFC 3489 request (no magic cookie): success in compatible mode, silence in strict mode
  SuccessFromAlternatePort,
  SuccessFromAlternateAddress,
  SuccessFromAlternateAddressAndPort,
  SuccessWithoutOtherAddress,
  BadRequest,         // 400
  UnknownAttributes,  // 420 listing exactly `unknown`, in that order
  // Generated cases only, where more than one answer keeps the rules:
  BadRequestOrUnknownAttributes,  // both faults at once
  SuccessOrBadRequest,            // REALM, NONCE or a private attribute of odd size; success from any of the sockets
  ClassicAnyOrSilent,             // a damaged request whose cookie is gone too: whatever the same request would draw
};

struct HostileCase {
  std::string id;  // "E06b"; generated: "flip request 0x2a.3"
  net::Bytes datagram;
  Expected expected = Expected::Silent;
  bool decodes = true;                      // false: decode() refuses it, and so it is Silent
  std::vector<std::uint16_t> unknown = {};  // what a 420 lists
  bool partner_up = true;                   // false: the partner link is down when the request comes
  bool size_matters = false;  // PADDING: the reply is at most max(request, reply to the bare request) bytes
  std::string point = {};     // what goes wrong elsewhere
};

[[nodiscard]] const std::vector<HostileCase>& hostile_cases();    // A01 to H07
[[nodiscard]] const std::vector<HostileCase>& generated_cases();  // above 5,000; the partner is up; size_matters in all

// The same datagram with what generated_cases()' own reading of the rules says of it: the two must agree.
[[nodiscard]] HostileCase by_the_rules(const HostileCase& given);

// Names the enumerator, for test output.
[[nodiscard]] std::string_view to_string(Expected expected);

}  // namespace hostile
