// The findings about the path against the truth of the modelled NATs: every kind, both ways of each setting, calm and
// with loss, many seeds. Never wrong; where nothing is lost, known wherever it can be.

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/probe/path_world.h"

namespace path_grid_test {

using namespace path_world;
using net::FilteringBehavior;
using net::MappingBehavior;

std::vector<lab::NatProfile> nine_kinds() {
  std::vector<lab::NatProfile> out = ten_kinds();
  std::erase_if(out, [](const lab::NatProfile& kind) { return !lab::translates(kind); });
  return out;
}

unsigned seeds(unsigned otherwise) {
  const char* value = std::getenv("NATSCOPE_RUNS");
  return value == nullptr ? otherwise : static_cast<unsigned>(std::atoi(value));
}

struct Tally {
  unsigned right = 0;
  unsigned unknown = 0;
  unsigned wrong = 0;
  std::string example;

  void count(const std::string& seen, const std::string& truth, const probe::Report& report, const std::string& what) {
    ++(seen == truth ? right : seen == "?" ? unknown : wrong);
    if (seen != truth && seen != "?") example = what + ": " + seen + " for " + truth + "\n" + describe(report);
    if (seen == "?" && example.empty()) example = what + " unknown for " + truth + "\n" + describe(report);
  }
};

// ---- hairpin -------------------------------------------------------------------------------------------------------

struct HairpinTruth {
  lab::Hairpin setting;
  const char* value;
};
constexpr HairpinTruth hairpins[] = {{lab::Hairpin::Off, "none"},
                                     {lab::Hairpin::ExternalSource, "external-source"},
                                     {lab::Hairpin::InternalSource, "internal-source"}};

// A filter that a hairpinned packet could never pass hides whether there is hairpinning.
bool can_be_told(const lab::NatProfile& kind, lab::Hairpin setting) {
  const bool one_mapping = kind.mapping == MappingBehavior::EndpointIndependent;
  const bool lets_in = kind.filtering == FilteringBehavior::EndpointIndependent;
  return one_mapping || (lets_in && setting != lab::Hairpin::Off);
}

TEST(HairpinGrid, Calm_IsRight_WhereItCanBeTold) {
  for (const lab::NatProfile& kind : nine_kinds()) {
    for (const auto& [setting, value] : hairpins) {
      const auto profile = with(kind, [&](lab::NatProfile& p) { p.hairpin = setting; });
      const auto report = play({.profile = profile, .only = {"hairpin"}});
      const bool known = can_be_told(kind, setting);
      EXPECT_EQ(value_of(report, "hairpin"), known ? value : "?") << kind.name << "\n" << describe(report);
      EXPECT_EQ(why_of(report, "hairpin").empty(), known && setting != lab::Hairpin::Off) << kind.name;
      if (!known || setting == lab::Hairpin::Off) continue;
      const bool filtered = kind.filtering != FilteringBehavior::EndpointIndependent;
      EXPECT_EQ(figure_of(report, "hairpin", "filtered"), filtered ? "yes" : "no") << kind.name;
    }
  }
}

TEST(HairpinGrid, InTheDefaultRun_CostsLittle) {
  for (const lab::NatProfile& kind : nine_kinds()) {
    for (const auto& [setting, value] : hairpins) {
      const auto profile = with(kind, [&](lab::NatProfile& p) { p.hairpin = setting; });
      const auto report = play({.profile = profile});
      EXPECT_EQ(judge(report.verdict, lab::observed_truth(profile)), Judgement::Right) << kind.name;
      EXPECT_EQ(value_of(report, "hairpin"), can_be_told(kind, setting) ? value : "?") << kind.name;
      const probe::Traffic traffic = traffic_of(report, "hairpin");
      EXPECT_LE(traffic.packets, 25U) << kind.name << "\n" << describe(report);
      EXPECT_LE(traffic.flows, 6U) << kind.name;
      EXPECT_EQ(traffic_of(report, "payload-rewriting").flows, 1U);
      EXPECT_LE(traffic_of(report, "payload-rewriting").packets, 3U);
    }
  }
}

TEST(HairpinGrid, UnderLoss_NeverWrong_MostlyKnown) {
  for (const double loss : {0.1, 0.3}) {
    Tally tally;
    for (std::uint64_t seed = 1; seed <= seeds(60); ++seed) {
      for (const lab::NatProfile& kind : nine_kinds()) {
        for (const auto& [setting, value] : hairpins) {
          if (!can_be_told(kind, setting)) continue;
          const auto profile = with(kind, [&](lab::NatProfile& p) { p.hairpin = setting; });
          const auto report = play({.profile = profile, .link = rough(loss), .seed = seed, .only = {"hairpin"}});
          tally.count(value_of(report, "hairpin"), value, report, kind.name);
        }
      }
    }
    std::printf("loss %.1f: right %u, unknown %u, wrong %u\n", loss, tally.right, tally.unknown, tally.wrong);
    EXPECT_EQ(tally.wrong, 0U) << tally.example;
    if (loss < 0.2) {
      EXPECT_LE(tally.unknown, (tally.right + tally.unknown) / 20) << tally.example;
    }
  }
}

// ---- payload -------------------------------------------------------------------------------------------------------

TEST(PayloadGrid, Rewriting_IsFound_AndNothingElseIs) {
  for (const double loss : {0.0, 0.1, 0.3}) {
    Tally tally;
    for (std::uint64_t seed = 1; seed <= seeds(40); ++seed) {
      for (const lab::NatProfile& kind : nine_kinds()) {
        for (const bool rewrites : {false, true}) {
          const auto profile = with(kind, [&](lab::NatProfile& p) { p.rewrites_payload = rewrites; });
          const auto link = loss == 0 ? calm() : rough(loss);
          const auto report = play({.profile = profile, .link = link, .seed = seed, .only = {"payload-rewriting"}});
          tally.count(value_of(report, "payload-rewriting"), rewrites ? "rewritten" : "none", report, kind.name);
        }
      }
    }
    std::printf("loss %.1f: right %u, unknown %u, wrong %u\n", loss, tally.right, tally.unknown, tally.wrong);
    EXPECT_EQ(tally.wrong, 0U) << tally.example;
    if (loss < 0.2) {
      EXPECT_LE(tally.unknown, (tally.right + tally.unknown) / 100) << tally.example;
    }
  }
}

TEST(PayloadGrid, Rewriting_LeavesMappingAndFilteringAlone) {
  for (const lab::NatProfile& kind : nine_kinds()) {
    const auto profile = with(kind, [](lab::NatProfile& p) { p.rewrites_payload = true; });
    const auto report = play({.profile = profile});
    EXPECT_EQ(judge(report.verdict, lab::observed_truth(profile)), Judgement::Right) << kind.name;
    EXPECT_EQ(value_of(report, "payload-rewriting"), "rewritten") << kind.name;
  }
}

// ---- fragments -----------------------------------------------------------------------------------------------------

lab::LinkProfile with_mtu(lab::LinkProfile link, std::uint16_t mtu) {
  link.mtu = mtu;
  return link;
}

// What is said of fragments whose last part goes first.
const char* other_order(lab::Fragments accepted) {
  switch (accepted) {
    case lab::Fragments::AnyOrder: return "delivered";
    case lab::Fragments::InOrder: return "not-delivered";
    case lab::Fragments::Drop: break;
  }
  return "unknown: fragments that this host makes itself do not arrive in order either";
}

// security: fragments not delivered are told apart from filtering, for each of the nine kinds.
TEST(FragmentsGrid, Dropped_AreNoFiltering) {
  for (const lab::NatProfile& kind : nine_kinds()) {
    for (const auto accepted : {lab::Fragments::AnyOrder, lab::Fragments::InOrder, lab::Fragments::Drop}) {
      const auto profile = with(kind, [&](lab::NatProfile& p) { p.fragments = accepted; });
      const auto report = play({.profile = profile,
                                .link = with_mtu(calm(), 1500),
                                .only = {"mapping", "filtering", "fragments"},
                                .full = true});
      EXPECT_EQ(judge(report.verdict, lab::observed_truth(profile)), Judgement::Right) << kind.name;
      // Its own link is behind the NAT: what leaves is divided there, what comes in was divided on that link.
      const bool drops = accepted == lab::Fragments::Drop;
      EXPECT_EQ(value_of(report, "fragments"), drops ? "outbound-only" : "delivered")
          << kind.name << "\n" << why_of(report, "fragments") << describe(report);
      EXPECT_EQ(figure_of(report, "fragments", "other_order"), other_order(accepted)) << describe(report);
    }
  }
}

// The inner NAT's link divides what leaves; the outer NAT gets the fragments.
TEST(FragmentsGrid, DroppedOnTheWayOut_AreNoFilteringEither) {
  for (const lab::NatProfile& kind : nine_kinds()) {
    for (const bool drops : {true, false}) {
      const auto outer_profile = with(kind, [&](lab::NatProfile& p) {
        p.fragments = drops ? lab::Fragments::Drop : lab::Fragments::InOrder;
      });
      World world;
      const lab::Site outer = world.bed.add_site(outer_profile, calm());
      const lab::Site inner = world.bed.add_site_behind(outer, kind, with_mtu({}, 1500));
      probe::ProbeConfig config = config_for({world.a(), world.b()});
      config.full = true;
      config.budget = probe::full_budget;
      config.only = {"mapping", "filtering", "fragments"};
      const auto report = world.run(inner.host, config);
      EXPECT_EQ(judge(report.verdict, lab::observed_truth(kind)), Judgement::Right) << kind.name;
      EXPECT_EQ(value_of(report, "fragments"), drops ? "not-delivered" : "delivered") << why_of(report, "fragments");
      EXPECT_EQ(figure_of(report, "fragments", "outbound"), drops ? "no" : "yes");
    }
  }
}

TEST(FragmentsGrid, UnderLoss_NeverWrong) {
  for (const double loss : {0.1, 0.3}) {
    Tally tally;
    Tally others;
    for (std::uint64_t seed = 1; seed <= seeds(12); ++seed) {
      for (const lab::NatProfile& kind : nine_kinds()) {
        for (const auto accepted : {lab::Fragments::AnyOrder, lab::Fragments::InOrder, lab::Fragments::Drop}) {
          const auto profile = with(kind, [&](lab::NatProfile& p) { p.fragments = accepted; });
          const auto link = with_mtu(rough(loss), 1500);
          const auto report =
              play({.profile = profile, .link = link, .seed = seed, .only = {"fragments"}, .full = true});
          const bool drops = accepted == lab::Fragments::Drop;
          const std::string order = figure_of(report, "fragments", "other_order");
          // On the way in the link may change the order, and then such a NAT drops the answer.
          const bool in_order_only = accepted == lab::Fragments::InOrder;
          if (!in_order_only) {
            tally.count(value_of(report, "fragments"), drops ? "outbound-only" : "delivered", report, kind.name);
          }
          others.count(order.starts_with("unknown") ? "?" : order, other_order(accepted), report, kind.name);
        }
      }
    }
    std::printf("loss %.1f: right %u, unknown %u, wrong %u; other order: right %u, unknown %u, wrong %u\n", loss,
                tally.right, tally.unknown, tally.wrong, others.right, others.unknown, others.wrong);
    EXPECT_EQ(tally.wrong, 0U) << tally.example;
    EXPECT_EQ(others.wrong, 0U) << others.example;
    if (loss < 0.2) {
      EXPECT_GT(others.right, 0U);
      EXPECT_LE(tally.unknown, (tally.right + tally.unknown) / 20) << tally.example;
    }
  }
}

// ---- path MTU ------------------------------------------------------------------------------------------------------

std::vector<std::uint16_t> sizes(std::initializer_list<std::uint16_t> all) { return all; }

TEST(PathMtuGrid, IsFound_AtAnySize) {
  for (const std::uint16_t mtu : sizes({576, 1280, 1420, 1476, 1492, 1499, 1500, 2000, 4000})) {
    const auto report = play({.profile = *lab::find_profile("port-restricted-cone"),
                              .link = with_mtu(calm(), mtu),
                              .only = {"path-mtu"},
                              .full = true});
    EXPECT_EQ(value_of(report, "path-mtu"), std::to_string(mtu)) << why_of(report, "path-mtu") << describe(report);
    EXPECT_EQ(figure_of(report, "path-mtu", "told"), "yes");
    EXPECT_LE(traffic_of(report, "path-mtu").packets, 120U) << mtu;
  }
}

// The NAT drops ICMP errors: a black hole, found by silence alone.
TEST(PathMtuGrid, WithoutIcmp_IsFoundToAMultipleOfFour) {
  for (const std::uint16_t mtu : sizes({1280, 1493, 1500, 2007})) {
    for (const lab::NatProfile& kind : nine_kinds()) {
      const auto profile = with(kind, [](lab::NatProfile& p) { p.icmp_errors = false; });
      World world;
      const lab::Site outer = world.bed.add_site(profile, with_mtu(calm(), mtu));
      const lab::Site inner = world.bed.add_site_behind(outer, profile);
      probe::ProbeConfig config = config_for({world.a(), world.b()});
      config.only = {"path-mtu"};
      config.full = true;
      config.budget = probe::full_budget;
      const auto report = world.run(inner.host, config);
      EXPECT_EQ(value_of(report, "path-mtu"), std::to_string(mtu / 4 * 4)) << why_of(report, "path-mtu") << kind.name;
      EXPECT_EQ(figure_of(report, "path-mtu", "told"), "no");
    }
  }
}

TEST(PathMtuGrid, UnderLoss_NeverWrong) {
  for (const double loss : {0.1, 0.3}) {
    Tally tally;
    for (std::uint64_t seed = 1; seed <= seeds(100); ++seed) {
      const auto profile = with(*lab::find_profile("port-restricted-cone"), [&](lab::NatProfile& p) {
        p.icmp_errors = seed % 2 == 0;
      });
      const auto report = play(
          {.profile = profile, .link = with_mtu(rough(loss), 1492), .seed = seed, .only = {"path-mtu"}, .full = true});
      tally.count(value_of(report, "path-mtu"), "1492", report, why_of(report, "path-mtu"));
    }
    std::printf("loss %.1f: right %u, unknown %u, wrong %u\n", loss, tally.right, tally.unknown, tally.wrong);
    EXPECT_EQ(tally.wrong, 0U) << tally.example;
    if (loss < 0.2) {
      EXPECT_LE(tally.unknown, 2U) << tally.example;
    }
  }
}

// ---- ICMP ----------------------------------------------------------------------------------------------------------

TEST(IcmpGrid, Delivery_IsFound_AndItsAbsenceIsNoProof) {
  for (const double loss : {0.0, 0.1, 0.3}) {
    Tally tally;
    for (std::uint64_t seed = 1; seed <= seeds(20); ++seed) {
      for (const lab::NatProfile& kind : nine_kinds()) {
        for (const bool errors : {true, false}) {
          const auto profile = with(kind, [&](lab::NatProfile& p) { p.icmp_errors = errors; });
          const auto link = loss == 0 ? calm() : rough(loss);
          const auto report = play({.profile = profile, .link = link, .seed = seed, .only = {"icmp"}, .full = true});
          tally.count(value_of(report, "icmp"), errors ? "delivered" : "?", report, kind.name + why_of(report, "icmp"));
          const std::string ends = figure_of(report, "icmp", "ends_mapping");
          if (loss == 0 || ends != "?") {
            EXPECT_EQ(ends, errors ? "no" : "?") << kind.name << describe(report);
          }
        }
      }
    }
    std::printf("loss %.1f: right %u, unknown %u, wrong %u\n", loss, tally.right, tally.unknown, tally.wrong);
    EXPECT_EQ(tally.wrong, 0U) << tally.example;
    if (loss == 0) {
      EXPECT_EQ(tally.unknown, 0U) << tally.example;
    }
  }
}

// ---- unsolicited ---------------------------------------------------------------------------------------------------

std::vector<lab::NatProfile> preserving_kinds() {
  std::vector<lab::NatProfile> out;
  for (const lab::NatProfile& kind : all_kinds()) {
    using enum net::PortAllocation;
    const bool keeps = kind.allocation == Preserving || kind.allocation == PreservingOverloading;
    if (keeps && lab::translates(kind) && !kind.udp_blocked) out.push_back(kind);
  }
  return out;
}

TEST(UnsolicitedGrid, TheHarm_IsFound_AndTheWayRoundIt) {
  for (const double loss : {0.0, 0.1, 0.3}) {
    Tally tally;
    for (std::uint64_t seed = 1; seed <= seeds(10); ++seed) {
      for (const lab::NatProfile& kind : preserving_kinds()) {
        for (const bool keeps_state : {true, false}) {
          const auto profile = with(kind, [&](lab::NatProfile& p) {
            if (keeps_state) p.unsolicited = lab::Unsolicited::AcceptWithState;
          });
          const auto report = play({.profile = profile,
                                    .link = loss == 0 ? calm() : rough(loss),
                                    .seed = seed,
                                    .only = {"unsolicited"},
                                    .full = true});
          tally.count(value_of(report, "unsolicited"), keeps_state ? "changes-mapping" : "ignored", report,
                      kind.name + why_of(report, "unsolicited"));
          if (loss == 0) {
            EXPECT_EQ(figure_of(report, "unsolicited", "low_ttl_avoids_it"), keeps_state ? "yes" : "?") << kind.name;
          }
        }
      }
    }
    std::printf("loss %.1f: right %u, unknown %u, wrong %u\n", loss, tally.right, tally.unknown, tally.wrong);
    EXPECT_EQ(tally.wrong, 0U) << tally.example;
    if (loss == 0) {
      EXPECT_EQ(tally.unknown, 0U) << tally.example;
    }
  }
}

TEST(UnsolicitedGrid, InStrictMode_AndForThePoisonedRouter) {
  const auto report = play({.profile = *lab::find_profile("poisoned-router"),
                            .only = {"unsolicited"},
                            .full = true,
                            .mode = reflector::Mode::Strict});
  EXPECT_EQ(value_of(report, "unsolicited"), "changes-mapping") << why_of(report, "unsolicited") << describe(report);
}

TEST(UnsolicitedGrid, IsUnknown_WherePortsAreNotPreserved) {
  for (const lab::NatProfile& kind : nine_kinds()) {
    const auto report = play({.profile = kind, .only = {"unsolicited"}, .full = true});
    EXPECT_EQ(value_of(report, "unsolicited"), "?") << kind.name;
    EXPECT_NE(why_of(report, "unsolicited").find("preserve"), std::string::npos) << why_of(report, "unsolicited");
  }
}

// ---- all together --------------------------------------------------------------------------------------------------

TEST(PathGrid, AFullRun_LeavesMappingAndFilteringRight) {
  for (const lab::NatProfile& kind : all_kinds()) {
    const auto report = play({.profile = kind, .full = true});
    EXPECT_EQ(judge(report.verdict, lab::observed_truth(kind)), Judgement::Right) << kind.name << describe(report);
  }
}

// Hosts divide IPv6 themselves, whatever the links are and whoever was told.
TEST(PathGrid, OverIpv6_FragmentsAndPathMtu_AreTheProfiles) {
  for (const std::uint16_t mtu : {std::uint16_t{1280}, std::uint16_t{1420}, std::uint16_t{1500}}) {
    for (const auto accepted : {lab::Fragments::AnyOrder, lab::Fragments::InOrder, lab::Fragments::Drop}) {
      const auto profile = with(nine_kinds().front(), [&](lab::NatProfile& p) { p.fragments = accepted; });
      const auto report = play({.profile = profile,
                                .link = with_mtu(calm(), mtu),
                                .only = {"fragments", "path-mtu"},
                                .full = true,
                                .family = net::Family::V6});
      const bool drops = accepted == lab::Fragments::Drop;
      EXPECT_EQ(value_of(report, "fragments"), drops ? "not-delivered" : "delivered")
          << why_of(report, "fragments") << describe(report);
      EXPECT_EQ(figure_of(report, "fragments", "other_order"), drops ? "?" : other_order(accepted));
      EXPECT_EQ(value_of(report, "path-mtu"), std::to_string(mtu)) << why_of(report, "path-mtu");
    }
  }
}

TEST(PathGrid, OverIpv6_NothingIsWrong) {
  for (const lab::NatProfile& kind : nine_kinds()) {
    const auto profile = with(kind, [](lab::NatProfile& p) {
      p.hairpin = lab::Hairpin::ExternalSource;
      p.rewrites_payload = true;
    });
    const auto report =
        play({.profile = profile, .link = with_mtu(calm(), 1500), .full = true, .family = net::Family::V6});
    EXPECT_EQ(value_of(report, "hairpin"), can_be_told(kind, lab::Hairpin::ExternalSource) ? "external-source" : "?");
    EXPECT_EQ(value_of(report, "payload-rewriting"), "rewritten");
    EXPECT_EQ(value_of(report, "path-mtu"), "1500");
    EXPECT_EQ(value_of(report, "fragments"), "delivered") << why_of(report, "fragments") << describe(report);
    EXPECT_EQ(figure_of(report, "fragments", "other_order"), "delivered");
    EXPECT_EQ(value_of(report, "icmp"), "delivered");
  }
}

// Whatever is said of a named NAT is what its profile says.
TEST(PathGrid, OfEveryNamedProfile_NothingIsWrong) {
  const auto is_or_unknown = [](const std::string& seen, const std::string& truth) {
    return seen == "?" || seen == truth;
  };
  for (const lab::NatProfile& profile : lab::all_profiles()) {
    const auto report = play({.profile = profile, .link = with_mtu(calm(), 1500), .full = true});
    const std::string hairpin = hairpins[static_cast<std::size_t>(profile.hairpin)].value;
    const bool harmful = profile.unsolicited == lab::Unsolicited::AcceptWithState;
    EXPECT_TRUE(is_or_unknown(value_of(report, "hairpin"), hairpin)) << profile.name << describe(report);
    EXPECT_TRUE(is_or_unknown(value_of(report, "payload-rewriting"), profile.rewrites_payload ? "rewritten" : "none"))
        << profile.name;
    EXPECT_TRUE(is_or_unknown(value_of(report, "unsolicited"), harmful ? "changes-mapping" : "ignored"))
        << profile.name << describe(report);
    EXPECT_TRUE(is_or_unknown(value_of(report, "path-mtu"), "1500")) << profile.name;
    EXPECT_TRUE(is_or_unknown(value_of(report, "fragments"),
                              profile.fragments == lab::Fragments::Drop ? "outbound-only" : "delivered"))
        << profile.name;
    EXPECT_TRUE(value_of(report, "icmp") == "?" || profile.icmp_errors) << profile.name;
    EXPECT_NE(figure_of(report, "icmp", "ends_mapping"), "yes") << profile.name;
  }
}

// The table is flushed before each event of a run, one run each (security: rebinding in the middle of a test).
TEST(PathGrid, AFlushedNat_NeverMisleads) {
  for (const auto allocation : {net::PortAllocation::Preserving, net::PortAllocation::Random}) {
    for (const auto& [setting, truth] : hairpins) {
      const auto kind = with(lab::make_profile(MappingBehavior::EndpointIndependent,
                                               FilteringBehavior::AddressAndPortDependent, allocation),
                             [&](lab::NatProfile& p) { p.hairpin = setting; });
      bool flushed = true;
      for (unsigned before = 1; flushed; ++before) {
        World world;
        const lab::Site site = world.bed.add_site(kind, with_mtu(calm(), 1500));
        probe::ProbeConfig config = config_for({world.a(), world.b()});
        config.only = {"hairpin", "payload-rewriting", "fragments", "icmp", "unsolicited"};
        config.budget = probe::full_budget;
        probe::ProbeSession session(config, net::Random(before));
        world.bed.simulator.add_agent(site.host, session);
        for (unsigned n = 0; n < before && !session.finished(); ++n) world.bed.simulator.step();
        flushed = !session.finished();
        world.bed.network.flush(site.nat);
        world.bed.simulator.run_until([&] { return session.finished(); }, world.bed.simulator.now() + 1min);
        const auto report = session.report();
        for (const auto& [finding, value] : {std::pair("hairpin", truth), {"payload-rewriting", "none"},
                                             {"fragments", "delivered"}, {"icmp", "delivered"},
                                             {"unsolicited", "ignored"}}) {
          const std::string seen = value_of(report, finding);
          EXPECT_TRUE(seen == "?" || seen == value) << finding << " " << seen << " " << before << describe(report);
        }
      }
    }
  }
}

}  // namespace path_grid_test
