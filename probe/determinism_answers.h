#pragma once
// The questions of the determinism discovery, and their answers as far as they have come.
//
//   idle        one socket asks A:p and B:p', stays idle, and asks A:p again and A:p', the latter for the first time
//   second      two sockets on one port of two local addresses: the first asks A:p, the second B:p', the second A:p,
//               the first B:p'. Where ports are kept both want the same external one: a collision. The second's first
//               question goes to another destination, so that a NAT that shares ports has no reason not to.
//   mapped      with one local address: a socket on the port that the gateway has just mapped to another one of ours
//               (probe/port_mapping_discovery.h asks these) asks B:p' and A:p. Where ports are kept that is a
//               collision with the mapping; on a NAT that shares ports, Linux too, with the flow A:p has just sent
//               through it. Asked first, A:p would be given another port, and B:p' the same one.

#include <array>
#include <optional>

#include "probe/discovery.h"
#include "probe/seen_flows.h"

namespace probe {

namespace determinism_sockets {
inline constexpr std::uint32_t idle = sockets::determinism;
inline constexpr std::uint32_t first = sockets::determinism + 1;
inline constexpr std::uint32_t second = sockets::determinism + 2;
inline constexpr std::uint32_t mapped = sockets::port_mapping + 2;
}  // namespace determinism_sockets

enum class DeterminismQuestion : std::uint8_t {
  BeforeIdle,
  BeforeIdleElsewhere,
  AfterIdle,
  AfterIdleNewPort,
  First,
  SecondElsewhere,
  Second,
  FirstElsewhere,
  Mapped,
  MappedElsewhere,
};

// The observation of a question; nullptr: not asked.
[[nodiscard]] const Observation* answer_to(const ObservationLog& log, DeterminismQuestion question);
// Its external endpoint, once answered.
[[nodiscard]] std::optional<net::Endpoint> external_of(const ObservationLog& log, DeterminismQuestion question);

// Whether two inside endpoints, of this host or of an assistant's, share one external port; empty: not tried, or they
// did not want the same.
[[nodiscard]] std::optional<bool> shares_a_port(const ObservationLog& log);

// What the second local address and the first showed: for the pooling of addresses.
[[nodiscard]] SeenFlows second_address_flows(const ObservationLog& log);

}  // namespace probe
