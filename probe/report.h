#pragma once
// A finished run as one value: what reports/ turns into JSON, text and HTML, and what --replay reads back.

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "probe/observation.h"
#include "probe/verdict.h"

namespace probe {

// A reflector as the run saw it.
struct ReflectorSeen {
  std::string given;  // as the user wrote it
  net::Endpoint endpoint;
  bool answered = false;
  std::optional<net::Endpoint> other_address;  // announced by it
  std::optional<net::Duration> round_trip;
  std::string note;  // "partner address not usable: ...", "confirms what it sends", ...
};

// What a run may send on a path, and what it sent. A flow is one socket towards one endpoint: at most one mapping in
// the NAT of that path. Paths have a budget each: two address families, or two interfaces, are two ways out with a NAT
// each.
struct Traffic {
  unsigned packets = 0;
  unsigned flows = 0;
  Traffic& operator+=(const Traffic& other) {
    packets += other.packets;
    flows += other.flows;
    return *this;
  }
  friend bool operator==(const Traffic&, const Traffic&) = default;
};
inline constexpr Traffic default_budget{.packets = 400, .flows = 40};
inline constexpr Traffic full_budget{.packets = 6'000, .flows = 720};
inline constexpr Traffic assist_budget{.packets = 400, .flows = 24};  // on top, with an assistant

struct Report {
  Verdict verdict;
  ObservationLog observations;
  std::optional<net::Endpoint> local;     // of the first socket that was answered
  std::optional<net::Endpoint> external;  // as the first reflector saw that socket
  std::vector<ReflectorSeen> reflectors;
  std::map<std::string, std::string> labels;
  std::string interface;  // the only one its packets took; empty: as the routes said
  Traffic traffic;
  Traffic budget;       // at most this; zeros: not told
  unsigned strays = 0;  // datagrams that belonged to no question: wrong id, not STUN, forged
  std::chrono::system_clock::time_point started_at;
  net::Duration duration{};

  // Further paths of the same run, each a whole report of its own: the other address family, other interfaces. Those
  // have none.
  std::vector<Report> paths;

  [[nodiscard]] std::optional<net::Family> family() const;  // of the path; empty: nobody was asked
  [[nodiscard]] std::optional<net::Nat64Prefix> nat64() const;  // where its reflectors are of IPv4, behind a NAT64
};

// A family (IPv6 to its own hosts and IPv6 through a NAT64 are two) or an interface each, never mixed: the report
// itself and its further paths.
[[nodiscard]] std::vector<const Report*> paths_of(const Report& report);

// What a log says of the reflectors: those the user gave, in order (`given`: as written), and the partner one named.
[[nodiscard]] std::vector<ReflectorSeen> reflectors_seen(const ObservationLog& log,
                                                         const std::vector<std::string>& given);

}  // namespace probe
