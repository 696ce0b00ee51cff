#include "reports/dossier_table.h"

#include <fmt/core.h>

#include <algorithm>

#include "probe/discovery.h"
#include "reports/finding_meanings.h"

namespace reports {
namespace {

// Every name that occurs, in the order of the verdict's own lists.
std::vector<std::string> names_in_order(const std::vector<DossierModel>& models) {
  std::vector<std::string> out = {"class", "rfc3489", std::string(probe::names::mapping),
                                  std::string(probe::names::filtering)};
  for (const probe::FindingKind& kind : probe::finding_kinds()) out.emplace_back(kind.name);
  for (const DossierModel& model : models) {
    for (const DossierFinding& finding : model.findings) {
      if (std::find(out.begin(), out.end(), finding.name) == out.end()) out.push_back(finding.name);
    }
  }
  std::erase_if(out, [&](const std::string& name) {
    return std::none_of(models.begin(), models.end(), [&](const DossierModel& model) { return model.find(name); });
  });
  return out;
}

std::string with_unit(const DossierFinding& finding, const std::string& number) {
  const std::string_view unit = unit_of(finding.name);
  return unit.empty() ? number : fmt::format("{} {}", number, unit);
}

}  // namespace

DossierCell dossier_cell(const DossierFinding& finding) {
  if (finding.known() == 0) return {.text = "unknown"};
  std::vector<std::pair<std::string, std::size_t>> values(finding.words.begin(), finding.words.end());
  std::stable_sort(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  if (finding.numbers) values.emplace_back(with_unit(finding, range_text(*finding.numbers)), finding.numbers->count);
  if (values.size() == 1 && finding.unknown == 0) return {.text = values.front().first, .varies = !finding.constant()};
  DossierCell out{.varies = !finding.constant()};
  for (const auto& [value, count] : values) {
    out.text += fmt::format("{}{} ({} of {})", out.text.empty() ? "" : ", ", value, count, finding.asked());
  }
  return out;
}

std::vector<DossierRow> dossier_rows(const std::vector<DossierModel>& models) {
  std::vector<DossierRow> out;
  for (const std::string& name : names_in_order(models)) {
    DossierRow& row = out.emplace_back(DossierRow{.name = name});
    for (const DossierModel& model : models) {
      const DossierFinding* finding = model.find(name);
      row.cells.push_back(finding == nullptr ? DossierCell{} : dossier_cell(*finding));
    }
  }
  return out;
}

std::string title(const DossierKey& key) {
  std::string out;
  for (const std::string& part : {key.vendor, key.model, key.firmware}) {
    if (!part.empty()) out += (out.empty() ? "" : " ") + part;
  }
  return (out.empty() ? "a router that was not named" : out) + ", " + key.path;
}

std::string extent(const DossierModel& model) {
  const std::string count = fmt::format("{} report{}", model.reports, model.reports == 1 ? "" : "s");
  const std::string first = date_words(model.first);
  const std::string last = date_words(model.last);
  return fmt::format("{}, {}", count, first == last ? first : first + " to " + last);
}

}  // namespace reports
