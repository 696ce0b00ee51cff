// A host with IPv6 alone behind a NAT64, reflectors of IPv4: what natprobe says against what the modelled NAT64 does,
// under the well-known prefix and the network's own ones of every length.

#include <gtest/gtest.h>

#include "tests/probe/path_world.h"

namespace nat64_grid_test {

using namespace path_world;

std::vector<net::Nat64Prefix> every_length() {
  std::vector<net::Nat64Prefix> out = {net::well_known_nat64()};
  for (const char* text : {"2001:db8::/32", "2001:db8:100::/40", "2001:db8:122::/48", "2001:db8:122:300::/56",
                           "2001:db8:122:344::/64", "2001:db8:122:344::/96"}) {
    out.push_back(net::parse_nat64_prefix(text).value());
  }
  return out;
}

struct Nat64Run {
  lab::NatProfile profile;
  net::Nat64Prefix prefix;
  lab::LinkProfile link = calm();
  std::uint64_t seed = 1;
  std::vector<std::string> only = {"mapping", "filtering"};
  bool full = false;
};

probe::Report play(const Nat64Run& run) {
  World world({.seed = run.seed});
  auto profile = run.profile;
  profile.ipv6 = lab::Ipv6Service::Nat64;
  lab::Network& network = world.bed.network;
  const lab::NodeId nat = network.add_nat(
      profile,
      {.external = {net::address("203.0.113.64")}, .inside = {net::address("fd00:64::1")}, .nat64 = run.prefix},
      lab::core, lab::both_ways(run.link));
  const lab::HostId host = network.add_host({net::address("fd00:64::2")}, nat);
  const auto under = [&](const net::Endpoint& v4) { return net::Endpoint{run.prefix.with(v4.address), v4.port}; };
  probe::ProbeConfig config = config_for({under(world.a()), under(world.b())});
  config.nat64 = run.prefix;
  config.only = run.only;
  config.full = run.full;
  if (run.full) {
    config.budget = probe::full_budget;
    config.after_timeout = 15min;
  }
  return world.run(host, config);
}

std::vector<lab::NatProfile> nine_kinds() {
  std::vector<lab::NatProfile> out = ten_kinds();
  std::erase_if(out, [](const lab::NatProfile& kind) { return !lab::translates(kind); });
  return out;
}

TEST(Nat64Grid, EveryKind_UnderEveryPrefix_IsJudgedRight) {
  for (const net::Nat64Prefix& prefix : every_length()) {
    for (const lab::NatProfile& kind : nine_kinds()) {
      const auto report = play({.profile = kind, .prefix = prefix});
      EXPECT_EQ(judge(report.verdict, lab::observed_truth(kind)), Judgement::Right)
          << net::to_string(prefix) << " " << kind.name << "\n"
          << describe(report);
      EXPECT_EQ(value_of(report, "nat64"), "translated");
      EXPECT_EQ(figure_of(report, "nat64", "prefix"), net::to_string(prefix));
      EXPECT_EQ(value_of(report, "reflectors"), "consistent") << why_of(report, "reflectors");
      EXPECT_EQ(report.external->address, net::address("203.0.113.64"));
    }
  }
}

TEST(Nat64Grid, UnderLoss_NeverWrong) {
  unsigned wrong = 0;
  unsigned known = 0;
  unsigned all = 0;
  std::string example;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    for (const lab::NatProfile& kind : nine_kinds()) {
      for (const double loss : {0.1, 0.2}) {
        const auto report = play({.profile = kind, .prefix = every_length()[5], .link = rough(loss), .seed = seed});
        const Judgement judged = judge(report.verdict, lab::observed_truth(kind));
        ++all;
        if (judged == Judgement::Right) ++known;
        if (judged != Judgement::Wrong) continue;
        ++wrong;
        example = describe(report);
      }
    }
  }
  EXPECT_EQ(wrong, 0U) << example;
  EXPECT_GE(known, all * 95 / 100);
}

// RFC 6146 section 3.8: an external endpoint is written to under the prefix, and heard from there.
TEST(Nat64Grid, Hairpin_IsTheNat64s) {
  for (const auto setting : {lab::Hairpin::Off, lab::Hairpin::ExternalSource}) {
    auto kind = lab::make_profile(net::MappingBehavior::EndpointIndependent,
                                  net::FilteringBehavior::AddressAndPortDependent, net::PortAllocation::Random);
    kind.hairpin = setting;
    const auto report = play({.profile = kind, .prefix = every_length()[3], .only = {"hairpin"}});
    EXPECT_EQ(value_of(report, "hairpin"), setting == lab::Hairpin::Off ? "none" : "external-source")
        << why_of(report, "hairpin") << describe(report);
  }
}

TEST(Nat64Grid, TheOtherFindings_AreNeverWrong) {
  for (const lab::NatProfile& kind : nine_kinds()) {
    lab::LinkProfile link = calm();
    link.mtu = 1500;
    const auto report = play({.profile = kind,
                              .prefix = every_length()[6],
                              .link = link,
                              .only = {"fragments", "payload-rewriting", "icmp"},
                              .full = true});
    EXPECT_EQ(value_of(report, "fragments"), "delivered") << why_of(report, "fragments") << describe(report);
    EXPECT_EQ(value_of(report, "payload-rewriting"), "none");
    EXPECT_EQ(value_of(report, "icmp"), "delivered") << why_of(report, "icmp") << describe(report);
  }
}

// The NAT64 is the one NAT on the way, though the way to it is one of public addresses.
TEST(Nat64Grid, Layers_CountTheNat64) {
  auto kind = lab::make_profile(net::MappingBehavior::EndpointIndependent,
                                net::FilteringBehavior::AddressAndPortDependent, net::PortAllocation::Random);
  const auto report = play({.profile = kind, .prefix = every_length()[4], .only = {"layers"}, .full = true});
  EXPECT_EQ(value_of(report, "layers"), "one-or-more") << why_of(report, "layers");
}

}  // namespace nat64_grid_test
