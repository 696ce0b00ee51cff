#pragma once
// Reports and matrices as the programs make them, built by hand: what every test of reports/ prints or reads back.

#include <string>

#include "probe/report.h"
#include "reports/matrix_json.h"

namespace samples {

struct Kind {
  std::optional<net::MappingBehavior> mapping;
  std::optional<net::FilteringBehavior> filtering;
};

// A run behind a NAT of this kind, with the questions a run asks: four endpoints for the mapping, changed replies for
// the filtering. `host` (1 to 250) picks the addresses.
[[nodiscard]] probe::Report report_of(Kind kind, unsigned host = 1);

[[nodiscard]] probe::Report full_cone(unsigned host = 1);
[[nodiscard]] probe::Report port_restricted_cone(unsigned host = 2);
[[nodiscard]] probe::Report symmetric(unsigned host = 3);
[[nodiscard]] probe::Report open_internet();
[[nodiscard]] probe::Report firewall();           // no translation, filtering
[[nodiscard]] probe::Report no_classic_name();    // address-dependent mapping
[[nodiscard]] probe::Report two_plain_servers();  // symmetric, which kind is unknown
[[nodiscard]] probe::Report partner_silent();     // cone, filtering unknown
[[nodiscard]] probe::Report udp_blocked();
[[nodiscard]] probe::Report nothing_answered();  // unknown, with the reason

// Every field of every record has a value that is not its default, and each another one.
[[nodiscard]] probe::Report every_field();
[[nodiscard]] probe::Report assisted();  // every field of a question to an assistant

// The 2005 experiment: a full cone, b port-restricted cone, c symmetric with random ports.
[[nodiscard]] reports::MatrixDocument three_hosts();
// All outcomes, a disagreement, pairs that were not run, hosts without a report.
[[nodiscard]] reports::MatrixDocument all_outcomes();
// `hosts` hosts of the nine kinds in turn, every pair as theory says.
[[nodiscard]] reports::MatrixDocument many_hosts(std::size_t hosts);
// As a fleet in the field: kinds in uneven shares, times that vary, a few disagreements, some pairs not run; an attempt
// each.
[[nodiscard]] reports::MatrixDocument crowd(std::size_t hosts);
// A run with all that can be drawn: ports in sequence, lifetimes, two layers of NAT.
[[nodiscard]] probe::Report thorough();

}  // namespace samples
