// What a plain Binding request costs the whole program, counted and not timed: instructions by callgrind, system calls
// by strace. One request at a time, limits off; the cost of one is the difference of two runs, so that starting and
// ending are not in it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/programs/loopback.h"
#include "tests/programs/program.h"
#include "tests/require.h"

namespace packet_cost_test {

constexpr unsigned few = 200;
constexpr unsigned many = 1200;
constexpr unsigned very_many = 5200;  // the calls that end a run are not always the same number
constexpr double most_instructions = 1500;
constexpr double most_system_calls = 2.2;

bool installed(const std::string& program) { return std::filesystem::exists("/usr/bin/" + program); }

// Asks one after the other; a reply may take long under valgrind.
void ask(const std::string& server, unsigned requests) {
  loopback::UdpClient client(loopback::address(9), server);
  for (unsigned i = 0; i < requests; ++i) ASSERT_EQ(client.ask(), 56U) << i;
}

// natreflector under `tool` is asked so often, then ended.
void run_under(programs::Argv tool, unsigned requests) {
  const std::string own = loopback::address(1);
  for (const char* word : {NATSCOPE_BIN "/natreflector", "--rate-limit", "off", "--workers", "1", "--listen"}) {
    tool.emplace_back(word);
  }
  tool.push_back(own);
  programs::Background reflector(tool, {.timeout = std::chrono::minutes(2)});
  ASSERT_TRUE(reflector.wait_for("listening on tcp", std::chrono::seconds(60))) << reflector.err();
  ask(own, requests);
  EXPECT_EQ(reflector.stop().exit_code, 0);
}

// The number behind `name` at the beginning of a line.
double number_after(const std::filesystem::path& file, const std::string& name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.rfind(name, 0) == 0) return std::stod(line.substr(name.size()));
  }
  ADD_FAILURE() << "no " << name << " in " << file;
  return 0;
}

TEST(PacketCost, Instructions_OfAPlainRequest) {
  if (!installed("valgrind")) NATSCOPE_SKIP("cost", "valgrind is not installed");
  const programs::TemporaryDirectory directory;
  const auto instructions = [&](unsigned requests) {
    const auto file = directory.path() / std::to_string(requests);
    run_under({"valgrind", "--tool=callgrind", "--callgrind-out-file=" + file.string()}, requests);
    return number_after(file, "summary: ");
  };
  const double each = (instructions(many) - instructions(few)) / (many - few);
  RecordProperty("instructions", std::to_string(each));
  std::printf("%.0f instructions a request\n", each);
  EXPECT_LT(each, most_instructions);
  EXPECT_GT(each, 200);  // or it was not counted at all
}

// `calls` of the line "total" of strace's table, which ends with the words.
double total_calls(const std::filesystem::path& file) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string percent, seconds, per_call, calls;
    words >> percent >> seconds >> per_call >> calls;
    if (line.find("total") != std::string::npos) return std::stod(calls);
  }
  ADD_FAILURE() << "no total in " << file;
  return 0;
}

// Under strace -D the program is this process's child, so that a signal reaches it and not strace.
TEST(PacketCost, SystemCalls_OfAPlainRequest) {
  if (!installed("strace")) NATSCOPE_SKIP("cost", "strace is not installed");
  if (programs::run({"strace", "-c", "-o", "/dev/null", "true"}).exit_code != 0) {
    NATSCOPE_SKIP("cost", "strace may not trace here");
  }
  const programs::TemporaryDirectory directory;
  const auto calls = [&](unsigned requests) {
    const auto file = directory.path() / std::to_string(requests);
    run_under({"strace", "-D", "-f", "-c", "-o", file.string()}, requests);
    for (int i = 0; i < 500 && (!std::filesystem::exists(file) || std::filesystem::file_size(file) == 0); ++i) {
      ::usleep(10'000);  // strace writes when all is over
    }
    return total_calls(file);
  };
  const double each = (calls(very_many) - calls(few)) / (very_many - few);
  RecordProperty("system_calls", std::to_string(each));
  std::printf("%.2f system calls a request\n", each);
  EXPECT_LE(each, most_system_calls);
  EXPECT_GT(each, 1.8);  // or they were not counted
}

}  // namespace packet_cost_test
