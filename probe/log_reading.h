#pragma once
// What several discoveries read from the log of a run: who answered, how slow the network is, where questions go.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "probe/observation.h"

namespace probe {

[[nodiscard]] bool answered(const Observation& seen);
[[nodiscard]] bool settled(const Observation& seen);  // nothing is awaited any more

// Which discovery asked it.
[[nodiscard]] bool is_connectivity(const Observation& seen, Transport transport = Transport::Udp);
[[nodiscard]] bool is_introduction(const Observation& seen);  // of the partner a reflector named
[[nodiscard]] bool is_mapping(const Observation& seen);
[[nodiscard]] bool is_filtering(const Observation& seen);

// Whether anybody has answered anything over UDP; what a finding says where nobody has.
[[nodiscard]] bool answered_over_udp(const ObservationLog& log);
inline constexpr std::string_view nobody_answered = "no reflector answered over UDP";

// No socket towards any reflector could be opened: the first attempt, ready to print.
[[nodiscard]] std::optional<std::string> nothing_sent(const ObservationLog& log);

// Whether this address has proven, by answering anything over UDP, that it is a reflector.
[[nodiscard]] bool heard_from(const ObservationLog& log, const net::IpAddress& address);

// Whether the user gave a reflector at this address.
[[nodiscard]] bool given_by_user(const ObservationLog& log, const net::IpAddress& address);

// A third host may be named to us by a lying reflector (security): until it answers, it gets the three requests of
// its introduction and nothing else. This says whether more may be sent to it.
[[nodiscard]] bool may_be_asked(const ObservationLog& log, const net::IpAddress& address);

// The partner that was named has not answered yet, but still may.
[[nodiscard]] bool introduction_pending(const ObservationLog& log);

// The slowest round trip of this run. An answer to a retransmitted request does not say which copy it answers, so it
// counts only where there is nothing better (Karn's rule, RFC 6298 section 3).
[[nodiscard]] net::Duration slowest_round_trip(const ObservationLog& log);

// How long to wait before silence means anything: twice the slowest round trip of this run, at least 50 ms.
[[nodiscard]] net::Duration patience(const ObservationLog& log);

// ---- through a NAT64 -----------------------------------------------------------------------------------------------
// A reflector of IPv4 that is asked through a NAT64 (RFC 6146) speaks of itself, its partner and us in IPv4; this host
// reaches what it names under the prefix it is reached under itself (RFC 6052).

// The prefix this question went under; empty: it went nowhere else than where it says.
[[nodiscard]] std::optional<net::Nat64Prefix> nat64_of(const Observation& seen);

// How this host reaches an endpoint that the reflector asked here knows of.
[[nodiscard]] net::Endpoint as_reached(const Observation& seen, net::Endpoint said);

// And how that reflector knows what this host reaches so: the IPv4 address under the prefix, else the same.
[[nodiscard]] net::IpAddress as_known_there(const Observation& seen, const net::IpAddress& reached);

// Two cooperating RFC 5780 reflectors as seen from here: four endpoints.
struct ReflectorPair {
  net::Endpoint primary;  // A:p
  net::Endpoint other;    // B:p', as A announced it in OTHER-ADDRESS

  [[nodiscard]] net::Endpoint alternate_port() const { return net::with_port(primary, other.port); }   // A:p'
  [[nodiscard]] net::Endpoint partner_primary() const { return net::with_port(other, primary.port); }  // B:p
};

// The pair this run relies on: the first reflector that named a partner we may follow, and that partner.
[[nodiscard]] std::optional<ReflectorPair> reflector_pair(const ObservationLog& log);

// Why no pair is there, for the reader.
[[nodiscard]] std::string why_no_pair(const ObservationLog& log);

}  // namespace probe
