// natlab for those who are not root: in a user namespace where the machine allows it, else a clear reason.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace privileges_test {

using testing::HasSubstr;
using testing::StartsWith;

programs::Argv behind(programs::Argv first, const programs::Argv& then) {
  first.insert(first.end(), then.begin(), then.end());
  return first;
}

const std::string natlab = std::string(NATSCOPE_BIN) + "/natlab";

// Words before a command: an ordinary user, who may make user namespaces or may not.
const programs::Argv as_nobody = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
const programs::Argv without_namespaces = {
    "unshare", "--user", "--map-root-user",
    "sh",      "-c",     "echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all \"$@\"",
    "sh"};

bool works(const programs::Argv& words) { return programs::run(words).exit_code == 0; }

TEST(OrdinaryUser, RunsALab_WhereUserNamespacesAreAllowed) {
  if (::geteuid() != 0) NATSCOPE_SKIP("netns", "only root can become another user");
  if (!works(behind(as_nobody, {"unshare", "--user", "--net", "true"})))
    NATSCOPE_SKIP("netns", "an ordinary user may not make user namespaces here");
  if (!works(behind(as_nobody, {natlab, "--version"})))
    NATSCOPE_SKIP("netns", "an ordinary user cannot reach the programs built here");
  const auto result = programs::run(behind(as_nobody, {natlab, "run", "symmetric", "--", "natprobe", "--quiet"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("Symmetric"));
}

class WithoutPrivileges : public testing::Test {
 protected:
  void SetUp() override {
    if (!works(behind(without_namespaces, {"true"}))) NATSCOPE_SKIP("netns", "user namespaces cannot be had");
  }
};

TEST_F(WithoutPrivileges, Run_SaysWhy_AndTwo) {
  const auto result = programs::run(behind(without_namespaces, {natlab, "run", "symmetric", "--", "true"}));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err,
            "natlab: real packets need root, or a user namespace, which this machine refuses: there may be no more of "
            "them (verify --backend sim needs neither)\n");
}

TEST_F(WithoutPrivileges, Verify_SaysWhy_AndTheSimulatorStillWorks) {
  const std::string scenario = std::string(NATSCOPE_SCENARIOS) + "/experiment-2005.json";
  const auto wired = programs::run(behind(without_namespaces, {natlab, "verify", scenario}));
  EXPECT_EQ(wired.exit_code, 2);
  EXPECT_THAT(wired.err, StartsWith("natlab: real packets need root"));
  EXPECT_EQ(wired.out, "");
  const auto simulated = programs::run(behind(without_namespaces, {natlab, "verify", scenario, "--backend", "sim"}));
  EXPECT_EQ(simulated.exit_code, 0) << simulated.err;
}

}  // namespace privileges_test
