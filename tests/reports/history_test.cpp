// Reports that are kept: the same on SQLite and PostgreSQL.

#include "reports/history.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <set>

#include "reports/document_file.h"
#include "reports/history_export.h"
#include "reports/matrix_json.h"
#include "reports/probe_report_json.h"
#include "reports/terminal.h"
#include "tests/reports/hostile_texts.h"
#include "tests/reports/samples.h"
#include "tests/require.h"
#include "tests/store/postgresql_server.h"

namespace history_test {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using reports::History;
using reports::HistoryFilter;
using reports::Moment;
using testing::ElementsAre;
using testing::HasSubstr;

const Moment noon = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + 12h;

std::string document(const std::map<std::string, std::string>& labels, int hours = 0,
                     probe::Report report = samples::udp_blocked()) {
  report.labels = labels;
  report.started_at = noon - 24h * 30 + std::chrono::hours(hours);
  return reports::to_json(report);
}

// A server serves all tests of this process; each test finds it without tables.
class Database : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    place_ = "sqlite:" + (files_.path() / "history.sqlite").string();
    url_ = store::SqliteFile{files_.path() / "history.sqlite"};
    if (GetParam() == std::string("postgresql")) {
      if (!server_) server_ = std::make_unique<tests::PostgresqlServer>();
      if (server_->trouble()) NATSCOPE_SKIP("database", *server_->trouble());
      place_ = server_->url();
      url_ = store::PostgresqlServer{place_};
      const auto database = store::open(url_, {"nothing", {}});
      database->run("DROP TABLE IF EXISTS natscope_history_text");
      database->run("DROP TABLE IF EXISTS natscope_history");
      database->run("DROP TABLE IF EXISTS natscope_schema");
    }
    history_.emplace(url_);
  }

  std::string add(const std::string& text, Moment now = noon) {
    const auto added = history_->add(text, now);
    return added ? added->id : "refused: " + added.error();
  }
  std::vector<std::string> ids(const HistoryFilter& filter, std::size_t most = 1000) {
    std::vector<std::string> out;
    for (const auto& entry : history_->list(filter, most)) out.push_back(entry.id);
    return out;
  }
  std::string text_of(const std::string& id) {
    const auto kept = history_->find(id);
    return kept.size() == 1 ? kept[0].text : std::to_string(kept.size()) + " found";
  }
  // Every row of the history's tables, read past the history.
  std::string everything() {
    const auto database = store::open(url_, {"nothing", {}});
    std::string out;
    const auto take = [&](const store::Row& row) {
      for (const store::Value& value : row) out += store::text(value) + "\n";
    };
    database->each("SELECT id, vendor, model, firmware, isp, site, class FROM natscope_history", {}, take);
    database->each("SELECT id, document FROM natscope_history_text", {}, take);
    return out;
  }
  // The tables' own description.
  std::vector<store::Row> tables() {
    const auto database = store::open(url_, {"nothing", {}});
    if (GetParam() == std::string("sqlite")) return database->rows("SELECT name, sql FROM sqlite_master ORDER BY name");
    return database->rows(
        "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns"
        " WHERE table_schema = current_schema() ORDER BY 1, 2");
  }

  programs::TemporaryDirectory files_;
  std::string place_;
  store::Url url_;
  std::optional<History> history_;
  static inline std::unique_ptr<tests::PostgresqlServer> server_;
};

INSTANTIATE_TEST_SUITE_P(On, Database, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return std::string(each.param); });

TEST_P(Database, GivesBackWhatWasAdded_ByteByByte) {
  const std::string text = document({{"model", "WRT54G"}}) + "\n \n";
  const std::string id = add(text);
  EXPECT_EQ(id.size(), 16U);
  EXPECT_EQ(text_of(id), text);
  EXPECT_EQ(text_of(id.substr(0, 6)), text);
  EXPECT_EQ(text_of("0123456789abcdef"), "0 found");
  const auto entries = history_->list({}, 10);
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].kind, "probe-report");
  EXPECT_EQ(entries[0].model, "WRT54G");
  EXPECT_EQ(entries[0].nat_class, "udp-blocked");
  EXPECT_EQ(entries[0].started_at, noon - 24h * 30);
}

TEST_P(Database, TheSameDocument_IsKeptOnce) {
  const std::string text = document({});
  EXPECT_TRUE(history_->add(text, noon)->is_new);
  EXPECT_FALSE(history_->add(text, noon + 1h)->is_new);
  EXPECT_EQ(history_->size(), 1U);
}

TEST_P(Database, IsFoundByRouterSiteClassAndTime) {
  const std::string a = add(document({{"vendor", "Acme"}, {"model", "X"}, {"firmware", "1"}, {"site", "north"}}, 1));
  const std::string b =
      add(document({{"vendor", "Acme"}, {"model", "X"}, {"firmware", "2"}, {"site", "south"}, {"isp", "I"}}, 2));
  const std::string c = add(
      document({{"vendor", "Acme"}, {"model", "Y"}, {"firmware", "2"}, {"site", "north"}}, 3, samples::symmetric()));
  EXPECT_THAT(ids({}), ElementsAre(c, b, a));
  EXPECT_THAT(ids({}, 2), ElementsAre(c, b));
  EXPECT_THAT(ids({.vendor = "Acme"}), ElementsAre(c, b, a));
  EXPECT_THAT(ids({.model = "X"}), ElementsAre(b, a));
  EXPECT_THAT(ids({.firmware = "2"}), ElementsAre(c, b));
  EXPECT_THAT(ids({.isp = "I"}), ElementsAre(b));
  EXPECT_THAT(ids({.site = "north"}), ElementsAre(c, a));
  EXPECT_THAT(ids({.nat_class = "symmetric"}), ElementsAre(c));
  EXPECT_THAT(ids({.model = "X", .site = "north"}), ElementsAre(a));
  EXPECT_THAT(ids({.site = "north", .nat_class = "symmetric"}), ElementsAre(c));
  EXPECT_THAT(ids({.kind = "traversal-matrix"}), ElementsAre());
  EXPECT_THAT(ids({.since = noon - 24h * 30 + 2h}), ElementsAre(c, b));
  EXPECT_THAT(ids({.until = noon - 24h * 30 + 2h}), ElementsAre(a));
  EXPECT_THAT(ids({.site = "north", .since = noon - 24h * 30 + 2h}), ElementsAre(c));
  EXPECT_THAT(ids({.model = "x"}), ElementsAre());
}

TEST_P(Database, MatricesAndDossiers_AreKeptToo) {
  auto matrix = samples::three_hosts();
  matrix.matrix.started_at = noon;
  const std::string id = add(reports::to_json(matrix));
  EXPECT_THAT(ids({.kind = "traversal-matrix"}), ElementsAre(id));
  EXPECT_EQ(text_of(id), reports::to_json(matrix));
}

TEST_P(Database, EveryPage_IsGoneThroughOnce) {
  std::set<std::string> added;
  for (int i = 0; i < 230; ++i) added.insert(add(document({{"note", std::to_string(i)}}, i / 9)));
  std::set<std::string> seen;
  std::size_t times = 0;
  history_->each({}, [&](const History::Kept& kept) {
    seen.insert(kept.id);
    ++times;
  });
  EXPECT_EQ(seen, added);
  EXPECT_EQ(times, added.size());
}

TEST_P(Database, Prune_RemovesWhatIsOldOrWasAddedLongAgo) {
  const std::string fresh = add(document({{"note", "fresh"}}, 24 * 29));
  add(document({{"note", "old"}}, -24 * 90));
  add(document({{"note", "from the future"}}, 24 * 365), noon - 24h * 100);
  EXPECT_EQ(history_->prune(noon - 24h * 90), 2U);
  EXPECT_THAT(ids({}), ElementsAre(fresh));
  EXPECT_EQ(history_->prune(noon - 24h * 90), 0U);
}

// As its user has it: 90 days where nothing else is said, and no row is left of what was removed.
TEST_P(Database, TheProgramPrunes_WhatIsOlderThan90Days_AndLeavesNoRow) {
  const std::string secret = "site-of-mrs-miller";
  const auto made = [&](int days_ago, const std::string& site) {
    probe::Report report = samples::full_cone();
    report.labels = {{"site", site}, {"note", secret}};
    report.started_at = std::chrono::system_clock::now() - std::chrono::days(days_ago);
    return files_.file(std::to_string(days_ago) + ".json", reports::to_json(report)).string();
  };
  const auto natreport = [&](programs::Argv arguments) {
    arguments.insert(arguments.begin(), {"natreport", "history"});
    arguments.insert(arguments.end(), {"--store", place_});
    const auto result = programs::run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  };
  natreport({"add", made(91, secret), made(200, secret)});
  EXPECT_THAT(everything(), HasSubstr(secret));
  EXPECT_EQ(natreport({"prune"}), "2 of 2 removed: made or added more than 90 days ago\n");
  EXPECT_EQ(everything(), "");
  natreport({"add", made(89, "kept")});
  EXPECT_EQ(natreport({"prune"}), "0 of 1 removed: made or added more than 90 days ago\n");
  EXPECT_EQ(natreport({"prune", "--older-than", "30d"}), "1 of 1 removed: made or added more than 30 days ago\n");
  EXPECT_EQ(everything(), "");
}

TEST_P(Database, BadDocuments_AreRefusedAndNothingIsAdded) {
  EXPECT_EQ(add("{"), "refused: line 1: not JSON");
  EXPECT_THAT(add(R"({"schema": "natscope/probe-report/2"})"), HasSubstr("version 2 is newer than this program"));
  std::string cut = document({});
  cut.resize(cut.size() / 2);
  EXPECT_THAT(add(cut), HasSubstr("not JSON"));
  EXPECT_EQ(history_->size(), 0U);
}

TEST_P(Database, TwoWriters_DoNotHinderEachOther) {
  History other(url_);
  for (int i = 0; i < 10; ++i) {
    add(document({{"note", std::to_string(i)}}));
    EXPECT_TRUE(other.add(document({{"note", "other " + std::to_string(i)}}), noon));
  }
  EXPECT_EQ(history_->size(), 20U);
  EXPECT_EQ(other.size(), 20U);
}

// ---- hostile texts -------------------------------------------------------------------------------------------------

class Hostile : public Database {
 protected:
  // As every label and in every filter: it comes back as it was, finds itself alone, and the tables stay as they are.
  void expect_no_effect(std::string_view payload) {
    const std::string sent(payload);
    const std::string report = document(
        {{"vendor", sent}, {"model", sent}, {"firmware", sent}, {"isp", sent}, {"site", sent}, {"note", sent}});
    const std::string text =
        reports::parse_probe_report(report)->labels.at("model");  // with U+FFFD for what is no UTF-8
    const std::string id = add(report);
    ASSERT_EQ(id.size(), 16U) << id;
    EXPECT_EQ(text_of(id), report);
    for (const HistoryFilter& filter :
         {HistoryFilter{.vendor = text}, HistoryFilter{.model = text}, HistoryFilter{.firmware = text},
          HistoryFilter{.isp = text}, HistoryFilter{.site = text}, HistoryFilter{.nat_class = text}}) {
      EXPECT_EQ(ids(filter), filter.nat_class.empty() ? std::vector{id} : std::vector<std::string>()) << text;
    }
    EXPECT_THAT(history_->find(text), testing::IsEmpty()) << text;
    EXPECT_EQ(history_->list({.model = text}, 1).at(0).model, reports::printable(text));
  }

  template <typename Payloads>
  void expect_no_effect_of_all(const Payloads& payloads) {
    const auto before = tables();
    for (const auto payload : payloads) expect_no_effect(payload);
    EXPECT_EQ(tables(), before);
  }
};

INSTANTIATE_TEST_SUITE_P(On, Hostile, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return std::string(each.param); });

TEST_P(Hostile, Sql_HasNoEffect) {
  add(document({{"note", "there before"}}));
  expect_no_effect_of_all(hostile::sql);
  EXPECT_EQ(history_->size(), 1 + hostile::sql.size());
}

TEST_P(Hostile, FormulasAndControlCharacters_HaveNoEffect) { expect_no_effect_of_all(hostile::cells); }

TEST_P(Hostile, HostNames_ComeBackAsTheyWere) {
  for (const auto payload : hostile::sql) {
    auto matrix = samples::three_hosts();
    const std::string text(payload);
    matrix.probes.clear();
    matrix.matrix.hosts[0].name = text;
    for (auto& pair : matrix.matrix.pairs) pair.a = pair.a == "a" ? text : pair.a;
    const std::string json = reports::to_json(matrix);
    EXPECT_EQ(text_of(add(json)), json);
  }
}

TEST_P(Hostile, Paths_LeadNowhere) {
  expect_no_effect_of_all(hostile::paths);
  const fs::path folder = files_.path() / "a" / "b";
  fs::create_directories(folder);
  export_to_folder(*history_, {}, folder);
  std::size_t files = 0;
  for (const auto& file : fs::recursive_directory_iterator(files_.path() / "a")) {
    if (file.is_directory()) continue;
    ++files;
    EXPECT_EQ(file.path().parent_path(), folder);
    EXPECT_EQ(reports::read_document(file.path()), text_of(file.path().stem()));
  }
  EXPECT_EQ(files, hostile::paths.size());
}

TEST_P(Hostile, ExportedLines_AreADocumentEach) {
  for (const auto text : hostile::cells) add(document({{"model", std::string(text)}}));
  const std::string file = files_.path() / "all.jsonl";
  export_as_lines(*history_, {}, file);
  const std::string lines = reports::read_document(file);
  EXPECT_EQ(static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n')), hostile::cells.size());
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = lines.find('\n', at);
    EXPECT_TRUE(reports::parse_probe_report(std::string_view(lines).substr(at, end - at)));
    at = end + 1;
  }
}

}  // namespace history_test
