#include "reports/finding_lines.h"

#include <fmt/core.h>

#include "reports/finding_meanings.h"
#include "reports/plain_words.h"

namespace reports {
namespace {

template <typename T>
FindingLine line(std::string_view name, const probe::Finding<T>& finding) {
  FindingLine out{
      .name = std::string(name), .confidence = finding.confidence, .evidence = finding.evidence, .why = finding.why};
  if (finding.value) {
    out.value = net::to_string(*finding.value);
    out.meaning = meaning(*finding.value);
  }
  return out;
}

FindingLine line(const probe::NamedFinding& named) {
  FindingLine out{.name = named.name,
                  .confidence = named.finding.confidence,
                  .evidence = named.finding.evidence,
                  .why = named.finding.why};
  if (named.finding.value) out.value = shown_value(named);
  out.meaning = meaning(named);
  return out;
}

}  // namespace

std::vector<FindingLine> finding_lines(const probe::Verdict& verdict) {
  std::vector<FindingLine> out = {line("mapping", verdict.mapping), line("filtering", verdict.filtering)};
  for (const auto& named : verdict.findings) out.push_back(line(named));
  return out;
}

std::string certainty(const FindingLine& finding) {
  if (!finding.value) return finding.why.empty() ? "unknown" : "unknown: " + finding.why;
  const std::size_t count = finding.evidence.size();
  return fmt::format("{} sure, {} observation{}{}", percent(finding.confidence), count, count == 1 ? "" : "s",
                     finding.why.empty() ? std::string() : "; " + finding.why);
}

}  // namespace reports
