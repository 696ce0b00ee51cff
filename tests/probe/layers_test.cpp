// How many NATs are on the way, under the virtual clock.

#include "probe/layers_finding.h"

#include <gtest/gtest.h>

#include "tests/probe/world.h"

namespace layers_test {

using namespace world;

lab::NatProfile with_lifetime(const char* profile, net::Duration lifetime) {
  lab::NatProfile out = *lab::find_profile(profile);
  out.udp_lifetime = lifetime;
  out.udp_answered_lifetime.reset();
  out.udp_two_way_lifetime.reset();
  return out;
}

probe::ProbeConfig layers_config(const World& world) {
  probe::ProbeConfig config = config_for({world.a(), world.b()});
  config.only = {"layers"};
  config.budget = probe::full_budget;
  config.after_timeout = 20min;
  return config;
}

std::string shown(const probe::Report& report) {
  const probe::NamedFinding& layers = *report.verdict.find("layers");
  std::string out = std::to_string(report.duration / 1s) + " s, " + std::to_string(report.traffic.packets) +
                    " packets, " + std::to_string(report.traffic.flows) + " flows; " + layers.finding.why;
  for (const auto& [name, figure] : layers.figures) out += " " + name + "=" + probe::to_string(figure);
  return out;
}

std::string word(const probe::Report& report) {
  const auto& value = report.verdict.find("layers")->finding.value;
  return value ? probe::to_string(*value) : "unknown";
}

double figure(const probe::Report& report, const char* name) {
  const auto& figures = report.verdict.find("layers")->figures;
  return figures.contains(name) ? std::get<double>(figures.at(name)) : 0;
}

// A router without NAT and without filter between the two: they stand at hops 1 and 3.
TEST(Layers, TwoNatsAtHopsOneAndThree_AreFound) {
  for (const auto& [inner, outer] : {std::pair{30s, 120s}, std::pair{20s, 60s}, std::pair{60s, 200s}}) {
    World world;
    const lab::Site carrier = world.bed.add_site(with_lifetime("symmetric", outer), calm());
    const lab::Site between = world.bed.add_site_behind(carrier, *lab::find_profile("no-nat"));
    const lab::Site home = world.bed.add_site_behind(between, with_lifetime("port-restricted-cone", inner));
    const auto report = world.run(home.host, layers_config(world));
    SCOPED_TRACE(shown(report));
    if (std::getenv("NATSCOPE_SHOW") != nullptr) std::printf("%s\n", shown(report).c_str());
    EXPECT_EQ(word(report), "two-or-more");
    EXPECT_EQ(figure(report, "inner_hop"), 1);
    EXPECT_EQ(figure(report, "outer_hop"), 3);
  }
}

// Every kind of NAT at hop 1, and behind a router at hop 2.
TEST(Layers, OneNatIsNeverReportedAsTwo) {
  unsigned runs = 0;
  for (std::uint64_t seed = 1; runs < 100; ++seed) {
    World world({.seed = seed});
    net::Random chance(seed);
    const net::Duration lifetime = std::chrono::seconds(15 + chance.below(75));
    const auto& kinds = all_kinds();
    lab::NatProfile profile = kinds[chance.below(kinds.size())];
    if (profile.udp_blocked) continue;
    if (profile.name != "linux-masquerade") profile.udp_lifetime = lifetime;
    lab::Site site = world.bed.add_site(profile, seed % 4 == 0 ? rough(0.1) : calm());
    if (seed % 2 == 0) site = world.bed.add_site_behind(site, *lab::find_profile("no-nat"));
    const auto report = world.run(site.host, layers_config(world));
    ++runs;
    EXPECT_NE(word(report), "two-or-more") << profile.name << ": " << shown(report);
    EXPECT_EQ(word(report), lab::translates(profile) ? "one-or-more" : "none") << profile.name;
    if (std::getenv("NATSCOPE_SHOW") != nullptr) std::printf("%s: %s\n", profile.name.c_str(), shown(report).c_str());
  }
}

}  // namespace layers_test
