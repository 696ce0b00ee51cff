#include "reports/changes.h"

#include <fmt/core.h>

#include <algorithm>

#include "reports/finding_lines.h"
#include "reports/plain_words.h"

namespace reports {
namespace {

struct Fact {
  std::string name;
  std::string value;
};

std::vector<Fact> facts_of(const probe::Report& report) {
  std::vector<Fact> out = {{"NAT type", std::string(plain(report.verdict.nat_class))}};
  for (const FindingLine& line : finding_lines(report.verdict))
    out.push_back({line.name, line.value.value_or("unknown")});
  out.push_back({"seen as", report.external ? net::to_string(report.external->address) : "nothing"});
  for (const auto& reflector : report.reflectors) {
    out.push_back(
        {"reflector " + net::to_string(reflector.endpoint), reflector.answered ? "answers" : "does not answer"});
  }
  return out;
}

std::string value_in(const std::vector<Fact>& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Fact& fact) { return fact.name == name; });
  return found == all.end() ? "unknown" : found->value;
}

}  // namespace

std::vector<std::string> changes(const probe::Report& before, const probe::Report& after) {
  const std::vector<Fact> then = facts_of(before);
  const std::vector<Fact> now = facts_of(after);
  std::vector<std::string> out;
  const auto compare = [&](const std::string& name) {
    const std::string was = value_in(then, name);
    const std::string is = value_in(now, name);
    if (was != is) out.push_back(fmt::format("{}: {} -> {}", name, was, is));
  };
  for (const Fact& fact : now) compare(fact.name);
  const auto still_there = [&](const Fact& fact) {
    return std::any_of(now.begin(), now.end(), [&](const Fact& other) { return other.name == fact.name; });
  };
  for (const Fact& fact : then) {
    if (!still_there(fact)) compare(fact.name);
  }
  return out;
}

}  // namespace reports
