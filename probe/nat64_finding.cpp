#include "probe/nat64_finding.h"

#include "probe/log_reading.h"

namespace probe {

NamedFinding conclude_nat64(const ObservationLog& log) {
  NamedFinding out;
  for (std::size_t i = 0; i < log.size(); ++i) {
    const Observation& seen = log[i];
    if (!answered(seen) || !seen.mapped || seen.mapped->family() != net::Family::V4) continue;
    const auto prefix = nat64_of(seen);
    if (!prefix) continue;
    out.name = "nat64";
    out.finding.value = std::string("translated");
    out.finding.confidence = 1;
    out.finding.evidence.push_back(i);
    out.figures["prefix"] = net::to_string(*prefix);
  }
  return out;
}

}  // namespace probe
