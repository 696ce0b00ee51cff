#include "net/program.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "net/cannot_work.h"
#include "net/duration_text.h"
#include "net/secret_file.h"
#include "tests/programs/program.h"

namespace net {
namespace program_test {

using namespace std::chrono_literals;

TEST(RunProgram, GivesTheExitCodeOfItsBody) {
  EXPECT_EQ(run_program("natx", [] { return int{ExitCode::Partial}; }), 4);
}

TEST(RunProgram, TurnsAnException_IntoOneLineAndExitCodeTwo) {
  testing::internal::CaptureStderr();
  const int code = run_program("natx", []() -> int { throw CannotWork("bind 192.0.2.1:1: Address\nin use\x1b[2J"); });
  EXPECT_EQ(code, 2);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "natx: bind 192.0.2.1:1: Address in use [2J\n");
}

TEST(RunProgram, CatchesWhateverIsThrown) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(run_program("natx", []() -> int { throw 7; }), 2);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "natx: unknown error\n");
}

TEST(RunProgram, SurvivesABrokenPipe) {
  EXPECT_EQ(run_program("natx", [] { return std::raise(SIGPIPE); }), 0);
}

// As in `natprobe >&-`: what is opened first would be written to as if it were the result.
TEST(RunProgram, GivesNobodyTheNumberOfAClosedStandardStream) {
  const auto without_streams = [](int stream) {
    ::close(stream);
    std::exit(run_program("natx", [stream] {
      const bool another = ::open("/dev/zero", O_RDWR) > STDERR_FILENO;
      const bool writable = ::write(stream, "x", 1) == 1;
      return another && writable == (stream == STDERR_FILENO) ? 0 : 1;
    }));
  };
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    EXPECT_EXIT(without_streams(stream), testing::ExitedWithCode(0), "") << stream;
  }
}

class SecretFile : public testing::Test {
 protected:
  std::string read(std::string_view content, unsigned mode = 0600) {
    return read_secret_file(directory_.file("key", content, mode));
  }
  std::string refusal_of(const std::filesystem::path& file) {
    try {
      return "accepted " + read_secret_file(file);
    } catch (const CannotWork& error) {
      return error.what();
    }
  }
  std::string refusal(std::string_view content, unsigned mode = 0600) {
    return refusal_of(directory_.file("key", content, mode));
  }
  [[nodiscard]] std::string message(const std::string& why) const {
    return "read secret " + (directory_.path() / "key").string() + ": " + why;
  }

  programs::TemporaryDirectory directory_;
};

TEST_F(SecretFile, LosesOneClosingNewline) {
  EXPECT_EQ(read("sesame"), "sesame");
  EXPECT_EQ(read("sesame\n"), "sesame");
  EXPECT_EQ(read("sesame\r\n"), "sesame");
  EXPECT_EQ(read("sesame\n\n"), "sesame\n");
  EXPECT_EQ(read("sesame", 0400), "sesame");
}

TEST_F(SecretFile, IsRefused_WhenOthersHaveAPartInIt) {
  for (const unsigned mode : {0604U, 0640U, 0620U, 0602U, 0644U, 0610U}) {
    EXPECT_EQ(refusal("sesame", mode), message("others can read or change it (chmod 600 helps)")) << mode;
  }
}

TEST_F(SecretFile, IsRefused_WhenThereIsNoSecretInIt) {
  EXPECT_EQ(refusal(""), message("it is empty"));
  EXPECT_EQ(refusal("\n"), message("it is empty"));
  EXPECT_EQ(refusal(std::string(5000, 'x')), message("longer than 4096 bytes"));
  EXPECT_EQ(refusal_of(directory_.path() / "key2").substr(0, 12), "read secret ");
  EXPECT_EQ(refusal_of(directory_.path()), "read secret " + directory_.path().string() + ": not a regular file");
  const auto fifo = directory_.path() / "fifo";
  ::mkfifo(fifo.c_str(), 0600);
  EXPECT_EQ(refusal_of(fifo), "read secret " + fifo.string() + ": not a regular file");
}

struct DurationText {
  const char* text;
  Duration value;
  const char* shortest;
};
class Durations : public testing::TestWithParam<DurationText> {};

TEST_P(Durations, AreReadAndPrinted) {
  const auto parsed = parse_duration(GetParam().text);
  ASSERT_TRUE(parsed) << parsed.error();
  EXPECT_EQ(*parsed, GetParam().value);
  EXPECT_EQ(to_string(*parsed), GetParam().shortest);
}

INSTANTIATE_TEST_SUITE_P(Texts, Durations,
                         testing::Values(DurationText{"500ms", 500ms, "500ms"}, DurationText{"5s", 5s, "5s"},
                                         DurationText{"5", 5s, "5s"}, DurationText{"0.25", 250ms, "250ms"},
                                         DurationText{"2m", 2min, "2m"}, DurationText{"120s", 2min, "2m"},
                                         DurationText{"1h", 1h, "1h"}, DurationText{"1.5h", 90min, "90m"},
                                         DurationText{"20us", 20us, "20us"}, DurationText{"7ns", 7ns, "7ns"},
                                         DurationText{"0", 0s, "0s"}, DurationText{"366000ms", 366s, "366s"}));

TEST(Durations, RefuseWhatIsNone) {
  for (const char* text :
       {"", "s", "-1s", "-0", "1 s", "5x", "5sec", "nan", "inf", "1e3s", "0x10", "9999999h", "1s "}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

}  // namespace program_test
}  // namespace net
