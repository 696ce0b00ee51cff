#include "probe/verdict.h"

#include <algorithm>

#include "probe/filtering_finding.h"
#include "probe/log_reading.h"
#include "probe/mapping_finding.h"

namespace probe {
namespace {

bool nothing_came(const Observation& seen) {
  return (seen.outcome == Outcome::Silence || seen.outcome == Outcome::Unreachable) && seen.ignored == 0;
}

// No UDP answer of any kind from any reflector, while TCP to one of them works.
bool udp_blocked(const ObservationLog& log) {
  const auto udp_silent = [](const Observation& seen) { return !is_connectivity(seen) || nothing_came(seen); };
  const auto tcp_works = [](const Observation& seen) {
    return is_connectivity(seen, Transport::Tcp) && answered(seen);
  };
  return std::all_of(log.begin(), log.end(), udp_silent) && std::any_of(log.begin(), log.end(), tcp_works);
}

Verdict blocked() {
  Verdict verdict{.nat_class = net::NatClass::UdpBlocked, .rfc3489 = net::ClassicName::UdpBlocked};
  verdict.mapping.why = verdict.filtering.why = "UDP is blocked";
  return verdict;
}

}  // namespace

const NamedFinding* Verdict::find(std::string_view name) const {
  const auto found = std::find_if(findings.begin(), findings.end(),
                                  [&](const NamedFinding& candidate) { return candidate.name == name; });
  return found == findings.end() ? nullptr : &*found;
}

net::NatBehavior behavior_of(const Verdict& verdict) {
  net::NatBehavior out{.mapping = verdict.mapping.value, .filtering = verdict.filtering.value};
  const NamedFinding* allocation = verdict.find("allocation");
  if (allocation != nullptr && allocation->finding.value) {
    out.allocation = net::parse_allocation(to_string(*allocation->finding.value));
  }
  out.udp_blocked = verdict.nat_class == net::NatClass::UdpBlocked;
  return out;
}

Verdict classify(const ObservationLog& log) {
  if (udp_blocked(log)) return blocked();
  MappingConclusion mapping = conclude_mapping(log);
  Verdict verdict{.mapping = std::move(mapping.finding), .filtering = conclude_filtering(log)};
  const net::NatBehavior behavior = behavior_of(verdict);
  verdict.nat_class = mapping.symmetric ? net::NatClass::Symmetric : net::nat_class(behavior);
  verdict.rfc3489 = net::classic_name(behavior);
  verdict.findings = conclude_all(log);
  return verdict;
}

}  // namespace probe
