// natlab simulate from outside: what it prints and writes, what it refuses, how it ends.

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/programs/program.h"
#include "tests/require.h"

namespace program_test {

using nlohmann::json;
using testing::HasSubstr;

const std::string population = NATSCOPE_POPULATIONS "/homes-and-phones-2016.json";

programs::Argv simulate(std::vector<std::string> more) {
  programs::Argv argv = {"natlab", "simulate", "--population", population};
  argv.insert(argv.end(), more.begin(), more.end());
  return argv;
}

json document_of(const programs::Argv& argv) {
  const auto result = programs::run(argv);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  json out = json::parse(result.out);
  out.erase("started_at");
  out.erase("duration_ms");
  return out;
}

TEST(Simulate, SaysTheShareOfPairs_AndHowFarItHolds) {
  const auto result = programs::run(simulate({"--hosts", "30"}));
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.err, "");
  for (const char* part : {"of 435 pairs connected, 95 % interval ", "over the draw of hosts", "source: Richter",
                           "assumed: That half", "home-cone - home-cone", "not as predicted"}) {
    EXPECT_THAT(result.out, HasSubstr(part));
  }
  const auto quiet = programs::run(simulate({"--hosts", "30", "--quiet"}));
  EXPECT_EQ(std::count(quiet.out.begin(), quiet.out.end(), '\n'), 1);
}

TEST(Simulate, TheSameSeed_GivesTheSameDocument_WhateverTheThreads) {
  const auto one = document_of(
      simulate({"--hosts", "40", "--seed", "5", "--threads", "1", "--strategies", "simultaneous-open", "--json", "-"}));
  EXPECT_EQ(one, document_of(simulate({"--hosts", "40", "--seed", "5", "--threads", "2", "--strategies",
                                       "simultaneous-open", "--json", "-"})));
  EXPECT_NE(
      one, document_of(simulate({"--hosts", "40", "--seed", "6", "--strategies", "simultaneous-open", "--json", "-"})));
  EXPECT_EQ(one["pairs"].size(), 780U);
  EXPECT_EQ(one["drawn_from"]["kinds"].size(), 40U);
}

TEST(Simulate, ItsDocument_Validates_AndOpensWithNatreport) {
  if (std::system("/usr/bin/python3 -c 'import jsonschema' 2>/dev/null") != 0) {
    NATSCOPE_SKIP("schema", "package python3-jsonschema is missing");
  }
  const programs::TemporaryDirectory folder;
  const std::string file = folder.path() / "m.json";
  const std::string page = folder.path() / "m.html";
  ASSERT_EQ(programs::run(simulate({"--hosts", "20", "--json", file, "--html", page})).exit_code, 0);
  const auto valid =
      programs::run({"/usr/bin/python3", NATSCOPE_VALIDATE, NATSCOPE_SCHEMAS "/traversal-matrix-1.schema.json", file});
  EXPECT_EQ(valid.exit_code, 0) << valid.out << valid.err;
  const auto opened = programs::run({"natreport", "text", file});
  EXPECT_EQ(opened.exit_code, 0) << opened.err;
  EXPECT_THAT(opened.out, HasSubstr("190 pairs run"));
  EXPECT_EQ(programs::run({"natreport", "html", file}).exit_code, 0);
  std::ifstream in(page);
  EXPECT_THAT(std::string(std::istreambuf_iterator<char>(in), {}), HasSubstr("homes-and-phones-2016"));
}

TEST(Simulate, ShippedPopulations_Validate) {
  if (std::system("/usr/bin/python3 -c 'import jsonschema' 2>/dev/null") != 0) {
    NATSCOPE_SKIP("schema", "package python3-jsonschema is missing");
  }
  programs::Argv argv = {"/usr/bin/python3", NATSCOPE_VALIDATE, NATSCOPE_SCHEMAS "/population-1.schema.json"};
  for (const auto& entry : std::filesystem::directory_iterator(NATSCOPE_POPULATIONS)) argv.push_back(entry.path());
  const auto valid = programs::run(argv);
  EXPECT_EQ(valid.exit_code, 0) << valid.out << valid.err;
}

TEST(Simulate, BadInput_IsOneLine_AndTwo) {
  const programs::TemporaryDirectory folder;
  const std::string bad = folder.file("p.json", R"({"schema": "natscope/population/1", "name": "p", "source": "",
      "assumed": "", "kinds": [{"name": "a", "share": 0.7, "profile": "full-cone"}]})");
  const std::vector<std::pair<programs::Argv, std::string>> cases = {
      {{"natlab", "simulate", "--population", bad, "--hosts", "9"}, bad + ": kinds: the key 'share' sums to 0.7"},
      {{"natlab", "simulate", "--population", "/no/such", "--hosts", "9"}, "read /no/such: No such file"},
      {{"natlab", "simulate", "--population", folder.path(), "--hosts", "9"}, "read " + folder.path().string()},
      {{"natlab", "simulate", "--hosts", "9"}, "--population"},
      {simulate({}), "--hosts"},
      {simulate({"--hosts", "1"}), "--hosts"},
      {simulate({"--hosts", "5001"}), "--hosts"},
      {simulate({"--hosts", "9", "--strategies", "telepathy"}), "--strategies: 'telepathy' is not a strategy"},
      {simulate({"--hosts", "9", "--json", "/no/such/x.json"}), "write /no/such/x.json"},
      {simulate({"--hosts", "5000", "--html", "/dev/null"}), "--html: a page holds at most 2000 hosts"},
  };
  for (const auto& [argv, part] : cases) {
    const auto result = programs::run(argv);
    EXPECT_EQ(result.exit_code, 2) << part;
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr(part));
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
  }
}

std::ptrdiff_t files_in(const std::filesystem::path& folder) {
  const auto entries = std::filesystem::directory_iterator(folder);
  return std::distance(begin(entries), end(entries));
}

TEST(Simulate, Stopped_LeavesNothingHalfWritten) {
  const programs::TemporaryDirectory folder;
  const std::string file = folder.file("m.json", "old");
  programs::Background running(simulate({"--hosts", "3000", "--json", file}));
  for (int i = 0; i < 1000 && files_in(folder.path()) < 2; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const auto result = running.stop(SIGINT);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("stopped by Interrupt"));
  EXPECT_EQ(result.out, "");
  std::ifstream in(file);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "old");
  EXPECT_EQ(files_in(folder.path()), 1);
}

}  // namespace program_test
