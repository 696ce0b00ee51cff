// Lifetimes under the virtual clock: what the probe finds is what the NAT was told.

#include "probe/lifetime_finding.h"

#include <gtest/gtest.h>

#include "probe/layers_evidence.h"
#include "probe/lifetime_trials.h"
#include "probe/running_time.h"
#include "tests/probe/world.h"

namespace lifetime_test {

using namespace world;

struct Timers {
  net::Duration outbound_only;
  net::Duration answered;
  net::Duration two_way;
  lab::Refresh refresh = lab::Refresh::Outbound;
};

lab::NatProfile with_timers(lab::NatProfile profile, const Timers& timers) {
  profile.udp_lifetime = timers.outbound_only;
  profile.udp_answered_lifetime = timers.answered;
  profile.udp_two_way_lifetime = timers.two_way;
  profile.refresh = timers.refresh;
  return profile;
}

Timers all_the_same(net::Duration lifetime) { return {lifetime, lifetime, lifetime}; }

probe::ProbeConfig lifetime_config(const World& world) {
  probe::ProbeConfig config = config_for({world.a(), world.b()});
  config.only = {"lifetime"};
  config.budget = probe::full_budget;
  config.after_timeout = 20min;
  return config;
}

probe::Report measure(const lab::NatProfile& profile, const lab::LinkProfile& link, std::uint64_t seed = 1) {
  World world({.seed = seed});
  return world.run(world.bed.add_site(profile, link).host, lifetime_config(world));
}

double seconds(net::Duration duration) { return std::chrono::duration<double>(duration).count(); }

std::string shown(const probe::Report& report) {
  std::string out = std::to_string(seconds(report.duration)) + " s, " + std::to_string(report.traffic.packets) +
                    " packets, " + std::to_string(report.traffic.flows) + " flows;";
  for (const auto& finding : report.verdict.findings) {
    out += " " + finding.name + " " + (finding.finding.value ? probe::to_string(*finding.finding.value) : "?") + " (" +
           finding.finding.why + ")";
    for (const auto& [name, figure] : finding.figures) out += " " + name + "=" + probe::to_string(figure);
  }
  return out;
}

double figure(const probe::Report& report, const char* name) {
  const probe::NamedFinding* finding = report.verdict.find("lifetime");
  if (finding == nullptr || !finding->figures.contains(name)) return 0;
  return std::get<double>(finding->figures.at(name));
}

void expect_within_bounds(double measured, net::Duration truth) {
  EXPECT_NEAR(measured, seconds(truth), std::max(1.0, 0.05 * seconds(truth)));
}

void expect_measured(const probe::Report& report, const Timers& truth) {
  SCOPED_TRACE(shown(report));
  expect_within_bounds(figure(report, "outbound_only"), truth.outbound_only);
  expect_within_bounds(figure(report, "answered"), truth.answered);
  expect_within_bounds(figure(report, "two_way"), truth.two_way);
  const auto& safe = report.verdict.find("lifetime")->finding.value;
  ASSERT_TRUE(safe);
  EXPECT_LE(std::get<double>(*safe), seconds(std::min({truth.outbound_only, truth.answered, truth.two_way})));
  const double longest = seconds(std::max({truth.outbound_only, truth.answered, truth.two_way}));
  EXPECT_LE(seconds(report.duration), 1.25 * longest);
  const char* words[] = {"outbound", "inbound", "both"};
  const auto& refresh = report.verdict.find("refresh")->finding.value;
  ASSERT_TRUE(refresh);
  EXPECT_EQ(probe::to_string(*refresh), words[static_cast<std::size_t>(truth.refresh)]);
}

TEST(Lifetime, IsMeasured_InATimeLittleLongerThanItself) {
  for (const net::Duration lifetime : {20s, 30s, 60s, 120s, 300s}) {
    for (const char* profile : {"port-restricted-cone", "symmetric"}) {
      SCOPED_TRACE(profile);
      const Timers timers = all_the_same(lifetime);
      const auto report = measure(with_timers(*lab::find_profile(profile), timers), calm(50ms));
      expect_measured(report, timers);
      if (std::getenv("NATSCOPE_SHOW") != nullptr) std::printf("%s: %s\n", profile, shown(report).c_str());
    }
  }
}

TEST(Lifetime, OfEachState_IsMeasuredByItself) {
  for (const Timers& timers :
       {Timers{30s, 30s, 120s, lab::Refresh::Both}, Timers{30s, 60s, 180s, lab::Refresh::Outbound},
        Timers{100s, 60s, 40s, lab::Refresh::Both}, Timers{25s, 50s, 50s, lab::Refresh::Inbound}}) {
    expect_measured(measure(with_timers(*lab::find_profile("eim-apdf-random"), timers), calm()), timers);
  }
}

TEST(Lifetime, OfLinux) {
  expect_measured(measure(*lab::find_profile("linux-masquerade"), calm(50ms)), {30s, 30s, 120s, lab::Refresh::Both});
}

// A firewall that translates nothing keeps state as well.
TEST(Lifetime, OfAFirewall) {
  const Timers timers = all_the_same(60s);
  expect_measured(measure(with_timers(*lab::find_profile("udp-firewall"), timers), calm()), timers);
}

TEST(Lifetime, UnderLoss_IsRightOrUnknown) {
  unsigned known = 0;
  unsigned runs = 0;
  for (const double loss : {0.02, 0.1, 0.2}) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      const net::Duration lifetime = std::chrono::seconds(20 + 27 * seed);
      const auto report =
          measure(with_timers(*lab::find_profile("port-restricted-cone"), all_the_same(lifetime)), rough(loss), seed);
      SCOPED_TRACE(shown(report));
      ++runs;
      const auto& safe = report.verdict.find("lifetime")->finding.value;
      if (!safe) continue;
      ++known;
      EXPECT_LE(std::get<double>(*safe), seconds(lifetime) + 1);
      for (const char* name : {"outbound_only", "answered", "two_way"}) {
        EXPECT_NEAR(figure(report, name), seconds(lifetime), std::max(1.5, 0.12 * seconds(lifetime))) << name;
      }
      const auto& refresh = report.verdict.find("refresh")->finding.value;
      if (refresh) {
        EXPECT_EQ(probe::to_string(*refresh), "outbound");
      }
    }
  }
  std::printf("known in %u of %u runs\n", known, runs);
  EXPECT_GE(known, runs * 2 / 3);
}

// A NAT with 64 ports a host: most trials get no mapping, and must not look expired.
TEST(Lifetime, WhereMappingsRunOut_IsRightOrUnknown) {
  lab::NatProfile profile = *lab::find_profile("google-cloud-nat");
  profile.udp_lifetime = 120s;
  const auto report = measure(profile, calm());
  SCOPED_TRACE(shown(report));
  for (const char* name : {"outbound_only", "answered", "two_way"}) {
    if (figure(report, name) > 0) expect_within_bounds(figure(report, name), 120s);
  }
}

TEST(Lifetime, WithoutNatAndFilter_NothingExpires_AndTheRunIsShort) {
  World world;
  probe::ProbeConfig config = lifetime_config(world);
  config.only = {"filtering", "lifetime"};
  const auto report = world.run(world.bed.add_site(*lab::find_profile("no-nat"), calm()).host, config);
  const auto& finding = report.verdict.find("lifetime")->finding;
  EXPECT_FALSE(finding.value);
  EXPECT_EQ(finding.why, "nothing expires: there is neither a NAT nor a filter");
  EXPECT_LT(report.duration, 5s);
}

// ---- what a log says -----------------------------------------------------------------------------------------------

const probe::ObservationLog& log_of_a_run() {
  static const probe::ObservationLog log =
      measure(with_timers(*lab::find_profile("port-restricted-cone"), all_the_same(30s)), calm()).observations;
  return log;
}

template <typename Change>
probe::NamedFinding concluded_with(Change change) {
  probe::ObservationLog log = log_of_a_run();
  for (probe::Observation& seen : log) change(seen);
  return probe::conclude_lifetime(log);
}

// Its clock stood still for a minute in the middle, the reflector's went on: mappings ended meanwhile.
TEST(LifetimeFinding, ASuspendedHost_LearnsNothing) {
  const auto finding = concluded_with([](probe::Observation& seen) {
    if (seen.arrival && seen.sent_at > 10s) seen.arrival->microseconds += 60'000'000;
  });
  EXPECT_FALSE(finding.finding.value);
  EXPECT_NE(finding.finding.why.find("suspended"), std::string::npos) << finding.finding.why;
  EXPECT_TRUE(finding.figures.empty());
}

TEST(LifetimeFinding, SilenceThatNobodyConfirms_IsNoExpiry) {
  const auto finding = concluded_with([](probe::Observation& seen) { seen.sent_count.reset(); });
  EXPECT_FALSE(finding.finding.value);
  EXPECT_TRUE(finding.figures.empty());
}

TEST(LifetimeFinding, ConfirmedToHaveSentNothing_IsNoExpiry) {
  const auto finding = concluded_with([](probe::Observation& seen) {
    if (seen.sent_count) seen.sent_count->sent = 0;
  });
  EXPECT_FALSE(finding.finding.value);
}

TEST(LifetimeFinding, AnAnswerThatComesAtOnce_IsNoLifetime) {
  const auto finding = concluded_with([](probe::Observation& seen) {
    if (seen.query.delay && seen.outcome == probe::Outcome::Answered) seen.answered_at = seen.sent_at + 20ms;
  });
  EXPECT_FALSE(finding.finding.value);
  EXPECT_EQ(finding.finding.why, "the reflector does not know DELAY: it answered at once");
}

TEST(LifetimeFinding, RefusedTrials_SayWhy) {
  const auto finding = concluded_with([](probe::Observation& seen) {
    if (!seen.query.delay) return;
    seen.outcome = probe::Outcome::Refused;
    seen.note = "error 486";
  });
  EXPECT_FALSE(finding.finding.value);
  EXPECT_EQ(finding.finding.why, "the trials could not be made: error 486");
}

// The process was stopped and heard late what had come in time: the reflector's delay counts, not the time of hearing.
TEST(LifetimeFinding, AnAnswerReadLate_IsNoLongerLife) {
  const auto as_it_was = concluded_with([](probe::Observation&) {});
  const auto late = concluded_with([](probe::Observation& seen) {
    if (seen.query.delay && seen.outcome == probe::Outcome::Answered) seen.answered_at += 20s;
  });
  ASSERT_TRUE(as_it_was.finding.value);
  EXPECT_EQ(late.finding.value, as_it_was.finding.value);
}

TEST(Estimate, CoversTheSlowDiscoveries_AndNoOther) {
  EXPECT_GE(probe::typical_duration("lifetime", true), 2min);
  EXPECT_LE(probe::typical_duration("lifetime", true), probe::longest_lifetime_run());
  EXPECT_LE(probe::typical_duration("layers", true), probe::longest_layers_run());
  EXPECT_LE(probe::typical_duration("mapping", false), 3s);
}

}  // namespace lifetime_test
