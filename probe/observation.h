#pragma once
// What was asked of the network, from which local socket, and what came back, or silence. The log of a run is never
// edited after the fact and holds everything a verdict rests on: classify() needs nothing else.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/question.h"
#include "net/agent.h"
#include "net/bytes.h"
#include "net/endpoint.h"
#include "net/nat64.h"
#include "net/time.h"
#include "probe/assist_question.h"
#include "stun/behavior_attributes.h"
#include "stun/private_attributes.h"

namespace probe {

enum class Transport : std::uint8_t { Udp, Tcp };

// One question. Every discovery owns sockets of its own, so that no earlier question has opened a door: `socket` is a
// number within the run, and two discoveries never share one.
struct Query {
  std::string discovery;  // "mapping", as in the catalog
  std::uint32_t socket = 0;
  Transport transport = Transport::Udp;
  net::Endpoint to;
  std::optional<stun::ChangeRequest> change;  // CHANGE-REQUEST as sent; empty: none sent
  net::Endpoint expected_from;                // the only source an answer counts from
  std::optional<std::uint32_t> question;      // SENT-QUERY: the label of this question, or the label asked about
  unsigned most_requests = 1;                 // retransmissions included

  // What only some discoveries ask for.
  std::optional<std::uint32_t> heard_on;       // the socket that must hear it; empty: the one that asks
  bool to_ourselves = false;                   // sent to an external endpoint of our own: `heard_on` hears the request
  std::optional<std::uint16_t> response_port;  // RESPONSE-PORT (RFC 5780 section 7.5)
  std::optional<std::uint16_t> padding;        // PADDING of so many bytes (RFC 5780 section 7.6)
  std::optional<net::Duration> delay;          // DELAY, whole seconds: the answer comes so much later
  std::optional<std::uint8_t> ttl;             // of the datagrams; empty: the system's
  bool dont_fragment = false;
  std::optional<net::InFragments> in_fragments = std::nullopt;  // of the datagrams, made by this host itself
  std::uint16_t size = 0;                                // of the request in bytes, reached with FILL; 0: the usual one
  std::optional<net::Endpoint> bound_to = std::nullopt;  // where its socket is bound; empty: as --bind says, else any
  net::Bytes fill;  // what FILL holds, zeros behind it; the reflector answers its hash
  std::optional<gateway::Question> gateway = std::nullopt;  // no STUN: a question to our own gateway
  std::optional<AssistQuestion> assist = std::nullopt;      // to an assistant behind the same NAT

  [[nodiscard]] std::uint32_t hearing_socket() const { return heard_on.value_or(socket); }
};

enum class Outcome : std::uint8_t {
  Pending,      // asked, still waiting
  Answered,     // a success response from the promised source
  Refused,      // an error response: never evidence for a filtering behaviour
  Unusable,     // a success response that says nothing usable: no address, an implausible one, an unknown demand
  WrongSource,  // a response with the right id from another address: the reflector did not do what was asked
  Silence,      // nothing within the patience of the run
  Unreachable,  // an ICMP error, or TCP refused
  NotSent,      // the local socket could not be opened, or the traffic budget was used up
  Returned,     // our own request came to `heard_on`: a hairpin
};
[[nodiscard]] std::string_view to_string(Outcome outcome);
[[nodiscard]] std::optional<Outcome> parse_outcome(std::string_view word);

// The first ICMP error a question drew (RFC 792, RFC 4443). Anybody can forge one.
struct IcmpSeen {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::optional<net::IpAddress> from;
  std::uint16_t mtu = 0;  // 0: not told
  net::Duration at{};     // since the run began

  // RFC 792: the TTL ended on the way.
  [[nodiscard]] bool time_exceeded(net::Family family) const { return type == (family == net::Family::V4 ? 11 : 3); }
};

struct Observation {
  Query query;
  Outcome outcome = Outcome::Pending;
  std::optional<net::Endpoint> local;         // of the socket, as bound
  net::Duration sent_at{};                    // since the run began; of the first request
  net::Duration answered_at{};                // of the first response, when there is one
  net::Duration waited_until{};               // when the waiting for it ended: answered, given up, or end of the run
  unsigned requests = 0;                      // sent, retransmissions included
  unsigned duplicates = 0;                    // further copies of the same response
  unsigned ignored = 0;                       // responses with our id that do not count: another source, damaged
  unsigned late = 0;                          // responses after the waiting had ended
  std::optional<net::Endpoint> from;          // where the response, or our own request, came from
  std::optional<net::Endpoint> mapped;        // XOR-MAPPED-ADDRESS
  std::optional<net::Endpoint> mapped_plain;  // MAPPED-ADDRESS: unprotected, not for verdicts alone
  std::optional<net::Endpoint> response_origin;
  std::optional<net::Endpoint> other_address;
  std::optional<stun::ReturnToken> return_token;
  std::optional<stun::SentCount> sent_count;
  std::optional<stun::Arrival> arrival;   // the request as it came to the reflector
  std::optional<std::uint8_t> reply_ttl;  // of the response as it came here
  std::uint16_t reply_size = 0;           // of the response, in bytes
  std::optional<IcmpSeen> icmp;
  std::optional<std::uint16_t> error_code;
  std::optional<net::Nat64Prefix> nat64;   // `to` is under this prefix: who answers there is of IPv4
  std::optional<gateway::Answer> gateway;  // then `error_code` is that protocol's own
  std::optional<AssistAnswer> assist;      // of an assistant
  std::string note;                        // why it is what it is: reason phrase, ICMP type, what was odd; fit to show
};

using ObservationLog = std::vector<Observation>;

}  // namespace probe
