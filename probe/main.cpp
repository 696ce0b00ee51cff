// natprobe: parses, wires, prints.

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <exception>

#include "net/cannot_work.h"
#include "net/default_gateway.h"
#include "net/program.h"
#include "net/socket_driver.h"
#include "probe/discovery.h"
#include "probe/estimate.h"
#include "probe/options.h"
#include "probe/port_mapping_finding.h"
#include "probe/probe_session.h"
#include "reports/document_file.h"
#include "reports/probe_report_json.h"
#include "reports/probe_report_text.h"
#include "stun/crypto.h"

namespace {

using probe::Options;

constexpr std::string_view program = "natprobe";

// ---- where to ask --------------------------------------------------------------------------------------------------

// Every reflector at its first address of this family; empty when one of them has none.
std::vector<probe::GivenReflector> of_family(const std::vector<std::vector<net::Endpoint>>& resolved,
                                             const Options& options, net::Family family) {
  std::vector<probe::GivenReflector> out;
  for (std::size_t i = 0; i < resolved.size(); ++i) {
    const auto found = std::find_if(resolved[i].begin(), resolved[i].end(),
                                    [&](const net::Endpoint& endpoint) { return endpoint.family() == family; });
    if (found == resolved[i].end()) return {};
    const auto same = [&](const probe::GivenReflector& other) { return other.endpoint == *found; };
    if (std::none_of(out.begin(), out.end(), same)) out.push_back({options.reflectors[i].given, *found});
  }
  return out;
}

std::vector<probe::GivenReflector> resolve_all(const Options& options) {
  std::vector<std::vector<net::Endpoint>> resolved;
  for (const probe::ReflectorOption& reflector : options.reflectors) {
    resolved.push_back(net::resolve(reflector.host, options.family));
  }
  for (const net::Family family : {net::Family::V4, net::Family::V6}) {
    if (options.bind && options.bind->family() != family) continue;
    if (auto reflectors = of_family(resolved, options, family); !reflectors.empty()) return reflectors;
  }
  throw net::CannotWork(options.bind ? fmt::format("bind {}: the reflectors are of the other address family",
                                                   net::to_string(options.bind->address))
                                     : "the reflectors share no address family");
}

// ---- the run -------------------------------------------------------------------------------------------------------

std::uint64_t seed() {
  std::array<std::uint8_t, 8> bytes{};
  stun::fill_with_secret(bytes);
  return net::get_u64(bytes);
}

// The slow discoveries get their time, and the traffic they need.
void allow_the_slow_ones(probe::ProbeConfig& config, const Options& options) {
  for (const probe::Discovery& discovery : probe::catalog()) {
    const bool asked = !options.only.empty() && options.wants(discovery.name);
    if (discovery.when != probe::When::Full || !asked) continue;
    config.budget = probe::full_budget;
    const net::Duration usual = probe::ProbeConfig{}.after_timeout;
    config.after_timeout = std::max(config.after_timeout, usual + probe::may_take(discovery.name));
  }
}

// Port mapping protocols are asked over IPv4: a link-local IPv6 gateway cannot be told from others by its address.
std::optional<net::IpAddress> gateway_of(const probe::ProbeConfig& config) {
  const net::IpAddress& reflector = config.reflectors.front().endpoint.address;
  if (reflector.family() != net::Family::V4) return std::nullopt;
  return net::gateway_towards(reflector, config.bind ? std::optional(config.bind->address) : std::nullopt);
}

// A mapping made at the gateway is removed before the program ends, Ctrl-C or not.
void drive(net::SocketDriver& driver, probe::ProbeSession& session) {
  driver.stop_on_signals();
  driver.run(session);
  if (!driver.stopped_by_signal()) return;
  session.stop(driver.now());
  driver.drain(session, probe::winding_down_at_most);
  throw net::CannotWork("stopped by a signal before the run was finished");
}

probe::Report run(const Options& options) {
  probe::ProbeConfig config{.reflectors = resolve_all(options), .timeout = options.timeout, .bind = options.bind};
  config.only = options.only;
  config.skip = options.skip;
  config.follow_other_address = options.follow_other_address;
  allow_the_slow_ones(config, options);
  config.gateway = gateway_of(config);
  const auto started_at = std::chrono::system_clock::now();
  probe::ProbeSession session(std::move(config), net::Random(seed()));
  net::SocketDriver driver;
  drive(driver, session);
  if (const auto attempt = session.cannot_work()) throw net::CannotWork(*attempt);
  probe::Report report = session.report();
  report.started_at = started_at;
  report.labels = options.labels;
  probe::label_router(report);
  return report;
}

probe::Report replay(const Options& options) {
  auto report = reports::parse_probe_report(reports::read_document(*options.replay));
  if (!report) throw net::CannotWork(fmt::format("replay {}: {}", *options.replay, report.error()));
  report->verdict = probe::classify(report->observations);
  for (const auto& [key, value] : options.labels) report->labels[key] = value;
  return *report;
}

// ---- what is said of it --------------------------------------------------------------------------------------------

std::string text_of(const probe::Report& report, const Options& options) {
  const auto ink = net::colored(options.common.color, STDOUT_FILENO) ? reports::Ink::Color : reports::Ink::Plain;
  std::string text = reports::to_text(report, ink);
  if (options.common.quiet) text.resize(text.find('\n') + 1);
  if (options.explain) text += "\n" + reports::explain(report, *options.explain, ink).value();
  if (options.common.verbose && !options.common.quiet) text += "\n" + reports::observations_text(report, ink);
  return text;
}

// A document that cannot be written takes nothing from the text, and the other way round.
void write(const probe::Report& report, const Options& options) {
  const auto& json_file = options.common.json_file;
  std::exception_ptr unwritten;
  try {
    if (json_file) reports::write_document(*json_file, reports::to_json(report));
  } catch (const net::CannotWork&) {
    unwritten = std::current_exception();
  }
  if (json_file != "-") reports::write_document("-", text_of(report, options));
  if (unwritten) std::rethrow_exception(unwritten);
}

// Mapping and filtering, or all findings of the discoveries --only names.
std::vector<std::string_view> asked_for(const Options& options) {
  std::vector<std::string_view> findings{probe::names::mapping, probe::names::filtering};
  std::erase_if(findings, [&](std::string_view finding) { return !options.wants(finding); });
  for (const probe::FindingKind& row : probe::finding_kinds()) {
    if (!options.only.empty() && options.wants(row.discovery)) findings.push_back(row.name);
  }
  return findings;
}

int exit_code(const probe::Report& report, const Options& options) {
  const auto mismatches = probe::unmet(report.verdict, options.expect);
  for (const std::string& line : mismatches) net::print_diagnostic(program, line);
  if (!mismatches.empty()) return net::ExitCode::ExpectationFailed;
  if (!options.expect.empty()) return net::ExitCode::Done;
  return probe::exit_code(report.verdict, report.observations, asked_for(options));
}

std::string_view when_text(probe::When when) {
  switch (when) {
    case probe::When::Always: return " (always)";
    case probe::When::Default: return "";
    case probe::When::Full: return " (--full)";
  }
  return {};
}

int list_discoveries() {
  std::string text;
  for (const probe::Discovery& discovery : probe::catalog()) {
    text += fmt::format("{:<19}{}{}\n", discovery.name, discovery.what, when_text(discovery.when));
  }
  reports::write_document("-", text);
  return net::ExitCode::Done;
}

int natprobe(int argc, char** argv) {
  const auto parsed = probe::parse_options(argc, argv);
  if (const int* code = std::get_if<int>(&parsed)) return *code;
  const auto& options = std::get<Options>(parsed);
  if (options.list) return list_discoveries();
  if (options.common.json_file) reports::check_writable(*options.common.json_file);
  const probe::Report report = options.replay ? replay(options) : run(options);
  write(report, options);
  return exit_code(report, options);
}

}  // namespace

int main(int argc, char** argv) {
  return net::run_program(program, [&] { return natprobe(argc, argv); });
}
