#pragma once
// The values every document is made of, as JSON and back: endpoints, durations, moments, optional things. Absent is
// null; durations are milliseconds with a fraction, exact to the nanosecond. Internal to reports.

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "net/endpoint.h"
#include "net/time.h"
#include "probe/report.h"
#include "reports/dossier.h"
#include "reports/json_reader.h"
#include "reports/matrix_json.h"
#include "reports/population_draw.h"
#include "reports/timestamp.h"

namespace reports {

using Json = nlohmann::ordered_json;

[[nodiscard]] Json json_text(const std::string& text);  // null when empty
[[nodiscard]] Json json_endpoint(const std::optional<net::Endpoint>& endpoint);
[[nodiscard]] double milliseconds(net::Duration duration);
[[nodiscard]] Json json_observation(const probe::Observation& observation, std::size_t index);
[[nodiscard]] Json json_report(const probe::Report& report);
[[nodiscard]] Json json_host(const traversal::Host& host, const MatrixDocument& document);
[[nodiscard]] Json json_pair(const traversal::PairOutcome& pair);
[[nodiscard]] Json json_draw(const PopulationDraw& drawn);
[[nodiscard]] std::string document_text(const Json& document);

[[nodiscard]] std::string optional_text(const Place& object, std::string_view key);
[[nodiscard]] net::Endpoint endpoint_at(const Place& place);
[[nodiscard]] std::optional<net::Endpoint> optional_endpoint(const Place& object, std::string_view key);
[[nodiscard]] net::Duration duration_at(const Place& place);
[[nodiscard]] std::chrono::system_clock::time_point timestamp_at(const Place& place);
[[nodiscard]] probe::Observation observation_at(const Place& object);
[[nodiscard]] probe::Report report_at(const Place& root);
[[nodiscard]] MatrixDocument matrix_at(const Place& root);
[[nodiscard]] traversal::Host matrix_host_at(const Place& place, MatrixDocument& document);  // its probe goes there
[[nodiscard]] traversal::PairOutcome pair_at(const Place& place);
[[nodiscard]] Dossier dossier_at(const Place& root);
[[nodiscard]] PopulationDraw draw_at(const Place& root);
[[nodiscard]] unsigned unsigned_at(const Place& place);
[[nodiscard]] unsigned optional_unsigned(const Place& object, std::string_view key);  // 0 when absent
void expect_schema(const Place& root, std::string_view schema);

}  // namespace reports
