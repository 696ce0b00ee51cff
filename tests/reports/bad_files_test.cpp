// Thirty files nobody should have given us, to every command: one line that names file, place and reason, exit code 2,
// and nothing is changed.

#include <gmock/gmock.h>

#include <algorithm>
#include <array>

#include "reports/document_file.h"
#include "reports/matrix_json.h"
#include "reports/probe_report_json.h"
#include "tests/programs/program.h"
#include "tests/reports/samples.h"

namespace bad_files_test {

using testing::HasSubstr;

struct BadFile {
  std::string content;
  std::string says;
};

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  return text.replace(text.find(what), what.size(), with);
}

std::vector<BadFile> bad_files() {
  const std::string report = reports::to_json(samples::full_cone());
  const std::string matrix = reports::to_json(samples::three_hosts());
  std::vector<BadFile> out = {
      {"", "line 1: not JSON"},
      {"\n\n", "line 3: not JSON"},
      {std::string(1, '\0'), "line 1: not JSON"},
      {"hello", "line 1: not JSON"},
      {"<!doctype html><html></html>", "line 1: not JSON"},
      {"\x1F\x8B\x08\x00 gzip", "line 1: not JSON"},
      {"SQLite format 3", "line 1: not JSON"},
      {"null", "expected an object"},
      {"[]", "expected an object"},
      {"{}", "key \"schema\" is missing"},
      {R"({"name": "left-pad", "version": "1.0"})", "key \"schema\" is missing"},
      {R"({"schema": "https://example.org/schema/1"})", "schema: expected \"natscope/probe-report/1\" or"},
      {R"({"schema": "natscope/probe-report/2"})", "schema: version 2 is newer than this program, which reads up to 1"},
      {R"({"schema": "natscope/traversal-matrix/17"})",
       "schema: version 17 is newer than this program, which reads up to 1"},
      {R"({"schema": "natscope/router-dossier/2"})",
       "schema: version 2 is newer than this program, which reads up to 1"},
      {R"({"schema": "natscope/probe-report/1"})", "key \"observations\" is missing"},
      {R"({"schema": "natscope/traversal-matrix/1"})", "key \"hosts\" is missing"},
      {R"({"schema": "natscope/router-dossier/1"})", "key \"models\" is missing"},
      {replaced(report, "\"cone\"", "\"conic\""), "verdict.class: no such word: \"conic\""},
      {replaced(report, "\"outcome\": \"answered\"", "\"outcome\": \"answerd\""),
       "observations[0].outcome: no such word: \"answerd\""},
      {replaced(report, "2026-11-22", "2026-13-22"), "started_at: expected a time"},
      {replaced(matrix, "\"trials\": 3", "\"trials\": 1"), "pairs[0]: more successes than trials"},
      {replaced(matrix, "\"name\": \"b\"", "\"name\": \"a\""), "hosts[1]: a host of this name came before"},
      {report + report, "not JSON"},
      {replaced(report, "{", "{\"labels\": {},"), "key \"labels\" occurs twice in one object"},
      {std::string(100, '[') + std::string(100, ']'), "nested deeper than 32"},
  };
  for (const std::string& whole : {report, matrix}) {
    for (const std::size_t part : {3U, 9U, 10U}) out.push_back({whole.substr(0, whole.size() * part / 11), "not JSON"});
  }
  return out;
}

TEST(BadFiles, AreRefusedByEveryCommand_InOneLine) {
  const programs::TemporaryDirectory directory;
  const auto good = directory.file("good.json", reports::to_json(samples::full_cone()));
  const auto old = directory.file("old", "old");
  const std::string store = "sqlite:" + (directory.path() / "history.sqlite").string();
  const std::array<programs::Argv, 12> commands = {{{"html", "BAD", "-o", "old"},
                                                    {"text", "good.json", "BAD", "-o", "old"},
                                                    {"markdown", "BAD", "-o", "old"},
                                                    {"csv", "BAD", "-o", "old"},
                                                    {"junit", "good.json", "BAD", "-o", "old"},
                                                    {"merge", "good.json", "BAD", "-o", "old"},
                                                    {"dossier", "BAD", "good.json", "-o", "old"},
                                                    {"diff", "good.json", "BAD"},
                                                    {"diff", "BAD", "good.json", "--json", "old"},
                                                    {"html", "good.json", "BAD", "--redact", "full", "-o", "old"},
                                                    {"merge", "BAD", "--redact", "prefix", "-o", "old"},
                                                    {"history", "add", "good.json", "BAD", "--store", store}}};
  const auto files = bad_files();
  EXPECT_GE(files.size(), 30U);
  std::size_t command = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string name = "bad-" + std::to_string(i) + ".json";
    const auto path = directory.file(name, files[i].content);
    for (int three = 0; three < 3; ++three) {
      programs::Argv argv = commands[command++ % commands.size()];
      std::ranges::replace(argv, "BAD", name);
      argv.insert(argv.begin(), "natreport");
      const auto result = programs::run(argv, {.directory = directory.path()});
      EXPECT_EQ(result.exit_code, 2) << argv[1] << " " << name;
      EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
      EXPECT_THAT(result.err, HasSubstr("natreport: read " + name + ": "));
      EXPECT_THAT(result.err, HasSubstr(files[i].says)) << name;
      EXPECT_EQ(result.out, "");
    }
    EXPECT_EQ(reports::read_document(path), files[i].content);
  }
  EXPECT_EQ(reports::read_document(old), "old");
  EXPECT_FALSE(std::filesystem::exists(directory.path() / "history.sqlite"));
}

}  // namespace bad_files_test
