// Documents: what scripts read is there under its name, and what was written is read back whole.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "reports/document.h"
#include "reports/matrix_json.h"
#include "reports/probe_report_json.h"
#include "tests/reports/samples.h"

namespace json_test {

using nlohmann::ordered_json;

template <typename T>
void expect_same(const probe::Finding<T>& a, const probe::Finding<T>& b) {
  EXPECT_EQ(a.value, b.value);
  EXPECT_EQ(a.confidence, b.confidence);
  EXPECT_EQ(a.evidence, b.evidence);
  EXPECT_EQ(a.why, b.why);
}

void expect_same(const probe::Observation& a, const probe::Observation& b) {
  EXPECT_EQ(a.query.discovery, b.query.discovery);
  EXPECT_EQ(a.query.socket, b.query.socket);
  EXPECT_EQ(a.query.transport, b.query.transport);
  EXPECT_EQ(a.query.to, b.query.to);
  EXPECT_EQ(a.query.change, b.query.change);
  EXPECT_EQ(a.query.expected_from, b.query.expected_from);
  EXPECT_EQ(a.query.question, b.query.question);
  EXPECT_EQ(a.query.most_requests, b.query.most_requests);
  EXPECT_EQ(a.outcome, b.outcome);
  EXPECT_EQ(a.local, b.local);
  EXPECT_EQ(a.sent_at, b.sent_at);
  EXPECT_EQ(a.answered_at, b.answered_at);
  EXPECT_EQ(a.waited_until, b.waited_until);
  EXPECT_EQ(a.requests, b.requests);
  EXPECT_EQ(a.duplicates, b.duplicates);
  EXPECT_EQ(a.ignored, b.ignored);
  EXPECT_EQ(a.late, b.late);
  EXPECT_EQ(a.from, b.from);
  EXPECT_EQ(a.mapped, b.mapped);
  EXPECT_EQ(a.mapped_plain, b.mapped_plain);
  EXPECT_EQ(a.response_origin, b.response_origin);
  EXPECT_EQ(a.other_address, b.other_address);
  EXPECT_EQ(a.return_token, b.return_token);
  EXPECT_EQ(a.sent_count, b.sent_count);
  EXPECT_EQ(a.error_code, b.error_code);
  EXPECT_EQ(a.note, b.note);
}

void expect_same(const probe::Report& a, const probe::Report& b) {
  EXPECT_EQ(a.interface, b.interface);
  EXPECT_EQ(a.traffic, b.traffic);
  EXPECT_EQ(a.budget, b.budget);
  ASSERT_EQ(a.paths.size(), b.paths.size());
  for (std::size_t i = 0; i < a.paths.size(); ++i) expect_same(a.paths[i], b.paths[i]);
  EXPECT_EQ(a.verdict.nat_class, b.verdict.nat_class);
  EXPECT_EQ(a.verdict.rfc3489, b.verdict.rfc3489);
  expect_same(a.verdict.mapping, b.verdict.mapping);
  expect_same(a.verdict.filtering, b.verdict.filtering);
  ASSERT_EQ(a.observations.size(), b.observations.size());
  for (std::size_t i = 0; i < a.observations.size(); ++i) expect_same(a.observations[i], b.observations[i]);
  EXPECT_EQ(a.local, b.local);
  EXPECT_EQ(a.external, b.external);
  ASSERT_EQ(a.reflectors.size(), b.reflectors.size());
  for (std::size_t i = 0; i < a.reflectors.size(); ++i) {
    EXPECT_EQ(a.reflectors[i].given, b.reflectors[i].given);
    EXPECT_EQ(a.reflectors[i].endpoint, b.reflectors[i].endpoint);
    EXPECT_EQ(a.reflectors[i].answered, b.reflectors[i].answered);
    EXPECT_EQ(a.reflectors[i].other_address, b.reflectors[i].other_address);
    EXPECT_EQ(a.reflectors[i].round_trip, b.reflectors[i].round_trip);
    EXPECT_EQ(a.reflectors[i].note, b.reflectors[i].note);
  }
  EXPECT_EQ(a.labels, b.labels);
  EXPECT_EQ(a.strays, b.strays);
  EXPECT_EQ(a.started_at, b.started_at);
  EXPECT_EQ(a.duration, b.duration);
}

TEST(ProbeReportJson, EveryReport_ReadBack_IsTheSame) {
  for (const auto& report :
       {samples::full_cone(), samples::symmetric(), samples::two_plain_servers(), samples::udp_blocked(),
        samples::nothing_answered(), samples::every_field(), samples::assisted()}) {
    const auto back = reports::parse_probe_report(reports::to_json(report));
    ASSERT_TRUE(back) << back.error();
    expect_same(report, *back);
  }
}

TEST(ProbeReportJson, WrittenAgain_IsTheSameText) {
  for (const auto& report : {samples::every_field(), samples::assisted()}) {
    const std::string text = reports::to_json(report);
    EXPECT_EQ(reports::to_json(*reports::parse_probe_report(text)), text);
  }
}

TEST(ProbeReportJson, Keys_AreTheOnesScriptsRead) {
  const auto json = ordered_json::parse(reports::to_json(samples::port_restricted_cone()));
  EXPECT_EQ(json["schema"], "natscope/probe-report/1");
  EXPECT_EQ(json["verdict"]["class"], "cone");
  EXPECT_EQ(json["verdict"]["rfc3489"], "port-restricted-cone");
  EXPECT_EQ(json["verdict"]["mapping"]["value"], "endpoint-independent");
  EXPECT_EQ(json["verdict"]["mapping"]["confidence"], 0.9999999);
  EXPECT_EQ(json["verdict"]["mapping"]["evidence"], ordered_json({1, 2, 3, 4}));
  EXPECT_TRUE(json["verdict"]["mapping"]["why"].is_null());
  EXPECT_EQ(json["verdict"]["filtering"]["value"], "address-and-port-dependent");
  EXPECT_TRUE(json["findings"].is_object());
  EXPECT_EQ(json["local"]["endpoint"], "192.168.2.6:40000");
  EXPECT_EQ(json["external"]["endpoint"], "198.51.100.2:50000");
  EXPECT_TRUE(json["reflectors"].is_array());
  EXPECT_TRUE(json["labels"].is_object());
  EXPECT_EQ(json["started_at"], "2026-11-22T10:00:00Z");
  EXPECT_EQ(json["duration_ms"], 431.2);
  EXPECT_EQ(json["observations"].size(), 11U);
  for (std::size_t i = 0; i < json["observations"].size(); ++i) EXPECT_EQ(json["observations"][i]["index"], i);
}

TEST(ProbeReportJson, Unknown_IsNullWithAReason_NeverAWord) {
  const auto json = ordered_json::parse(reports::to_json(samples::partner_silent()));
  const auto& filtering = json["verdict"]["filtering"];
  EXPECT_TRUE(filtering["value"].is_null());
  EXPECT_EQ(filtering["why"], "the partner did not answer");
}

TEST(ProbeReportJson, TextThatIsNotUtf8_IsReplacedAndStillADocument) {
  probe::Report report = samples::full_cone();
  report.observations[0].note = "bad \xFF\xFE end";
  const auto back = reports::parse_probe_report(reports::to_json(report));
  ASSERT_TRUE(back) << back.error();
  EXPECT_EQ(back->observations[0].note, "bad \uFFFD\uFFFD end");
}

TEST(ProbeReportJson, KeysOfALaterDay_AreIgnored) {
  auto json = ordered_json::parse(reports::to_json(samples::full_cone()));
  json["lifetimes"] = {{"outbound_ms", 30000}};
  json["verdict"]["port_allocation"] = "random";
  json["observations"][0]["ttl"] = 57;
  const auto back = reports::parse_probe_report(json.dump());
  ASSERT_TRUE(back) << back.error();
  expect_same(samples::full_cone(), *back);
}

void expect_same(const traversal::Attempt& a, const traversal::Attempt& b) {
  EXPECT_EQ(a.trial, b.trial);
  EXPECT_EQ(a.strategy, b.strategy);
  EXPECT_EQ(a.outcome, b.outcome);
  EXPECT_EQ(a.time_to_connect, b.time_to_connect);
  EXPECT_EQ(a.packets_a, b.packets_a);
  EXPECT_EQ(a.packets_b, b.packets_b);
  EXPECT_EQ(a.why, b.why);
}

void expect_same(const traversal::PairOutcome& a, const traversal::PairOutcome& b) {
  EXPECT_EQ(a.a, b.a);
  EXPECT_EQ(a.b, b.b);
  EXPECT_EQ(a.predicted, b.predicted);
  EXPECT_EQ(a.outcome, b.outcome);
  EXPECT_EQ(a.direction, b.direction);
  EXPECT_EQ(a.trials, b.trials);
  EXPECT_EQ(a.successes, b.successes);
  EXPECT_EQ(a.strategy, b.strategy);
  ASSERT_EQ(a.connect.has_value(), b.connect.has_value());
  if (a.connect) {
    EXPECT_EQ(a.connect->min, b.connect->min);
    EXPECT_EQ(a.connect->median, b.connect->median);
    EXPECT_EQ(a.connect->max, b.connect->max);
  }
  EXPECT_EQ(a.why, b.why);
  ASSERT_EQ(a.attempts.size(), b.attempts.size());
  for (std::size_t i = 0; i < a.attempts.size(); ++i) expect_same(a.attempts[i], b.attempts[i]);
}

void expect_same(const reports::MatrixDocument& a, const reports::MatrixDocument& b) {
  ASSERT_EQ(a.matrix.hosts.size(), b.matrix.hosts.size());
  for (std::size_t i = 0; i < a.matrix.hosts.size(); ++i) {
    EXPECT_EQ(a.matrix.hosts[i].name, b.matrix.hosts[i].name);
    EXPECT_EQ(a.matrix.hosts[i].behavior, b.matrix.hosts[i].behavior);
    EXPECT_EQ(a.matrix.hosts[i].local, b.matrix.hosts[i].local);
    EXPECT_EQ(a.matrix.hosts[i].external, b.matrix.hosts[i].external);
  }
  ASSERT_EQ(a.matrix.pairs.size(), b.matrix.pairs.size());
  for (std::size_t i = 0; i < a.matrix.pairs.size(); ++i) expect_same(a.matrix.pairs[i], b.matrix.pairs[i]);
  EXPECT_EQ(a.matrix.started_at, b.matrix.started_at);
  EXPECT_EQ(a.matrix.duration, b.matrix.duration);
  ASSERT_EQ(a.probes.size(), b.probes.size());
  for (const auto& [name, report] : a.probes) expect_same(report, b.probes.at(name));
}

TEST(MatrixJson, EveryMatrix_ReadBack_IsTheSame) {
  for (const auto& document : {samples::three_hosts(), samples::all_outcomes(), samples::many_hosts(12)}) {
    const auto back = reports::parse_matrix(reports::to_json(document));
    ASSERT_TRUE(back) << back.error();
    expect_same(document, *back);
  }
}

TEST(MatrixJson, Keys_AreTheOnesScriptsRead) {
  const auto json = ordered_json::parse(reports::to_json(samples::three_hosts()));
  EXPECT_EQ(json["schema"], "natscope/traversal-matrix/1");
  EXPECT_EQ(json["hosts"][1]["name"], "b");
  EXPECT_EQ(json["hosts"][1]["class"], "cone");
  EXPECT_EQ(json["hosts"][1]["behavior"]["mapping"], "endpoint-independent");
  EXPECT_EQ(json["hosts"][1]["behavior"]["filtering"], "address-and-port-dependent");
  EXPECT_EQ(json["hosts"][1]["probe"]["schema"], "natscope/probe-report/1");
  const auto& pair = json["pairs"][0];
  EXPECT_EQ(pair["a"], "a");
  EXPECT_EQ(pair["b"], "b");
  EXPECT_EQ(pair["predicted"], "direct");
  EXPECT_EQ(pair["outcome"], "direct");
  EXPECT_EQ(pair["trials"], 3);
  EXPECT_EQ(pair["successes"], 3);
  EXPECT_EQ(pair["strategy"], "simultaneous-open");
  EXPECT_EQ(pair["connect_ms"]["min"], 41.0);
  EXPECT_EQ(pair["connect_ms"]["median"], 44.2);
  EXPECT_EQ(pair["connect_ms"]["max"], 60.1);
  EXPECT_TRUE(pair["why"].is_null());
  EXPECT_EQ(pair["attempts"].size(), 3U);
  EXPECT_EQ(json["pairs"][2]["outcome"], "failed");
  EXPECT_TRUE(json["pairs"][2]["connect_ms"].is_null());
}

TEST(MatrixJson, ClassOfAHost_IsTheOneItsProbeFound) {
  auto document = samples::three_hosts();
  document.probes["c"] = samples::two_plain_servers();
  document.matrix.hosts[2].behavior = {};
  const auto json = ordered_json::parse(reports::to_json(document));
  EXPECT_EQ(json["hosts"][2]["class"], "symmetric");
  EXPECT_TRUE(json["hosts"][2]["behavior"]["mapping"].is_null());
}

TEST(MatrixJson, SmallestDocumentOfTheSchema_IsRead) {
  const auto document = reports::parse_matrix(R"({
    "schema": "natscope/traversal-matrix/1",
    "hosts": [{"name": "a", "class": "cone", "behavior": {"mapping": "endpoint-independent", "filtering": null}},
              {"name": "b", "class": "udp-blocked", "behavior": {"mapping": null, "filtering": null}}],
    "pairs": [{"a": "a", "b": "b", "predicted": "impossible", "outcome": "not-run", "trials": 0, "successes": 0,
               "strategy": null, "connect_ms": null, "why": "UDP is blocked at b", "attempts": []}]})");
  ASSERT_TRUE(document) << document.error();
  EXPECT_TRUE(document->matrix.hosts[1].behavior.udp_blocked);
  EXPECT_EQ(document->matrix.pairs[0].why, "UDP is blocked at b");
}

TEST(Document, IsToldApartByItsSchema) {
  EXPECT_TRUE(std::holds_alternative<probe::Report>(*reports::parse_document(reports::to_json(samples::full_cone()))));
  EXPECT_TRUE(std::holds_alternative<reports::MatrixDocument>(
      *reports::parse_document(reports::to_json(samples::three_hosts()))));
  EXPECT_THAT(reports::parse_document(R"({"schema": "natscope/probe-report/2"})").error(),
              testing::HasSubstr("schema: version 2 is newer than this program, which reads up to 1"));
  EXPECT_THAT(reports::parse_document(R"({"schema": "other/1"})").error(), testing::HasSubstr("schema: expected"));
}

}  // namespace json_test
