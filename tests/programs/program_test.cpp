#include "tests/programs/program.h"

#include <gmock/gmock.h>

namespace programs {
namespace program_test {

using namespace std::chrono_literals;

TEST(Program, GivesOutputErrorsAndExitCode) {
  const auto result = run({"sh", "-c", "cat; echo bad >&2; exit 3"}, {.input = "given"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.out, "given");
  EXPECT_EQ(result.err, "bad\n");
  EXPECT_FALSE(result.timed_out);
}

TEST(Program, SeesItsSurroundingsOnly) {
  ::setenv("NATSCOPE_TIMEOUT", "1s", 1);
  const auto result = run({"sh", "-c", "echo $NATSCOPE_TIMEOUT $NATSCOPE_BIND $PWD"},
                          {.environment = {"NATSCOPE_BIND=::1"}, .directory = "/"});
  ::unsetenv("NATSCOPE_TIMEOUT");
  EXPECT_EQ(result.out, "::1 /\n");
}

TEST(Program, IsKilledAfterItsTimeout_WithItsChildren) {
  const auto result = run({"sh", "-c", "sleep 60; echo late"}, {.timeout = 20ms});
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.exit_code, 128 + SIGKILL);
}

TEST(Program, ThatIsNotThere_HasExitCode127) { EXPECT_EQ(run({"no-such-program"}).exit_code, 127); }

TEST(Background, IsWaitedForAndStopped) {
  Background program({"sh", "-c", "trap 'echo bye; exit 5' TERM; echo ready; while :; do sleep 0.01; done"});
  ASSERT_TRUE(program.wait_for("ready"));
  EXPECT_FALSE(program.wait_for("never said", 1ms));
  const auto result = program.stop();
  EXPECT_EQ(result.exit_code, 5);
  EXPECT_EQ(result.out, "ready\nbye\n");
}

TEST(Background, ThatEnds_IsNotWaitedForAnyLonger) {
  Background program({"true"});
  EXPECT_FALSE(program.wait_for("ready", 10s));
  EXPECT_EQ(program.wait().exit_code, 0);
}

TEST(TemporaryDirectory, IsGoneWithItsContent) {
  std::filesystem::path file;
  {
    const TemporaryDirectory directory;
    file = directory.file("a", "content", 0444);
    EXPECT_EQ(std::filesystem::file_size(file), 7U);
  }
  EXPECT_FALSE(std::filesystem::exists(file.parent_path()));
}

}  // namespace program_test
}  // namespace programs
