// `natlab shell`: a whole scenario is up, and what is typed runs on one of its hosts.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace shell_test {

using testing::HasSubstr;

const std::string scenario = std::string(NATSCOPE_SCENARIOS) + "/experiment-2005.json";

class NatlabShell : public testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_NAMESPACES(); }

  static programs::Result typed(const std::string& input, const std::string& host = "a") {
    return programs::run({"natlab", "shell", scenario, host}, {.environment = {"SHELL=/bin/sh"}, .input = input});
  }
};

TEST_F(NatlabShell, RunsOnTheHost_WithTheLabsServicesNamed) {
  const auto result = typed("echo $NATSCOPE_REFLECTORS; echo $NATSCOPE_RENDEZVOUS; grep -c eth /proc/net/dev\n");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "198.51.100.1,198.51.100.2\n198.51.100.100\n1\n");
  EXPECT_EQ(result.err, "natlab: host a at 192.168.0.6 in " + scenario + "; the lab ends with this shell\n");
}

TEST_F(NatlabShell, FindsOurPrograms_AndTheyFindTheirReflectors) {
  EXPECT_THAT(typed("natprobe --quiet\n").out, HasSubstr("NAT type: Cone (full cone)"));
}

TEST_F(NatlabShell, EndsAsTheShellDoes) {
  EXPECT_EQ(typed("exit 7\n").exit_code, 7);
  EXPECT_EQ(typed("kill -KILL $$\n").exit_code, 128 + 9);
}

TEST(NatlabShellRefuses, AnUnknownHost_NamingFileAndHost) {
  const auto result = programs::run({"natlab", "shell", scenario, "z"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "natlab: " + scenario + ": no host is named 'z'\n");
}

}  // namespace shell_test
