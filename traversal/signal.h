#pragma once
// What rendezvous, peers and matrix clients say to each other: values only. signal_codec.h turns them into JSON,
// signal_message.h into STUN messages (method Signal, docs/protocol.md).
//
// The story of one attempt: the rendezvous asks both peers to Prepare; each opens a fresh socket and lets the
// rendezvous Observe it; the rendezvous tells both to Start with the other's description; each reports its half in a
// Result.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/endpoint.h"
#include "net/nat_behavior.h"
#include "net/time.h"
#include "traversal/check.h"
#include "traversal/half.h"
#include "traversal/matrix.h"
#include "traversal/strategy.h"

namespace traversal {

using Id = std::array<std::uint8_t, 16>;  // of chance: nobody guesses one

inline constexpr std::size_t longest_name = 64;
inline constexpr unsigned most_trials = 1000;
inline constexpr net::Duration longest_hold = std::chrono::minutes(1);

// Letters, digits, dot, dash, underscore; 1 to 64 of them.
[[nodiscard]] bool valid_host_name(std::string_view name);

// ---- requests to the rendezvous ------------------------------------------------------------------------------------

struct Register {  // again after a restart, with a new session: 409 while the old one is still heard
  std::string name;
  Id session{};
  net::NatBehavior behavior;
  std::optional<net::Endpoint> local;
  bool texts = false;  // a console: texts may be relayed to it
  std::optional<PortPattern> ports;
  std::string port_mapping;  // the protocol its router maps ports by: "pcp"; empty: none is known
};
struct Refresh {  // also tells a new address of the same session, or one of the other family
  std::string name;
  Id session{};
};
struct Unregister {
  std::string name;
  Id session{};
};
struct ListRequest {
  std::uint64_t from = 0;
};
struct Observe {  // from a punch socket
  Id nonce{};     // of the Prepare
  std::optional<net::Endpoint> local;
  std::optional<net::Endpoint> mapped;  // as its router says that it mapped the socket; the port alone is believed
  std::string no_mapping;               // why it did not, where it was asked
};
struct Result {
  Id attempt{};
  Id nonce{};  // of the Prepare: only its receiver can report
  Half half;
};
struct MatrixRequest {
  std::vector<std::array<std::string, 2>> pairs;  // empty: all registered
  // Names, all run in every trial; "all" for every strategy there is; empty or "best": in the table's order until the
  // first success of each trial.
  std::vector<std::string> strategies;
  unsigned trials = 1;
  net::Duration hold{};  // how long a proven path is watched, in each attempt
};
struct StatusRequest {
  Id matrix{};
};
struct RowsRequest {
  Id matrix{};
  std::uint64_t from = 0;
};

struct PeersRequest {
  std::uint64_t from = 0;
};
// A text for a console that no path leads to, or the acknowledgement of one. Never a success of a pair.
struct Relay {
  std::string name;  // the sender
  Id session{};
  std::string to;
  Id id{};           // of the text
  std::string text;  // empty: it is acknowledged
};

// ---- requests to a peer --------------------------------------------------------------------------------------------

struct Prepare {
  Id session{};  // the peer's own, so that nobody else can ask
  Id attempt{};
  Id nonce{};
  std::string strategy;
  Id job{};  // the same for all attempts of a pair in one matrix
  unsigned trial = 1;
  std::string family;  // "ipv4", "ipv6": of the socket; empty: that of the registration
};
struct Start {
  Id session{};
  Id attempt{};
  Key key{};
  net::Endpoint own;  // the punch socket as the rendezvous sees it
  Description remote;
  net::Duration in{};    // from arrival
  std::string with;      // the other side's name
  net::Duration hold{};  // how long a proven path is watched
};
struct Stop {  // the other side is gone: send nothing more
  Id session{};
  Id attempt{};
};
struct Relayed {  // to a console
  Id session{};   // its own
  std::string from;
  Id id{};
  std::string text;  // empty: it is acknowledged
};

// ---- answers -------------------------------------------------------------------------------------------------------

struct Done {};
struct Registered {
  net::Endpoint mapped;
  net::Duration heartbeat{};
  net::Duration return_within{};  // should the rendezvous forget its hosts: they come back spread over this time
  std::optional<net::Endpoint> other = std::nullopt;  // where the rendezvous listens in the other address family
};
struct HostPage {
  std::vector<std::string> names;
  std::uint64_t total = 0;
};
struct PeerEntry {
  std::string name;
  net::NatBehavior behavior;
  net::Endpoint mapped;  // as the rendezvous sees it
  bool over_tcp = false;
  bool texts = false;
};
struct PeerPage {
  std::vector<PeerEntry> peers;
  std::uint64_t total = 0;
};
struct Observed {
  net::Endpoint mapped;
};
struct Accepted {
  Id matrix{};
  std::uint64_t pairs = 0;
  std::optional<std::uint64_t> length_s;  // how long it will take, when all goes as theory says
  std::optional<std::uint64_t> not_run;   // pairs that will not be
  std::string why;                        // of the first of them
};
struct Status {
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};

// A finished matrix, cut into rows that fit into datagrams: hosts, then each pair followed by its attempts, each of
// these followed by its timeline.
using MatrixRow = std::variant<Host, PairOutcome, Attempt, TimelineEvent>;
struct Rows {
  std::vector<MatrixRow> rows;
  std::uint64_t total = 0;
};

using Signal = std::variant<Register, Refresh, Unregister, ListRequest, Observe, Result, MatrixRequest, StatusRequest,
                            RowsRequest, Prepare, Start, Stop, Done, Registered, HostPage, Observed, Accepted, Status,
                            Rows, PeersRequest, Relay, Relayed, PeerPage>;

// Codes of error responses (RFC 8489 section 14.8 where it has one).
enum ErrorReason : std::uint16_t {
  Malformed = 400,
  WrongToken = 401,
  NotKnown = 404,  // session, attempt, matrix
  Replaced = 409,  // another session has this name
  StaleNonce = 438,
  Busy = 486,
  Unable = 500,  // the rendezvous cannot write down what it would have to promise
  Full = 508,
};

}  // namespace traversal
