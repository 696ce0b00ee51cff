#pragma once
// What the log of a run says about the gateway: read by the discovery and by the finding.

#include <optional>
#include <vector>

#include "probe/observation.h"

namespace probe {

using GatewayLog = std::vector<std::size_t>;  // indices into the log, ascending

[[nodiscard]] bool of_gateway(const Observation& seen, gateway::Act act);
[[nodiscard]] GatewayLog asked_of_gateway(const ObservationLog& log, gateway::Act act);

// The first one that was answered.
[[nodiscard]] std::optional<std::size_t> gateway_answer(const ObservationLog& log, gateway::Act act);

// The mapping that was granted first.
[[nodiscard]] std::optional<std::size_t> granted_mapping(const ObservationLog& log);

// The question that ends this mapping; empty: not asked yet.
[[nodiscard]] std::optional<std::size_t> end_of_mapping(const ObservationLog& log, std::size_t mapping);

// The address the gateway says it has outside.
[[nodiscard]] std::optional<net::IpAddress> outside_address(const ObservationLog& log);

// With whom, and how, another mapping can be made; empty where none was granted.
[[nodiscard]] std::optional<gateway::Service> mapping_service(const ObservationLog& log);

// Of the reflector, to answer to the mapped port.
[[nodiscard]] std::optional<std::size_t> outside_check(const ObservationLog& log);

}  // namespace probe
