// natlab from outside: what it prints, what it returns, what the command it runs can see.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace {

using testing::HasSubstr;

// ---- without namespaces --------------------------------------------------------------------------------------------

TEST(Natlab, List_NamesEveryProfile_WithItsBehaviour) {
  const auto result = programs::run({"natlab", "list"});
  EXPECT_EQ(result.exit_code, 0);
  for (const lab::NatProfile& profile : lab::all_profiles()) EXPECT_THAT(result.out, HasSubstr(profile.name + " "));
  EXPECT_THAT(result.out, HasSubstr("sequential(1)"));
  EXPECT_THAT(result.out, HasSubstr("UDP blocked"));
  EXPECT_THAT(programs::run({"natlab", "list", "--json", "-"}).out, testing::StartsWith("{"));
}

TEST(Natlab, BadInput_IsOneLine_AndTwo) {
  const programs::TemporaryDirectory folder;
  const auto malformed = folder.file("malformed.json", "{\"schema\": \"natscope/scenario/1\",").string();
  const std::vector<programs::Argv> cases = {
      {"natlab"},
      {"natlab", "runn"},
      {"natlab", "--bogus"},
      {"natlab", "list", "--", "ls"},
      {"natlab", "run", "full-cone"},
      {"natlab", "run", "fullcone", "--", "true"},
      {"natlab", "run", "full-cone", "--loss", "101%", "--", "true"},
      {"natlab", "run", "full-cone", "--delay", "-5ms", "--", "true"},
      {"natlab", "verify"},
      {"natlab", "verify", "/no/such/file.json"},
      {"natlab", "verify", malformed},
      {"natlab", "verify", malformed, "--backend", "real"},
  };
  for (const auto& argv : cases) {
    SCOPED_TRACE(testing::PrintToString(argv));
    const auto result = programs::run(argv);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, testing::StartsWith("natlab: "));
    EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
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

}  // namespace
