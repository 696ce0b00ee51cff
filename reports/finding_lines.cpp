#include "reports/finding_lines.h"

#include <fmt/core.h>

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

}  // namespace

std::vector<FindingLine> finding_lines(const probe::Verdict& verdict) {
  return {line("mapping", verdict.mapping), line("filtering", verdict.filtering)};
}

std::string certainty(const FindingLine& finding) {
  if (!finding.value) return finding.why.empty() ? "unknown" : "unknown: " + finding.why;
  const std::size_t count = finding.evidence.size();
  return fmt::format("{} sure, {} observation{}{}", percent(finding.confidence), count, count == 1 ? "" : "s",
                     finding.why.empty() ? std::string() : "; " + finding.why);
}

}  // namespace reports
