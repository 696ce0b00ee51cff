#include "reports/dossier_diff_json.h"

#include <array>

#include "reports/json_values.h"

namespace reports {
namespace {

constexpr std::array<std::string_view, 3> difference_words = {"changed", "not-asked", "same"};

Json json_key(const std::optional<DossierKey>& key) {
  if (!key) return nullptr;
  return {{"vendor", json_text(key->vendor)},
          {"model", json_text(key->model)},
          {"firmware", json_text(key->firmware)},
          {"path", key->path}};
}

Json json_difference(const FindingDifference& finding) {
  return {{"name", finding.name},
          {"difference", difference_words[static_cast<std::size_t>(finding.difference)]},
          {"before", json_text(finding.before)},
          {"after", json_text(finding.after)}};
}

Json json_difference(const ModelDifference& model) {
  Json findings = Json::array();
  for (const FindingDifference& finding : model.findings) findings.push_back(json_difference(finding));
  return {{"before", json_key(model.before)},
          {"after", json_key(model.after)},
          {"changed", model.changed()},
          {"findings", std::move(findings)}};
}

}  // namespace

std::string to_json(const std::vector<ModelDifference>& differences) {
  Json out = {{"schema", difference_schema}, {"changed", changed(differences)}, {"models", Json::array()}};
  for (const ModelDifference& model : differences) out["models"].push_back(json_difference(model));
  return document_text(out);
}

}  // namespace reports
