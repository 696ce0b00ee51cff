#pragma once
// The attributes we know: number, name and what the registry says of them (RFC 8489 section 18.3, RFC 5780 section 9,
// RFC 3489 section 11.2, our private range in docs/protocol.md).

#include <cstdint>
#include <string>

namespace stun {

enum class AttributeType : std::uint16_t {
  MappedAddress = 0x0001,
  ResponseAddress = 0x0002,  // RFC 3489, retired
  ChangeRequest = 0x0003,
  SourceAddress = 0x0004,   // RFC 3489
  ChangedAddress = 0x0005,  // RFC 3489
  Username = 0x0006,
  Password = 0x0007,  // RFC 3489, retired
  MessageIntegrity = 0x0008,
  ErrorCode = 0x0009,
  UnknownAttributes = 0x000A,
  ReflectedFrom = 0x000B,  // RFC 3489, retired
  Realm = 0x0014,
  Nonce = 0x0015,
  MessageIntegritySha256 = 0x001C,
  XorMappedAddress = 0x0020,
  Padding = 0x0026,
  ResponsePort = 0x0027,
  Signal = 0x7F00,          // private, in the method Signal only
  AttemptId = 0x7F01,       // private, in the method Check only
  AssistQuestion = 0x7F02,  // private, these four in the method Assist only
  AssistTarget = 0x7F03,
  AssistLocal = 0x7F04,
  AssistProof = 0x7F05,
  Text = 0x7F06,  // private, in the method Text only
  Software = 0x8022,
  AlternateServer = 0x8023,
  Fingerprint = 0x8028,
  ResponseOrigin = 0x802B,
  OtherAddress = 0x802C,
  ReturnToken = 0xC0F0,
  Fill = 0xC0F1,
  SentQuery = 0xC0F2,
  SentCount = 0xC0F3,
  Arrival = 0xC0F4,
  Delay = 0xC0F5,
};

// RFC 8489 section 14: types below 0x8000 must be understood by whoever processes the message.
[[nodiscard]] constexpr bool comprehension_required(std::uint16_t type) { return type < 0x8000; }

// Whether a Binding request may carry it without drawing a 420. Retired and method-bound types are not understood.
[[nodiscard]] bool understood_in_binding(std::uint16_t type);

// "XOR-MAPPED-ADDRESS"; an unknown number prints as "0x7FFF".
[[nodiscard]] std::string attribute_name(std::uint16_t type);

}  // namespace stun
