#include "probe/findings.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "probe/discovery.h"
#include "probe/honesty_finding.h"

namespace probe {
namespace {

constexpr std::array<std::string_view, 2> honesty = {"consistent", "contradictory"};

constexpr std::array table = {
    FindingKind{"reflectors", names::mapping, "whether the reflectors agree and do as asked (a lying server)", honesty,
                conclude_honesty},
};

bool was_asked(const ObservationLog& log, std::string_view discovery) {
  return std::any_of(log.begin(), log.end(), [&](const Observation& seen) { return seen.query.discovery == discovery; });
}

}  // namespace

std::string to_string(const Figure& figure) {
  if (const bool* flag = std::get_if<bool>(&figure)) return *flag ? "yes" : "no";
  if (const double* number = std::get_if<double>(&figure)) return fmt::format("{}", *number);
  return std::get<std::string>(figure);
}

std::span<const FindingKind> finding_kinds() { return table; }

const FindingKind* find_finding_kind(std::string_view name) {
  const auto all = finding_kinds();
  const auto found = std::find_if(all.begin(), all.end(), [&](const FindingKind& row) { return row.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<NamedFinding> conclude_all(const ObservationLog& log) {
  std::vector<NamedFinding> out;
  for (const FindingKind& row : finding_kinds()) {
    if (was_asked(log, row.discovery)) out.push_back(row.conclude(log));
  }
  return out;
}

}  // namespace probe
