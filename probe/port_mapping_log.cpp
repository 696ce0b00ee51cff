#include "probe/port_mapping_log.h"

#include <algorithm>

#include "probe/discovery.h"
#include "probe/log_reading.h"

namespace probe {
namespace {

template <typename Wanted>
std::optional<std::size_t> first(const ObservationLog& log, Wanted wanted) {
  const auto found = std::find_if(log.begin(), log.end(), wanted);
  return found == log.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - log.begin()));
}

}  // namespace

bool of_gateway(const Observation& seen, GatewayAct act) {
  return seen.query.gateway && seen.query.gateway->act == act;
}

GatewayLog asked_of_gateway(const ObservationLog& log, GatewayAct act) {
  GatewayLog out;
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (of_gateway(log[i], act)) out.push_back(i);
  }
  return out;
}

std::optional<std::size_t> gateway_answer(const ObservationLog& log, GatewayAct act) {
  return first(log, [act](const Observation& seen) { return of_gateway(seen, act) && answered(seen); });
}

std::optional<std::size_t> granted_mapping(const ObservationLog& log) {
  return first(log, [](const Observation& seen) {
    return seen.query.gateway && maps(seen.query.gateway->act) && answered(seen) && seen.gateway;
  });
}

std::optional<std::size_t> end_of_mapping(const ObservationLog& log, std::size_t mapping) {
  const GatewayQuestion& made = *log[mapping].query.gateway;
  return first(log, [&](const Observation& seen) {
    if (!seen.query.gateway || seen.query.gateway->act != undoing(made.act)) return false;
    return made.act != GatewayAct::UpnpMap || seen.query.gateway->external_port == made.external_port;
  });
}

std::optional<std::size_t> outside_check(const ObservationLog& log) {
  return first(log, [](const Observation& seen) {
    return seen.query.discovery == names::port_mapping && seen.query.response_port.has_value();
  });
}

}  // namespace probe
