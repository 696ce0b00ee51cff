// Whatever happens to a lab, nothing of it is left: no namespace, no interface, no process.

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

using Names = std::set<std::string>;

std::string link_target(const fs::path& link) {
  std::error_code gone;  // processes come and go while we look
  return fs::read_symlink(link, gone).string();
}

// Every network namespace that a process lives in or holds open, as "net:[4026531840]". One that none of them keeps has
// ended, with all that was in it.
Names network_namespaces() {
  Names out;
  std::error_code gone;
  for (const auto& process : fs::directory_iterator("/proc", gone)) {
    out.insert(link_target(process.path() / "ns/net"));
    for (const auto& open : fs::directory_iterator(process.path() / "fd", gone)) {
      const auto target = link_target(open.path());
      if (target.starts_with("net:[")) out.insert(target);
    }
  }
  out.erase("");
  return out;
}

Names interfaces() {
  Names out;
  std::ifstream file("/proc/net/dev");
  for (std::string line; std::getline(file, line);) out.insert(line.substr(0, line.find(':')));
  return out;
}

// Processes whose environment holds this assignment.
Names processes_marked(const std::string& mark) {
  Names out;
  std::error_code gone;
  for (const auto& process : fs::directory_iterator("/proc", gone)) {
    std::ifstream file(process.path() / "environ", std::ios::binary);
    const std::string environment{std::istreambuf_iterator<char>(file), {}};
    if (environment.find(mark) != std::string::npos) out.insert(process.path().filename());
  }
  return out;
}

bool eventually(const std::function<bool()>& done) {
  for (int i = 0; i < 500 && !done(); ++i) std::this_thread::sleep_for(10ms);
  return done();
}

class UndoneTest : public testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_NAMESPACES(); }

  const Names namespaces_before_ = network_namespaces();
  const Names interfaces_before_ = interfaces();
};

TEST_F(UndoneTest, DestroyedLab_LeavesNothing_AndTouchedNothingOutside) {
  {
    lab::Scenario scenario = netns::one_host_behind("kernel-masquerade");
    const lab::WiredLab wired(scenario);
    EXPECT_EQ(network_namespaces().size(), namespaces_before_.size() + 5);  // lab, router, host, two reflectors
    EXPECT_EQ(interfaces(), interfaces_before_);
  }
  EXPECT_EQ(network_namespaces(), namespaces_before_);
  EXPECT_EQ(interfaces(), interfaces_before_);
}

class KilledTest : public UndoneTest, public testing::WithParamInterface<int> {};

TEST_P(KilledTest, Natlab_LeavesNothing) {
  const std::string mark = "NATLAB_UNDONE_TEST=" + std::to_string(::getpid());
  programs::Background natlab({"natlab", "run", "symmetric", "--", "sh", "-c", "echo up; sleep 1000"},
                              {.environment = {mark}});
  ASSERT_TRUE(natlab.wait_for("up\n", 30s)) << natlab.err();
  EXPECT_GE(processes_marked(mark).size(), 4U);  // natlab, two reflectors, the command
  EXPECT_EQ(network_namespaces().size(), namespaces_before_.size() + 4);

  ::kill(natlab.pid(), GetParam());

  EXPECT_TRUE(eventually([&] { return network_namespaces() == namespaces_before_; }));
  EXPECT_TRUE(eventually([&] { return processes_marked(mark).empty(); }));
  EXPECT_EQ(interfaces(), interfaces_before_);
}

INSTANTIATE_TEST_SUITE_P(Signals, KilledTest, testing::Values(SIGINT, SIGTERM, SIGHUP, SIGKILL),
                         [](const auto& of) { return std::string(::sigabbrev_np(of.param)); });

TEST_F(UndoneTest, KilledNatlab_TakesOtherPeoplesNatsAlong) {
  for (const char* profile : {"slirp4netns", "pasta"}) {
    SCOPED_TRACE(profile);
    if (const auto why = netns::obstacle_to(*lab::find_profile(profile)); !why.empty()) NATSCOPE_SKIP("netns", why);
    const std::string mark = "NATLAB_UNDONE_TEST=" + std::to_string(::getpid());
    programs::Background natlab({"natlab", "run", profile, "--", "sh", "-c", "echo up; sleep 1000"},
                                {.environment = {mark}});
    ASSERT_TRUE(natlab.wait_for("up\n", 30s)) << natlab.err();
    EXPECT_GE(processes_marked(mark).size(), 5U);  // natlab, two reflectors, the NAT, the command
    ::kill(natlab.pid(), SIGKILL);
    EXPECT_TRUE(eventually([&] { return network_namespaces() == namespaces_before_; }));
    EXPECT_TRUE(eventually([&] { return processes_marked(mark).empty(); }));
    EXPECT_EQ(interfaces(), interfaces_before_);
  }
}

TEST_F(UndoneTest, StoppedVerify_LeavesNothing_AndSaysSo) {
  const std::string mark = "NATLAB_UNDONE_TEST=" + std::to_string(::getpid());
  programs::Background natlab({"natlab", "verify", std::string(NATSCOPE_SCENARIOS) + "/kinds.json"},
                              {.environment = {mark}});
  ASSERT_TRUE(eventually([&] { return processes_marked(mark).size() > 4; }));  // reflectors and probes at work
  const auto result = natlab.stop(SIGINT);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err, "natlab: stopped by Interrupt\n");
  EXPECT_EQ(network_namespaces(), namespaces_before_);
  EXPECT_TRUE(processes_marked(mark).empty());
}

TEST_F(UndoneTest, CommandThatCannotBeStarted_LeavesNothing) {
  const auto result = programs::run({"natlab", "run", "symmetric", "--", "/no/such/program"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err, "natlab: run /no/such/program: No such file or directory\n");
  EXPECT_EQ(network_namespaces(), namespaces_before_);
}

}  // namespace
