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

bool of_gateway(const Observation& seen, gateway::Act act) {
  return seen.query.gateway && seen.query.gateway->act == act;
}

GatewayLog asked_of_gateway(const ObservationLog& log, gateway::Act act) {
  GatewayLog out;
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (of_gateway(log[i], act)) out.push_back(i);
  }
  return out;
}

std::optional<std::size_t> gateway_answer(const ObservationLog& log, gateway::Act act) {
  return first(log, [act](const Observation& seen) { return of_gateway(seen, act) && answered(seen); });
}

std::optional<std::size_t> granted_mapping(const ObservationLog& log) {
  return first(log, [](const Observation& seen) {
    return seen.query.gateway && maps(seen.query.gateway->act) && answered(seen) && seen.gateway;
  });
}

std::optional<std::size_t> end_of_mapping(const ObservationLog& log, std::size_t mapping) {
  const gateway::Question& made = *log[mapping].query.gateway;
  return first(log, [&](const Observation& seen) {
    if (!seen.query.gateway || seen.query.gateway->act != undoing(made.act)) return false;
    return made.act != gateway::Act::UpnpMap || seen.query.gateway->external_port == made.external_port;
  });
}

std::optional<net::IpAddress> outside_address(const ObservationLog& log) {
  using gateway::Act;
  for (const Act act : {Act::PcpMap, Act::NatPmpAddress, Act::UpnpAddress}) {
    const auto answer = gateway_answer(log, act);
    if (answer && log[*answer].gateway && log[*answer].gateway->external_address)
      return log[*answer].gateway->external_address;
  }
  return std::nullopt;
}

std::optional<gateway::Service> mapping_service(const ObservationLog& log) {
  const auto mapping = granted_mapping(log);
  if (!mapping) return std::nullopt;
  const Query& made = log[*mapping].query;
  return gateway::Service{.act = made.gateway->act,
                          .to = made.to,
                          .path = made.gateway->path,
                          .service = made.gateway->service,
                          .external_address = outside_address(log)};
}

std::optional<std::size_t> outside_check(const ObservationLog& log) {
  return first(log, [](const Observation& seen) {
    return seen.query.discovery == names::port_mapping && seen.query.response_port.has_value();
  });
}

}  // namespace probe
