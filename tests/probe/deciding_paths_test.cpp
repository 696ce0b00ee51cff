// Reflectors that have both address families, or one of them: what each path says, and which of them decide.

#include "probe/deciding_paths.h"

#include <gmock/gmock.h>

#include "probe/paths.h"
#include "tests/probe/world.h"

namespace deciding_paths_test {

using namespace world;
using net::Family;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

constexpr std::array families = {Family::V4, Family::V6};

// One of the two reflectors lacks one family.
struct Mix {
  char reflector;  // 'a' or 'b'
  Family lacks;
};
constexpr Mix mixes[] = {{'a', Family::V4}, {'a', Family::V6}, {'b', Family::V4}, {'b', Family::V6}};

net::Family other(Family family) { return family == Family::V4 ? Family::V6 : Family::V4; }

// A run in one family behind such a NAT, where the reflector that lacks it does not exist.
probe::Report run_in(Family family, const lab::NatProfile& profile, const Mix& mix) {
  World world({.family = family});
  const bool lacking = mix.lacks == family;
  const lab::Site site = world.bed.add_site(profile, calm());
  if (!lacking) return world.run(site);
  world.bed.simulator.kill(mix.reflector == 'a' ? world.id_a : world.id_b);
  world.bed.simulator.run_until([] { return false; }, world.bed.simulator.now() + 5s);  // the other one notices
  return world.run(site, {mix.reflector == 'a' ? world.b() : world.a()});
}

TEST(AFamilyThatOneReflectorLacks, IsUnknown_TheOtherOneIsRight) {
  for (const Mix& mix : mixes) {
    for (const char* kind : {"port-restricted-cone", "eim-edf-random", "symmetric"}) {
      if (!lab::find_profile(kind)) continue;
      const lab::NatProfile profile = *lab::find_profile(kind);
      probe::Report whole = run_in(other(mix.lacks), profile, mix);
      const probe::Report partial = run_in(mix.lacks, profile, mix);
      SCOPED_TRACE(std::string(kind) + ", without " + mix.reflector);
      EXPECT_EQ(judge(whole.verdict, lab::observed_truth(profile)), Judgement::Right) << describe(whole);
      EXPECT_FALSE(partial.verdict.mapping.value) << describe(partial);
      EXPECT_FALSE(partial.verdict.filtering.value);
      EXPECT_THAT(partial.verdict.mapping.why, Not(IsEmpty()));
      EXPECT_THAT(partial.verdict.filtering.why, Not(IsEmpty()));
      whole.paths = {partial};
      EXPECT_THAT(probe::deciding_paths(whole), ElementsAre(&whole));
    }
  }
}

TEST(AFamilyThatOneReflectorLacks, IsAskedAfterTheOther) {
  for (const Mix& mix : mixes) {
    std::vector<probe::ResolvedReflector> resolved;
    for (const char name : {'a', 'b'}) {
      resolved.push_back({.given = std::string(1, name), .endpoints = {}});
      for (const Family family : families) {
        if (mix.reflector == name && mix.lacks == family) continue;
        const std::string address = family == Family::V4 ? "198.51.100.1" : "2001:db8::1";
        resolved.back().endpoints.push_back({net::address(name == 'a' ? address : address + "2"), 3478});
      }
    }
    const probe::Surroundings everything_routed{
        .interfaces = {}, .has_route = [](const net::IpAddress&) { return true; }, .has_route_through = {}};
    const auto paths = probe::choose_paths(resolved, {}, everything_routed);
    ASSERT_TRUE(paths);
    ASSERT_EQ(paths->size(), 2U);
    EXPECT_EQ(paths->front().family(), other(mix.lacks));
    EXPECT_EQ(paths->front().reflectors.size(), 2U);
    ASSERT_EQ(paths->back().reflectors.size(), 1U);
    EXPECT_EQ(paths->back().reflectors.front().given, mix.reflector == 'a' ? "b" : "a");
  }
}

class DecidingPaths : public testing::Test {
 protected:
  static probe::Report path(Family family, const char* profile, std::string interface = {}) {
    World world({.family = family});
    probe::Report out = world.run(world.bed.add_site(*lab::find_profile(profile), calm()));
    out.interface = std::move(interface);
    return out;
  }
  static std::size_t deciding(probe::Report first, std::vector<probe::Report> further) {
    first.paths = std::move(further);
    return probe::deciding_paths(first).size();
  }
  const probe::Report v4 = path(Family::V4, "full-cone");
  const probe::Report v6 = path(Family::V6, "udp-firewall");
  const probe::Report dead_v4 = path(Family::V4, "udp-blocked");
  const probe::Report dead_v6 = path(Family::V6, "udp-blocked");
  const probe::Report dead_elsewhere = path(Family::V4, "udp-blocked", "wlan0");
};

TEST_F(DecidingPaths, AreAllThatWork) { EXPECT_EQ(deciding(v4, {v6}), 2U); }

TEST_F(DecidingPaths, ADeadFamily_IsNone_BesideOneThatWorks) {
  EXPECT_EQ(deciding(v4, {dead_v6}), 1U);
  EXPECT_EQ(deciding(dead_v4, {v6}), 1U);
}

TEST_F(DecidingPaths, AreAll_WhereNothingWorks) {
  EXPECT_EQ(deciding(dead_v4, {dead_v6}), 2U);
  EXPECT_EQ(deciding(dead_v6, {}), 1U) << "as -6 asks for it";
}

TEST_F(DecidingPaths, ADeadInterface_IsOne_ForItWasAskedFor) { EXPECT_EQ(deciding(v4, {dead_elsewhere}), 2U); }

}  // namespace deciding_paths_test
