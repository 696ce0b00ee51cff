#pragma once
// What a Binding request draws. Pure: the request and what is known of its arrival go in, a decision and the bytes of
// the reply come out. Order of the checks (RFC 8489 section 6.3): framing, class and method, limits, unknown required
// attributes (420), nonsense (400), the token strict mode asks for (438), what this host cannot do (420), what is to
// wait (DELAY), success.
//
// One datagram in, at most one out, never larger than max(request, plain reply), always to the IP it came from.

#include "reflector/delayed_replies.h"
#include "reflector/destination_rule.h"
#include "reflector/limiter.h"
#include "reflector/reply.h"
#include "reflector/return_token.h"
#include "reflector/sent_ring.h"
#include "stun/message.h"

namespace reflector {

enum class Transport : std::uint8_t { Udp, Tcp };

enum class Disposition : std::uint8_t {
  // answered
  Success,
  BadRequest,     // 400
  NotUnderstood,  // 420: unknown required attributes, or a CHANGE-REQUEST that cannot be honoured
  TokenNeeded,    // 438
  QuotaReached,   // 486: no room for one more delayed reply
  // silent
  Postponed,  // DELAY: answered later
  Undecodable,
  NotARequest,  // indications and responses are never answered
  OtherMethod,
  ClassicRefused,  // RFC 3489 in strict mode
  BadSource,       // port 0
  OverLimit,
};
inline constexpr std::size_t disposition_count = 12;
[[nodiscard]] std::string_view to_string(Disposition disposition);
[[nodiscard]] constexpr bool answered(Disposition disposition) { return disposition <= Disposition::QuotaReached; }

// The first half: what was decoded, and why it is no Binding request to answer, if it is none.
[[nodiscard]] std::optional<Disposition> passed_over(const net::Result<stun::Message, stun::DecodeError>& message,
                                                     Mode mode);

struct Arrived {
  SocketRole role;
  net::Endpoint from;
  Transport transport = Transport::Udp;
  std::optional<std::uint8_t> ttl;
  net::TimePoint at;
  bool proven = false;  // it carries a return token that is valid for its source
  Allowance allowance = Allowance::Full;
};

struct Context {
  Standpoint standpoint;
  const DestinationRule& destinations;
  const TokenKeeper& tokens;
  const SentRing& sent;
  const DelayedReplies& delayed;
};

// A reply to keep and to send when its time has come.
struct Postponement {
  DelayedReply reply;
  net::TimePoint due;
};

struct Response {
  Disposition disposition = Disposition::Undecodable;
  Reply reply;  // for errors only id, client, reply_port and from; for OverLimit what would have been sent
  std::optional<Postponement> postponed = std::nullopt;  // empty for a further copy of a request that waits already
};

// The second half. `out` comes empty and then holds the reply's bytes, to be sent from the socket `reply.from` to
// `reply.destination()`; it is empty when nothing is sent, or when the reply is the partner's to build and send.
[[nodiscard]] Response respond(const stun::Message& request, const Arrived& arrived, const Context& context,
                               net::ByteRoom& out);

}  // namespace reflector
