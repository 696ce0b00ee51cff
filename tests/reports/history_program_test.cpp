// natreport history and natprobe --store as a user has them: what is said, what is found again, what a kill leaves.

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "reports/document_file.h"
#include "reports/history.h"
#include "reports/probe_report_json.h"
#include "reports/terminal.h"
#include "store/sqlite.h"
#include "tests/programs/program.h"
#include "tests/reports/hostile_texts.h"
#include "tests/reports/payloads.h"
#include "tests/reports/samples.h"

namespace history_program_test {

namespace fs = std::filesystem;
using programs::Result;
using testing::HasSubstr;
using testing::StartsWith;

class HistoryProgram : public testing::Test {
 protected:
  fs::path write(const std::string& name, probe::Report report,
                 const std::map<std::string, std::string>& labels = {}) const {
    report.labels = labels;
    reports::write_document(directory_.path() / name, reports::to_json(report));
    return name;
  }
  [[nodiscard]] Result history(programs::Argv arguments) const {
    arguments.insert(arguments.begin(), {"natreport", "history"});
    return programs::run(arguments, surroundings_);
  }
  [[nodiscard]] std::string added(const std::string& name) const { return history({"add", name}).out.substr(0, 16); }

  programs::TemporaryDirectory directory_;
  fs::path file_ = directory_.path() / "history.sqlite";
  programs::Surroundings surroundings_{.environment = {"NATSCOPE_STORE=sqlite:" + file_.string()},
                                       .directory = directory_.path()};
};

void expect_one_line(const Result& result, const std::string& says) {
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
  EXPECT_THAT(result.err, HasSubstr(says));
  EXPECT_EQ(result.out, "");
}

TEST_F(HistoryProgram, AddListShowExportPrune) {
  write("cone.json", samples::full_cone(), {{"vendor", "Acme"}, {"model", "X"}, {"site", "north"}});
  write("sym.json", samples::symmetric(), {{"model", "Y"}});
  const auto both = history({"add", "cone.json", "sym.json"});
  EXPECT_EQ(both.exit_code, 0) << both.err;
  EXPECT_THAT(both.out, testing::MatchesRegex("[0-9a-f]+  cone.json\n[0-9a-f]+  sym.json\n"));
  EXPECT_THAT(history({"add", "cone.json"}).out, HasSubstr("(was there)"));

  const std::string id = both.out.substr(0, 16);
  EXPECT_THAT(history({"list"}).out, HasSubstr("Acme X"));
  const auto listed = history({"list", "--quiet", "--site", "north"});
  EXPECT_THAT(listed.out, StartsWith("  " + id + "  2026-11-22T10:00:00Z  cone"));
  EXPECT_EQ(history({"list", "--quiet", "--class", "symmetric", "--model", "X"}).out, "");

  EXPECT_THAT(history({"show", id.substr(0, 8)}).out, StartsWith("NAT type: Cone (full cone)"));
  EXPECT_EQ(history({"show", id, "--json", "-"}).out, reports::read_document(directory_.path() / "cone.json"));

  const auto lines = history({"export", "--model", "X"});
  EXPECT_EQ(nlohmann::json::parse(lines.out).at("labels").at("model"), "X");
  fs::create_directory(directory_.path() / "all");
  EXPECT_EQ(history({"export", "-o", "all"}).exit_code, 0);
  EXPECT_EQ(reports::read_document(directory_.path() / "all" / (id + ".json")),
            reports::read_document(directory_.path() / "cone.json"));

  const auto pruned = history({"prune", "--older-than", "20000d"});
  EXPECT_EQ(pruned.out, "0 of 2 removed: made or added more than 20000 days ago\n");
}

TEST_F(HistoryProgram, WhatWasPruned_IsInNoFile) {
  auto report = samples::full_cone();
  report.started_at -= std::chrono::hours(24 * 91);
  const std::string secret = "site-of-mrs-miller";
  write("old.json", report, {{"site", secret}});
  report.external = net::endpoint("203.0.113.77:4444");
  write("older.json", report, {{"site", secret}});
  EXPECT_EQ(history({"add", "old.json", "older.json"}).exit_code, 0);
  EXPECT_THAT(reports::read_document(file_), HasSubstr(secret));
  EXPECT_THAT(history({"prune"}).out, HasSubstr("2 of 2 removed: made or added more than 90 days ago"));
  for (const auto& file : fs::directory_iterator(directory_.path())) {
    if (file.path().extension() == ".json") continue;
    const std::string content = reports::read_document(file.path());
    EXPECT_EQ(content.find(secret), std::string::npos) << file.path();
    EXPECT_EQ(content.find("203.0.113.77"), std::string::npos) << file.path();
  }
}

TEST_F(HistoryProgram, Mistakes_AreOneLine) {
  write("a.json", samples::full_cone());
  expect_one_line(history({"list"}), "natreport: read " + file_.string() + ": no such file; history add makes one");
  EXPECT_FALSE(fs::exists(file_));
  ASSERT_EQ(history({"add", "a.json"}).exit_code, 0);
  expect_one_line(history({}), "a command is required: add, list, show, prune, export");
  expect_one_line(history({"forget"}), "forget: unknown command");
  expect_one_line(history({"list", "--sites", "x"}), "--sites: unknown option");
  expect_one_line(history({"list", "--since", "yesterday"}), "--since: 'yesterday' is not a time like 2026-11-22");
  expect_one_line(history({"list", "--class", "conic"}), "--class: 'conic' is not cone");
  expect_one_line(history({"prune", "--older-than", "90"}), "--older-than: '90' has no unit, like 90d");
  expect_one_line(history({"show", "ffff"}), "show ffff: no report's id begins so");
  expect_one_line(history({"show", "../../etc/passwd"}), "no report's id begins so");
  expect_one_line(history({"list", "--store", "mysql:x"}), "--store: 'mysql:x' is not sqlite:FILE or postgresql://...");
  expect_one_line(history({"list", "--store", "postgresql://u:secret@h/d"}), "--store: a password");
  expect_one_line(history({"export", "-o", "no/such/file"}), "write no/such/file: No such file or directory");
}

TEST_F(HistoryProgram, OneBadFile_AndNothingIsAdded) {
  write("a.json", samples::full_cone());
  directory_.file("bad.json", "{\"schema\": \"natscope/probe-report/1\"}");
  expect_one_line(history({"add", "a.json", "bad.json"}), "read bad.json: key \"observations\" is missing");
  EXPECT_FALSE(fs::exists(file_));
}

TEST_F(HistoryProgram, UsualPlace_IsTheUsersOwn) {
  write("a.json", samples::full_cone());
  surroundings_.environment.clear();
  const auto at_home = [&](const programs::Argv& arguments) {
    programs::Argv argv = {"env", "--unset=XDG_DATA_HOME", "HOME=" + directory_.path().string(), NATSCOPE_NATREPORT,
                           "history"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return programs::run(argv, surroundings_);
  };
  EXPECT_EQ(at_home({"add", "a.json"}).exit_code, 0);
  const fs::path folder = directory_.path() / ".local/share/natscope";
  EXPECT_TRUE(fs::exists(folder / "history.sqlite"));
  EXPECT_EQ(fs::status(folder).permissions(), fs::perms::owner_all);
  EXPECT_THAT(at_home({"list", "--quiet"}).out, HasSubstr("cone"));
}

TEST_F(HistoryProgram, NatprobeKeepsItsReport_RedactedWhereAsked) {
  write("a.json", samples::full_cone(), {{"model", "X"}});
  const auto keep = [&](programs::Argv argv) {
    argv.insert(argv.begin(),
                {"natprobe", "--replay", "a.json", "--expect", "mapping=endpoint-independent", "--label"});
    return programs::run(argv, surroundings_);
  };
  EXPECT_EQ(keep({"site=here"}).exit_code, 0);
  EXPECT_THAT(history({"list", "--quiet", "--site", "here"}).out, HasSubstr("X"));
  EXPECT_EQ(keep({"model=shared", "--redact"}).exit_code, 0);
  const std::string shared = history({"export", "--model", "shared"}).out;
  EXPECT_THAT(shared, testing::AllOf(testing::ContainsRegex("198[.]1[89][.]"), testing::Not(HasSubstr("198.51.100."))));
  // A history that cannot be had is said before the run.
  expect_one_line(programs::run({"natprobe", "--replay", "a.json", "--store", "sqlite:/no/such/x"}, surroundings_),
                  "database");
}

// Whatever labels hold, the list stays JSON, and shows them as they are printed.
TEST_F(HistoryProgram, HostileLabels_StandInTheJsonOfAList) {
  programs::Argv argv = {"add"};
  std::set<std::string> sent;
  const auto take = [&](const auto& payloads) {
    for (const auto payload : payloads) {
      const std::string text(payload);
      argv.push_back(write(std::to_string(argv.size()) + ".json", samples::full_cone(), {{"model", text}}));
      const auto read = reports::parse_probe_report(reports::read_document(directory_.path() / argv.back()));
      sent.insert(reports::printable(read->labels.at("model")));  // with U+FFFD for what is no UTF-8
    }
  };
  take(hostile::cells);
  take(payloads::injections);
  ASSERT_EQ(history(argv).exit_code, 0);
  const auto result = history({"list", "--json", "-", "--limit", "1000"});
  std::set<std::string> shown;
  const auto json = nlohmann::json::parse(result.out);
  for (const auto& entry : json.at("entries")) shown.insert(entry.at("model"));
  EXPECT_EQ(shown, sent);
  EXPECT_TRUE(std::ranges::none_of(result.out, [](unsigned char c) { return (c < ' ' && c != '\n') || c == 0x7F; }));
}

TEST_F(HistoryProgram, ListAsJson_SaysWhatTheTableSays) {
  write("a.json", samples::full_cone(), {{"vendor", "Acme"}, {"site", "north"}});
  write("b.json", samples::symmetric());
  ASSERT_EQ(history({"add", "a.json", "b.json"}).exit_code, 0);
  const auto both = history({"list", "--json", "list.json", "--site", "north"});
  EXPECT_THAT(both.out, HasSubstr("Acme"));
  const std::string written = reports::read_document(directory_.path() / "list.json");
  const auto json = nlohmann::json::parse(written);
  ASSERT_EQ(json.at("entries").size(), 1U);
  EXPECT_THAT(both.out, HasSubstr(json["entries"][0].at("id")));
  EXPECT_EQ(json["entries"][0].at("vendor"), "Acme");
  EXPECT_TRUE(json["entries"][0].at("isp").is_null());
  EXPECT_EQ(history({"list", "--json", "-", "--site", "north"}).out, written);
  const auto one = history({"list", "--json", "-", "--limit", "1"});
  EXPECT_THAT(one.err, HasSubstr("older ones are left out"));
  EXPECT_EQ(nlohmann::json::parse(one.out).at("entries").size(), 1U);
  expect_one_line(history({"list", "--json", "no/such/file"}), "write no/such/file: No such file or directory");
  expect_one_line(history({"list", "--json", "list.json", "--store", "sqlite:none"}), "read none: no such file");
  EXPECT_EQ(reports::read_document(directory_.path() / "list.json"), written);
}

// What a newer natscope has kept cannot be redacted: that is said, and nothing is written.
TEST_F(HistoryProgram, ADocumentThatCannotBeRead_IsNotExportedRedacted) {
  write("a.json", samples::full_cone());
  const std::string id = added("a.json");
  store::Sqlite(file_).run("UPDATE natscope_history_text SET document = $1",
                           {std::string(R"({"schema": "natscope/probe-report/2", "local": "192.168.3.6"})")});
  directory_.file("old", "old");
  expect_one_line(history({"export", "--redact", "full", "-o", "old"}),
                  "natreport: export " + id + ": schema: version 2 is newer than this program, which reads up to 1");
  EXPECT_EQ(reports::read_document(directory_.path() / "old"), "old");
  EXPECT_THAT(history({"export", "--redact", "none"}).out, HasSubstr("192.168.3.6"));
}

// Cut, damaged, of another program, of a newer natscope: named, and left as it is.
TEST_F(HistoryProgram, DatabaseThatIsNoHistory_IsRefusedAndStaysAsItIs) {
  programs::Argv argv = {"add"};
  for (int i = 0; i < 40; ++i)
    argv.push_back(write(std::to_string(i) + ".json", samples::full_cone(), {{"note", std::to_string(i)}}));
  ASSERT_EQ(history(argv).exit_code, 0);
  const std::string good = reports::read_document(file_);
  std::vector<std::string> bad;
  for (std::size_t i = 0; i < 10; ++i) {
    bad.push_back(good.substr(0, good.size() * (i + 1) / 11));
    bad.push_back(good);
    bad.back()[i] = '#';
    bad.push_back(std::string(100 + i * 1000, static_cast<char>('a' + i)));
  }
  store::Sqlite(file_).run("UPDATE natscope_schema SET version = 9");
  bad.push_back(reports::read_document(file_));
  const fs::path foreign = directory_.path() / "foreign";
  store::Sqlite(foreign).run("CREATE TABLE moz_places (x BIGINT)");
  bad.push_back(reports::read_document(foreign));
  for (std::size_t i = 0; i < bad.size(); ++i) {
    const auto file = directory_.file("bad.sqlite", bad[i]);
    const std::string command = i % 3 == 0 ? "add" : i % 3 == 1 ? "list" : "export";
    programs::Argv bad_argv = {command, "--store", "sqlite:bad.sqlite"};
    if (command == "add") bad_argv.push_back("1.json");
    expect_one_line(history(bad_argv), "natreport: database bad.sqlite: ");
    EXPECT_EQ(reports::read_document(file), bad[i]) << i;
  }
}

// Killed at any moment: what was acknowledged is there, whole, and nothing is half there.
TEST_F(HistoryProgram, KilledWhileAdding_LeavesASoundDatabase) {
  constexpr int files = 60;
  const char* more = std::getenv("NATSCOPE_KILLS");
  const int kills = more == nullptr ? 10 : std::atoi(more);
  std::size_t acknowledged = 0;
  for (int kill = 0; kill < kills; ++kill) {
    programs::Argv argv = {"natreport", "history", "add"};
    for (int i = 0; i < files; ++i) {
      const std::string name = std::to_string(kill) + "-" + std::to_string(i) + ".json";
      argv.push_back(write(name, samples::udp_blocked(), {{"note", name}}));
    }
    programs::Background adding(argv, surroundings_);
    ASSERT_TRUE(adding.wait_for(std::to_string(kill) + "-" + std::to_string(kill * 7 % files) + ".json"));
    const auto result = adding.stop(SIGKILL);
    acknowledged += static_cast<std::size_t>(std::ranges::count(result.out, '\n'));
  }
  store::Sqlite database(file_);
  EXPECT_EQ(store::text(database.first("PRAGMA integrity_check")->at(0)), "ok");
  EXPECT_TRUE(database.rows("PRAGMA foreign_key_check").empty());
  reports::History history(store::SqliteFile{file_});
  std::size_t whole = 0;
  history.each({},
               [&](const reports::History::Kept& kept) { whole += reports::parse_probe_report(kept.text) ? 1U : 0U; });
  EXPECT_EQ(whole, history.size());
  EXPECT_GE(whole, acknowledged);
  EXPECT_LE(whole, acknowledged + static_cast<std::size_t>(kills));
}

}  // namespace history_program_test
