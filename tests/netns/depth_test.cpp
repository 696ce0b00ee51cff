// What takes time, with real packets: how long mappings live, how many NATs are on the way.

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "lab/scenario_file.h"
#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace depth_test {

using namespace std::chrono_literals;
using nlohmann::json;

lab::NatProfile living(const char* profile, std::chrono::seconds lifetime) {
  lab::NatProfile out = *lab::find_profile(profile);
  out.name = std::string(profile) + "-timed";
  out.udp_lifetime = lifetime;
  return out;
}

class Depth : public testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_NAMESPACES(); }
  void TearDown() override {
    for (const auto& file : files_) std::filesystem::remove(file);
  }

  // natprobe on host "h" of this scenario, beside whatever else runs.
  std::unique_ptr<programs::Background> probing(lab::Scenario scenario, const std::string& only) {
    scenario.name = only;
    files_.push_back(std::filesystem::temp_directory_path() /
                     ("natscope-depth-" + std::to_string(::getpid()) + "-" + std::to_string(files_.size()) + ".json"));
    std::ofstream(files_.back()) << lab::to_json(scenario);
    return std::make_unique<programs::Background>(
        programs::Argv{"natlab", "shell", files_.back(), "h"},
        programs::Surroundings{
            .environment = {"SHELL=/bin/sh"}, .input = "natprobe --only " + only + " --json -\n", .timeout = 600s});
  }

 private:
  std::vector<std::filesystem::path> files_;
};

json report_of(programs::Background& probe) {
  const programs::Result result = probe.wait();
  EXPECT_FALSE(result.timed_out);
  EXPECT_NE(result.out, "") << result.err;
  return json::parse(result.out, nullptr, false);
}

std::string shown(const json& finding) {
  return finding.at("value").dump() + " " + finding.at("why").dump() + " " + finding.at("figures").dump();
}

void expect_lifetime(const json& report, std::chrono::seconds truth) {
  const json& lifetime = report.at("findings").at("lifetime");
  SCOPED_TRACE(shown(lifetime));
  const double bound = std::max(1.0, 0.05 * static_cast<double>(truth.count()));
  for (const char* state : {"outbound_only", "answered", "two_way"}) {
    ASSERT_TRUE(lifetime.at("figures").contains(state)) << state;
    EXPECT_NEAR(lifetime.at("figures").at(state).get<double>(), static_cast<double>(truth.count()), bound) << state;
  }
  EXPECT_EQ(report.at("findings").at("refresh").at("value"), "outbound");
  EXPECT_LE(report.at("duration_ms").get<double>(), 1.25 * 1000 * static_cast<double>(truth.count()));
}

lab::Scenario two_nats() {  // at hops 1 and 3
  lab::Scenario out = netns::one_host_behind(living("symmetric", 30s));
  out.nats.push_back({.name = "router", .profile = *lab::find_profile("no-nat"), .behind = "nat"});
  out.nats.push_back({.name = "home", .profile = living("port-restricted-cone", 12s), .behind = "router"});
  out.hosts.front().behind = "home";
  return out;
}

lab::Scenario one_nat_behind_a_router() {
  lab::Scenario out = netns::one_host_behind(living("symmetric", 20s));
  out.nats.push_back({.name = "router", .profile = *lab::find_profile("no-nat"), .behind = "nat"});
  out.hosts.front().behind = "router";
  return out;
}

// All of it waits, so it waits together.
TEST_F(Depth, LayersAndLifetimes_AreFound_SideBySide) {
  const auto living_20s = probing(netns::one_host_behind(living("port-restricted-cone", 20s)), "lifetime");
  const auto two = probing(two_nats(), "layers");
  const auto one = probing(netns::one_host_behind(living("port-restricted-cone", 20s)), "layers");
  const auto routed = probing(one_nat_behind_a_router(), "layers");
  const json found = report_of(*two).at("findings").at("layers");
  EXPECT_EQ(found.at("value"), "two-or-more") << shown(found);
  EXPECT_EQ(found.at("figures").value("inner_hop", 0), 1) << shown(found);
  EXPECT_EQ(found.at("figures").value("outer_hop", 0), 3) << shown(found);
  for (const auto& [probe, hop] : {std::pair{one.get(), 1}, std::pair{routed.get(), 2}}) {
    const json alone = report_of(*probe).at("findings").at("layers");
    EXPECT_EQ(alone.at("value"), "one-or-more") << shown(alone);
    EXPECT_EQ(alone.at("figures").value("outermost_hop", 0), hop) << shown(alone);
  }
  expect_lifetime(report_of(*living_20s), 20s);
}

// Label long.
TEST_F(Depth, ALifetimeOfTwoMinutes_IsMeasured) {
  const auto probe = probing(netns::one_host_behind(living("port-restricted-cone", 120s)), "lifetime");
  expect_lifetime(report_of(*probe), 120s);
}

}  // namespace depth_test
