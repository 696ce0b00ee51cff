#include "reports/changes.h"

#include <fmt/core.h>

#include <algorithm>

#include "reports/fact.h"
#include "reports/finding_lines.h"
#include "reports/plain_words.h"

namespace reports {
namespace {

struct Answer {
  std::string name;
  std::string value;
  std::optional<double> low = std::nullopt;  // the interval of a rate
  std::optional<double> high = std::nullopt;
};

// Rates whose intervals meet may be one rate, measured twice.
bool may_be_one_rate(const Answer& a, const Answer& b) {
  return a.low && a.high && b.low && b.high && *a.low <= *b.high && *b.low <= *a.high;
}

void add_intervals(std::vector<Answer>& answers, const probe::Verdict& verdict) {
  for (const Fact& fact : facts_of(verdict)) {
    const auto answer = std::ranges::find(answers, fact.name, &Answer::name);
    if (answer == answers.end()) continue;
    answer->low = fact.low;
    answer->high = fact.high;
  }
}

std::vector<Answer> answers_of(const probe::Report& report) {
  std::vector<Answer> out = {{"NAT type", std::string(plain(report.verdict.nat_class))}};
  for (const FindingLine& line : finding_lines(report.verdict))
    out.push_back({line.name, line.value.value_or("unknown")});
  add_intervals(out, report.verdict);
  out.push_back({"seen as", report.external ? net::to_string(report.external->address) : "nothing"});
  for (const auto& reflector : report.reflectors) {
    out.push_back(
        {"reflector " + net::to_string(reflector.endpoint), reflector.answered ? "answers" : "does not answer"});
  }
  return out;
}

Answer answer_in(const std::vector<Answer>& all, const std::string& name) {
  const auto found = std::ranges::find(all, name, &Answer::name);
  return found == all.end() ? Answer{.name = name, .value = "unknown"} : *found;
}

}  // namespace

std::vector<std::string> changes(const probe::Report& before, const probe::Report& after) {
  const std::vector<Answer> then = answers_of(before);
  const std::vector<Answer> now = answers_of(after);
  std::vector<std::string> out;
  const auto compare = [&](const std::string& name) {
    const Answer was = answer_in(then, name);
    const Answer is = answer_in(now, name);
    if (was.value == is.value || may_be_one_rate(was, is)) return;
    out.push_back(fmt::format("{}: {} -> {}", name, was.value, is.value));
  };
  for (const Answer& answer : now) compare(answer.name);
  const auto still_there = [&](const Answer& answer) {
    return std::any_of(now.begin(), now.end(), [&](const Answer& other) { return other.name == answer.name; });
  };
  for (const Answer& answer : then) {
    if (!still_there(answer)) compare(answer.name);
  }
  return out;
}

}  // namespace reports
