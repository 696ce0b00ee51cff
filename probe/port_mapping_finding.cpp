#include "probe/port_mapping_finding.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "gateway/upnp.h"
#include "probe/discovery.h"
#include "probe/log_reading.h"
#include "probe/port_mapping_log.h"

namespace probe {
namespace {

constexpr double surely_silent = 0.999;

std::string text_of(std::string_view text) { return std::string(text); }

const Observation* seen_at(const ObservationLog& log, const std::optional<std::size_t>& index) {
  return index ? &log[*index] : nullptr;
}

// ---- what the gateway told ---------------------------------------------------------------------------------------

// A NAT-PMP gateway answers a PCP request too, that it does not know this version; a PCP one the other way round.
bool speaks(const Observation& seen) {
  constexpr std::uint16_t unsupported_version = 1;
  if (!seen.query.gateway || seen.query.gateway->act == gateway::Act::UpnpDescription) return false;
  const bool refused = seen.outcome == Outcome::Refused;
  const bool version = protocol_of(seen.query.gateway->act) != "upnp" && seen.error_code == unsupported_version;
  return answered(seen) || (refused && !version);
}

std::string protocols_found(const ObservationLog& log) {
  std::string out;
  for (const std::string_view protocol : {"pcp", "nat-pmp", "upnp"}) {
    const bool found = std::any_of(log.begin(), log.end(), [&](const Observation& seen) {
      return speaks(seen) && protocol_of(seen.query.gateway->act) == protocol;
    });
    if (found) out += (out.empty() ? "" : ", ") + text_of(protocol);
  }
  return out;
}

void add_router(NamedFinding& out, const ObservationLog& log) {
  if (const std::string found = protocols_found(log); !found.empty()) out.figures["found"] = found;
  if (const auto address = outside_address(log)) out.figures["external_address"] = net::to_string(*address);
  const Observation* description = seen_at(log, gateway_answer(log, gateway::Act::UpnpDescription));
  if (description == nullptr || !description->gateway) return;
  if (!description->gateway->vendor.empty()) out.figures["vendor"] = description->gateway->vendor;
  if (!description->gateway->model.empty()) out.figures["model"] = description->gateway->model;
}

// ---- a mapping was made --------------------------------------------------------------------------------------------

std::string why_not_verified(const ObservationLog& log, const Observation* check) {
  if (check == nullptr || check->outcome == Outcome::NotSent) return "not verified: no reflector answered";
  if (check->outcome == Outcome::Refused) return "not verified: the reflector does not answer to other ports";
  const auto ours = outside_address(log);
  for (const Observation& seen : log) {
    if (!ours || !answered(seen) || !seen.mapped || seen.mapped->address == *ours) continue;
    return fmt::format("not verified: reflectors see {}, another NAT lies behind this one",
                       net::to_string(seen.mapped->address));
  }
  return "not verified: no answer came in through it";
}

bool removed(const Observation& end) {
  return answered(end) || (of_gateway(end, gateway::Act::UpnpUnmap) && end.error_code == gateway::upnp::no_such_entry);
}

void add_reason(NamedFinding& out, std::string_view reason) {
  if (!out.finding.why.empty()) out.finding.why += "; ";
  out.finding.why += reason;
}

void add_mapping(NamedFinding& out, const ObservationLog& log, std::size_t mapping) {
  const gateway::Answer& granted = *log[mapping].gateway;
  out.finding.value = text_of(protocol_of(log[mapping].query.gateway->act));
  out.finding.confidence = 1;
  out.finding.evidence = {mapping};
  const auto address = outside_address(log);
  out.figures["external_endpoint"] = address ? net::to_string(net::Endpoint{*address, *granted.external_port})
                                             : fmt::format("port {}", *granted.external_port);
  out.figures["lease_s"] =
      static_cast<double>(std::chrono::duration_cast<std::chrono::seconds>(*granted.lease).count());

  const auto check = outside_check(log);
  const bool verified = check && answered(log[*check]);
  out.figures["verified"] = verified;
  if (check) out.finding.evidence.push_back(*check);
  if (!verified) add_reason(out, why_not_verified(log, seen_at(log, check)));

  const auto end = end_of_mapping(log, mapping);
  out.figures["removed"] = end && removed(log[*end]);
  if (end) out.finding.evidence.push_back(*end);
  if (!end || !removed(log[*end])) add_reason(out, "its removal was not confirmed: it ends with its lease");
}

// ---- none was made -------------------------------------------------------------------------------------------------

// The chance that `silent` requests in a row draw no answer by bad luck alone, as the requests to reflectors went,
// which take the same first hop: Laplace's rule of succession, once for each of them.
double chance_of_silence(const ObservationLog& log, unsigned silent) {
  unsigned requests = 0;
  unsigned answers = 0;
  for (const Observation& seen : log) {
    if (seen.query.gateway || seen.query.transport != Transport::Udp || !answered(seen)) continue;
    requests += seen.requests;
    ++answers;
  }
  double chance = 1;
  for (unsigned i = 0; i < silent; ++i) chance *= (requests - answers + 1.0 + i) / (requests + 2.0 + i);
  return chance;
}

bool silent(const Observation& seen) {
  return seen.outcome == Outcome::Silence || seen.outcome == Outcome::Unreachable;
}

// That all of these were asked and none answered although the gateway speaks the one that is asked most rarely.
std::optional<double> confidence_of_silence(const ObservationLog& log) {
  constexpr std::array first_of_each = {gateway::Act::PcpMap, gateway::Act::NatPmpAddress, gateway::Act::UpnpSearch};
  unsigned fewest = ~0U;
  for (const gateway::Act act : first_of_each) {
    unsigned requests = 0;
    for (const std::size_t index : asked_of_gateway(log, act)) {
      if (!silent(log[index])) return std::nullopt;
      requests += log[index].requests;
    }
    fewest = std::min(fewest, requests);
  }
  const bool others_answer = std::any_of(log.begin(), log.end(),
                                         [](const Observation& seen) { return !seen.query.gateway && answered(seen); });
  if (!others_answer) return std::nullopt;
  return 1 - chance_of_silence(log, fewest);
}

void add_none(NamedFinding& out, const ObservationLog& log, double confidence) {
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (log[i].query.gateway) out.finding.evidence.push_back(i);
  }
  out.finding.value = std::string("none");
  out.finding.confidence = confidence;
  out.finding.why = "no answer from the gateway";
}

std::string why_unknown(const ObservationLog& log) {
  std::string refusals;
  std::string last_note;
  for (const Observation& seen : log) {
    if (!seen.query.gateway || seen.note.empty()) continue;
    last_note = seen.note;
    const bool counts = maps(seen.query.gateway->act) && seen.outcome == Outcome::Refused;
    const bool another_version = seen.query.gateway->act == gateway::Act::PcpMap && seen.error_code == 1;
    if (!counts || another_version) continue;
    refusals += fmt::format("{}{}: {}", refusals.empty() ? "" : "; ", protocol_of(seen.query.gateway->act), seen.note);
  }
  if (!refusals.empty()) return "no mapping was made: " + refusals;
  if (!protocols_found(log).empty()) return "the gateway answered, but no request for a mapping";
  return last_note.empty() ? "the gateway did not answer often enough to tell" : last_note;
}

}  // namespace

NamedFinding conclude_port_mapping(const ObservationLog& log) {
  NamedFinding out{.name = text_of(names::port_mapping)};
  add_router(out, log);
  if (const auto mapping = granted_mapping(log)) {
    add_mapping(out, log, *mapping);
    return out;
  }
  const auto silence = confidence_of_silence(log);
  if (silence && *silence >= surely_silent) {
    add_none(out, log, *silence);
  } else {
    out.finding.why = why_unknown(log);
  }
  return out;
}

void label_router(Report& report) {
  const NamedFinding* finding = report.verdict.find(names::port_mapping);
  if (finding == nullptr) return;
  for (const char* name : {"vendor", "model"}) {
    const auto figure = finding->figures.find(name);
    if (figure != finding->figures.end()) report.labels.emplace(name, to_string(figure->second));
  }
}

}  // namespace probe
