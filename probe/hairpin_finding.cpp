#include "probe/hairpin_finding.h"

#include <fmt/core.h>

#include <algorithm>

#include "probe/assist_hairpin.h"
#include "probe/hairpin_discovery.h"
#include "probe/hairpin_source.h"
#include "probe/log_reading.h"
#include "probe/repeated_question.h"

namespace probe {
namespace {

std::optional<std::size_t> side_of(std::uint32_t socket) {
  const auto side = std::find(hairpin_sockets.begin(), hairpin_sockets.end(), socket);
  if (side == hairpin_sockets.end()) return std::nullopt;
  return static_cast<std::size_t>(side - hairpin_sockets.begin());
}

// Both mappings lived on: every later answer shows the endpoint that was written to.
bool mappings_lasted(const ObservationLog& log, const HairpinPlan& plan) {
  return std::all_of(log.begin(), log.end(), [&](const Observation& seen) {
    const auto side = side_of(seen.query.socket);
    if (!side || !answered(seen) || seen.query.to != plan.ways[0].control.to) return true;
    return seen.mapped == plan.mapped[*side];
  });
}

void from_whom(NamedFinding& out, const ObservationLog& log, const HairpinPlan& plan, std::size_t heard) {
  const Observation& seen = log[heard];
  const std::size_t sender = side_of(seen.query.socket).value_or(0);
  auto& [value, confidence, evidence, why] = out.finding;
  evidence = {heard};
  const std::string_view source = hairpin_source(seen, plan.local[sender], plan.external[sender]);
  if (source.empty()) {
    why = fmt::format("it came back, but from {}, neither the inside nor the external address",
                      seen.from ? net::to_string(*seen.from) : "nowhere");
    return;
  }
  value = std::string(source);
  confidence = 1;
}

// The first way was silent although the second was heard: the filter stood between. Late copies of the first do not
// count, the second has opened the filter for them.
void whether_filtered(NamedFinding& out, const ObservationLog& log, const HairpinPlan& plan, double chance) {
  const Repeats never_written = repeats(log, plan.ways[0].question);
  const Repeats written = repeats(log, plan.ways[1].question);
  if (never_written.heard) {
    const bool before = written.asked.empty() || log[*never_written.heard].answered_at < log[written.asked[0]].sent_at;
    if (before) out.figures["filtered"] = false;
  } else if (const RepeatedSilence silence = repeated_silence(log, never_written, chance); silence.proven) {
    out.figures["filtered"] = true;
    out.finding.evidence.insert(out.finding.evidence.end(), silence.evidence.begin(), silence.evidence.end());
  }
}

void conclude_silence(NamedFinding& out, const ObservationLog& log, const HairpinPlan& plan, double chance) {
  auto& [value, confidence, evidence, why] = out.finding;
  if (!plan.one_mapping) {
    why = "silence, but the mapping depends on the destination: no filter could have been opened for it before";
    return;
  }
  if (!mappings_lasted(log, plan)) {
    why = "mapping changed during the test";
    return;
  }
  confidence = 1;
  for (const HairpinWay& way : plan.ways) {
    const RepeatedSilence silence = repeated_silence(log, repeats(log, way.question), chance);
    if (!silence.proven) {
      out.finding = {.why = silence.why};
      return;
    }
    evidence.insert(evidence.end(), silence.evidence.begin(), silence.evidence.end());
    confidence = std::min(confidence, silence.confidence);
  }
  value = "none";
  why = "as one host can tell: a packet from its own inside address its system may drop unseen";
}

// As far as this host alone can tell.
NamedFinding conclude_by_ourselves(const ObservationLog& log) {
  NamedFinding out{.name = "hairpin"};
  const HairpinPlan plan = hairpin_plan(log);
  out.finding.why = plan.why_not;
  if (!plan.why_not.empty()) return out;
  const double chance = round_trip_loss(log).estimate();
  std::optional<std::size_t> heard;
  for (const HairpinWay& way : plan.ways) {
    if (!heard) heard = repeats(log, way.question).heard;
  }
  if (heard) {
    from_whom(out, log, plan, *heard);
    whether_filtered(out, log, plan, chance);
  } else {
    conclude_silence(out, log, plan, chance);
  }
  std::sort(out.finding.evidence.begin(), out.finding.evidence.end());
  return out;
}

}  // namespace

// Two hosts tell more than one. What one host heard is heard, though: then the two must agree.
NamedFinding conclude_hairpin(const ObservationLog& log) {
  const auto together = conclude_assist_hairpin(log);
  const bool asked_alone = std::any_of(log.begin(), log.end(),
                                       [](const Observation& seen) { return seen.query.discovery == names::hairpin; });
  if (together && !asked_alone) return *together;
  NamedFinding alone = conclude_by_ourselves(log);
  if (!together) return alone;
  if (!together->finding.value) {
    alone.finding.why +=
        std::string(alone.finding.why.empty() ? "" : "; ") + "with the assistant: " + together->finding.why;
    return alone;
  }
  const bool heard_alone = alone.finding.value && alone.finding.value != Figure("none");
  if (!heard_alone || alone.finding.value == together->finding.value) return *together;
  return {.name = "hairpin",
          .finding = {.why = fmt::format("two sockets of this host show {}, two hosts {}",
                                         to_string(*alone.finding.value), to_string(*together->finding.value))}};
}

}  // namespace probe
