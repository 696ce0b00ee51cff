// The partner dies, or the two reflectors lose each other, before every single event of a run.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "world.h"

namespace {

using namespace world;

enum class Fault { PartnerKilled, LinkCut };

struct FaultyRun {
  Fault fault;
  bool partner_given;
};

class PartnerFault : public testing::TestWithParam<FaultyRun> {};

void strike(World& world, Fault fault) {
  if (fault == Fault::PartnerKilled) return world.bed.simulator.kill(world.id_b);
  world.bed.network.block(world.a().address, world.b().address);
  world.bed.network.block(world.b().address, world.a().address);
}

// A run in which the fault strikes before the event with this number. Empty: the run was over before.
std::optional<probe::Report> run_with_fault(const lab::NatProfile& kind, const FaultyRun& how, unsigned before_event) {
  World world;
  const lab::Site site = world.bed.add_site(kind, calm());
  probe::ProbeSession session(
      config_for(how.partner_given ? std::vector{world.a(), world.b()} : std::vector{world.a()}), net::Random(7));
  const lab::AgentId id = world.bed.simulator.add_agent(site.host, session);
  for (unsigned event = 0; event < before_event; ++event) world.bed.simulator.step();
  if (session.finished()) return std::nullopt;
  strike(world, how.fault);
  world.bed.simulator.run_until_finished({id}, world.bed.simulator.now() + 2min);
  return session.report();
}

bool seen_from_both(const probe::Report& report) {
  std::set<net::IpAddress> addresses;
  for (const std::size_t i : report.verdict.mapping.evidence) addresses.insert(report.observations[i].from->address);
  return addresses.size() == 2;
}

TEST_P(PartnerFault, BeforeEveryEvent_NeverWrong_UnknownSaysWhy) {
  std::map<std::string, unsigned> reasons;
  unsigned unknown = 0;
  unsigned runs = 0;
  for (const lab::NatProfile& kind : ten_kinds()) {
    for (unsigned event = 0;; ++event) {
      const auto report = run_with_fault(kind, GetParam(), event);
      if (!report) break;
      const auto& [nat_class, name, mapping, filtering] = report->verdict;
      const Judgement judgement = judge(report->verdict, lab::observed_truth(kind));
      ASSERT_NE(judgement, Judgement::Wrong) << kind.name << ", event " << event << ": " << describe(*report);
      if (!mapping.value) {
        EXPECT_FALSE(mapping.why.empty()) << describe(*report);
        ++reasons["m:" + mapping.why];
      }
      if (!filtering.value) {
        EXPECT_FALSE(filtering.why.empty()) << describe(*report);
        ++reasons["f:" + filtering.why];
      }
      if (mapping.value == net::MappingBehavior::EndpointIndependent) {
        EXPECT_TRUE(seen_from_both(*report));
      }
      unknown += judgement == Judgement::Unknown;
      ++runs;
    }
  }
  EXPECT_GT(unknown, 0U);
  for (auto& [r, n] : reasons) printf("%u %s\n", n, r.c_str());
  printf("runs %u unknown %u\n", runs, unknown);
}

INSTANTIATE_TEST_SUITE_P(Faults, PartnerFault,
                         testing::Values(FaultyRun{Fault::PartnerKilled, false}, FaultyRun{Fault::PartnerKilled, true},
                                         FaultyRun{Fault::LinkCut, false}, FaultyRun{Fault::LinkCut, true}));

}  // namespace
