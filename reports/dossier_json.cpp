#include "reports/dossier_json.h"

#include <set>

#include "reports/json_values.h"

namespace reports {
namespace {

constexpr double greatest_number = 1e15;

Json json_numbers(const std::optional<NumberRange>& range) {
  if (!range) return nullptr;
  return {{"low", range->low}, {"high", range->high}, {"count", range->count}};
}

Json json_finding(const DossierFinding& finding) {
  Json values = Json::array();
  for (const auto& [word, count] : finding.words) values.push_back({{"value", word}, {"count", count}});
  return {{"asked", finding.asked()},
          {"unknown", finding.unknown},
          {"constant", finding.constant()},
          {"values", std::move(values)},
          {"numbers", json_numbers(finding.numbers)}};
}

Json json_model(const DossierModel& model) {
  Json out = {{"vendor", json_text(model.key.vendor)},
              {"model", json_text(model.key.model)},
              {"firmware", json_text(model.key.firmware)},
              {"path", model.key.path},
              {"reports", model.reports},
              {"first", timestamp(model.first)},
              {"last", timestamp(model.last)},
              {"findings", Json::object()}};
  for (const DossierFinding& finding : model.findings) out["findings"][finding.name] = json_finding(finding);
  return out;
}

std::size_t size_at(const Place& place) { return unsigned_at(place); }

NumberRange numbers_at(const Place& place) {
  const double low = place.at("low").number(-greatest_number, greatest_number);
  return {.low = low, .high = place.at("high").number(low, greatest_number), .count = size_at(place.at("count"))};
}

DossierFinding finding_at(const std::string& name, const Place& place) {
  DossierFinding finding{.name = name, .unknown = size_at(place.at("unknown"))};
  for (const Place& value : place.at("values").items()) {
    const Place word = value.at("value");
    if (!finding.words.emplace(word.text(), size_at(value.at("count"))).second) word.fail("this value came before");
  }
  if (const auto numbers = place.find("numbers")) finding.numbers = numbers_at(*numbers);
  return finding;
}

DossierModel model_at(const Place& place) {
  DossierModel model{.key = {.vendor = optional_text(place, "vendor"),
                             .model = optional_text(place, "model"),
                             .firmware = optional_text(place, "firmware"),
                             .path = place.at("path").text()},
                     .reports = size_at(place.at("reports")),
                     .first = timestamp_at(place.at("first")),
                     .last = timestamp_at(place.at("last"))};
  for (const auto& [name, finding] : place.at("findings").members()) {
    const DossierFinding& read = model.findings.emplace_back(finding_at(name, finding));
    if (read.asked() > model.reports) finding.fail("asked more often than there are reports");
  }
  return model;
}

}  // namespace

Dossier dossier_at(const Place& root) {
  expect_schema(root, dossier_schema);
  Dossier dossier;
  std::set<DossierKey> seen;
  for (const Place& place : root.at("models").items()) {
    const DossierModel model = model_at(place);
    if (!seen.insert(model.key).second) place.fail("this model and firmware came before");
    add(dossier, Dossier{.models = {model}});
  }
  return dossier;
}

std::string to_json(const Dossier& dossier) {
  Json out = {{"schema", dossier_schema}, {"models", Json::array()}};
  for (const DossierModel& model : dossier.models) out["models"].push_back(json_model(model));
  return document_text(out);
}

}  // namespace reports
