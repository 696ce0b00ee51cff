#include "probe/honesty_finding.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "probe/connectivity_discovery.h"
#include "probe/log_reading.h"
#include "probe/mapping_answers.h"

namespace probe {
namespace {

constexpr double chance_of_equal_addresses = 1 / 4'294'967'296.0;  // of two that know nothing of each other

bool plain_request(const Observation& seen) { return !seen.query.change || !seen.query.change->any(); }

// Each says what is wrong with one observation; empty when nothing is.
std::string unusable_partner(const Observation& seen) {
  return answered(seen) && seen.other_address ? why_not_followed(seen, true) : std::string();
}
std::string wrong_source(const Observation& seen) {
  if (seen.outcome != Outcome::WrongSource || !seen.from) return {};
  return fmt::format("{} was to answer, {} did", net::to_string(seen.query.expected_from), net::to_string(*seen.from));
}
std::string wrong_origin(const Observation& seen) {
  if (!answered(seen) || !seen.response_origin || seen.response_origin == seen.from) return {};
  return fmt::format("{} says it is {}", net::to_string(*seen.from), net::to_string(*seen.response_origin));
}
std::string no_address(const Observation& seen) {
  if (seen.outcome != Outcome::Unusable) return {};
  return fmt::format("{}: {}", net::to_string(seen.query.to), seen.note);
}
std::string refused(const Observation& seen) {
  if (seen.outcome != Outcome::Refused || !plain_request(seen)) return {};
  return fmt::format("{}: {}", net::to_string(seen.query.to), seen.note);
}

struct Audit {
  std::string_view name;
  std::string (*wrong)(const Observation& seen);
};
constexpr std::array audits = {
    Audit{"partner_not_usable", unusable_partner}, Audit{"answered_from_elsewhere", wrong_source},
    Audit{"another_origin", wrong_origin},         Audit{"useless_answer", no_address},
    Audit{"refused_a_plain_request", refused},
};

void add(NamedFinding& out, std::string_view kind, std::string what, const std::vector<std::size_t>& evidence) {
  out.figures.emplace(kind, std::move(what));
  out.finding.evidence.insert(out.finding.evidence.end(), evidence.begin(), evidence.end());
}

void audit_each(NamedFinding& out, const ObservationLog& log) {
  for (const Audit& audit : audits) {
    for (std::size_t i = 0; i < log.size(); ++i) {
      std::string wrong = log[i].query.gateway ? std::string() : audit.wrong(log[i]);
      if (wrong.empty()) continue;
      add(out, audit.name, std::move(wrong), {i});
      break;
    }
  }
}

std::vector<std::size_t> indices(const MappingAnswers& answers) {
  std::vector<std::size_t> out;
  for (const MappingAnswer& answer : answers) out.push_back(answer.index);
  return out;
}

bool one_external_address(const MappingAnswers& answers) {
  return std::all_of(answers.begin(), answers.end(), [&](const MappingAnswer& answer) {
    return answer.mapped.address == answers.front().mapped.address;
  });
}

// Ports that change between repeats, or follow no rule, may be the NAT's doing as well: they are left to the mapping
// finding.
void audit_together(NamedFinding& out, const MappingAnswers& answers) {
  std::string wrong = contradiction(answers);
  const bool of_ports = wrong == changed_during_the_test(answers) || wrong == without_one_rule(answers);
  if (wrong.empty() || (of_ports && one_external_address(answers))) return;
  add(out, "contradiction", std::move(wrong), indices(answers));
}

std::string what_is_wrong(const std::map<std::string, Figure>& figures) {
  std::string out;
  for (const auto& [kind, what] : figures) out += (out.empty() ? "" : "; ") + to_string(what);
  return out;
}

}  // namespace

NamedFinding conclude_honesty(const ObservationLog& log) {
  NamedFinding out{.name = "reflectors"};
  const MappingAnswers answers = latest_mapping_answers(log);
  audit_each(out, log);
  audit_together(out, answers);
  auto& [value, confidence, evidence, why] = out.finding;
  if (!out.figures.empty()) {
    value = "contradictory";
    confidence = 1;
    why = what_is_wrong(out.figures);
  } else if (reflector_addresses(answers).size() < 2) {
    why = "fewer than two of their addresses answered";
  } else {
    value = "consistent";
    confidence = 1 - chance_of_equal_addresses;
    evidence = indices(answers);
  }
  std::sort(evidence.begin(), evidence.end());
  evidence.erase(std::unique(evidence.begin(), evidence.end()), evidence.end());
  return out;
}

}  // namespace probe
