#include "traversal/commands/own_behavior.h"

#include <cstdlib>

#include "net/cannot_work.h"
#include "net/program.h"
#include "net/routes.h"
#include "probe/port_mapping_log.h"
#include "probe/probe_session.h"
#include "reports/terminal.h"
#include "traversal/commands/left_unknown.h"
#include "traversal/commands/port_findings.h"

namespace traversal {
namespace {

constexpr probe::Traffic port_mapping_budget{.packets = 120, .flows = 16};  // on top of the behaviour's
constexpr net::Duration time_to_wind_down = std::chrono::seconds(2);
constexpr std::uint16_t reflector_port = 3478;  // RFC 8489 section 9

std::vector<ReflectorOption> of_environment() {
  std::vector<ReflectorOption> reflectors;
  const char* value = std::getenv("NATSCOPE_REFLECTORS");
  if (value == nullptr || *value == '\0') return reflectors;
  for (const std::string& text : split(value, ',')) {
    auto reflector = parse_reflector(text);
    if (!reflector) throw net::CannotWork("NATSCOPE_REFLECTORS: " + reflector.error());
    reflectors.push_back(std::move(*reflector));
  }
  return reflectors;
}

std::vector<ReflectorOption> given(const PeerOptions& own) {
  return own.reflectors.empty() ? of_environment() : own.reflectors;
}

net::Endpoint endpoint_of(const ReflectorOption& reflector, net::Family family) {
  return net::resolve(reflector.host, family).front();
}

std::optional<OwnNat> probed(net::SocketDriver& driver, const std::vector<ReflectorOption>& given, net::Family family) {
  std::vector<probe::GivenReflector> reflectors;
  for (const ReflectorOption& reflector : given) {
    reflectors.push_back({reflector.given, endpoint_of(reflector, family)});
  }
  auto config = probe::behavior_only(std::move(reflectors));
  config.only.emplace_back("allocation");  // what predictions and searches go by
  if (family == net::Family::V4) {
    config.only.emplace_back("port-mapping");
    config.budget.packets += port_mapping_budget.packets;
    config.budget.flows += port_mapping_budget.flows;
    config.gateway = net::gateway_towards(config.reflectors.front().endpoint.address);
  }
  probe::ProbeSession session(std::move(config), chance());
  driver.run(session);
  if (driver.stopped_by_signal()) {
    session.stop(driver.now());  // a mapping that was made at the router is given back
    driver.drain(session, time_to_wind_down);
    return std::nullopt;
  }
  if (const auto attempt = session.cannot_work()) throw net::CannotWork(*attempt);
  const probe::Report report = session.report();
  const std::string unknown = left_unknown(report.verdict);
  if (!unknown.empty()) net::print_diagnostic(program, reports::printable(unknown));
  return OwnNat{.behavior = probe::behavior_of(report.verdict),
                .ports = port_pattern_of(report.verdict),
                .port_mapping = probe::mapping_service(report.observations)};
}

}  // namespace

net::Result<ReflectorOption, std::string> parse_reflector(std::string_view text) {
  return net::host_with_port(reflector_port)(text).map([text](const net::HostAndPort& host) {
    return ReflectorOption{std::string(text), host};
  });
}

std::optional<OwnNat> own_behavior(net::SocketDriver& driver, const PeerOptions& own, net::Family family) {
  if (own.nat) return own.nat;
  const auto reflectors = given(own);
  if (!reflectors.empty()) return probed(driver, reflectors, family);
  net::print_diagnostic(program, "no reflector to ask: the NAT's behaviour stays unknown");
  return OwnNat{};
}

std::vector<net::Endpoint> reflectors_of(const PeerOptions& own, net::Family family) {
  std::vector<net::Endpoint> endpoints;
  for (const ReflectorOption& reflector : given(own)) endpoints.push_back(endpoint_of(reflector, family));
  return endpoints;
}

}  // namespace traversal
