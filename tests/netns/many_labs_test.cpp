// Labs that come and go, many times, and large ones: nothing of them is left, and they are quick. NATSCOPE_LABS says
// how many (3); the set `long` does 200.

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "lab/wire/process.h"
#include "tests/netns/remains.h"
#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace many_labs_test {

using namespace std::chrono_literals;
using netns::UdpSocket;

int labs() {
  const char* number = std::getenv("NATSCOPE_LABS");
  return number == nullptr ? 3 : std::atoi(number);
}

// A namespace lives by a process or a descriptor (the lab mounts nothing). Only what is ours: other programs come and
// go meanwhile.
struct Remains {
  explicit Remains(const std::string& mark) : processes(netns::processes_marked(mark)) {}

  netns::Names processes;
  netns::Names interfaces = netns::interfaces();
  netns::Names descriptors = netns::open_descriptors();
};

// Two NATs, one of them the kernel's, a program on a host, a packet through each.
void up_and_down() {
  lab::Scenario scenario = netns::one_host_behind("symmetric");
  scenario.nats.push_back({.name = "kernel", .profile = *lab::find_profile("kernel-masquerade")});
  scenario.hosts.push_back({.name = "k", .behind = "kernel"});
  const lab::StopSignals stop;
  const lab::WiredLab wired(scenario);
  const lab::Process program(wired.host("h").where, {.words = {"sleep", "1000"}}, stop);
  const UdpSocket reflector(wired.reflector("r1"), 3478);
  for (const char* host : {"h", "k"}) {
    UdpSocket(wired.host(host)).send(reflector.local(), host);
    const auto got = reflector.receive();
    ASSERT_TRUE(got) << host;
    EXPECT_EQ(got->text, host);
  }
}

TEST(ManyLabs, UpAndDown_LeaveNothing) {
  SKIP_WITHOUT_NAMESPACES();
  const programs::TemporaryDirectory temporary;
  const std::string mark = std::to_string(::getpid());
  ::setenv("NATLAB_MANY_LABS", mark.c_str(), 1);  // what the lab starts inherits it
  ::setenv("TMPDIR", temporary.path().c_str(), 1);
  up_and_down();  // what is made once and kept is no remains
  const Remains before("NATLAB_MANY_LABS=" + mark);
  for (int i = 0; i < labs(); ++i) up_and_down();
  const Remains after("NATLAB_MANY_LABS=" + mark);
  EXPECT_EQ(after.processes, before.processes);
  EXPECT_EQ(after.interfaces, before.interfaces);
  EXPECT_EQ(after.descriptors, before.descriptors);
  EXPECT_TRUE(std::filesystem::is_empty(temporary.path()));
}

// 5 s and 2 s on a machine of its own (bench.bring_up); here others may be at work.
TEST(LargeLab, OfTwentyHostsBehindTwentyNats_IsUpAndGoneSoon) {
  SKIP_WITHOUT_NAMESPACES();
  const auto start = std::chrono::steady_clock::now();
  auto wired = std::make_optional<lab::WiredLab>(netns::hosts_behind_nats(20));
  const auto up = std::chrono::steady_clock::now();
  const UdpSocket first(wired->host("host1"));
  const UdpSocket last(wired->host("host20"));
  const UdpSocket reflector(wired->reflector("r1"), 3478);
  for (const UdpSocket* socket : {&first, &last}) {
    socket->send(reflector.local(), "x");
    EXPECT_TRUE(reflector.receive());
  }
  const auto before_down = std::chrono::steady_clock::now();
  wired.reset();
  const auto gone = std::chrono::steady_clock::now();
  EXPECT_LE(up - start, 4 * 5s);
  EXPECT_LE(gone - before_down, 4 * 2s);
}

}  // namespace many_labs_test
