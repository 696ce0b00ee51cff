#include "reports/matrix_intake.h"

#include <algorithm>

#include "reports/json_values.h"

namespace reports {
namespace {

bool is_matrix(const nlohmann::json& root) {
  const auto schema = root.find("schema");
  return schema != root.end() && schema->is_string() && schema->get_ref<const std::string&>() == matrix_schema;
}

}  // namespace

bool MatrixIntake::take(const nlohmann::json& root, const std::string& list, std::size_t index,
                        const nlohmann::json& element) {
  if (list != "pairs" || !root.contains("hosts") || !is_matrix(root)) return false;
  if (index == 0) read_hosts(Place(root));
  read_pair(Place(element, list, index));
  return true;
}

MatrixDocument MatrixIntake::finish(const Place& root) {
  expect_schema(root, matrix_schema);
  if (numbers_.empty()) read_hosts(root);
  for (const Place& place : root.at("pairs").items()) read_pair(place);
  if (const auto drawn = root.find("drawn_from")) document_.drawn = draw_at(*drawn);
  if (const auto started = root.find("started_at")) document_.matrix.started_at = timestamp_at(*started);
  if (const auto duration = root.find("duration_ms")) document_.matrix.duration = duration_at(*duration);
  return std::move(document_);
}

void MatrixIntake::read_hosts(const Place& root) {
  for (const Place& place : root.at("hosts").items()) {
    document_.matrix.hosts.push_back(matrix_host_at(place, document_));
    const auto number = static_cast<std::uint32_t>(numbers_.size());
    if (!numbers_.try_emplace(document_.matrix.hosts.back().name, number).second) {
      place.fail("a host of this name came before");
    }
  }
}

void MatrixIntake::read_pair(const Place& place) {
  const auto [low, high] = std::minmax({host_at(place.at("a")), host_at(place.at("b"))});
  if (low == high) place.fail("a host paired with itself");
  if (!seen_.insert(std::uint64_t{low} << 32 | high).second) place.fail("this pair came before");
  traversal::PairOutcome pair = pair_at(place);
  if (attempts_ == Attempts::OfFewHosts && !has_pair_cards(document_.matrix.hosts.size())) pair.attempts = {};
  document_.matrix.pairs.push_back(std::move(pair));
}

std::uint32_t MatrixIntake::host_at(const Place& name) const {
  const auto found = numbers_.find(name.text());
  if (found == numbers_.end()) name.fail("no such host");
  return found->second;
}

}  // namespace reports
