#include "probe/mapping_finding.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "probe/log_reading.h"
#include "probe/mapping_answers.h"

namespace probe {
namespace {

using net::MappingBehavior;

// Of the ports 1024 to 65535: the chance that an allocation at random repeats the port of another destination.
constexpr double chance_of_equal_ports = 1.0 / 64512;

bool udp_answer(const Observation& seen) { return is_connectivity(seen) && answered(seen); }

std::string why_no_answers(const ObservationLog& log) {
  const auto unprotected = [&](const Observation& seen) {
    return is_mapping(seen) && answered(seen) && seen.mapped_plain;
  };
  if (std::any_of(log.begin(), log.end(), unprotected)) {
    return "the reflector answers with MAPPED-ADDRESS alone, which NATs rewrite";
  }
  if (std::any_of(log.begin(), log.end(), is_mapping)) return "the reflector stopped answering";
  return std::any_of(log.begin(), log.end(), udp_answer) ? "not asked" : std::string(nobody_answered);
}

std::string why_one_address(const ObservationLog& log) {
  const std::string only = "seen from one address only: ";
  for (const Observation& seen : log) {
    const bool of_mapping = is_mapping(seen) || is_connectivity(seen);
    const bool useless = seen.outcome == Outcome::Unusable || seen.outcome == Outcome::Refused;
    if (of_mapping && useless) return only + fmt::format("{}: {}", net::to_string(seen.query.to), seen.note);
  }
  return only + (reflector_pair(log) ? "the partner did not answer" : why_no_pair(log));
}

std::optional<std::uint16_t> port_never_heard(const ObservationLog& log, const MappingAnswers& answers) {
  const unsigned round = latest_mapping_round(log);
  for (const Observation& seen : log) {
    const std::uint16_t port = seen.query.to.port;
    const auto from_port = [port](const MappingAnswer& answer) { return answer.reflector.port == port; };
    if (in_mapping_round(seen, round) && std::none_of(answers.begin(), answers.end(), from_port)) return port;
  }
  return std::nullopt;
}

bool no_translation(const MappingAnswers& answers) {
  return std::all_of(answers.begin(), answers.end(),
                     [](const MappingAnswer& answer) { return answer.local == answer.mapped; });
}

bool local_ports_kept(const MappingAnswers& answers) {
  return std::all_of(answers.begin(), answers.end(), [](const MappingAnswer& answer) {
    return answer.local && answer.local->port == answer.mapped.port;
  });
}

struct Conclusion {
  std::optional<MappingBehavior> value;
  double confidence = 0;
  std::string why;
  bool symmetric = false;
};

Conclusion unknown(std::string why) { return {.why = std::move(why)}; }

// The evidence is equal ports: under the next likely behaviour each would be a coincidence.
double confidence_of(std::ptrdiff_t equals) { return 1 - std::pow(chance_of_equal_ports, static_cast<double>(equals)); }

// Whether reflectors that are not of the pair show the difference too.
bool shown_by_others(const ObservationLog& log, const std::vector<TwoAnswers>& twos) {
  const auto pair = reflector_pair(log);
  const auto other = [&](const MappingAnswer& answer) {
    return !pair ||
           (answer.reflector.address != pair->primary.address && answer.reflector.address != pair->other.address);
  };
  return std::any_of(twos.begin(), twos.end(), [&](const TwoAnswers& two) {
    return two.differ() && !two.same_address() && other(*two.one) && other(*two.two);
  });
}

// Some answers differ, and nothing contradicts.
Conclusion dependent(const ObservationLog& log, const std::vector<TwoAnswers>& twos) {
  const std::string word = shown_by_others(log, twos) ? "" : "one pair's word";
  const auto other_port = [](const TwoAnswers& two) { return two.other_port_only(); };
  const auto by_port = [](const TwoAnswers& two) { return two.other_port_only() && two.differ(); };
  if (std::any_of(twos.begin(), twos.end(), by_port)) return {MappingBehavior::AddressAndPortDependent, 1, word, true};
  const auto equals = std::count_if(twos.begin(), twos.end(), other_port);
  if (equals > 0) return {MappingBehavior::AddressDependent, confidence_of(equals), word, true};
  return {.why = "whether on the port as well takes two ports of one address to tell", .symmetric = true};
}

// All answers of each socket are equal.
Conclusion independent(const ObservationLog& log, const MappingAnswers& answers, const std::vector<TwoAnswers>& twos) {
  if (reflector_addresses(answers).size() < 2) return unknown(why_one_address(log));
  if (const auto port = port_never_heard(log, answers)) return unknown(fmt::format("port {} did not answer", *port));
  if (no_translation(answers)) return {.value = MappingBehavior::None, .confidence = 1};
  const auto equals =
      std::count_if(twos.begin(), twos.end(), [](const TwoAnswers& two) { return !two.same_address(); });
  return {.value = MappingBehavior::EndpointIndependent,
          .confidence = confidence_of(equals),
          .why = local_ports_kept(answers) ? "while the port is free: the external ports are the local ones" : ""};
}

Conclusion conclude(const ObservationLog& log, const MappingAnswers& answers) {
  if (answers.empty()) return unknown(why_no_answers(log));
  if (std::string why = contradiction(answers); !why.empty()) return unknown(std::move(why));
  const auto twos = two_by_two(answers);
  const bool differ = std::any_of(twos.begin(), twos.end(), [](const TwoAnswers& two) { return two.differ(); });
  return differ ? dependent(log, twos) : independent(log, answers, twos);
}

}  // namespace

MappingConclusion conclude_mapping(const ObservationLog& log) {
  const MappingAnswers answers = latest_mapping_answers(log);
  Conclusion conclusion = conclude(log, answers);
  MappingConclusion out{.symmetric = conclusion.symmetric};
  out.finding.value = conclusion.value;
  out.finding.confidence = conclusion.confidence;
  out.finding.why = std::move(conclusion.why);
  for (const MappingAnswer& answer : answers) out.finding.evidence.push_back(answer.index);
  return out;
}

}  // namespace probe
