#include "reports/fact.h"

#include "probe/discovery.h"

namespace reports {
namespace {

// The words of an enumeration have one for unknown, which is no value.
template <typename Word>
Fact word_fact(std::string name, Word word) {
  Fact out{.name = std::move(name)};
  if (word != Word::Unknown) out.value = std::string(net::to_string(word));
  return out;
}

template <typename T>
Fact finding_fact(std::string_view name, const probe::Finding<T>& finding) {
  Fact out{.name = std::string(name),
           .confidence = finding.confidence,
           .observations = finding.evidence.size(),
           .why = finding.why};
  if (finding.value) out.value = std::string(net::to_string(*finding.value));
  return out;
}

std::optional<double> number_in(const probe::NamedFinding& named, const std::string& key) {
  const auto found = named.figures.find(key);
  const auto* number = found == named.figures.end() ? nullptr : std::get_if<double>(&found->second);
  return number == nullptr ? std::nullopt : std::optional(*number);
}

Fact named_fact(const probe::NamedFinding& named) {
  return {.name = named.name,
          .value = named.finding.value,
          .confidence = named.finding.confidence,
          .observations = named.finding.evidence.size(),
          .why = named.finding.why,
          .low = number_in(named, "low"),
          .high = number_in(named, "high")};
}

}  // namespace

std::vector<Fact> facts_of(const probe::Verdict& verdict) {
  std::vector<Fact> out = {word_fact("class", verdict.nat_class), word_fact("rfc3489", verdict.rfc3489),
                           finding_fact(probe::names::mapping, verdict.mapping),
                           finding_fact(probe::names::filtering, verdict.filtering)};
  for (const probe::NamedFinding& named : verdict.findings) out.push_back(named_fact(named));
  return out;
}

}  // namespace reports
