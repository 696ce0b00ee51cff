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
SilenceProof lasting_proof(const ObservationLog& log, const FilteringQuestion& question) {
  SilenceProof proof = silence_proof(log, question);
  if (!proof.proven) return proof;
  const net::Duration until = silence_must_last(log, question);
  for (const std::size_t i : trial(log, question).asked) {
    if (log[i].waited_until < until) return {.why = "the run ended before silence could be told from delay"};
  }
  return proof;
}

// The silence of the decisive socket; where another one was let in before, the reader is told.
SilenceProof completed_proof(const ObservationLog& log, const FilteringQuestion& question) {
  SilenceProof proof = lasting_proof(log, decisive(log, question));
  if (!trial(log, question).heard) return proof;
  const std::string before = "heard on one local port, perhaps through a door that was open before";
  proof.why = proof.why.empty() ? before : before + "; on another: " + proof.why;
  return proof;
}

}  // namespace

Finding<net::FilteringBehavior> conclude_filtering(const ObservationLog& log) {
  using enum net::FilteringBehavior;
  if (!reflector_pair(log)) return unknown(why_no_pair(log));
  const bool asked = !trial(log, from_stranger()).asked.empty() || !trial(log, from_other_port()).asked.empty();
  if (!asked) return unknown("not asked");
  if (const auto heard = let_in(log, from_stranger())) {
    return found(EndpointIndependent, 1, {heard->first, heard->again});
  }
  const SilenceProof port_filtered = completed_proof(log, from_other_port());
  if (port_filtered.proven) {
    return found(AddressAndPortDependent, port_filtered.confidence, port_filtered.evidence, port_filtered.why);
  }
  SilenceProof stranger_filtered = completed_proof(log, from_stranger());
  const auto other_port = let_in(log, from_other_port());
  if (!other_port) return unknown(port_filtered.why);
  if (!stranger_filtered.proven) return unknown(stranger_filtered.why);
  stranger_filtered.evidence.insert(stranger_filtered.evidence.end(), {other_port->first, other_port->again});
  return found(AddressDependent, stranger_filtered.confidence, stranger_filtered.evidence, stranger_filtered.why);
}

}  // namespace probe
