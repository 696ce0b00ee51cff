#include "reports/dossier_diff.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>

#include "reports/dossier_table.h"

namespace reports {
namespace {

std::set<std::string> words_of(const DossierFinding& finding) {
  std::set<std::string> out;
  for (const auto& [word, count] : finding.words) out.insert(word);
  return out;
}

bool meet(const std::optional<NumberRange>& a, const std::optional<NumberRange>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->low <= b->high && b->low <= a->high;
}

bool same_answer(const DossierFinding& a, const DossierFinding& b) {
  return words_of(a) == words_of(b) && meet(a.numbers, b.numbers);
}

Difference difference_of(const DossierFinding* before, const DossierFinding* after) {
  if (before == nullptr || after == nullptr) return Difference::NotAsked;
  return same_answer(*before, *after) ? Difference::Same : Difference::Changed;
}

ModelDifference compare(const DossierModel& before, const DossierModel& after) {
  ModelDifference out{.before = before.key, .after = after.key};
  for (const DossierRow& row : dossier_rows({before, after})) {
    out.findings.push_back({.name = row.name,
                            .before = row.cells[0].text,
                            .after = row.cells[1].text,
                            .difference = difference_of(before.find(row.name), after.find(row.name))});
  }
  std::stable_sort(out.findings.begin(), out.findings.end(),
                   [](const auto& a, const auto& b) { return a.difference < b.difference; });
  return out;
}

// Models that wait for a match, and how alike two must be.
using Waiting = std::vector<const DossierModel*>;
using Alike = bool (*)(const DossierKey& a, const DossierKey& b);

constexpr std::array<Alike, 3> ever_less_alike = {
    [](const DossierKey& a, const DossierKey& b) { return a == b; },
    [](const DossierKey& a, const DossierKey& b) {
      return a.vendor == b.vendor && a.model == b.model && a.path == b.path;
    },
    [](const DossierKey& a, const DossierKey& b) { return a.path == b.path; },
};

const DossierModel* only_one_like(const DossierModel& model, const Waiting& among, Alike alike) {
  const DossierModel* found = nullptr;
  for (const DossierModel* other : among) {
    if (!alike(model.key, other->key)) continue;
    if (found != nullptr) return nullptr;
    found = other;
  }
  return found;
}

Waiting all_of(const Dossier& dossier) {
  Waiting out;
  for (const DossierModel& model : dossier.models) out.push_back(&model);
  return out;
}

void match(Waiting& before, Waiting& after, Alike alike, std::vector<ModelDifference>& out) {
  for (const DossierModel* model : Waiting(before)) {
    const DossierModel* other = only_one_like(*model, after, alike);
    if (other == nullptr || only_one_like(*other, before, alike) != model) continue;
    out.push_back(compare(*model, *other));
    std::erase(before, model);
    std::erase(after, other);
  }
}

std::string heading(const ModelDifference& model) {
  if (!model.after) return fmt::format("only before: {}", title(*model.before));
  if (!model.before) return fmt::format("only after: {}", title(*model.after));
  const std::string before = title(*model.before);
  const std::string after = title(*model.after);
  return before == after ? before : fmt::format("{} -> {}", before, after);
}

std::string asked_words(const std::string& text) { return text.empty() ? "not asked" : text; }

TextRow line(const FindingDifference& finding) {
  constexpr std::array<std::string_view, 3> words = {"changed", "not asked", "same"};
  const bool same = finding.before == finding.after;
  return {std::string(words[static_cast<std::size_t>(finding.difference)]), printable(finding.name),
          printable(same ? asked_words(finding.before)
                         : fmt::format("{} -> {}", asked_words(finding.before), asked_words(finding.after)))};
}

}  // namespace

bool ModelDifference::changed() const {
  return !before || !after || std::any_of(findings.begin(), findings.end(), [](const FindingDifference& finding) {
    return finding.difference == Difference::Changed;
  });
}

std::vector<ModelDifference> difference(const Dossier& before, const Dossier& after) {
  std::vector<ModelDifference> out;
  Waiting then = all_of(before);
  Waiting now = all_of(after);
  for (const Alike alike : ever_less_alike) match(then, now, alike, out);
  for (const DossierModel* model : then) out.push_back({.before = model->key});
  for (const DossierModel* model : now) out.push_back({.after = model->key});
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.changed() > b.changed(); });
  return out;
}

bool changed(const std::vector<ModelDifference>& differences) {
  return std::any_of(differences.begin(), differences.end(), [](const auto& model) { return model.changed(); });
}

std::string to_text(const std::vector<ModelDifference>& differences, Ink ink) {
  std::string out;
  for (const ModelDifference& model : differences) {
    if (!out.empty()) out += "\n";
    out += inked(printable(heading(model)), Tone::Bold, ink) + "\n";
    std::vector<TextRow> rows;
    for (const FindingDifference& finding : model.findings) rows.push_back(line(finding));
    out += text_table(rows);
  }
  return out;
}

}  // namespace reports
