#pragma once
// Hairpinning between two hosts: an assistant writes to an external endpoint of ours. Which questions that takes, and
// what they mean (RFC 4787 section 6, REQ-9). The words are those of the finding `hairpin` (probe/hairpin_finding.h),
// but here "none" is meant of two hosts.
//
// A packet counts only if it was sent to the external endpoint and arrived at the inside one, so that what the LAN
// delivers by itself is never taken for a hairpin.

#include <array>
#include <optional>
#include <string>

#include "probe/assist_answers.h"
#include "probe/findings.h"

namespace probe {

struct AssistHairpinPlan {
  std::string why_not;      // why there is nothing to ask, or not yet; empty otherwise
  bool one_mapping = false;  // both sockets show two reflectors the same endpoint
  net::Endpoint ours;
  net::Endpoint ours_inside;
  net::Endpoint its;
  net::Endpoint its_inside;

  Query prove;                         // repeated until the proof has come
  std::optional<AssistProofId> proof;  // that `ours` is ours
  std::array<Query, 2> ways;           // it writes to one who never wrote to it, then to one who did
  Query opening;                       // we write to it
  Query closing;                       // the last word: our mapping is what it was
};
[[nodiscard]] AssistHairpinPlan assist_hairpin_plan(const ObservationLog& log);

// What became of the packets of one way. Indices into the log.
struct AssistKnocks {
  std::vector<std::size_t> asked;
  std::vector<std::size_t> silent;   // sent, as the assistant says, and not heard
  std::optional<std::size_t> heard;  // the first
};
[[nodiscard]] AssistKnocks assist_knocks(const ObservationLog& log, const Query& way);
[[nodiscard]] unsigned assist_knocks_needed(const ObservationLog& log);

[[nodiscard]] Step next_assist_hairpin(const RunSoFar& run);

// Nothing, where no assistant was asked; a finding without a value where it could not help.
[[nodiscard]] std::optional<NamedFinding> conclude_assist_hairpin(const ObservationLog& log);

}  // namespace probe
