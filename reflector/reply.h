#pragma once
// A reply as a value, and its bytes. The host that answers from another host's socket sends this value over the partner
// link and never bytes: the sender builds the reply itself.
//
// The size rule: a reply is never larger than max(bytes paid, plain reply). The plain reply is what a bare 20-byte
// request draws: compatible at most 68 bytes (IPv6: 116), strict 32 (44). RETURN-TOKEN (12 bytes), SENT-COUNT (12),
// ARRIVAL (20) and PADDING are added, in this order behind SENT-COUNT, while the request has paid for them: a request
// of 80 bytes (128) gets its token, one of 92 (140) token and count, one of 112 (160) everything.

#include <optional>

#include "net/byte_room.h"
#include "net/endpoint.h"
#include "reflector/reflector_config.h"
#include "reflector/topology.h"
#include "stun/message.h"
#include "stun/private_attributes.h"

namespace reflector {

inline constexpr std::uint16_t least_response_port = 1024;  // RESPONSE-PORT; below are services

struct Reply {
  stun::TransactionId id;
  net::Endpoint client;          // the source of the request
  std::uint16_t reply_port = 0;  // RESPONSE-PORT, else the client's
  SocketRole arrival;            // the socket the request came to
  SocketRole from;               // the socket that sends the reply
  std::uint16_t request_size = 0;
  bool padding = false;                    // the request carried PADDING: so does the reply, where there is room
  std::optional<stun::SentQuery> label;    // the reply is counted under it
  std::optional<stun::ReturnToken> token;  // as the request carried it

  [[nodiscard]] net::Endpoint destination() const { return {client.address, reply_port}; }
  [[nodiscard]] bool changed() const { return from != arrival; }
};

// What the sender knows of itself.
struct Standpoint {
  const Topology& topology;
  bool partner_usable = false;
  Mode mode = Mode::Compatible;
};

// What goes in where there is room.
struct Extras {
  std::optional<stun::SentCount> sent_count;
  std::optional<stun::ReturnToken> return_token;
  std::optional<stun::Arrival> arrival;
};

// The most bytes an answer to this request may have, and whether a success then has room for any of the extras, which
// need not be found out for nothing. `paid`: the size of the request, 0 where nothing proves it.
struct SizeLimit {
  std::size_t bytes = 0;
  bool extras = false;
};
[[nodiscard]] SizeLimit size_limit(const Reply& reply, const Standpoint& standpoint, std::size_t paid);

// A Binding success response (RFC 8489; RFC 3489 for a request without the magic cookie) of at most `limit` bytes.
void encode_success(const Reply& reply, const Standpoint& standpoint, const Extras& extras, std::size_t limit,
                    net::ByteRoom& out);

// A Binding error response of at most `limit` bytes, without a reason phrase. `unknown` is what a 420 lists.
void encode_error(const stun::TransactionId& id, std::uint16_t code, std::span<const std::uint16_t> unknown,
                  const std::optional<stun::ReturnToken>& token, std::size_t limit, net::ByteRoom& out);

}  // namespace reflector
