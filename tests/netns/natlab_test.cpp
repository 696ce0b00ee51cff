// natlab from outside: what it prints, what it returns, what the command it runs can see.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <sstream>

#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace natlab_test {

using testing::HasSubstr;

// ---- without namespaces --------------------------------------------------------------------------------------------

TEST(Natlab, List_NamesEveryProfile_WithItsBehaviour) {
  const auto result = programs::run({"natlab", "list"});
  EXPECT_EQ(result.exit_code, 0);
  for (const lab::NatProfile& profile : lab::all_profiles()) EXPECT_THAT(result.out, HasSubstr(profile.name + " "));
  EXPECT_THAT(result.out, HasSubstr("sequential(1)"));
  EXPECT_THAT(programs::run({"natlab", "list", "--json", "-"}).out, testing::StartsWith("{"));
}

// The words of the profile's line.
std::vector<std::string> listed(const std::string& profile) {
  std::istringstream lines(programs::run({"natlab", "list"}).out);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream in(line);
    const std::vector<std::string> words{std::istream_iterator<std::string>(in), {}};
    if (!words.empty() && words.front() == profile) return words;
  }
  return {};
}

TEST(Natlab, List_SaysWhatAProbeSees_AndOnlyWhatApplies) {
  using testing::ElementsAre;
  const std::string strict = "address-and-port-dependent";
  EXPECT_THAT(listed("udp-blocked"), ElementsAre("udp-blocked", "-", "-", "-", "-", "udp-blocked", "-"));
  EXPECT_THAT(listed("no-nat"), ElementsAre("no-nat", "none", "endpoint-independent", "-", "-", "none/EIF", "-"));
  EXPECT_THAT(listed("udp-firewall"), ElementsAre("udp-firewall", "none", strict, "-", "2m", "none/APDF", "-"));
  EXPECT_THAT(listed("linux-masquerade"),
              ElementsAre("linux-masquerade", strict, strict, "preserving-overloading", "30s", "EIM/APDF", "-"));
  EXPECT_THAT(listed("kernel-masquerade"), ElementsAre("kernel-masquerade", strict, strict, "preserving-overloading",
                                                       "30s", "EIM/APDF", "masquerade"));
}

struct Refused {
  programs::Argv argv;
  std::string line;
};

TEST(Natlab, BadInput_IsOneLine_AndTwo) {
  const programs::TemporaryDirectory folder;
  const auto malformed = folder.file("malformed.json", "{\"schema\": \"natscope/scenario/1\",").string();
  const std::string host = R"({"schema": "natscope/scenario/1", "name": "x", "hosts": [{"name": "h"}])";
  const auto unasked = folder.file("unasked.json", host + "}").string();
  const auto strategy = folder
                            .file("strategy.json", host + R"(, "reflectors": [{"name": "r"}], "rendezvous": true,
                                                             "matrix": {"strategies": ["nosuch"]}})")
                            .string();
  const std::vector<Refused> cases = {
      {{"natlab"}, "a command is required: list, nat, run, shell, verify, simulate"},
      {{"natlab", "runn"}, "runn: unknown command"},
      {{"natlab", "--bogus"}, "--bogus: unknown option"},
      {{"natlab", "list", "--", "ls"}, "--: unexpected argument"},
      {{"natlab", "run", "full-cone"}, "run: a command is required: natlab run PROFILE -- COMMAND..."},
      {{"natlab", "run", "fullcone", "--", "true"}, "PROFILE: 'fullcone' is not a profile (natlab list shows them)"},
      {{"natlab", "run", "full-cone", "--loss", "101%", "--", "true"},
       "--loss: '101%' is no probability, like 5% or 0.05"},
      {{"natlab", "run", "full-cone", "--delay", "-5ms", "--", "true"},
       "--delay: '-5ms' is not a duration (like 500ms, 5s, 2m, 1h)"},
      {{"natlab", "verify"}, "SCENARIO is required"},
      {{"natlab", "verify", "/no/such/file.json"}, "read /no/such/file.json: No such file or directory"},
      {{"natlab", "verify", malformed}, malformed + ": line 1: not JSON"},
      {{"natlab", "verify", unasked}, unasked + ": reflectors: there must be at least one, to be asked by the hosts"},
      {{"natlab", "verify", strategy}, strategy + ": matrix.strategies: no such strategy: nosuch"},
      {{"natlab", "verify", malformed, "--backend", "real"}, "--backend: 'real' is not sim or netns"},
  };
  for (const auto& [argv, line] : cases) {
    SCOPED_TRACE(testing::PrintToString(argv));
    const auto result = programs::run(argv);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "natlab: " + line + "\n");
  }
}

TEST(Natlab, Verbose_SaysWhatIsBroughtUp) {
  const std::string scenario = std::string(NATSCOPE_SCENARIOS) + "/experiment-2005.json";
  const programs::Argv argv = {"natlab", "verify", scenario, "--backend", "sim"};
  EXPECT_EQ(programs::run(argv).err, "");
  auto verbose = argv;
  verbose.emplace_back("--verbose");
  EXPECT_THAT(programs::run(verbose).err, testing::AllOf(testing::StartsWith("natlab: reflector "),
                                                         HasSubstr("natlab: host a at 192.168.0.6 behind nat-a\n")));
}

TEST(Natlab, Verify_FilesThatCannotBeWritten_AreFoundBeforeTheWork) {
  const std::string scenario = std::string(NATSCOPE_SCENARIOS) + "/experiment-2005.json";
  for (const programs::Argv& files : {programs::Argv{"--out", "/dev/null/x"}, {"--junit", "/no/such/folder/j.xml"}}) {
    SCOPED_TRACE(testing::PrintToString(files));
    programs::Argv argv = {"natlab", "verify", scenario, "--backend", "sim"};
    argv.insert(argv.end(), files.begin(), files.end());
    const auto result = programs::run(argv);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr(files.back()));
  }
}

// ---- run -----------------------------------------------------------------------------------------------------------

class NatlabRun : public testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_NAMESPACES(); }

  static programs::Result shell(const std::string& script, const std::string& input = {}) {
    return programs::run({"natlab", "run", "port-restricted-cone", "--", "sh", "-c", script}, {.input = input});
  }
};

TEST_F(NatlabRun, ReturnsTheCommandsStatus) {
  EXPECT_EQ(shell("exit 0").exit_code, 0);
  EXPECT_EQ(shell("exit 7").exit_code, 7);
  EXPECT_EQ(shell("kill -KILL $$").exit_code, 128 + 9);
}

TEST_F(NatlabRun, TheCommand_HasOurStreams_TheReflectors_AndOneInterface) {
  const auto result = shell("cat; echo complaint >&2; echo $NATSCOPE_REFLECTORS; grep -c eth /proc/net/dev", "typed\n");
  EXPECT_EQ(result.out, "typed\n198.51.100.1,198.51.100.2\n1\n");
  EXPECT_EQ(result.err, "complaint\n");
}

TEST_F(NatlabRun, TheCommand_GetsTheLabsReflectors_WhateverTheCallerHas) {
  const auto result =
      programs::run({"natlab", "run", "full-cone", "--", "sh", "-c", "env | grep ^NATSCOPE_ | sort"},
                    {.environment = {"NATSCOPE_REFLECTOR=192.0.2.9", "NATSCOPE_REFLECTORS=192.0.2.9",
                                     "NATSCOPE_EXPECT=mapping=none", "NATSCOPE_ALTERNATE_ADDRESS=192.0.2.9"}});
  EXPECT_EQ(result.out,
            "NATSCOPE_ALTERNATE_ADDRESS=192.0.2.9\nNATSCOPE_EXPECT=mapping=none\n"
            "NATSCOPE_REFLECTORS=198.51.100.1,198.51.100.2\n")
      << result.err;
}

TEST_F(NatlabRun, SignalForNatlab_ReachesTheCommand) {
  programs::Background natlab(
      {"natlab", "run", "no-nat", "--", "sh", "-c", "trap 'exit 9' TERM; echo up; while :; do sleep 0.1; done"});
  ASSERT_TRUE(natlab.wait_for("up\n", std::chrono::seconds(30))) << natlab.err();
  EXPECT_EQ(natlab.stop(SIGTERM).exit_code, 9);
}

TEST_F(NatlabRun, NeedsNoRoot_WhereUserNamespacesAreAllowed) {
  const programs::Argv as_mapped_root = {"unshare", "--user", "--map-root-user"};
  auto trial = as_mapped_root;
  trial.emplace_back("true");
  if (programs::run(trial).exit_code != 0) NATSCOPE_SKIP("netns", "user namespaces are not allowed");
  for (const char* profile : {"full-cone", "kernel-masquerade"}) {
    auto argv = as_mapped_root;
    argv.insert(argv.end(), {NATSCOPE_BIN "/natlab", "run", profile, "--", "sh", "-c", "exit 7"});
    const auto result = programs::run(argv);
    EXPECT_EQ(result.exit_code, 7) << result.err;
  }
}

}  // namespace natlab_test
