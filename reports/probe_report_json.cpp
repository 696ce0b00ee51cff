#include "reports/probe_report_json.h"

#include "reports/json_values.h"

namespace reports {
namespace {

constexpr double greatest_figure = 1e15;

Json json_value(const probe::Figure& figure) {
  return std::visit([](const auto& value) { return Json(value); }, figure);
}
template <typename T>
Json json_value(const T& value) {
  return net::to_string(value);
}

template <typename T>
Json json_finding(const probe::Finding<T>& finding) {
  Json out;
  out["value"] = finding.value ? json_value(*finding.value) : Json();
  out["confidence"] = finding.confidence;
  out["evidence"] = finding.evidence;
  out["why"] = json_text(finding.why);
  return out;
}

Json json_findings(const std::vector<probe::NamedFinding>& findings) {
  Json out = Json::object();
  for (const auto& [name, finding, figures] : findings) {
    Json entry = json_finding(finding);
    if (!figures.empty()) entry["figures"] = Json::object();
    for (const auto& [key, figure] : figures) entry["figures"][key] = json_value(figure);
    out[name] = std::move(entry);
  }
  return out;
}

probe::Figure figure_at(const Place& place) {
  if (place.is_text()) return place.text();
  if (place.is_boolean()) return place.boolean();
  return place.number(-greatest_figure, greatest_figure);
}

template <typename T, typename Read>
probe::Finding<T> finding_at(const Place& place, Read read_value, std::size_t observations) {
  probe::Finding<T> finding;
  if (const auto value = place.find("value")) finding.value = read_value(*value);
  finding.confidence = place.at("confidence").number(0, 1);
  for (const Place& index : place.at("evidence").items()) {
    const auto value = static_cast<std::size_t>(index.count(SIZE_MAX));
    if (value >= observations) index.fail("points outside the observations");
    finding.evidence.push_back(value);
  }
  finding.why = optional_text(place, "why");
  return finding;
}

template <typename Parse>
auto word_of(Parse parse) {
  return [parse](const Place& place) { return place.word(parse); };
}

std::vector<probe::NamedFinding> findings_at(const Place& object, std::size_t observations) {
  std::vector<probe::NamedFinding> out;
  for (const auto& [name, place] : object.members()) {
    probe::NamedFinding found{.name = name, .finding = finding_at<probe::Figure>(place, figure_at, observations)};
    if (const auto figures = place.find("figures")) {
      for (const auto& [key, figure] : figures->members()) found.figures[key] = figure_at(figure);
    }
    out.push_back(std::move(found));
  }
  return out;
}

Json json_verdict(const probe::Verdict& verdict) {
  Json out;
  out["class"] = net::to_string(verdict.nat_class);
  out["rfc3489"] = net::to_string(verdict.rfc3489);
  out["mapping"] = json_finding(verdict.mapping);
  out["filtering"] = json_finding(verdict.filtering);
  return out;
}

probe::Verdict verdict_at(const Place& place, std::size_t observations) {
  probe::Verdict verdict;
  verdict.nat_class = place.at("class").word(net::parse_nat_class);
  verdict.rfc3489 = place.at("rfc3489").word(net::parse_classic_name);
  verdict.mapping = finding_at<net::MappingBehavior>(place.at("mapping"), word_of(net::parse_mapping), observations);
  verdict.filtering =
      finding_at<net::FilteringBehavior>(place.at("filtering"), word_of(net::parse_filtering), observations);
  return verdict;
}

Json json_reflector(const probe::ReflectorSeen& reflector) {
  Json out;
  out["given"] = reflector.given;
  out["endpoint"] = net::to_string(reflector.endpoint);
  out["answered"] = reflector.answered;
  out["other_address"] = json_endpoint(reflector.other_address);
  out["round_trip_ms"] = reflector.round_trip ? Json(milliseconds(*reflector.round_trip)) : Json();
  out["note"] = json_text(reflector.note);
  return out;
}

probe::ReflectorSeen reflector_at(const Place& place) {
  probe::ReflectorSeen reflector;
  reflector.given = place.at("given").text();
  reflector.endpoint = endpoint_at(place.at("endpoint"));
  reflector.answered = place.at("answered").boolean();
  reflector.other_address = optional_endpoint(place, "other_address");
  if (const auto round_trip = place.find("round_trip_ms")) reflector.round_trip = duration_at(*round_trip);
  reflector.note = optional_text(place, "note");
  return reflector;
}

Json json_traffic(const probe::Report& report) {
  Json out = {{"packets", report.traffic.packets}, {"flows", report.traffic.flows}};
  if (report.budget == probe::Traffic{}) return out;
  out["most_packets"] = report.budget.packets;
  out["most_flows"] = report.budget.flows;
  return out;
}

// "local" and "external" are objects, so that they can say more than the endpoint one day.
Json json_side(const std::optional<net::Endpoint>& endpoint) { return {{"endpoint", json_endpoint(endpoint)}}; }

std::optional<net::Endpoint> side_in(const Place& root, std::string_view key) {
  const auto side = root.find(key);
  return side ? optional_endpoint(*side, "endpoint") : std::nullopt;
}

}  // namespace

Json json_report(const probe::Report& report) {
  Json out;
  out["schema"] = probe_report_schema;
  if (const auto family = report.family()) out["family"] = *family == net::Family::V4 ? "ipv4" : "ipv6";
  if (!report.interface.empty()) out["interface"] = report.interface;
  out["verdict"] = json_verdict(report.verdict);
  out["findings"] = json_findings(report.verdict.findings);
  out["local"] = json_side(report.local);
  out["external"] = json_side(report.external);
  out["reflectors"] = Json::array();
  for (const auto& reflector : report.reflectors) out["reflectors"].push_back(json_reflector(reflector));
  out["labels"] = Json::object();
  for (const auto& [key, value] : report.labels) out["labels"][key] = value;
  out["traffic"] = json_traffic(report);
  out["strays"] = report.strays;
  out["started_at"] = timestamp(report.started_at);
  out["duration_ms"] = milliseconds(report.duration);
  out["observations"] = Json::array();
  for (const auto& seen : report.observations) {
    out["observations"].push_back(json_observation(seen, out["observations"].size()));
  }
  for (const probe::Report& path : report.paths) out["paths"].push_back(json_report(path));
  return out;
}

// One path. Its own "paths" are not looked at, so nothing nests.
probe::Report path_at(const Place& root) {
  expect_schema(root, probe_report_schema);
  probe::Report report;
  for (const Place& seen : root.at("observations").items()) report.observations.push_back(observation_at(seen));
  report.verdict = verdict_at(root.at("verdict"), report.observations.size());
  report.verdict.findings = findings_at(root.at("findings"), report.observations.size());
  if (const auto traffic = root.find("traffic")) {
    report.traffic = {.packets = unsigned_at(traffic->at("packets")), .flows = unsigned_at(traffic->at("flows"))};
    report.budget = {.packets = optional_unsigned(*traffic, "most_packets"),
                     .flows = optional_unsigned(*traffic, "most_flows")};
  }
  report.interface = optional_text(root, "interface");
  report.local = side_in(root, "local");
  report.external = side_in(root, "external");
  for (const Place& reflector : root.at("reflectors").items()) report.reflectors.push_back(reflector_at(reflector));
  for (const auto& [key, value] : root.at("labels").members()) report.labels[key] = value.text();
  report.strays = optional_unsigned(root, "strays");
  report.started_at = timestamp_at(root.at("started_at"));
  report.duration = duration_at(root.at("duration_ms"));
  return report;
}

probe::Report report_at(const Place& root) {
  probe::Report report = path_at(root);
  if (const auto paths = root.find("paths")) {
    for (const Place& path : paths->items()) report.paths.push_back(path_at(path));
  }
  return report;
}

std::string to_json(const probe::Report& report) { return document_text(json_report(report)); }

net::Result<probe::Report, std::string> parse_probe_report(std::string_view text) {
  return read_json(text, [](const Place& root) { return report_at(root); });
}

}  // namespace reports
