// The partner dies, or the two reflectors lose each other, before every single event of a run.

#include <gtest/gtest.h>

#include <set>

#include "tests/probe/world.h"

namespace partner_fault_test {

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

// Which reasons are the right ones for this fault.
bool names_the_fault(const std::string& why, Fault fault) {
  const char* reason = fault == Fault::PartnerKilled ? "the partner did not answer" : "were confirmed as sent";
  return why.find(reason) != std::string::npos || why.find("did not do what it was asked") != std::string::npos;
}

// What is not as fault row 1 demands; empty: all is.
std::string misjudged(const lab::NatProfile& kind, const probe::Report& report, Fault fault) {
  const auto& mapping = report.verdict.mapping;
  const auto& filtering = report.verdict.filtering;
  if (judge(report.verdict, lab::observed_truth(kind)) == Judgement::Wrong) return "a wrong verdict";
  if (kind.udp_blocked) return {};  // no partner is needed to say so
  if (!mapping.value && !names_the_fault(mapping.why, fault)) return "no reason for an unknown mapping";
  if (!filtering.value && !names_the_fault(filtering.why, fault)) return "no reason for unknown filtering";
  const bool one_vantage_is_enough = mapping.value == net::MappingBehavior::AddressAndPortDependent;
  if (mapping.value && !one_vantage_is_enough && !seen_from_both(report)) return "mapping seen from one reflector";
  return {};
}

// The fault before each event of the run; how many verdicts were unknown.
unsigned unknown_before_any_event(const lab::NatProfile& kind, const FaultyRun& how) {
  unsigned unknown = 0;
  for (unsigned event = 0;; ++event) {
    const auto report = run_with_fault(kind, how, event);
    if (!report) return unknown;
    const std::string fault = misjudged(kind, *report, how.fault);
    EXPECT_EQ(fault, "") << kind.name << ", event " << event << ": " << describe(*report);
    if (!fault.empty()) return unknown;
    unknown += judge(report->verdict, lab::observed_truth(kind)) == Judgement::Unknown ? 1U : 0U;
  }
}

TEST_P(PartnerFault, BeforeEveryEvent_NeverWrong_UnknownSaysWhy) {
  unsigned unknown = 0;
  for (const lab::NatProfile& kind : all_kinds()) unknown += unknown_before_any_event(kind, GetParam());
  EXPECT_GT(unknown, 300U) << "the fault was felt";
}

// The NAT forgets everything, as when it reboots: never taken for a mapping that depends on the destination.
TEST(TableFlush, BeforeEveryEvent_IsStillRight) {
  for (const lab::NatProfile& kind : ten_kinds()) {
    for (unsigned event = 0;; ++event) {
      World world;
      const lab::Site site = world.bed.add_site(kind, calm());
      probe::ProbeSession session(config_for({world.a(), world.b()}), net::Random(7));
      const lab::AgentId id = world.bed.simulator.add_agent(site.host, session);
      for (unsigned i = 0; i < event; ++i) world.bed.simulator.step();
      if (session.finished()) break;
      if (kind.mapping != net::MappingBehavior::None) world.bed.network.nat(site.nat).forget();
      world.bed.simulator.run_until_finished({id}, world.bed.simulator.now() + 2min);
      const probe::Report report = session.report();
      const Judgement judgement = judge(report.verdict, lab::observed_truth(kind));
      ASSERT_EQ(judgement, Judgement::Right) << kind.name << ", event " << event << ": " << describe(report);
    }
  }
}

std::string name_of(const testing::TestParamInfo<FaultyRun>& run) {
  return std::string(run.param.fault == Fault::PartnerKilled ? "PartnerKilled" : "LinkCut") +
         (run.param.partner_given ? "_BothGiven" : "_OneGiven");
}

INSTANTIATE_TEST_SUITE_P(All, PartnerFault,
                         testing::Values(FaultyRun{Fault::PartnerKilled, false}, FaultyRun{Fault::PartnerKilled, true},
                                         FaultyRun{Fault::LinkCut, false}, FaultyRun{Fault::LinkCut, true}),
                         name_of);

}  // namespace partner_fault_test
