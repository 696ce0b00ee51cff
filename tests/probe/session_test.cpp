// The session as a whole: how long it takes, what it sends, where it stops, what it survives.

#include "probe/probe_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "reports/probe_report_json.h"
#include "tests/probe/stage.h"
#include "tests/probe/world.h"

namespace session_test {

using namespace world;
using testing::HasSubstr;

probe::ProbeConfig mapping_and_filtering(const std::vector<net::Endpoint>& given) {
  probe::ProbeConfig config = world::config_for(given);
  config.only = {"mapping", "filtering"};
  return config;
}

// ---- how long ------------------------------------------------------------------------------------------------------

struct DurationCase {
  net::Duration round_trip;
  net::Duration at_most;
};

TEST(ProbeSession, EveryKind_TakesAtMost) {
  for (const auto& [round_trip, at_most] : {DurationCase{20ms, 800ms}, DurationCase{100ms, 1600ms}}) {
    for (const bool partner_given : {true, false}) {
      for (const lab::NatProfile& kind : all_kinds()) {
        World world;
        std::vector<net::Endpoint> given{world.a()};
        if (partner_given) given.push_back(world.b());
        const auto site = world.bed.add_site(kind, calm(round_trip));
        const probe::Report report = world.run(site.host, mapping_and_filtering(given));
        EXPECT_EQ(judge(report.verdict, lab::observed_truth(kind)), Judgement::Right) << kind.name;
        if (kind.udp_blocked) {
          EXPECT_EQ(report.duration, 5s) << "--timeout";
        } else {
          EXPECT_LE(report.duration, at_most) << kind.name << ": " << describe(report);
        }
      }
    }
  }
}

// Exact under the virtual clock: connect 20 ms, ten paced slots, one round trip each for the last control and the
// confirmation, then 50 ms of patience.
TEST(ProbeSession, PortRestrictedCone_TakesExactly) {
  World world;
  const auto site = world.bed.add_site(*lab::find_profile("port-restricted-cone"), calm(20ms));
  const auto report = world.run(site.host, mapping_and_filtering({world.a(), world.b()}));
  EXPECT_EQ(report.duration, 20ms + 9 * 15ms + 20ms + 20ms + 50ms);
}

TEST(ProbeSession, UdpBlocked_TakesTheTimeoutGiven) {
  for (const net::Duration timeout : {400ms, 5000ms}) {
    World world;
    auto config = world::config_for({world.a(), world.b()});
    config.timeout = timeout;
    const auto report = world.run(world.bed.add_site(*lab::find_profile("udp-blocked"), calm()).host, config);
    EXPECT_EQ(report.duration, timeout);
    EXPECT_EQ(report.verdict.nat_class, net::NatClass::UdpBlocked);
  }
}

// ---- who answers ---------------------------------------------------------------------------------------------------

TEST(ProbeSession, BothReflectorsDead_IsUnknown_NotBlocked) {
  World world;
  world.bed.simulator.kill(world.id_a);
  world.bed.simulator.kill(world.id_b);
  const auto report = world.run(world.bed.add_site(*lab::find_profile("full-cone"), calm()));
  EXPECT_EQ(report.verdict.nat_class, net::NatClass::Unknown);
  EXPECT_EQ(report.duration, 5s);
  EXPECT_FALSE(report.reflectors.front().answered);
}

TEST(ProbeSession, FirstReflectorDead_TheSecondServes) {
  World world;
  world.bed.simulator.kill(world.id_a);
  const auto report = world.run(world.bed.add_site(*lab::find_profile("full-cone"), calm()));
  EXPECT_EQ(report.verdict.nat_class, net::NatClass::Unknown);
  EXPECT_THAT(report.verdict.mapping.why, HasSubstr("seen from one address only"));
  EXPECT_FALSE(report.reflectors[0].answered);
  EXPECT_TRUE(report.reflectors[1].answered);
}

TEST(ProbeSession, StrictReflectors_ServeEveryKind) {
  World world({.mode = reflector::Mode::Strict});
  for (const lab::NatProfile& kind : all_kinds()) {
    const auto report = world.run(world.bed.add_site(kind, calm()));
    EXPECT_EQ(judge(report.verdict, lab::observed_truth(kind)), Judgement::Right) << kind.name << describe(report);
  }
}

TEST(ProbeSession, Ipv6_IsTheSame) {
  World world({.family = net::Family::V6});
  for (const lab::NatProfile& kind : all_kinds()) {
    const auto report = world.run(world.bed.add_site(kind, calm()));
    EXPECT_EQ(judge(report.verdict, lab::observed_truth(kind)), Judgement::Right) << kind.name << describe(report);
  }
}

TEST(ProbeSession, ThroughTwoNats_TheStricterFilterShows) {
  World world;
  const auto outer = world.bed.add_site(
      lab::make_profile(net::MappingBehavior::EndpointIndependent, net::FilteringBehavior::AddressAndPortDependent,
                        net::PortAllocation::Random),
      calm());
  const auto inner = world.bed.add_site_behind(outer, *lab::find_profile("full-cone"), calm());
  const auto verdict = world.run(inner).verdict;
  EXPECT_EQ(verdict.rfc3489, net::ClassicName::PortRestrictedCone);
}

// ---- what it sends -------------------------------------------------------------------------------------------------

// Passes everything on and keeps what was sent and received.
class Spy final : public net::Agent {
 public:
  explicit Spy(net::Agent& agent) : agent_(agent) {}
  void start(net::TimePoint now) override { agent_.start(now); }
  void tick(net::TimePoint now) override { agent_.tick(now); }
  void handle(net::TimePoint now, const net::Input& input) override {
    if (const auto* datagram = std::get_if<net::Datagram>(&input)) received.push_back(*datagram);
    agent_.handle(now, input);
  }
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override { return agent_.next_deadline(); }
  [[nodiscard]] bool finished() const override { return agent_.finished(); }
  [[nodiscard]] std::vector<net::Output> take_outputs() override {
    auto outputs = agent_.take_outputs();
    for (const net::Output& output : outputs) {
      if (const auto* send = std::get_if<net::Send>(&output)) sent.push_back(*send);
    }
    return outputs;
  }

  std::vector<net::Send> sent;
  std::vector<net::Datagram> received;

 private:
  net::Agent& agent_;
};

TEST(ProbeSession, DrawsNoMoreThanItSends_AndFewPackets) {
  for (const auto family : {net::Family::V4, net::Family::V6}) {
    for (const char* profile : {"full-cone", "restricted-cone", "symmetric"}) {
      World world({.family = family});
      probe::ProbeSession session(mapping_and_filtering({world.a(), world.b()}), net::Random(2));
      Spy spy(session);
      const auto id = world.bed.simulator.add_agent(world.bed.add_site(*lab::find_profile(profile), calm()).host, spy);
      world.bed.simulator.run_until_finished({id}, world.bed.simulator.now() + 1min);
      std::size_t smallest_request = 10'000;
      std::size_t largest_reply = 0;
      for (const auto& send : spy.sent) smallest_request = std::min(smallest_request, send.payload.size());
      for (const auto& datagram : spy.received) largest_reply = std::max(largest_reply, datagram.payload.size());
      EXPECT_LE(largest_reply, smallest_request) << profile;
      EXPECT_LE(spy.sent.size(), 100U) << profile;
    }
  }
}

// No socket that waits for a changed reply ever writes to whoever shall send it.
TEST(ProbeSession, WaitsForAChangedReply_WhereItNeverWroteToItsSender) {
  World world;
  const auto report = world.run(world.bed.add_site(*lab::find_profile("restricted-cone"), calm()));
  for (const auto& asked : report.observations) {
    if (!asked.query.change || !asked.query.change->any()) continue;
    for (const auto& other : report.observations) {
      EXPECT_FALSE(other.query.socket == asked.query.socket && other.query.to == asked.query.expected_from);
    }
  }
}

TEST(ProbeSession, EveryDiscoveryHasSocketsOfItsOwn) {
  World world;
  const auto report = world.run(world.bed.add_site(*lab::find_profile("symmetric"), calm()));
  std::map<std::uint32_t, std::set<std::string>> users;
  std::set<net::Endpoint> locals;
  for (const auto& seen : report.observations) users[seen.query.socket].insert(seen.query.discovery);
  for (const auto& [socket, discoveries] : users) EXPECT_EQ(discoveries.size(), 1U) << socket;
  for (const auto& seen : report.observations) locals.insert(*seen.local);
  EXPECT_EQ(locals.size(), users.size()) << "each on a port of its own";
}

// The second run's filtering sockets get the ports of the first one's mapping sockets, which wrote to both reflectors:
// the NAT still lets them in.
TEST(ProbeSession, DoorsLeftOpenByAnEarlierRun_DoNotMislead) {
  const auto distance = static_cast<std::uint16_t>(probe::port_offset(probe::sockets::filtering) -
                                                   probe::port_offset(probe::sockets::mapping));
  for (const lab::NatProfile& kind : ten_kinds()) {
    World world;
    const auto site = world.bed.add_site(kind, calm());
    auto config = world::config_for({world.a(), world.b()});
    config.bind = net::Endpoint{site.inside, 20'000};
    (void)world.run(site.host, config);
    config.bind->port = static_cast<std::uint16_t>(20'000 - distance);
    const auto report = world.run(site.host, config);
    EXPECT_EQ(judge(report.verdict, lab::observed_truth(kind)), Judgement::Right) << kind.name << describe(report);
    if (kind.name == "eim-apdf-random") {
      EXPECT_THAT(report.verdict.filtering.why, HasSubstr("a door")) << "it was met";
    }
  }
}

// Changed replies of an earlier run came unasked. A router that keeps state for such packets holds the pair of ports,
// and a later socket on that port is shown another one by that reflector alone.
TEST(ProbeSession, StateForUnaskedPackets_OfAnEarlierRun_DoesNotMislead) {
  int right = 0;
  int runs = 0;
  for (lab::NatProfile kind : all_kinds()) {
    kind.unsolicited = lab::Unsolicited::AcceptWithState;
    for (int shift = -20; shift <= 40; ++shift) {
      World world;
      const auto site = world.bed.add_site(kind, calm());
      auto config = world::config_for({world.a(), world.b()});
      config.only = {"mapping", "filtering"};
      config.bind = net::Endpoint{site.inside, 20'000};
      (void)world.run(site.host, config);
      config.bind->port = static_cast<std::uint16_t>(20'000 + shift);
      const auto report = world.run(site.host, config);
      const Judgement judgement = judge(report.verdict, lab::observed_truth(kind));
      EXPECT_NE(judgement, Judgement::Wrong) << kind.name << " at " << shift << describe(report);
      right += judgement == Judgement::Right ? 1 : 0;
      ++runs;
    }
  }
  EXPECT_GE(right * 1000, runs * 999);
}

TEST(ProbeSession, ARepeatedRunOnTheSamePorts_IsNotMisled) {
  for (const lab::NatProfile& kind : ten_kinds()) {
    World world;
    const auto site = world.bed.add_site(kind, calm());
    auto config = world::config_for({world.a(), world.b()});
    config.bind = net::Endpoint{site.inside, 20'000};
    (void)world.run(site.host, config);
    config.only = {"filtering"};
    const auto filtering = world.run(site.host, config).verdict.filtering;
    EXPECT_EQ(filtering.value, kind.filtering) << kind.name << ": " << filtering.why;
    EXPECT_EQ(filtering.why, "") << "no door was met";
  }
}

TEST(ProbeSession, OnlyAndSkip_LeaveOutWhatIsNotWanted) {
  World world;
  const auto site = world.bed.add_site(*lab::find_profile("full-cone"), calm());
  auto only = world::config_for({world.a()});
  only.only = {"mapping"};
  const auto mapping = world.run(site.host, only).verdict;
  EXPECT_EQ(mapping.mapping.value, net::MappingBehavior::EndpointIndependent);
  EXPECT_EQ(mapping.filtering.why, "not asked");
  auto skip = world::config_for({world.a()});
  skip.skip = {"mapping"};
  const auto filtering = world.run(site.host, skip).verdict;
  EXPECT_EQ(filtering.filtering.value, net::FilteringBehavior::EndpointIndependent);
  EXPECT_EQ(filtering.mapping.why, "not asked");
}

TEST(ProbeSession, BindsWhereItIsTold) {
  World world;
  const auto site = world.bed.add_site(*lab::find_profile("no-nat"), calm());
  auto config = world::config_for({world.a(), world.b()});
  config.bind = net::Endpoint{site.inside, 20'000};
  const auto report = world.run(site.host, config);
  EXPECT_EQ(report.verdict.rfc3489, net::ClassicName::OpenInternet);
  for (const auto& seen : report.observations) {
    EXPECT_EQ(seen.local->address, site.inside);
    EXPECT_TRUE(seen.local->port >= 20'000 && seen.local->port < 20'400);
  }
}

// ---- where it stops ------------------------------------------------------------------------------------------------

TEST(ProbeSession, NoSocket_NamesTheAttempt) {
  stage::Stage stage(stage::honest);
  stage.sockets_can_open = false;
  const auto report = stage.run(stage::config_for({stage::a}));
  EXPECT_EQ(stage.cannot_work, "bind 203.0.113.7:0: no such luck");
  EXPECT_EQ(report.verdict.nat_class, net::NatClass::Unknown);
}

TEST(ProbeSession, AQuestionThatCouldNotBeAsked_ProvesNothing) {
  stage::Stage stage(stage::honest);
  stage.broken_socket = probe::sockets::filtering;
  const auto filtering = stage.run(stage::config_for({stage::a, stage::b})).verdict.filtering;
  EXPECT_FALSE(filtering.value);
  EXPECT_EQ(filtering.why, "it could not be asked: bind 203.0.113.7:0: no such luck");
}

// Anybody can forge one, and a reflector may be starting just now.
TEST(ProbeSession, AnIcmpError_IsNoted_NotObeyed) {
  stage::Stage stage(
      [](const stage::Heard& heard) { return heard.earlier < 3 ? std::vector<stage::Reply>{} : stage::honest(heard); });
  stage.icmp_for_silence = true;
  EXPECT_EQ(stage.run(stage::config_for({stage::a, stage::b})).verdict.nat_class, net::NatClass::NoNat);
  stage::Stage dead([](const stage::Heard&) { return std::vector<stage::Reply>{}; });
  dead.icmp_for_silence = true;
  const auto report = dead.run(stage::config_for({stage::a}));
  EXPECT_EQ(report.duration, 5s);
  EXPECT_EQ(report.observations.front().outcome, probe::Outcome::Unreachable);
  EXPECT_EQ(report.observations.front().note, "ICMP type 3 code 3");
}

TEST(ProbeSession, RunIsBounded_InTimeAndPackets) {
  stage::Stage silent([](const stage::Heard&) { return std::vector<stage::Reply>{}; });
  auto config = stage::config_for({stage::a});
  config.timeout = 10s;
  config.after_timeout = -4s;
  EXPECT_EQ(silent.run(config).duration, 6s);
  stage::Stage honest(stage::honest);
  config = stage::config_for({stage::a, stage::b});
  config.budget.packets = 12;
  const auto report = honest.run(config);
  EXPECT_LE(honest.heard.size(), 30U) << "what was asked in the same instant still goes out";
  EXPECT_EQ(report.verdict.nat_class, net::NatClass::Unknown);
}

// ---- saved and classified again ------------------------------------------------------------------------------------

TEST(ProbeSession, SavedAndReplayed_GivesTheSameVerdict) {
  World world;
  for (const lab::NatProfile& kind : all_kinds()) {
    const auto live = world.run(world.bed.add_site(kind, rough(0.1)));
    const auto saved = reports::parse_probe_report(reports::to_json(live));
    ASSERT_TRUE(saved) << saved.error();
    const auto again = probe::classify(saved->observations);
    EXPECT_EQ(again.nat_class, live.verdict.nat_class) << kind.name;
    EXPECT_EQ(again.rfc3489, live.verdict.rfc3489) << kind.name;
    EXPECT_EQ(again.mapping.value, live.verdict.mapping.value) << kind.name;
    EXPECT_EQ(again.mapping.confidence, live.verdict.mapping.confidence) << kind.name;
    EXPECT_EQ(again.mapping.evidence, live.verdict.mapping.evidence) << kind.name;
    EXPECT_EQ(again.mapping.why, live.verdict.mapping.why) << kind.name;
    EXPECT_EQ(again.filtering.value, live.verdict.filtering.value) << kind.name;
    EXPECT_EQ(again.filtering.confidence, live.verdict.filtering.confidence) << kind.name;
    EXPECT_EQ(again.filtering.evidence, live.verdict.filtering.evidence) << kind.name;
    EXPECT_EQ(again.filtering.why, live.verdict.filtering.why) << kind.name;
  }
}

}  // namespace session_test
