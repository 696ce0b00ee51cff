// What all programs do alike: contract of --help, --version, mistakes on the command line and in its other sources.

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/programs/program.h"

namespace command_line_test {

using programs::Result;
using testing::HasSubstr;
using testing::StartsWith;

class CommandLine : public testing::TestWithParam<const char*> {
 protected:
  [[nodiscard]] std::string name() const { return GetParam(); }

  [[nodiscard]] Result run(const std::vector<std::string>& arguments, const programs::Surroundings& around = {}) const {
    programs::Argv argv{name()};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return programs::run(argv, around);
  }

  void expect_refusal(const Result& result, const std::string& text) const {
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
    EXPECT_THAT(result.err, StartsWith(name() + ": " + text));
    EXPECT_TRUE(result.out.empty()) << result.out;
  }
};

INSTANTIATE_TEST_SUITE_P(Programs, CommandLine,
                         testing::Values("natprobe", "natreflector", "natpunch", "natreport", "natlab"),
                         [](const auto& each) { return std::string(each.param); });

TEST_P(CommandLine, HasHelp) {
  const auto result = run({"--help"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_TRUE(result.err.empty()) << result.err;
  for (const char* option : {"--help", "--version", "--quiet", "--verbose", "--color", "--config"}) {
    EXPECT_THAT(result.out, HasSubstr(option));
  }
}

TEST_P(CommandLine, HasAVersion) {
  const auto result = run({"--version"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, name() + " " NATSCOPE_VERSION "\n");
}

// Standard output into a full device, or closed.
TEST_P(CommandLine, HelpThatCannotBeWritten_IsTwo) {
  for (const char* option : {"--help", "--version"}) {
    for (const auto& [into, why] :
         {std::pair(">/dev/full", "No space left on device"), std::pair(">&-", "Bad file descriptor")}) {
      const auto result =
          programs::run({"sh", "-c", "exec \"$@\" " + std::string(into), "sh", programs::located(name()), option});
      expect_refusal(result, "write to standard output: " + std::string(why) + "\n");
    }
  }
}

TEST_P(CommandLine, RefusesAnUnknownOption) { expect_refusal(run({"--bogus"}), "--bogus: unknown option\n"); }

TEST_P(CommandLine, RefusesToDoNothing) { expect_refusal(run({}), ""); }

TEST_P(CommandLine, NamesFileAndLine_OfAnUnknownKey) {
  const programs::TemporaryDirectory directory;
  const auto file = directory.file("natscope.conf", "# ours\nbogus = 1\n").string();
  expect_refusal(run({"--config", file}), file + ":2: unknown option 'bogus'\n");
  expect_refusal(run({}, {.environment = {"NATSCOPE_CONFIG=" + file}}), file + ":2: unknown option 'bogus'\n");
}

TEST_P(CommandLine, TakesCommonOptionsFromTheEnvironment) {
  expect_refusal(run({}, {.environment = {"NATSCOPE_COLOR=pink"}}),
                 "NATSCOPE_COLOR: 'pink' is not auto, always or never\n");
}

}  // namespace command_line_test
