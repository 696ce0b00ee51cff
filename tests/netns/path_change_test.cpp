// The way to the reflectors changes while natprobe runs (docs/natprobe.md, "When the network changes"): the run is
// stopped within 2 s, says why, offers another run and leaves no document; other changes do not concern it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "lab/wire/services.h"
#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace path_change_test {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr auto bar = 2s;
constexpr int runs_each = 10;
constexpr auto between_starts = 80ms;

// A host with an interface behind a full cone and one behind a symmetric NAT.
lab::Scenario two_homed() {
  lab::Scenario out = netns::one_host_behind("full-cone");
  out.nats.push_back({.name = "mobile", .profile = *lab::find_profile("symmetric")});
  out.hosts.front().interfaces.push_back({.behind = "mobile"});
  return out;
}

// Made in the test's body, where it may be skipped.
struct Place {
  lab::StopSignals stop;
  lab::Scenario scenario = two_homed();
  lab::WiredLab lab{scenario};
  lab::Services services{scenario, lab, NATSCOPE_BIN, stop};
  programs::TemporaryDirectory folder;

  lab::Process on_host(std::vector<std::string> words) {
    return {lab.host("h").where,
            {.words = std::move(words), .environment = {{"NATSCOPE_REFLECTORS", services.reflectors()}}},
            stop};
  }
  lab::Process natprobe(std::vector<std::string> options) {
    options.insert(options.begin(), NATSCOPE_BIN "/natprobe");
    return on_host(std::move(options));
  }
  // Beside the two that answer one that does not, so that the run lasts as long as its timeout at least.
  lab::Process long_natprobe(std::vector<std::string> options) {
    for (const std::string& word : {std::string("-r"), services.reflectors() + ",203.0.113.200"})
      options.push_back(word);
    return natprobe(std::move(options));
  }
  void change(const std::string& how) {
    lab::Process ip = on_host({"sh", "-ec", how});
    ASSERT_EQ(ip.wait(10s), 0) << how << ": " << ip.err();
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (folder.path() / name).string(); }
};

struct Change {
  const char* name;
  const char* how;
  const char* words;
};

class PathChange : public testing::TestWithParam<Change> {
 protected:
  void SetUp() override { SKIP_WITHOUT_NAMESPACES(); }
};

TEST_P(PathChange, AtAnyMoment_StopsTheRunInTime_AndLeavesNothing) {
  Place place;
  std::deque<lab::Process> runs;
  for (int i = 0; i < runs_each; ++i) {
    const std::string name = place.path("run" + std::to_string(i));
    runs.push_back(place.natprobe({"--full", "--skip", "allocation", "--json", name, "--pcap", name + ".pcapng"}));
    runs.back().wait_for_line("natprobe: this takes about", 10s);  // and begins
    ASSERT_FALSE(runs.back().wait(between_starts)) << runs.back().err();
  }
  const auto changed_at = Clock::now();
  place.change(GetParam().how);
  for (lab::Process& run : runs) {
    const auto left = bar - (Clock::now() - changed_at);
    EXPECT_EQ(run.wait(std::max<net::Duration>(left, 0s)), 2) << "not within 2 s: " << run.err();
    EXPECT_THAT(run.err(), HasSubstr(std::string("natprobe: stopped: ") + GetParam().words));
    EXPECT_THAT(run.err(), HasSubstr("run it again"));
    EXPECT_EQ(run.out(), "");
  }
  EXPECT_TRUE(std::filesystem::is_empty(place.folder.path()));
}

INSTANTIATE_TEST_SUITE_P(
    Of, PathChange,
    testing::Values(Change{"TheAddress", "ip addr flush dev eth0", "this host's address 10.0.1.2 is gone"},
                    Change{"TheLink", "ip link set eth0 down", "interface eth0 went down"},
                    Change{"TheInterface", "ip link del eth0", "interface eth0 is gone"},
                    Change{"TheDefaultRoute", "ip route replace default dev eth1",
                           "the route to 198.51.100.1 is another one: through eth1 from 10.0.2.2, before through eth0"},
                    Change{"ARouteOfItsOwn", "ip route add 198.51.100.1/32 dev eth1",
                           "the route to 198.51.100.1 is another one: through eth1"}),
    [](const auto& each) { return each.param.name; });

class NetworkChange : public PathChange {};

TEST_F(NetworkChange, ThatDoesNotConcernThePath_StopsNothing) {
  Place place;
  lab::Process run = place.long_natprobe({"--timeout", "2s", "--json", "-"});
  ASSERT_FALSE(run.wait(300ms)) << run.err();
  place.change(
      "ip link add d0 type veth peer name d1; ip link set d0 up; ip link set d1 up; ip addr add 10.77.0.1/24 dev d0; "
      "ip link set eth1 down;"
      "ip addr add 10.0.1.99/24 dev eth0; ip route add 192.0.2.0/24 dev d0; ip route add default dev d0 metric 9000");
  ASSERT_FALSE(run.wait(300ms)) << run.err();
  EXPECT_EQ(run.wait(20s), 0) << run.err();
  EXPECT_EQ(json::parse(run.out()).at("verdict").at("class"), "cone");
}

TEST_F(NetworkChange, OfOnePathOfSeveral_LeavesTheOthers) {
  Place place;
  lab::Process run = place.long_natprobe({"--all-interfaces", "--timeout", "2s", "--json", "-"});
  ASSERT_FALSE(run.wait(300ms)) << run.err();
  place.change("ip link set eth1 down");
  EXPECT_EQ(run.wait(20s), 2);
  EXPECT_THAT(run.err(), HasSubstr("natprobe: stopped: interface eth1 went down"));
  const json report = json::parse(run.out());
  EXPECT_EQ(report.at("interface"), "eth0");
  EXPECT_EQ(report.at("verdict").at("class"), "cone");
  EXPECT_FALSE(report.contains("paths"));
}

TEST_F(NetworkChange, UnderAWatch_BeginsAnew) {
  Place place;
  lab::Process run = place.long_natprobe({"--watch", "1h", "--timeout", "1s", "--quiet"});
  ASSERT_FALSE(run.wait(300ms)) << run.err();
  place.change("ip route replace default dev eth1");
  run.wait_for_line("beginning anew", bar);
  run.wait_for_line("NAT type: Symmetric", 20s);
  EXPECT_THAT(run.out(), Not(HasSubstr("Cone"))) << "nothing is said of the run that was stopped";
}

}  // namespace path_change_test
