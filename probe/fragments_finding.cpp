#include "probe/fragments_finding.h"

#include <fmt/core.h>

#include <algorithm>

#include "probe/fragments_discovery.h"
#include "probe/ip_sizes.h"
#include "probe/repeated_question.h"

namespace probe {
namespace {

bool told_too_big(const ObservationLog& log, const Repeats& repeats) {
  return std::any_of(repeats.asked.begin(), repeats.asked.end(),
                     [&](std::size_t i) { return log[i].icmp && log[i].icmp->mtu != 0; });
}

void unknown(NamedFinding& out, std::string why) { out.finding = {.why = std::move(why)}; }

void proven(NamedFinding& out, std::string_view value, const RepeatedSilence& silence) {
  out.finding.value = std::string(value);
  out.finding.confidence = std::min(out.finding.confidence, silence.confidence);
  out.finding.evidence.insert(out.finding.evidence.end(), silence.evidence.begin(), silence.evidence.end());
}

void conclude_inbound(NamedFinding& out, const ObservationLog& log, const Repeats& padded, double chance) {
  if (padded.heard && log[*padded.heard].reply_size >= divided_size) {
    out.finding.value = "delivered";
    out.finding.evidence.push_back(*padded.heard);
    out.figures["inbound"] = true;
    return;
  }
  if (padded.heard) return unknown(out, "divided requests arrive; the server did not answer in as many bytes");
  const RepeatedSilence silence = repeated_silence(log, padded, chance);
  if (!silence.proven) return unknown(out, "divided requests arrive; of divided answers: " + silence.why);
  proven(out, "outbound-only", silence);
  out.figures["inbound"] = false;
}

// The last part first. Silence counts only beside fragments made the same way, in order, that were answered.
void conclude_other_order(NamedFinding& out, const ObservationLog& log, const FragmentQuestions& all, double chance) {
  const Repeats by_hand = repeats(log, all.by_hand.question);
  const Repeats reversed = repeats(log, all.reversed.question);
  Figure& value = out.figures["other_order"];
  if (reversed.heard) {
    value = "delivered";
    out.finding.evidence.push_back(*reversed.heard);
    return;
  }
  const RepeatedSilence silence = repeated_silence(log, reversed, chance);
  if (!silence.proven) {
    value = "unknown: " + silence.why;
  } else if (!by_hand.heard) {
    value = "unknown: fragments that this host makes itself do not arrive in order either";
  } else {
    value = "not-delivered";
    out.finding.evidence.push_back(*by_hand.heard);
    out.finding.evidence.insert(out.finding.evidence.end(), silence.evidence.begin(), silence.evidence.end());
  }
}

void fragments_of(NamedFinding& out, const ObservationLog& log, const net::Endpoint& reflector) {
  const FragmentQuestions all = fragment_questions(reflector);
  const double chance = chance_of_loss_divided(round_trip_loss(log).estimate());
  const Repeats whole = repeats(log, all.whole.question);
  const Repeats divided = repeats(log, all.divided.question);
  out.figures["packet_size"] = static_cast<double>(ip_size(divided_size, reflector.family()));

  const RepeatedSilence not_whole = repeated_silence(log, whole, chance);
  const auto why_unknown = [&]() -> std::string {
    if (whole.heard) return "packets of this size cross whole: nothing is divided on this path";
    if (!not_whole.proven) return "whether anything is divided on this path: " + not_whole.why;
    if (divided.heard) return {};
    if (told_too_big(log, divided)) return "told that packets are too big, this host did not divide them";
    if (!takes_large_requests(log, reflector)) return "silence, but the server may not take requests of this size";
    return repeated_silence(log, divided, chance).why;
  }();
  if (!why_unknown.empty()) {
    out.finding.why = why_unknown;
    return;
  }
  out.finding.confidence = not_whole.confidence;
  out.finding.evidence = not_whole.evidence;
  out.figures["outbound"] = divided.heard.has_value();
  if (divided.heard) {
    out.finding.evidence.push_back(*divided.heard);
    conclude_other_order(out, log, all, chance);
    conclude_inbound(out, log, repeats(log, all.padded.question), chance);
  } else {
    proven(out, "not-delivered", repeated_silence(log, divided, chance));
  }
  std::sort(out.finding.evidence.begin(), out.finding.evidence.end());
}

}  // namespace

NamedFinding conclude_fragments(const ObservationLog& log) { return conclude_of_path("fragments", log, fragments_of); }

}  // namespace probe
