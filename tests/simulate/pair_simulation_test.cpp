// A pair on its own does what theory says, for all kinds of NAT; hosts behind one NAT or carrier are treated truly.

#include "lab/commands/pair_simulation.h"

#include <gtest/gtest.h>

#include "traversal/predict.h"

namespace pair_simulation_test {

using namespace std::chrono_literals;
using traversal::Outcome;
using traversal::Prediction;

const lab::LinkProfile link = {.delay = 20ms};

lab::HostPlace place(const char* name, const lab::NatProfile& nat, const lab::NatProfile* carrier = nullptr) {
  return {.name = name, .behavior = lab::observed_truth(nat), .nat = &nat, .link = link, .carrier = carrier};
}

traversal::PairOutcome simulated(const lab::NatProfile& a, const lab::NatProfile& b, std::uint64_t seed) {
  return lab::simulate_pair({.places = {{place("a", a), place("b", b)}}, .seed = seed});
}

Outcome expected_outcome(const traversal::Theory& theory) {
  if (theory.result != Prediction::Direct) return Outcome::Failed;
  return theory.path == traversal::Path::SameFiveTuple ? Outcome::Direct : Outcome::Asymmetric;
}

TEST(PairSimulation, All81Kinds_ConnectExactly_WhenTheoryAllows) {
  const auto kinds = lab::grid_profiles(net::PortAllocation::Random);
  for (const lab::NatProfile& a : kinds) {
    for (const lab::NatProfile& b : kinds) {
      const auto theory = traversal::predict(lab::observed_truth(a), lab::observed_truth(b));
      for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const auto pair = simulated(a, b, seed);
        SCOPED_TRACE(a.name + " x " + b.name + ": " + pair.why);
        const Outcome seen = pair.outcome == Outcome::OneWay ? Outcome::Failed : pair.outcome;
        EXPECT_EQ(to_string(seen), to_string(expected_outcome(theory)));
        EXPECT_EQ(pair.predicted, theory.result);
        EXPECT_FALSE(disagrees(pair));
        EXPECT_EQ(pair.trials, 1U);
        EXPECT_EQ(pair.successes, connected(pair.outcome) ? 1U : 0U);
      }
    }
  }
}

TEST(PairSimulation, TheSameSeed_GivesTheSameOutcome) {
  const auto profile = *lab::find_profile("port-restricted-cone");
  lab::PairSetting setting{.places = {{place("a", profile), place("b", profile)}}, .seed = 5};
  for (auto& side : setting.places.values) side.link = {.delay = 10ms, .jitter = 30ms, .loss = 0.3};
  const auto first = lab::simulate_pair(setting);
  const auto second = lab::simulate_pair(setting);
  EXPECT_EQ(first.outcome, second.outcome);
  EXPECT_EQ(first.attempts.front().packets_a, second.attempts.front().packets_a);
  EXPECT_EQ(first.attempts.front().time_to_connect, second.attempts.front().time_to_connect);
  setting.seed = 6;
  EXPECT_NE(lab::simulate_pair(setting).attempts.front().time_to_connect, first.attempts.front().time_to_connect);
}

TEST(PairSimulation, HostsInTheOpen_ConnectInOneRoundTrip) {
  const auto open = *lab::find_profile("no-nat");
  const auto pair = simulated(open, open, 1);
  EXPECT_EQ(pair.outcome, Outcome::Direct);
  ASSERT_TRUE(pair.connect);
  EXPECT_EQ(pair.connect->max, 80ms);  // twice two links of 20 ms
}

TEST(PairSimulation, WhereUdpIsBlocked_TheRendezvousSeesNothing) {
  const auto pair = simulated(*lab::find_profile("full-cone"), *lab::find_profile("udp-blocked"), 1);
  EXPECT_EQ(pair.outcome, Outcome::Failed);
  EXPECT_EQ(pair.predicted, Prediction::Impossible);
  EXPECT_EQ(pair.why, "b's punch socket was not seen by the rendezvous");
}

TEST(PairSimulation, HostsBehindOneNat_ConnectByTheirInsideAddresses) {
  const auto profile = *lab::find_profile("symmetric");
  const auto pair = lab::simulate_pair(
      {.places = {{place("a", profile), place("b", profile)}}, .shared = lab::Shared::Nat, .seed = 1});
  EXPECT_EQ(pair.outcome, Outcome::Direct);
  EXPECT_EQ(pair.predicted, Prediction::SameNat);
  EXPECT_LT(pair.connect->max, 20ms);  // the way between them is the NAT's LAN
}

TEST(PairSimulation, HomesBehindOneCarrier_ConnectOnlyThroughItsHairpin) {
  const auto home = *lab::find_profile("port-restricted-cone");
  auto carrier = *lab::find_profile("full-cone");
  for (const auto& [hairpin, outcome] :
       {std::pair{lab::Hairpin::Off, Outcome::Failed}, std::pair{lab::Hairpin::ExternalSource, Outcome::Direct}}) {
    carrier.hairpin = hairpin;
    const auto pair = lab::simulate_pair({.places = {{place("a", home, &carrier), place("b", home, &carrier)}},
                                          .shared = lab::Shared::Carrier,
                                          .seed = 1});
    EXPECT_EQ(to_string(pair.outcome), to_string(outcome)) << pair.why;
    EXPECT_EQ(pair.predicted, Prediction::SameNat);
  }
}

TEST(PairSimulation, HomesBehindTwoCarriers_AreAsDependentAsTheCarriers) {
  const auto home = *lab::find_profile("full-cone");
  const auto cone = *lab::find_profile("full-cone");
  const auto symmetric = *lab::find_profile("symmetric");
  const auto outcome = [&](const lab::NatProfile& carrier) {
    return lab::simulate_pair({.places = {{place("a", home, &carrier), place("b", home, &carrier)}}, .seed = 1})
        .outcome;
  };
  EXPECT_EQ(outcome(cone), Outcome::Direct);
  EXPECT_FALSE(connected(outcome(symmetric)));
}

}  // namespace pair_simulation_test
