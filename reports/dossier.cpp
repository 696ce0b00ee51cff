#include "reports/dossier.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>

#include "reports/fact.h"
#include "reports/plain_words.h"

namespace reports {
namespace {

std::string label_of(const probe::Report& report, const std::string& key) {
  const auto found = report.labels.find(key);
  return found == report.labels.end() ? std::string() : found->second;
}

// The interface is the asking host's, not the router's.
std::string kind_of_path(probe::Report report) {
  report.interface.clear();
  return path_name(report);
}

DossierModel& model_in(Dossier& dossier, const DossierKey& key) {
  const auto place =
      std::lower_bound(dossier.models.begin(), dossier.models.end(), key,
                       [](const DossierModel& model, const DossierKey& wanted) { return model.key < wanted; });
  if (place != dossier.models.end() && place->key == key) return *place;
  return *dossier.models.insert(place, DossierModel{.key = key, .first = Moment::max(), .last = Moment::min()});
}

DossierFinding& finding_in(DossierModel& model, const std::string& name) {
  const auto place =
      std::lower_bound(model.findings.begin(), model.findings.end(), name,
                       [](const DossierFinding& finding, const std::string& wanted) { return finding.name < wanted; });
  if (place != model.findings.end() && place->name == name) return *place;
  return *model.findings.insert(place, DossierFinding{.name = name});
}

void widen(std::optional<NumberRange>& range, const NumberRange& by) {
  if (!range) {
    range = by;
    return;
  }
  range->low = std::min(range->low, by.low);
  range->high = std::max(range->high, by.high);
  range->count += by.count;
}

void count(DossierFinding& finding, const Fact& fact) {
  if (!fact.value) {
    ++finding.unknown;
  } else if (const double* number = std::get_if<double>(&*fact.value)) {
    widen(finding.numbers, {.low = fact.low.value_or(*number), .high = fact.high.value_or(*number), .count = 1});
  } else {
    ++finding.words[probe::to_string(*fact.value)];
  }
}

void cover(DossierModel& model, Moment first, Moment last) {
  model.first = std::min(model.first, first);
  model.last = std::max(model.last, last);
}

void add_path(Dossier& dossier, const probe::Report& path) {
  DossierModel& model = model_in(dossier, {.vendor = label_of(path, "vendor"),
                                           .model = label_of(path, "model"),
                                           .firmware = label_of(path, "firmware"),
                                           .path = kind_of_path(path)});
  ++model.reports;
  cover(model, path.started_at, path.started_at);
  for (const Fact& fact : facts_of(path.verdict)) count(finding_in(model, fact.name), fact);
}

void join(DossierFinding& into, const DossierFinding& other) {
  for (const auto& [word, reports] : other.words) into.words[word] += reports;
  if (other.numbers) widen(into.numbers, *other.numbers);
  into.unknown += other.unknown;
}

}  // namespace

std::string range_text(const NumberRange& range) {
  return range.low == range.high ? fmt::format("{}", range.low) : fmt::format("{} to {}", range.low, range.high);
}

std::size_t DossierFinding::known() const {
  return std::accumulate(words.begin(), words.end(), numbers ? numbers->count : 0,
                         [](std::size_t sum, const auto& entry) { return sum + entry.second; });
}

bool DossierFinding::constant() const {
  return numbers ? words.empty() && numbers->low == numbers->high : words.size() == 1;
}

const DossierFinding* DossierModel::find(std::string_view name) const {
  const auto found = std::find_if(findings.begin(), findings.end(),
                                  [&](const DossierFinding& finding) { return finding.name == name; });
  return found == findings.end() ? nullptr : &*found;
}

void add(Dossier& dossier, const probe::Report& report) {
  for (const probe::Report* path : probe::paths_of(report)) add_path(dossier, *path);
}

void add(Dossier& dossier, const Dossier& other) {
  for (const DossierModel& from : other.models) {
    DossierModel& model = model_in(dossier, from.key);
    model.reports += from.reports;
    cover(model, from.first, from.last);
    for (const DossierFinding& finding : from.findings) join(finding_in(model, finding.name), finding);
  }
}

}  // namespace reports
