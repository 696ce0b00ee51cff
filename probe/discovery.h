#pragma once
// A discovery is one question about the NAT, as a pure function: from the log so far, the queries it still needs now
// (several at once, each socket its own), then none. It never sends and never waits; the session does
// (probe/probe_session.h). What its observations mean is said by classify() alone (probe/verdict.h).

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "net/endpoint.h"
#include "net/time.h"
#include "probe/observation.h"

namespace probe {

struct RunSoFar {
  const ObservationLog& log;
  net::Duration elapsed{};                                // since the run began
  std::span<const net::Endpoint> given;                   // the reflectors the user named
  net::Duration timeout{};                                // for a first answer
  bool follow_other_address = false;                      // whatever its scope
  bool full = false;                                      // --full: time and traffic for the deeper answer
  std::optional<net::IpAddress> gateway = std::nullopt;   // the router this host sends through, where it is known
  std::span<const net::IpAddress> own_addresses = {};     // of this host, on the interface of the run; may be bound
  std::optional<net::Endpoint> assistant = std::nullopt;  // behind the same NAT, as the user says
  std::span<const std::string_view> discoveries = {};     // that take part in this run, by name
};

struct Step {
  std::vector<Query> ask;                        // now, side by side
  std::optional<net::Duration> look_again = {};  // since the run began: time alone will change this step then
  bool finished = false;                         // nothing still to come could change its finding
};

// Both: what either asks, the earlier moment to look again, finished when both are.
[[nodiscard]] Step side_by_side(Step one, const Step& two);

enum class When : std::uint8_t {
  Always,   // the others rest on it: neither --only nor --skip touches it
  Default,  // in every run
  Full,     // with --full, or when --only names it
};

struct Discovery {
  std::string_view name;
  std::string_view what;  // one line for --list
  When when;
  Step (*next)(const RunSoFar& run);
  // What must still be asked when the run ends early, so that nothing stays behind in the network.
  Step (*undo)(const RunSoFar& run) = nullptr;
};

// All discoveries, in the order they are asked.
[[nodiscard]] std::span<const Discovery> catalog();

namespace names {
inline constexpr std::string_view connectivity = "connectivity";
inline constexpr std::string_view partner = "partner";
inline constexpr std::string_view mapping = "mapping";
inline constexpr std::string_view filtering = "filtering";
inline constexpr std::string_view hairpin = "hairpin";
inline constexpr std::string_view payload_rewriting = "payload-rewriting";
inline constexpr std::string_view fragments = "fragments";
inline constexpr std::string_view path_mtu = "path-mtu";
inline constexpr std::string_view icmp = "icmp";
inline constexpr std::string_view unsolicited = "unsolicited";
inline constexpr std::string_view lifetime = "lifetime";
inline constexpr std::string_view layers = "layers";
inline constexpr std::string_view port_mapping = "port-mapping";
inline constexpr std::string_view allocation = "allocation";
inline constexpr std::string_view determinism = "determinism";
inline constexpr std::string_view assist = "assist";
}  // namespace names

// Local sockets are numbered within the run, a range for each discovery, so that no two ever share one.
namespace sockets {
inline constexpr std::uint32_t connectivity = 100;      // and up, one a reflector
inline constexpr std::uint32_t connectivity_tcp = 200;  // and up
inline constexpr std::uint32_t partner = 300;
inline constexpr std::uint32_t mapping = 400;        // and up, two a round, six from one round to the next
inline constexpr std::uint32_t filtering = 500;      // and up, one a question
inline constexpr std::uint32_t confirmation = 600;   // and up, one each
inline constexpr std::uint32_t layers = 700;         // and up
inline constexpr std::uint32_t determinism = 800;    // and up
inline constexpr std::uint32_t hairpin = 900;        // and up
inline constexpr std::uint32_t fragments = 1000;     // and up
inline constexpr std::uint32_t path_mtu = 1100;      // and up
inline constexpr std::uint32_t payload = 1200;       // and up
inline constexpr std::uint32_t icmp = 1300;          // and up
inline constexpr std::uint32_t unsolicited = 1400;   // and up
inline constexpr std::uint32_t port_mapping = 1500;  // and up
inline constexpr std::uint32_t assist = 1900;        // and up
inline constexpr std::uint32_t many = 2000;          // from here on a range may hold hundreds
inline constexpr std::uint32_t allocation = 2000;    // and up, to 2499
inline constexpr std::uint32_t lifetime = 2500;      // and up, to 2699
}  // namespace sockets

// With --bind ADDRESS:PORT: how far above PORT the socket of this number is bound. Always the same, so that a repeated
// run finds on each port only doors that its own kind of question opened.
[[nodiscard]] std::uint16_t port_offset(std::uint32_t socket);
inline constexpr std::uint16_t last_bind_port = 64'000;

// A transaction is retransmitted until it is answered or has failed this often. The session spaces the requests: by the
// round trip of the run, and before one is known so that 25 requests fill the --timeout.
inline constexpr unsigned transaction_requests = 12;
inline constexpr unsigned first_requests = 25;
[[nodiscard]] net::Duration first_rto(net::Duration timeout);  // at least 200 ms

}  // namespace probe
