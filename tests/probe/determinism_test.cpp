// Whether idle time or a collision changes a mapping: NATs that do either, hosts with one local address and with two.

#include <gtest/gtest.h>

#include "probe/determinism_answers.h"
#include "probe/determinism_finding.h"
#include "tests/probe/log_builder.h"
#include "tests/probe/street.h"
#include "tests/probe/world.h"

namespace determinism_test {

using namespace world;
using probe::Figure;

const net::IpAddress first = net::address("10.9.0.2");
const net::IpAddress second = net::address("10.9.0.3");

probe::Verdict verdict_behind(const lab::NatProfile& profile, bool two_addresses, std::uint64_t seed, double loss = 0) {
  World world({.seed = seed});
  const lab::NatAddresses addresses{.external = {net::address("203.0.113.77")}, .inside = {net::address("10.9.0.1")}};
  const lab::LinkProfile link = loss > 0 ? rough(loss) : calm();
  const auto nat = world.bed.network.add_nat(profile, addresses, lab::core, lab::both_ways(link));
  const auto host = world.bed.network.add_host({first, second}, nat);
  auto config = world::config_for({world.a(), world.b()});
  config.only = {"mapping", "allocation", "determinism"};
  if (two_addresses) config.own_addresses = {first, second};
  config.budget = probe::full_budget;
  return world.run(host, config).verdict;
}

lab::NatProfile fickle_cone() {
  lab::NatProfile out = *lab::find_profile("port-restricted-cone");
  out.on_collision = lab::OnCollision::BecomeDependent;
  return out;
}

lab::NatProfile forgetful_cone() {
  lab::NatProfile out = *lab::find_profile("eim-apdf-random");
  out.udp_lifetime = 3s;
  return out;
}

struct Case {
  lab::NatProfile profile;
  std::optional<Figure> with_two;  // local addresses
  std::optional<Figure> with_one;
};

const std::vector<Case> cases = {
    {*lab::find_profile("full-cone"), "stable", std::nullopt},
    {*lab::find_profile("port-restricted-cone"), "stable", std::nullopt},
    {fickle_cone(), "changes-on-collision", std::nullopt},
    {*lab::find_profile("linux-masquerade"), "changes-on-collision", std::nullopt},
    {*lab::find_profile("eim-apdf-random"), "stable", "stable"},
    {*lab::find_profile("symmetric"), "stable", "stable"},
    {*lab::find_profile("apdm-apdf-preserving"), "stable", "stable"},
    {*lab::find_profile("adm-apdf-sequential"), "stable", "stable"},
    {forgetful_cone(), "changes-after-idle", "changes-after-idle"},
};

std::optional<Figure> value(const probe::Verdict& verdict) { return verdict.find("determinism")->finding.value; }

TEST(Determinism, IsSeen_WhereItCanBe) {
  for (const Case& row : cases) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      EXPECT_EQ(value(verdict_behind(row.profile, true, seed)), row.with_two) << row.profile.name;
      const probe::Verdict verdict = verdict_behind(row.profile, false, seed);
      EXPECT_EQ(value(verdict), row.with_one) << row.profile.name;
      const bool says_why = verdict.find("determinism")->finding.why.find("second local address") != std::string::npos;
      EXPECT_EQ(says_why, !row.with_one) << row.profile.name;
    }
  }
}

TEST(Determinism, UnderLoss_IsNeverWrong) {
  for (const Case& row : cases) {
    if (row.with_two == Figure("changes-after-idle")) continue;  // its mapping may end during retransmissions
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      const auto found = value(verdict_behind(row.profile, true, seed, 0.3));
      EXPECT_TRUE(!found || found == row.with_two) << row.profile.name << ": " << probe::to_string(*found);
    }
  }
}

// With one address a port mapping can take the port a flow wants, where the gateway makes mappings.
probe::NamedFinding beside_a_mapping(const street::GatewaySettings& gateway, std::uint64_t seed, double loss) {
  street::Street street({.seed = seed, .loss = loss, .gateway = gateway});
  auto config = street::config();
  config.only.emplace_back(probe::names::determinism);
  const probe::Report report = street.run(config);
  EXPECT_TRUE(street.mappings.empty() || loss > 0);
  return *report.verdict.find("determinism");
}

TEST(Determinism, APortMapping_MakesACollision) {
  using enum street::OnCollision;
  struct Row {
    street::GatewaySettings gateway;
    std::optional<Figure> value;
    std::string why;
  };
  const std::vector<Row> rows = {
      {{.pcp = true, .on_collision = Moves}, "stable", ""},
      {{.nat_pmp = true, .on_collision = Moves}, "stable", ""},
      {{.upnp = true, .on_collision = MovesEachWay}, "changes-on-collision", ""},
      {{.pcp = true, .on_collision = MovesEachWay}, "changes-on-collision", ""},
      {{.pcp = true, .on_collision = SharesAcross}, "changes-on-collision", ""},
      {{.pcp = true, .on_collision = Shares}, std::nullopt, "takes its port from no other flow"},
      {{}, std::nullopt, "or a gateway that maps ports"},
  };
  for (const Row& row : rows) {
    const probe::NamedFinding found = beside_a_mapping(row.gateway, 1, 0);
    EXPECT_EQ(found.finding.value, row.value) << found.finding.why;
    EXPECT_NE(found.finding.why.find(row.why), std::string::npos) << found.finding.why;
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
      const auto lossy = beside_a_mapping(row.gateway, seed, 0.3).finding.value;
      EXPECT_TRUE(!lossy || lossy == row.value) << probe::to_string(*lossy);
    }
  }
}

// A second local address tells port sharing from plain preservation.
TEST(Determinism, TwoAddresses_TellOverloading) {
  struct Shared {
    const char* profile;
    const char* word;
  };
  for (const Shared& row : {Shared{"linux-masquerade", "preserving-overloading"},
                            {"cisco-ios", "preserving-overloading"},
                            {"port-restricted-cone", "preserving"},
                            {"windows-netnat", "preserving"}}) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
      const probe::Verdict verdict = verdict_behind(*lab::find_profile(row.profile), true, seed);
      const auto& found = *verdict.find("allocation");
      EXPECT_EQ(found.finding.value, Figure(row.word)) << row.profile;
      EXPECT_TRUE(found.figures.contains("overloading")) << row.profile;
    }
  }
}

}  // namespace determinism_test
