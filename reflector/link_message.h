#pragma once
// What the two hosts of a pair say to each other, byte by byte. Every message has one of two exact sizes and ends with
// an HMAC-SHA-256 over all that stands before it.
//
//   | "NSPL" (32) | version (8) | kind (8) | role (8) | 0 (8) | key id (32) |                        header, 44 bytes
//   | session (64) | sequence (64) | echo session (64) | echo sequence (64) |
//   Hello: | primary port (16) | alternate port (16) | family (8) | 0 (24) |                          48 bytes
//          | own address (128) | partner's address (128) | token epoch (64) |
//   Relay: | client address (128) | client port (16) | reply port (16) | request size (16) | family (8) |    64 bytes
//          | which ports, flags (8) | transaction id (128) | run nonce (64) | question (32) | return token (64) | 0
//          (32) |
//   | HMAC-SHA-256 (256) |
//
// The echo is the freshness: the newest Hello its sender has received, named by session and sequence. Only a host that
// heard us lately can name it, so no wall clock is needed.

#include <array>
#include <cstdint>
#include <span>
#include <variant>

#include "net/byte_room.h"
#include "net/bytes.h"
#include "net/endpoint.h"
#include "net/result.h"
#include "reflector/reply.h"

namespace reflector {

inline constexpr std::uint8_t link_version = 1;
inline constexpr std::size_t hello_size = 44 + 48 + 32;
inline constexpr std::size_t relay_size = 44 + 64 + 32;

// Of the two advertised addresses the lower one's host is First: a message sent back to its sender has the wrong role.
enum class LinkRole : std::uint8_t { First = 1, Second = 2 };

// A shared key, made ready: what signs, and the name it goes by on the wire.
struct LinkKey {
  std::array<std::uint8_t, 32> mac_key{};
  std::uint32_t id = 0;

  [[nodiscard]] static LinkKey derived_from(net::BytesView secret);
};

// One message of one life of a host.
struct MessageName {
  std::uint64_t session = 0;  // 0: none
  std::uint64_t sequence = 0;
  friend bool operator==(const MessageName&, const MessageName&) = default;
};

struct LinkHeader {
  LinkRole role = LinkRole::First;
  MessageName name;
  MessageName echo;
};

// Greeting and heartbeat in one.
struct Hello {
  std::uint16_t primary_port = 0;
  std::uint16_t alternate_port = 0;
  net::IpAddress own;      // as clients see the sender
  net::IpAddress partner;  // as the sender believes that clients see the receiver
  std::uint64_t token_epoch = 0;
};

// "Send this reply": roles are in the receiver's words.
struct LinkMessage {
  LinkHeader header;
  std::variant<Hello, Reply> body;
  std::size_t key = 0;  // of a decoded one: which of the keys signed it
};

// Why a message was passed over. The first five are seen by the codec, the others by the link.
enum class LinkFault : std::uint8_t {
  WrongSize,
  NotOurs,  // not our magic, or another version
  UnknownKey,
  WrongMac,
  Malformed,
  WrongRole,       // our own message came back
  NotFresh,        // its sender has not heard us lately
  Replayed,        // seen before, or too old for the window
  UnknownSession,  // a session that was never greeted, or is over
  Mismatch,        // the two hosts are not set up for each other
};
inline constexpr std::size_t link_fault_count = 10;
[[nodiscard]] std::string_view to_string(LinkFault fault);

// `out` is empty and has room for relay_size bytes.
void encode(const LinkMessage& message, const LinkKey& key, net::ByteRoom& out);
[[nodiscard]] net::Bytes encode(const LinkMessage& message, const LinkKey& key);

// Cheap checks first, then the MAC under the key it names, then the content. Whose role it has is the link's to judge.
[[nodiscard]] net::Result<LinkMessage, LinkFault> decode_link_message(net::BytesView datagram,
                                                                      std::span<const LinkKey> keys);

}  // namespace reflector
