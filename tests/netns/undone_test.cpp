// Whatever happens to a lab, nothing of it is left: no namespace, no interface, no process.

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "tests/netns/remains.h"
#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace undone_test {

using namespace std::chrono_literals;
using netns::eventually;
using netns::interfaces;
using netns::Names;
using netns::network_namespaces;
using netns::processes_marked;

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

TEST_F(UndoneTest, CommandThatCannotBeStarted_LeavesNothing) {
  const auto result = programs::run({"natlab", "run", "symmetric", "--", "/no/such/program"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err, "natlab: run /no/such/program: No such file or directory\n");
  EXPECT_EQ(network_namespaces(), namespaces_before_);
}

}  // namespace undone_test
