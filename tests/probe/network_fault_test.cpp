// The network misbehaves: the partner's replies are lost at its own side, the host sleeps, errors rain, requests come
// back, everybody asks at once. Right or unknown, never wrong.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "tests/probe/stage.h"
#include "tests/probe/world.h"

namespace network_fault_test {

using namespace world;

Judgement judged(const lab::NatProfile& kind, const probe::Report& report) {
  return judge(report.verdict, lab::observed_truth(kind));
}

// The partner answers the reflector, and nobody else hears it.
TEST(FirewalledPartner, IsNeverTakenForAFilter) {
  unsigned unknown = 0;
  for (const lab::NatProfile& kind : ten_kinds()) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
      World world({.seed = seed});
      const lab::Site site = world.bed.add_site(kind, calm());
      world.bed.network.block(world.b().address, site.outside);
      const probe::Report report = world.run(site);
      const Judgement judgement = judged(kind, report);
      ASSERT_NE(judgement, Judgement::Wrong) << kind.name << ", seed " << seed << ": " << describe(report);
      unknown += judgement == Judgement::Unknown ? 1 : 0;
    }
  }
  EXPECT_GT(unknown, 500U) << "the fault was felt";
}

// As SIGSTOP or a suspended machine: what arrives meanwhile waits, and time has passed.
TEST(Suspend, BeforeAnyEvent_NeverMisleads) {
  unsigned right = 0;
  unsigned runs = 0;
  for (const lab::NatProfile& kind : ten_kinds()) {
    for (unsigned event = 0;; event += 3) {
      World world;
      const lab::Site site = world.bed.add_site(kind, calm());
      probe::ProbeSession session(config_for({world.a(), world.b()}), net::Random(7));
      lab::Simulator& simulator = world.bed.simulator;
      const lab::AgentId id = simulator.add_agent(site.host, session);
      for (unsigned i = 0; i < event; ++i) simulator.step();
      if (session.finished()) break;
      simulator.suspend(id);
      static_cast<void>(simulator.run_until([] { return false; }, simulator.now() + 5s));
      simulator.resume(id);
      simulator.run_until_finished({id}, simulator.now() + 2min);
      const probe::Report report = session.report();
      const Judgement judgement = judged(kind, report);
      ASSERT_NE(judgement, Judgement::Wrong) << kind.name << ", event " << event << ": " << describe(report);
      right += judgement == Judgement::Right ? 1 : 0;
      ++runs;
    }
  }
  EXPECT_GT(runs, 200U);
  EXPECT_GE(right, runs * 9 / 10);
}

// RFC 4787 section 5 where nothing translates: the filter of the host's own firewall is found all the same.
TEST(HostFirewall, OfThreeKinds_IsFound) {
  using enum net::FilteringBehavior;
  for (const auto filtering : {EndpointIndependent, AddressDependent, AddressAndPortDependent}) {
    const auto kind = lab::make_profile(net::MappingBehavior::None, filtering, net::PortAllocation::Preserving);
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
      World world({.seed = seed});
      const probe::Report report = world.run(world.bed.add_site(kind, rough(0.05)));
      ASSERT_EQ(judged(kind, report), Judgement::Right) << kind.name << ": " << describe(report);
      ASSERT_EQ(report.verdict.nat_class, net::NatClass::NoNat);
    }
  }
}

TEST(IcmpErrors, TenThousand_ChangeNothing) {
  stage::Stage stage(stage::honest);
  stage.icmp_errors_a_request = 500;
  const probe::Report report = stage.run(stage::config_for({stage::a, stage::b}));
  EXPECT_GE(stage.heard.size() * stage.icmp_errors_a_request, 10'000U);
  EXPECT_EQ(report.verdict.nat_class, net::NatClass::NoNat);
  EXPECT_EQ(report.verdict.filtering.value, net::FilteringBehavior::EndpointIndependent);
}

// A hairpin nobody asked for, or a reflector that only echoes: the class bits are looked at.
TEST(OwnRequests, ThatComeBack_AreNoAnswers) {
  for (unsigned run = 0; run < 100; ++run) {
    stage::Stage echo([](const stage::Heard& heard) {
      return std::vector<stage::Reply>{{.from = heard.to, .payload = heard.request}};
    });
    const probe::Report report = echo.run(stage::config_for({stage::a, stage::b}));
    ASSERT_EQ(report.verdict.nat_class, net::NatClass::Unknown);
    ASSERT_GT(report.strays, 0U);
  }
}

// Twenty hosts of one household, each with a run of its own, at the same moment.
TEST(TwentyRuns, AtOnce_BehindOneAddress_AreAllRight) {
  for (const lab::NatProfile& kind : ten_kinds()) {
    World world;
    const lab::Site site = world.bed.add_site(kind, calm());
    std::vector<std::unique_ptr<probe::ProbeSession>> sessions;
    for (unsigned i = 0; i < 20; ++i) {
      const lab::HostId host = i == 0 ? site.host : world.bed.add_neighbour(site).host;
      sessions.push_back(std::make_unique<probe::ProbeSession>(config_for({world.a(), world.b()}), net::Random(i)));
      world.bed.simulator.add_agent(host, *sessions.back());
    }
    const auto all_finished = [&] {
      return std::ranges::all_of(sessions, [](const auto& session) { return session->finished(); });
    };
    ASSERT_TRUE(world.bed.simulator.run_until(all_finished, world.bed.simulator.now() + 2min));
    for (const auto& session : sessions) {
      const probe::Report report = session->report();
      ASSERT_EQ(judged(kind, report), Judgement::Right) << kind.name << ": " << describe(report);
    }
  }
}

}  // namespace network_fault_test
