#include "probe/icmp_finding.h"

#include <algorithm>

#include "probe/icmp_discovery.h"
#include "probe/repeated_question.h"

namespace probe {
namespace {

void whether_it_ends_the_mapping(NamedFinding& out, const ObservationLog& log, const IcmpQuestions& questions) {
  auto& evidence = out.finding.evidence;
  const Repeats still_there = repeats(log, questions.still_there);
  if (still_there.heard) {
    out.figures["ends_mapping"] = false;
    evidence.push_back(*still_there.heard);
    return;
  }
  const Repeats untouched = repeats(log, questions.untouched);
  const RepeatedSilence silence = repeated_silence(log, still_there, round_trip_loss(log).estimate());
  if (!untouched.heard || !silence.proven) {
    out.finding.why = "whether the error ended the mapping could not be told";
    return;
  }
  out.figures["ends_mapping"] = true;
  evidence.push_back(*untouched.heard);
  evidence.insert(evidence.end(), silence.evidence.begin(), silence.evidence.end());
}

}  // namespace

NamedFinding conclude_icmp(const ObservationLog& log) {
  NamedFinding out{.name = "icmp"};
  const IcmpPlan plan = icmp_plan(log);
  out.finding.why = plan.why_not;
  if (!plan.questions) return out;
  const auto error = error_seen(log, plan.questions->error_drawing);
  if (!error) {
    const bool arrived = repeats(log, plan.questions->error_drawing).heard.has_value();
    out.finding.why = arrived ? "no TTL could be found that ends between the NAT and the reflector"
                              : "no error came back: the NAT drops them, or no router sent one";
    return out;
  }
  out.finding = {.value = "delivered", .confidence = 1, .evidence = {*error}};
  whether_it_ends_the_mapping(out, log, plan.questions.value());
  std::sort(out.finding.evidence.begin(), out.finding.evidence.end());
  return out;
}

}  // namespace probe
