#include "reports/finding_meanings.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace reports {
namespace {

struct Row {
  std::string_view name;
  std::string (*say)(const probe::NamedFinding& finding);
};

// The figures of a contradiction are its `why` already.
std::string honesty(const probe::NamedFinding& finding) {
  return finding.finding.value ? "what the reflectors say of us and of themselves" : std::string();
}


constexpr std::array rows = {
    Row{"reflectors", honesty},
};

// "first 60000, last 60007": figures nobody has found words for.
std::string figures_as_they_are(const probe::NamedFinding& finding) {
  std::string out;
  for (const auto& [name, figure] : finding.figures) {
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", name, probe::to_string(figure));
  }
  return out;
}

}  // namespace

std::string meaning(const probe::NamedFinding& finding) {
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& known) { return known.name == finding.name; });
  return row != rows.end() ? row->say(finding) : figures_as_they_are(finding);
}

}  // namespace reports
