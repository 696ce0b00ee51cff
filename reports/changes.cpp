#include "reports/changes.h"

#include <fmt/core.h>

#include <algorithm>

#include "reports/finding_lines.h"
#include "reports/plain_words.h"

namespace reports {
namespace {

struct Answer {
  std::string name;
  std::string value;
};

std::vector<Answer> answers_of(const probe::Report& report) {
  std::vector<Answer> out = {{"NAT type", std::string(plain(report.verdict.nat_class))}};
  for (const FindingLine& line : finding_lines(report.verdict))
    out.push_back({line.name, line.value.value_or("unknown")});
  out.push_back({"seen as", report.external ? net::to_string(report.external->address) : "nothing"});
  for (const auto& reflector : report.reflectors) {
    out.push_back(
        {"reflector " + net::to_string(reflector.endpoint), reflector.answered ? "answers" : "does not answer"});
  }
  return out;
}

std::string value_in(const std::vector<Answer>& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Answer& answer) { return answer.name == name; });
  return found == all.end() ? "unknown" : found->value;
}

}  // namespace

std::vector<std::string> changes(const probe::Report& before, const probe::Report& after) {
  const std::vector<Answer> then = answers_of(before);
  const std::vector<Answer> now = answers_of(after);
  std::vector<std::string> out;
  const auto compare = [&](const std::string& name) {
    const std::string was = value_in(then, name);
    const std::string is = value_in(now, name);
    if (was != is) out.push_back(fmt::format("{}: {} -> {}", name, was, is));
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
