// Whatever happens to a `natlab verify`, nothing of it is left; and two at once do not meet.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>

#include "tests/netns/remains.h"
#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace undone_verify_test {

using namespace std::chrono_literals;
using netns::eventually;
using netns::interfaces;
using netns::Names;
using netns::network_namespaces;
using netns::processes_marked;
using testing::HasSubstr;

std::string scenario(const std::string& name) { return std::string(NATSCOPE_SCENARIOS) + "/" + name; }

std::string command_line(const std::string& process) {
  std::ifstream file("/proc/" + process + "/cmdline", std::ios::binary);
  std::string out{std::istreambuf_iterator<char>(file), {}};
  std::ranges::replace(out, '\0', ' ');
  return out;
}

bool one_runs(const std::string& mark, const std::string& words) {
  return std::ranges::any_of(processes_marked(mark), [&](const auto& process) {
    return command_line(process).find(words) != std::string::npos;
  });
}

struct Blow {
  int signal;
  const char* during;  // what is at work then
};

class StruckVerify : public testing::TestWithParam<Blow> {
 protected:
  void SetUp() override { SKIP_WITHOUT_NAMESPACES(); }
};

TEST_P(StruckVerify, LeavesNothing) {
  const auto [signal, during] = GetParam();
  const Names namespaces = network_namespaces();
  const Names interfaces_before = interfaces();
  const std::string mark = "NATLAB_UNDONE_TEST=" + std::to_string(::getpid());
  programs::Background natlab({"natlab", "verify", scenario("experiment-2005.json")}, {.environment = {mark}});
  ASSERT_TRUE(eventually([&] { return one_runs(mark, during); }));

  const auto result = natlab.stop(signal);
  if (signal != SIGKILL) {
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.err, std::string("natlab: stopped by ") + ::strsignal(signal) + "\n");
    EXPECT_EQ(network_namespaces(), namespaces);  // at once: it has cleaned up itself
    EXPECT_TRUE(processes_marked(mark).empty());
  }
  EXPECT_TRUE(eventually([&] { return network_namespaces() == namespaces; }));
  EXPECT_TRUE(eventually([&] { return processes_marked(mark).empty(); }));
  EXPECT_EQ(interfaces(), interfaces_before);
}

INSTANTIATE_TEST_SUITE_P(Blows, StruckVerify,
                         testing::Values(Blow{SIGINT, "natprobe"}, Blow{SIGKILL, "natprobe"},
                                         Blow{SIGINT, "natpunch matrix"}, Blow{SIGTERM, "natpunch matrix"},
                                         Blow{SIGKILL, "natpunch matrix"}),
                         [](const auto& of) {
                           const bool probing = std::string_view(of.param.during) == "natprobe";
                           return std::string(::sigabbrev_np(of.param.signal)) + (probing ? "_Probing" : "_MidMatrix");
                         });

// The same addresses, other NATs: each sees its own.
TEST(TwoVerifies, AtOnce_DoNotMeet) {
  SKIP_WITHOUT_NAMESPACES();
  const programs::TemporaryDirectory folder;
  const auto write = [&](const std::string& profile) {
    return folder
        .file(profile + ".json", R"({"schema": "natscope/scenario/1", "name": "one",
          "reflectors": [{"name": "r1", "partner": "r2"}, {"name": "r2", "partner": "r1"}],
          "nats": [{"name": "nat", "profile": ")" +
                                     profile + R"("}], "hosts": [{"name": "h", "behind": "nat"}]})")
        .string();
  };
  programs::Background one({"natlab", "verify", write("full-cone")});
  programs::Background other({"natlab", "verify", write("symmetric")});
  const auto cone = one.wait();
  const auto symmetric = other.wait();
  EXPECT_EQ(cone.exit_code, 0) << cone.out << cone.err;
  EXPECT_EQ(symmetric.exit_code, 0) << symmetric.out << symmetric.err;
  EXPECT_THAT(cone.out, HasSubstr("full cone"));
  EXPECT_THAT(symmetric.out, HasSubstr("Symmetric"));
}

}  // namespace undone_verify_test
