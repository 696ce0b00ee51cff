#include "probe/filtering_finding.h"

#include <algorithm>

#include "probe/filtering_evidence.h"
#include "probe/log_reading.h"

namespace probe {
namespace {

Finding<net::FilteringBehavior> found(net::FilteringBehavior value, double confidence,
                                      std::vector<std::size_t> evidence, std::string why = {}) {
  std::sort(evidence.begin(), evidence.end());
  return {.value = value, .confidence = confidence, .evidence = std::move(evidence), .why = std::move(why)};
}

Finding<net::FilteringBehavior> unknown(std::string why) { return {.why = std::move(why)}; }

// A proof, and the silence did outlast the confirmation.
SilenceProof completed_proof(const ObservationLog& log, const FilteringQuestion& question) {
  SilenceProof proof = silence_proof(log, question);
  if (!proof.proven) return proof;
  const net::Duration until = silence_must_last(log, question);
  for (const std::size_t i : trial(log, question).asked) {
    if (log[i].waited_until < until) return {.why = "the run ended before silence could be told from delay"};
  }
  return proof;
}

}  // namespace

Finding<net::FilteringBehavior> conclude_filtering(const ObservationLog& log) {
  using enum net::FilteringBehavior;
  if (!reflector_pair(log)) return unknown(why_no_pair(log));
  const Trial stranger = trial(log, from_stranger());
  const Trial other_port = trial(log, from_other_port());
  if (stranger.asked.empty() && other_port.asked.empty()) return unknown("not asked");
  if (stranger.heard) return found(EndpointIndependent, 1, {*stranger.heard});
  const SilenceProof port_filtered = completed_proof(log, from_other_port());
  if (port_filtered.proven) {
    return found(AddressAndPortDependent, port_filtered.confidence, port_filtered.evidence, port_filtered.why);
  }
  SilenceProof stranger_filtered = completed_proof(log, from_stranger());
  if (!other_port.heard) return unknown(port_filtered.why);
  if (!stranger_filtered.proven) return unknown(stranger_filtered.why);
  stranger_filtered.evidence.push_back(*other_port.heard);
  return found(AddressDependent, stranger_filtered.confidence, stranger_filtered.evidence, stranger_filtered.why);
}

}  // namespace probe
