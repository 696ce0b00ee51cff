#pragma once
// The attributes that hold a transport address.
//
//   | 0 (8) | family (8): 1 IPv4, 2 IPv6 | port (16) | address (32 or 128) |
//
// MAPPED-ADDRESS and its kin (RFC 8489 section 14.1, RFC 5780 sections 7.3 and 7.4, RFC 3489 section 11.2) say it
// plainly; XOR-MAPPED-ADDRESS (section 14.2) hides it from NATs that rewrite addresses in payloads. An attribute
// of unknown family counts as absent; a size that does not fit the family is malformed; the first byte is ignored.

#include <optional>

#include "net/byte_room.h"
#include "net/endpoint.h"
#include "stun/message.h"

namespace stun {

[[nodiscard]] bool unknown_family(net::BytesView value);
[[nodiscard]] std::optional<net::Endpoint> parse_plain_address(net::BytesView value);

// `Out` is net::Bytes or net::ByteRoom (stun/message_builder.h).
template <typename Out>
void serialize_plain_address(Out& out, const net::Endpoint& endpoint) {
  const bool v4 = endpoint.family() == net::Family::V4;
  const net::BytesView address = endpoint.address.bytes();
  net::append(out, net::u32_bytes((v4 ? 0x0001'0000U : 0x0002'0000U) | endpoint.port));
  if (v4) {
    net::append(out, address.first<4>());
  } else {
    net::append(out, address.first<16>());
  }
}

template <AttributeType Type>
struct PlainAddress {
  static constexpr AttributeType type = Type;
  net::Endpoint endpoint;

  [[nodiscard]] static bool ignored(net::BytesView value) { return unknown_family(value); }
  [[nodiscard]] static std::optional<PlainAddress> parse(net::BytesView value, const TransactionId&) {
    const auto parsed = parse_plain_address(value);
    return parsed ? std::optional(PlainAddress{*parsed}) : std::nullopt;
  }
  template <typename Out>
  void serialize(Out& out, const TransactionId&) const {
    serialize_plain_address(out, endpoint);
  }
};

using MappedAddress = PlainAddress<AttributeType::MappedAddress>;
using SourceAddress = PlainAddress<AttributeType::SourceAddress>;    // RFC 3489
using ChangedAddress = PlainAddress<AttributeType::ChangedAddress>;  // RFC 3489
using AlternateServer = PlainAddress<AttributeType::AlternateServer>;
using ResponseOrigin = PlainAddress<AttributeType::ResponseOrigin>;  // RFC 5780: where this reply was sent from
using OtherAddress = PlainAddress<AttributeType::OtherAddress>;      // RFC 5780: the other address and the other port

// XOR with the cookie (port: its upper half; IPv6: cookie and transaction id). Its own inverse.
[[nodiscard]] net::Endpoint crossed(const net::Endpoint& endpoint, const TransactionId& id);

struct XorMappedAddress {
  static constexpr AttributeType type = AttributeType::XorMappedAddress;
  net::Endpoint endpoint;

  [[nodiscard]] static bool ignored(net::BytesView value) { return unknown_family(value); }
  [[nodiscard]] static std::optional<XorMappedAddress> parse(net::BytesView value, const TransactionId& id);
  template <typename Out>
  void serialize(Out& out, const TransactionId& id) const {
    serialize_plain_address(out, crossed(endpoint, id));
  }
};

}  // namespace stun
