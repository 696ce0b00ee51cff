#include "net/options.h"

#include <gmock/gmock.h>

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "tests/programs/program.h"

namespace net {
namespace options_test {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class EnvironmentVariable {
 public:
  EnvironmentVariable(std::string name, const std::string& value) : name_(std::move(name)) {
    ::setenv(name_.c_str(), value.c_str(), 1);
  }
  ~EnvironmentVariable() { ::unsetenv(name_.c_str()); }
  EnvironmentVariable(const EnvironmentVariable&) = delete;
  EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;

 private:
  std::string name_;
};

// A program with one option of every kind and two commands.
struct Parsed {
  CommonOptions common;
  Duration timeout = 5s;
  std::optional<Endpoint> bind;
  std::vector<HostAndPort> reflectors;
  std::uint64_t trials = 3;
  std::string name;
  bool matrix = false;
  std::uint64_t most = 10;

  std::optional<int> exit_code;
  std::string out;
  std::string err;

  [[nodiscard]] std::vector<std::string> hosts() const {
    std::vector<std::string> all;
    for (const auto& [host, port] : reflectors) all.push_back(host + " " + std::to_string(port));
    return all;
  }
};

void add_options(CLI::App& app, Parsed& parsed) {
  add_common(app, parsed.common);
  add_json(app, parsed.common);
  add_parsed(app, "--timeout", parsed.timeout, parse_duration, "DURATION", "how long to wait");
  add_parsed(app, "--bind", parsed.bind, endpoint_with_port(0), "ADDRESS[:PORT]", "where from");
  add_parsed(app, "-r,--reflector", parsed.reflectors, host_with_port(3478), "HOST[:PORT]", "whom to ask");
}

Parsed parse(std::vector<const char*> arguments, bool with_commands = false) {
  Parsed parsed;
  CLI::App app("a program for tests", "natx");
  add_options(app, parsed);
  if (with_commands) {
    app.require_subcommand(1);
    CLI::App* peer = app.add_subcommand("peer", "one of many");
    add_parsed(*peer, "--name", parsed.name, any_text, "NAME", "its name")->required();
    CLI::App* matrix = app.add_subcommand("matrix", "all of them");
    add_parsed(*matrix, "--trials", parsed.trials, whole_number(1, 100), "N", "how often");
    matrix->callback([&] { parsed.matrix = true; });
    CLI::App* kept = app.add_subcommand("kept", "what is kept");
    kept->require_subcommand(1);
    add_parsed(*kept, "--name", parsed.name, any_text, "NAME", "whose");
    CLI::App* list = kept->add_subcommand("list", "some of it");
    add_parsed(*list, "--most", parsed.most, whole_number(1, 100), "N", "how many");
    kept->add_subcommand("drop", "no more of it");
  }
  arguments.insert(arguments.begin(), "natx");
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  parsed.exit_code = parse_command_line(app, static_cast<int>(arguments.size()), arguments.data());
  parsed.err = testing::internal::GetCapturedStderr();
  parsed.out = testing::internal::GetCapturedStdout();
  return parsed;
}

TEST(Options, KeepTheirDefaults) {
  const auto parsed = parse({});
  EXPECT_EQ(parsed.exit_code, std::nullopt);
  EXPECT_EQ(parsed.timeout, 5s);
  EXPECT_FALSE(parsed.common.json_file);
  EXPECT_EQ(parsed.common.color, Color::Auto);
}

TEST(Options, TakeOneValueForEachMention) {
  const auto parsed = parse({"-r", "a.example", "-r", "192.0.2.1:99", "--reflector=b.example", "--timeout", "500ms",
                             "--bind", "[::1]:5", "--json", "-", "--color", "never", "--quiet"});
  EXPECT_EQ(parsed.exit_code, std::nullopt) << parsed.err;
  EXPECT_THAT(parsed.hosts(), ElementsAre("a.example 3478", "192.0.2.1 99", "b.example 3478"));
  EXPECT_EQ(parsed.timeout, 500ms);
  EXPECT_EQ(parsed.bind, endpoint("[::1]:5"));
  EXPECT_EQ(parsed.common.json_file, "-");
  EXPECT_EQ(parsed.common.color, Color::Never);
  EXPECT_TRUE(parsed.common.quiet);
}

TEST(Options, PrintHelpAndVersion_AndEndWithZero) {
  const auto help = parse({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.out, HasSubstr("--reflector HOST[:PORT]"));
  EXPECT_TRUE(help.err.empty());
  const auto version = parse({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_EQ(version.out, "natx " NATSCOPE_VERSION "\n");
}

struct BadLine {
  std::vector<const char*> arguments;
  const char* error;
};
class OptionsRefuse : public testing::TestWithParam<BadLine> {};

TEST_P(OptionsRefuse, ByOneLine_AndExitCodeTwo) {
  const bool with_commands = !GetParam().arguments.empty() && GetParam().arguments.front() != std::string_view("--");
  auto arguments = GetParam().arguments;
  if (!with_commands) arguments.erase(arguments.begin());
  const auto parsed = parse(arguments, with_commands);
  EXPECT_EQ(parsed.exit_code, 2);
  EXPECT_EQ(parsed.err, std::string("natx: ") + GetParam().error + "\n");
  EXPECT_TRUE(parsed.out.empty());
}

// A first "--" stands for the program without commands.
INSTANTIATE_TEST_SUITE_P(
    Lines, OptionsRefuse,
    testing::Values(
        BadLine{{"--", "--foo"}, "--foo: unknown option"}, BadLine{{"--", "--foo=bar"}, "--foo: unknown option"},
        BadLine{{"--", "-x"}, "-x: unknown option"}, BadLine{{"--", "word"}, "word: unexpected argument"},
        BadLine{{"--", "-r", "a", "b"}, "b: unexpected argument"},
        BadLine{{"--", "two\nlines"}, "two lines: unexpected argument"},
        BadLine{{"--", "--bind", "1.2.3"}, "--bind: '1.2.3' is not an IP address"},
        BadLine{{"--", "-r", "a.example:0"}, "--reflector: 'a.example:0': port 0 cannot be asked (1 to 65535)"},
        BadLine{{"--", "-r", "a.example:x"}, "--reflector: 'x' is not a port (0 to 65535)"},
        BadLine{{"--", "-r", "fe80::1%lo"},
                "--reflector: 'fe80::1%lo': link-local addresses with a zone are not supported"},
        BadLine{{"--", "-r", "[fe80::1%lo]:9"},
                "--reflector: '[fe80::1%lo]:9': link-local addresses with a zone are not supported"},
        BadLine{{"--", "--timeout", "soon"}, "--timeout: 'soon' is not a duration (like 500ms, 5s, 2m, 1h)"},
        BadLine{{"--", "--timeout", "1s", "--timeout", "2s"}, "--timeout: given more than once"},
        BadLine{{"--", "--json", "--quiet"}, "--json: a value is missing before --quiet"},
        BadLine{{"--", "--json"}, "--json: a value is missing"},
        BadLine{{"--", "--color", "pink"}, "--color: 'pink' is not auto, always or never"},
        BadLine{{"--", "--config", "/nowhere"}, "--config: cannot read /nowhere"},
        BadLine{{"--quiet"}, "a command is required: peer, matrix, kept"}, BadLine{{"dance"}, "dance: unknown command"},
        BadLine{{"matrix", "--trials", "0"}, "--trials: '0' is not a number from 1 to 100"},
        BadLine{{"matrix", "--trials", "101"}, "--trials: '101' is not a number from 1 to 100"},
        BadLine{{"matrix", "--trials", "3x"}, "--trials: '3x' is not a number from 1 to 100"},
        BadLine{{"matrix", "--name", "a"}, "--name: unknown option"},
        BadLine{{"kept"}, "a command is required: list, drop"}, BadLine{{"kept", "frob"}, "frob: unknown command"},
        BadLine{{"kept", "list", "drop"}, "drop: unexpected argument"},
        BadLine{{"kept", "drop", "--most", "3"}, "--most: unknown option"},
        BadLine{{"kept", "list", "--most", "x"}, "--most: 'x' is not a number from 1 to 100"},
        BadLine{{"matrix", "peer"}, "peer: unexpected argument"}, BadLine{{"peer"}, "--name is required"}));

TEST(Options, OfTheProgram_MayStandBehindTheCommand) {
  const auto parsed = parse({"matrix", "--trials", "7", "--json", "out.json", "--quiet"}, true);
  EXPECT_EQ(parsed.exit_code, std::nullopt) << parsed.err;
  EXPECT_TRUE(parsed.matrix);
  EXPECT_EQ(parsed.trials, 7U);
  EXPECT_EQ(parsed.common.json_file, "out.json");
}

TEST(Options, ComeFromTheEnvironment) {
  const EnvironmentVariable timeout("NATSCOPE_TIMEOUT", "2m");
  const EnvironmentVariable quiet("NATSCOPE_QUIET", "true");
  const EnvironmentVariable empty("NATSCOPE_BIND", "");
  const auto parsed = parse({});
  EXPECT_EQ(parsed.exit_code, std::nullopt) << parsed.err;
  EXPECT_EQ(parsed.timeout, 2min);
  EXPECT_TRUE(parsed.common.quiet);
  EXPECT_FALSE(parsed.bind);
  EXPECT_EQ(parse({"--timeout", "3s"}).timeout, 3s);
}

TEST(Options, OfTheCommandInUse_ComeFromTheEnvironmentToo) {
  const EnvironmentVariable trials("NATSCOPE_TRIALS", "9");
  const EnvironmentVariable name("NATSCOPE_NAME", "alice");
  EXPECT_EQ(parse({"matrix"}, true).trials, 9U);
  const auto peer = parse({"peer"}, true);
  EXPECT_EQ(peer.exit_code, std::nullopt) << peer.err;
  EXPECT_EQ(peer.name, "alice");
  EXPECT_EQ(peer.trials, 3U);
}

TEST(Options, OfACommandsCommand_ComeFromEverywhere) {
  const auto parsed = parse({"kept", "list", "--most", "7", "--name", "a", "--quiet"}, true);
  EXPECT_EQ(parsed.exit_code, std::nullopt) << parsed.err;
  EXPECT_EQ(parsed.most, 7U);
  EXPECT_EQ(parsed.name, "a");
  EXPECT_TRUE(parsed.common.quiet);
  const EnvironmentVariable most("NATSCOPE_MOST", "9");
  EXPECT_EQ(parse({"kept", "list"}, true).most, 9U);
  EXPECT_EQ(parse({"kept", "drop"}, true).most, 10U);
}

TEST(Options, RefuseABadValueOfTheEnvironment) {
  const EnvironmentVariable timeout("NATSCOPE_TIMEOUT", "soon");
  EXPECT_THAT(parse({}).err, StartsWith("natx: NATSCOPE_TIMEOUT: 'soon' is not a duration"));
  EXPECT_THAT(parse({"--timeout", "later"}).err, StartsWith("natx: --timeout: 'later' is not a duration"));
  const EnvironmentVariable trials("NATSCOPE_TRIALS", "0");
  const EnvironmentVariable good("NATSCOPE_TIMEOUT", "1s");
  EXPECT_EQ(parse({"matrix"}, true).err, "natx: NATSCOPE_TRIALS: '0' is not a number from 1 to 100\n");
}

TEST(Options, RefuseAFlagThatIsNotTrueOrFalse) {
  EXPECT_EQ(parse({"--quiet=maybe"}).err, "natx: --quiet: 'maybe' is not true or false\n");
  const EnvironmentVariable quiet("NATSCOPE_QUIET", "perhaps");
  EXPECT_EQ(parse({}).err, "natx: NATSCOPE_QUIET: 'perhaps' is not true or false\n");
}

class ConfigFile : public testing::Test {
 protected:
  Parsed parse_with(std::string_view content, std::vector<const char*> arguments = {}, bool with_commands = false) {
    (void)directory_.file("x.conf", content);
    arguments.insert(arguments.end(), {"--config", path_.c_str()});
    return parse(arguments, with_commands);
  }
  [[nodiscard]] std::string error(const std::string& rest) const { return "natx: " + path_ + rest + "\n"; }

  programs::TemporaryDirectory directory_;
  std::string path_ = directory_.path() / "x.conf";
};

TEST_F(ConfigFile, GivesOptions) {
  const auto parsed =
      parse_with("# ours\n\n timeout = 7s \nreflector = a.example\nreflector=b.example:1\nquiet = true\n");
  EXPECT_EQ(parsed.exit_code, std::nullopt) << parsed.err;
  EXPECT_EQ(parsed.timeout, 7s);
  EXPECT_TRUE(parsed.common.quiet);
  EXPECT_THAT(parsed.hosts(), ElementsAre("a.example 3478", "b.example 1"));
}

TEST_F(ConfigFile, StandsBehindEnvironmentAndCommandLine) {
  EXPECT_EQ(parse_with("timeout = 7s\n", {"--timeout", "1s"}).timeout, 1s);
  const EnvironmentVariable timeout("NATSCOPE_TIMEOUT", "2s");
  EXPECT_EQ(parse_with("timeout = 7s\n").timeout, 2s);
  EXPECT_EQ(parse_with("timeout = 7s\n", {"--timeout", "1s"}).timeout, 1s);
}

TEST_F(ConfigFile, MayBeNamedByTheEnvironment) {
  const auto path = directory_.file("y.conf", "timeout = 7s\n").string();
  const EnvironmentVariable config("NATSCOPE_CONFIG", path);
  EXPECT_EQ(parse({}).timeout, 7s);
  const EnvironmentVariable nowhere("NATSCOPE_CONFIG", "/nowhere");
  EXPECT_EQ(parse({}).err, "natx: --config: cannot read /nowhere\n");
}

TEST_F(ConfigFile, ServesAllCommands) {
  const auto parsed = parse_with("name = alice\ntrials = 8\n", {"matrix"}, true);
  EXPECT_EQ(parsed.exit_code, std::nullopt) << parsed.err;
  EXPECT_EQ(parsed.trials, 8U);
  EXPECT_EQ(parsed.name, "");
  EXPECT_EQ(parse_with("name = alice\ntrials = 8\n", {"peer"}, true).name, "alice");
  EXPECT_EQ(parse_with("trials = 8\nmost = 4\n", {"kept", "list"}, true).most, 4U);
}

TEST_F(ConfigFile, NamesFileAndLine_OfAnUnknownKey) {
  EXPECT_EQ(parse_with("timeout = 7s\n\nfoo = 1\n").err, error(":3: unknown option 'foo'"));
  EXPECT_EQ(parse_with("foo = 1\n").exit_code, 2);
  EXPECT_EQ(parse_with("config = other\n").err, error(":1: unknown option 'config'"));
  EXPECT_EQ(parse_with("help = true\n").err, error(":1: unknown option 'help'"));
}

TEST_F(ConfigFile, NamesFileAndLine_OfAMalformedLine) {
  EXPECT_EQ(parse_with("timeout 7s\n").err, error(":1: not an `option = value` line"));
  EXPECT_EQ(parse_with("\n= 7s\n").err, error(":2: not an `option = value` line"));
  EXPECT_EQ(parse_with("timeout =\n").err, error(":1: not an `option = value` line"));
}

TEST_F(ConfigFile, NamesFileAndLine_OfABadValue) {
  EXPECT_EQ(parse_with("\ntimeout = soon\n").err,
            error(":2: --timeout: 'soon' is not a duration (like 500ms, 5s, 2m, 1h)"));
  EXPECT_EQ(parse_with("timeout = 1s\ntimeout = 2s\n").err, error(":2: --timeout: given more than once"));
  EXPECT_EQ(parse_with("quiet = perhaps\n").err, error(":1: --quiet: 'perhaps' is not true or false"));
}

TEST_F(ConfigFile, IsOfBoundedSize) {
  EXPECT_EQ(parse_with(std::string(70'000, '#')).err, error(": longer than 64 KiB"));
}

TEST(Colored, ObeysTheOption_ThenNoColor) {
  EXPECT_TRUE(colored(Color::Always, 1));
  EXPECT_FALSE(colored(Color::Never, 1));
  const EnvironmentVariable no_color("NO_COLOR", "1");
  EXPECT_FALSE(colored(Color::Auto, 1));
  EXPECT_TRUE(colored(Color::Always, 1));
}

}  // namespace options_test
}  // namespace net
