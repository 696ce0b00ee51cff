// Every document we write validates against its published schema, and damaged ones do not.

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>

#include "reports/check_report.h"
#include "reports/document_file.h"
#include "reports/dossier_json.h"
#include "reports/probe_report_json.h"
#include "tests/programs/program.h"
#include "tests/reports/samples.h"
#include "tests/require.h"

namespace schema_test {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class Schema : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("/usr/bin/python3 -c 'import jsonschema' 2>/dev/null") != 0) {
      NATSCOPE_SKIP("schema", "package python3-jsonschema is missing");
    }
  }

  // What validate.py ends with: 0 all valid, 1 complaints; anything else and it could not tell.
  [[nodiscard]] int validate(const std::string& schema, const std::vector<std::string>& documents) const {
    std::string command = "/usr/bin/python3 '" NATSCOPE_VALIDATE "' '" NATSCOPE_SCHEMAS "/" + schema + "'";
    for (std::size_t i = 0; i < documents.size(); ++i) {
      const std::string path = folder_ / (std::to_string(i) + ".json");
      reports::write_document(path, documents[i]);
      command += " " + path;
    }
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  // Each change on its own must be refused.
  void expect_refused(const std::string& schema, const std::string& document,
                      const std::vector<std::function<void(ordered_json&)>>& changes) const {
    for (std::size_t i = 0; i < changes.size(); ++i) {
      auto json = ordered_json::parse(document);
      changes[i](json);
      EXPECT_EQ(validate(schema, {json.dump()}), 1) << "change " << i;
    }
  }

  programs::TemporaryDirectory directory_;
  const fs::path& folder_ = directory_.path();
};

TEST_F(Schema, CheckReports_Validate) {
  const reports::CheckReport report{
      .hosts = {"192.0.2.1", "reflector.example"},
      .checks = {{"192.0.2.1:3478", "udp", "ok", "answered in 1.2 ms", ""},
                 {"192.0.2.1:3478", "software", "warning", "says it is \u202e \"x\"", "turn it off"},
                 {"the pair", "agreement", "fault", "they differ", "see --advertise"}}};
  EXPECT_EQ(validate("check-report-1.schema.json", {reports::to_json(report)}), 0);
  expect_refused("check-report-1.schema.json", reports::to_json(report),
                 {[](ordered_json& json) { json["schema"] = "natscope/check-report/2"; },
                  [](ordered_json& json) { json["checks"][0]["verdict"] = "good"; },
                  [](ordered_json& json) { json["checks"][0]["check"] = "weather"; },
                  [](ordered_json& json) { json.erase("faults"); },
                  [](ordered_json& json) { json["checks"] = ordered_json::array(); }});
}

TEST_F(Schema, ProbeReports_Validate) {
  std::vector<std::string> documents;
  for (const auto& report :
       {samples::full_cone(), samples::symmetric(), samples::open_internet(), samples::firewall(),
        samples::two_plain_servers(), samples::partner_silent(), samples::udp_blocked(), samples::nothing_answered(),
        samples::every_field(), samples::assisted(), probe::Report{}}) {
    documents.push_back(reports::to_json(report));
  }
  EXPECT_EQ(validate("probe-report-1.schema.json", documents), 0);
}

TEST_F(Schema, Matrices_Validate) {
  EXPECT_EQ(validate("traversal-matrix-1.schema.json",
                     {reports::to_json(samples::three_hosts()), reports::to_json(samples::all_outcomes()),
                      reports::to_json(samples::many_hosts(9)), reports::to_json(reports::MatrixDocument{})}),
            0);
}

TEST_F(Schema, ShippedScenarios_Validate) {
  std::vector<std::string> documents;
  for (const auto& file : fs::recursive_directory_iterator(NATSCOPE_SCENARIOS)) {
    if (file.path().extension() != ".json") continue;
    documents.push_back(reports::read_document(file.path()));
  }
  EXPECT_FALSE(documents.empty());
  EXPECT_EQ(validate("scenario-1.schema.json", documents), 0);
}

TEST_F(Schema, Dossiers_Validate) {
  reports::Dossier dossier;
  auto labelled = samples::symmetric();
  labelled.labels = {{"vendor", "Acme"}, {"model", "X"}, {"firmware", "1"}};
  for (const auto& report : {samples::every_field(), samples::full_cone(), samples::partner_silent(), labelled}) {
    add(dossier, report);
  }
  EXPECT_EQ(validate("router-dossier-1.schema.json", {reports::to_json(dossier), reports::to_json(reports::Dossier{})}),
            0);
  expect_refused(
      "router-dossier-1.schema.json", reports::to_json(dossier),
      {[](auto& j) { j["schema"] = "natscope/router-dossier/2"; }, [](auto& j) { j["models"][0].erase("reports"); },
       [](auto& j) { j["models"][0]["findings"]["class"]["asked"] = -1; },
       [](auto& j) { j["models"][0]["first"] = "yesterday"; }});
}

TEST_F(Schema, Differences_Validate) {
  reports::write_document(folder_ / "a.json", reports::to_json(samples::full_cone()));
  reports::write_document(folder_ / "b.json", reports::to_json(samples::every_field()));
  const auto diff = [&](const programs::Argv& files) {
    programs::Argv argv = {"natreport", "diff", "--json", "-"};
    argv.insert(argv.end(), files.begin(), files.end());
    return programs::run(argv, {.directory = folder_}).out;
  };
  const std::string changed = diff({"a.json", "b.json"});
  EXPECT_EQ(validate("difference-1.schema.json", {changed, diff({"b.json", "b.json"})}), 0);
  expect_refused("difference-1.schema.json", changed,
                 {[](auto& j) { j["schema"] = "natscope/difference/2"; }, [](auto& j) { j.erase("changed"); },
                  [](auto& j) { j["models"][0]["findings"][0]["difference"] = "other"; },
                  [](auto& j) { j["models"][0]["before"] = "ACME"; }});
}

TEST_F(Schema, HistoryLists_Validate) {
  const std::string file = folder_ / "report.json";
  const std::string store = "sqlite:" + (folder_ / "history").string();
  for (const std::string& text : {reports::to_json(samples::every_field()), reports::to_json(samples::three_hosts())}) {
    reports::write_document(file, text);
    EXPECT_EQ(programs::run({"natreport", "history", "add", file, "--store", store}).exit_code, 0);
  }
  const auto listed = [&](const programs::Argv& more) {
    programs::Argv argv = {"natreport", "history", "list", "--store", store, "--json", "-"};
    argv.insert(argv.end(), more.begin(), more.end());
    return programs::run(argv).out;
  };
  const std::string both = listed({});
  EXPECT_EQ(ordered_json::parse(both).at("entries").size(), 2U);
  EXPECT_TRUE(ordered_json::parse(listed({"--limit", "1"})).at("more"));
  EXPECT_EQ(validate("history-list-1.schema.json", {both, listed({"--limit", "1"}), listed({"--site", "none"})}), 0);
  expect_refused("history-list-1.schema.json", both,
                 {[](auto& j) { j["schema"] = "natscope/history-list/2"; }, [](auto& j) { j.erase("more"); },
                  [](auto& j) { j["entries"][0]["id"] = "../x"; }, [](auto& j) { j["entries"][0]["class"] = "conic"; },
                  [](auto& j) { j["entries"][0]["started_at"] = "yesterday"; }});
}

TEST_F(Schema, OlderDocuments_StillValidate) {
  for (const std::string schema : {"probe-report-1", "traversal-matrix-1"}) {
    const std::string older = reports::read_document(NATSCOPE_OLDER "/" + schema + ".json");
    EXPECT_EQ(validate(schema + ".schema.json", {older}), 0) << schema;
  }
}

TEST_F(Schema, NatProfiles_Validate) {
  const auto list = programs::run({"natlab", "list", "--json", "-"});
  const auto one = programs::run({"natlab", "list", "symmetric", "--json", "-"});
  EXPECT_EQ(validate("nat-profiles-1.schema.json", {list.out, one.out}), 0);
  EXPECT_THAT(one.out, HasSubstr("\"step\": 1,"));
  EXPECT_THAT(list.out, Not(ContainsRegex("\": -?[0-9]+[.]0")));  // a whole number is printed as one
  expect_refused(
      "nat-profiles-1.schema.json", one.out,
      {[](auto& j) { j["profiles"][0].erase("mapping"); }, [](auto& j) { j["profiles"][0]["name"] = "a b"; }});
}

// A whole experiment, as its programs wrote it: a probe report for each host, and the matrix.
TEST_F(Schema, AnExperimentThatWasPlayed_Validates) {
  const auto played = programs::run(
      {"natlab", "verify", NATSCOPE_SCENARIOS "/experiment-2005.json", "--backend", "sim", "--out", folder_.string()});
  ASSERT_EQ(played.exit_code, 0) << played.err;
  const std::string matrix = reports::read_document(folder_ / "report.json");
  EXPECT_EQ(validate("traversal-matrix-1.schema.json", {matrix}), 0);
  std::vector<std::string> probes;
  const auto json = ordered_json::parse(matrix);
  for (const auto& host : json.at("hosts")) probes.push_back(host.at("probe").dump());
  EXPECT_EQ(probes.size(), 3U);
  EXPECT_EQ(validate("probe-report-1.schema.json", probes), 0);
}

// Every scenario that can be played in memory, whatever its hosts are behind.
TEST_F(Schema, EveryShippedScenarioPlayed_Validates) {
  std::vector<std::string> matrices;
  for (const auto& file : fs::recursive_directory_iterator(NATSCOPE_SCENARIOS)) {
    if (file.path().extension() != ".json") continue;
    const fs::path out = folder_ / file.path().stem();
    const auto played =
        programs::run({"natlab", "verify", file.path(), "--backend", "sim", "--quiet", "--out", out.string()});
    ASSERT_EQ(played.exit_code, 0) << file.path() << ": " << played.err;
    matrices.push_back(reports::read_document(out / "report.json"));
  }
  EXPECT_GT(matrices.size(), 5U);
  EXPECT_EQ(validate("traversal-matrix-1.schema.json", matrices), 0);
}

TEST_F(Schema, DamagedReports_AreRefused) {
  expect_refused(
      "probe-report-1.schema.json", reports::to_json(samples::every_field()),
      {[](auto& j) { j["schema"] = "natscope/probe-report/2"; }, [](auto& j) { j.erase("verdict"); },
       [](auto& j) { j["verdict"]["class"] = "conic"; }, [](auto& j) { j["verdict"]["mapping"]["value"] = "unknown"; },
       [](auto& j) { j["verdict"]["filtering"].erase("why"); },
       [](auto& j) { j["observations"][0]["outcome"] = "maybe"; },
       [](auto& j) { j["observations"][0]["sent_at_ms"] = "1"; }, [](auto& j) { j["started_at"] = "yesterday"; }});
}

TEST_F(Schema, DamagedMatrices_AreRefused) {
  expect_refused(
      "traversal-matrix-1.schema.json", reports::to_json(samples::three_hosts()),
      {[](auto& j) { j["pairs"][0]["outcome"] = "won"; }, [](auto& j) { j["pairs"][0].erase("successes"); },
       [](auto& j) { j["pairs"][0]["connect_ms"].erase("max"); }, [](auto& j) { j["hosts"][0].erase("name"); },
       [](auto& j) { j["hosts"][0]["probe"]["verdict"]["class"] = "conic"; }});
}

}  // namespace schema_test
