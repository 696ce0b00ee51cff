#include "probe/path_mtu_finding.h"

#include <fmt/core.h>

#include <algorithm>

#include "probe/ip_sizes.h"
#include "probe/path_mtu_discovery.h"

namespace probe {
namespace {

void at_least(NamedFinding& out, const Repeats& largest, double bytes) {
  out.finding = {.value = bytes,
                 .confidence = 1,
                 .evidence = {*largest.heard},
                 .why = "or more: reflectors take no larger request"};
}

void mtu_of(NamedFinding& out, const ObservationLog& log, const net::Endpoint& reflector) {
  const MtuBounds bounds = mtu_bounds(log, reflector);
  const auto told = told_mtu(log, reflector);
  out.figures["told"] = told.has_value();
  const auto in_bytes = [&](std::uint16_t size) { return ip_size(size, reflector.family()); };
  const Repeats passed = repeats(log, mtu_question(reflector, bounds.passed));
  auto& [value, confidence, evidence, why] = out.finding;
  if (bounds.passed == largest_request) {
    at_least(out, passed, in_bytes(bounds.passed));
  } else if (!passed.heard) {
    why = "no request with DF set was answered";
  } else if (!bounds.stuck || *bounds.stuck - bounds.passed > 4) {
    why = fmt::format("at least {} bytes; the search did not end", in_bytes(bounds.passed));
  } else if (!takes_large_requests(log, reflector) && !told) {
    why = fmt::format("at least {} bytes; the server may not take larger requests", in_bytes(bounds.passed));
  } else {
    const Repeats stuck = repeats(log, mtu_question(reflector, *bounds.stuck));
    const RepeatedSilence silence = repeated_silence(log, stuck, round_trip_loss(log).estimate());
    if (!silence.proven) {
      why = fmt::format("at least {} bytes; of larger packets: {}", in_bytes(bounds.passed), silence.why);
      return;
    }
    const bool agrees = told && *told >= in_bytes(bounds.passed) && *told < in_bytes(*bounds.stuck);
    value = static_cast<double>(agrees ? *told : in_bytes(bounds.passed));
    confidence = silence.confidence;
    evidence = silence.evidence;
    evidence.push_back(*passed.heard);
    std::sort(evidence.begin(), evidence.end());
  }
}

}  // namespace

NamedFinding conclude_path_mtu(const ObservationLog& log) { return conclude_of_path("path-mtu", log, mtu_of); }

}  // namespace probe
