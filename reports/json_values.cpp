#include "reports/json_values.h"

#include <fmt/core.h>

#include <cmath>
#include <limits>

namespace reports {
namespace {

constexpr double longest_ms = 1e11;  // three years: nothing natscope times lasts longer
constexpr double ns_per_ms = 1e6;

}  // namespace

Json json_text(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json json_endpoint(const std::optional<net::Endpoint>& endpoint) {
  return endpoint ? Json(net::to_string(*endpoint)) : Json();
}

double milliseconds(net::Duration duration) { return net::to_ms(duration); }

std::string document_text(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string optional_text(const Place& object, std::string_view key) {
  const auto place = object.find(key);
  return place ? place->text() : std::string();
}

net::Endpoint endpoint_at(const Place& place) {
  const auto endpoint = net::parse_endpoint(place.text());
  if (!endpoint) place.fail(endpoint.error());
  return *endpoint;
}

std::optional<net::Endpoint> optional_endpoint(const Place& object, std::string_view key) {
  const auto place = object.find(key);
  if (!place) return std::nullopt;
  return endpoint_at(*place);
}

net::Duration duration_at(const Place& place) {
  return net::Duration(std::llround(place.number(0, longest_ms) * ns_per_ms));
}

std::chrono::system_clock::time_point timestamp_at(const Place& place) {
  const auto moment = parse_timestamp(place.text());
  if (!moment) place.fail("expected a time like 2026-11-22T10:00:00Z");
  return *moment;
}

unsigned unsigned_at(const Place& place) {
  return static_cast<unsigned>(place.count(std::numeric_limits<unsigned>::max()));
}

unsigned optional_unsigned(const Place& object, std::string_view key) {
  const auto place = object.find(key);
  return place ? unsigned_at(*place) : 0;
}

void expect_schema(const Place& root, std::string_view schema) {
  const Place found = root.at("schema");
  if (found.text() != schema) found.fail(fmt::format("expected \"{}\"", schema));
}

}  // namespace reports
