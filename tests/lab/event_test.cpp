// Events: when they are due, and what they do to a network.

#include <gmock/gmock.h>

#include <chrono>

#include "lab/event_effects.h"

namespace event_test {

using namespace std::chrono_literals;
using lab::Act;
using lab::Action;
using lab::EventSchedule;
using lab::Phase;
using testing::ElementsAre;
using testing::IsEmpty;

lab::Moment at(net::Duration since_up, std::uint64_t packets = 0) {
  return {.since_up = since_up, .packets_through = [packets](const std::string&) { return packets; }};
}

TEST(EventSchedule, TellsEachEventOnce_InOrderOfTime) {
  EventSchedule schedule({{.trigger = 2s, .action = Action::Mend, .target = "b"},
                          {.trigger = 1s, .action = Action::Cut, .target = "a"},
                          {.trigger = 2s, .action = Action::Flush, .target = "c"}});
  EXPECT_EQ(schedule.next_time(), 1s);
  EXPECT_FALSE(schedule.is_due(at(999ms)));
  EXPECT_THAT(schedule.take_due(at(999ms)), IsEmpty());
  EXPECT_TRUE(schedule.is_due(at(1s)));
  EXPECT_THAT(schedule.take_due(at(5s)),
              ElementsAre(Act{Act::Kind::Cut, "a"}, Act{Act::Kind::Mend, "b"}, Act{Act::Kind::Flush, "c"}));
  EXPECT_THAT(schedule.take_due(at(5s)), IsEmpty());
  EXPECT_EQ(schedule.next_time(), std::nullopt);
}

TEST(EventSchedule, APhase_IsWaitedFor) {
  EventSchedule schedule({{.trigger = Phase::Probed, .action = Action::Cut, .target = "a"},
                          {.trigger = Phase::Registered, .action = Action::Mend, .target = "a"}});
  EXPECT_TRUE(schedule.waits_for_more());
  EXPECT_EQ(schedule.next_time(), std::nullopt);
  EXPECT_THAT(schedule.take_due(at(1h)), IsEmpty());
  schedule.reached(Phase::Probed);
  EXPECT_THAT(schedule.take_due(at(0s)), ElementsAre(Act{Act::Kind::Cut, "a"}));
  schedule.reached(Phase::Registered);
  EXPECT_THAT(schedule.take_due(at(0s)), ElementsAre(Act{Act::Kind::Mend, "a"}));
  EXPECT_FALSE(schedule.waits_for_more());
}

TEST(EventSchedule, PacketsAreWaitedFor_ByTheNodeTheyPass) {
  EventSchedule schedule({{.trigger = lab::PacketsThrough{20, "home"}, .action = Action::Kill, .target = "peer a"}});
  EXPECT_TRUE(schedule.counts_packets());
  std::string asked;
  const lab::Moment early{.since_up = 1s, .packets_through = [&](const std::string& node) {
                            asked = node;
                            return std::uint64_t{19};
                          }};
  EXPECT_THAT(schedule.take_due(early), IsEmpty());
  EXPECT_EQ(asked, "home");
  EXPECT_THAT(schedule.take_due(at(1s, 20)), ElementsAre(Act{Act::Kind::Kill, "peer a"}));
  EXPECT_FALSE(schedule.counts_packets());
}

TEST(EventSchedule, AReboot_EndsWhenItsTimeIsOver) {
  EventSchedule schedule({{.trigger = 1s, .action = Action::Reboot, .target = "n", .lasts = 3s}});
  EXPECT_THAT(schedule.take_due(at(1500ms)), ElementsAre(Act{Act::Kind::PowerOff, "n"}));
  EXPECT_EQ(schedule.next_time(), 4500ms);
  EXPECT_THAT(schedule.take_due(at(4500ms)), ElementsAre(Act{Act::Kind::PowerOn, "n"}));
}

TEST(EventSchedule, KnowsWhichKilledProgramComesBack) {
  const EventSchedule schedule({{.trigger = 1s, .action = Action::Restart, .target = "probe a"},
                                {.trigger = Phase::Registered, .action = Action::Restart, .target = "peer a"}});
  EXPECT_TRUE(schedule.will_restart("probe a"));
  EXPECT_FALSE(schedule.will_restart("peer a")) << "it might wait for itself";
  EXPECT_FALSE(schedule.will_restart("probe b"));
}

// ---- on a network --------------------------------------------------------------------------------------------------

// Host "h" behind full cone "n", reflector "r"; nothing takes time.
class EventEffects : public testing::Test {
 protected:
  EventEffects() {
    scenario_.reflectors = {{.name = "r"}};
    scenario_.nats = {{.name = "n", .profile = *lab::find_profile("full-cone")}};
    scenario_.hosts = {{.name = "h", .behind = "n"}};
    layout_.emplace(lab::build(scenario_));
    effects_.emplace(lab::named_links(scenario_, *layout_));
  }

  void apply(Act::Kind kind, const std::string& target, std::vector<net::IpAddress> addresses = {}) {
    effects_->apply({kind, target, std::move(addresses)}, layout_->network);
  }
  // What the reflector sees as source; nothing when nothing comes.
  std::optional<net::Endpoint> seen() {
    const net::Endpoint to{layout_->reflectors.at("r").addresses.front(), 3478};
    const net::Endpoint from{layout_->hosts.at("h").addresses.front(), 4000};
    layout_->network.inject(*layout_->hosts.at("h").node, {.source = from, .destination = to}, now_);
    const auto arrived = layout_->network.advance(now_);
    if (arrived.empty()) return std::nullopt;
    return arrived.front().packet.source;
  }
  // Whether a packet from the reflector comes in through the mapping.
  bool lets_in(const net::Endpoint& external) {
    const net::Endpoint from{layout_->reflectors.at("r").addresses.front(), 9};
    layout_->network.inject(*layout_->reflectors.at("r").node, {.source = from, .destination = external}, now_);
    return !layout_->network.advance(now_).empty();
  }

  lab::Scenario scenario_;
  std::optional<lab::Layout> layout_;
  std::optional<lab::EventEffects> effects_;
  net::TimePoint now_;
};

TEST_F(EventEffects, AFlush_ForgetsTheMappings) {
  const auto external = seen();
  ASSERT_TRUE(external);
  EXPECT_TRUE(lets_in(*external));
  apply(Act::Kind::Flush, "n");
  EXPECT_FALSE(lets_in(*external));
  EXPECT_EQ(seen(), external) << "and a new one comes with the next packet";
}

TEST_F(EventEffects, ARebootingNat_PassesNothing_AndComesBackEmpty) {
  const auto external = seen();
  apply(Act::Kind::PowerOff, "n");
  EXPECT_FALSE(seen());
  EXPECT_FALSE(lets_in(*external));
  apply(Act::Kind::PowerOn, "n");
  EXPECT_FALSE(lets_in(*external));
  EXPECT_TRUE(seen());
}

TEST_F(EventEffects, ACutLink_StaysCut_ThroughAReboot) {
  apply(Act::Kind::Cut, "h");
  EXPECT_FALSE(seen());
  apply(Act::Kind::PowerOff, "n");
  apply(Act::Kind::PowerOn, "n");
  EXPECT_FALSE(seen());
  apply(Act::Kind::Mend, "h");
  EXPECT_TRUE(seen());
  apply(Act::Kind::Mend, "h");  // what is not cut
  EXPECT_TRUE(seen());
}

TEST_F(EventEffects, AReaddressedNat_ShowsItsNewAddress_AndIsGoneFromTheOld) {
  const auto before = seen();
  ASSERT_TRUE(before);
  apply(Act::Kind::Readdress, "n", {net::address("203.0.113.77")});
  const auto after = seen();
  ASSERT_TRUE(after);
  EXPECT_EQ(after->address, net::address("203.0.113.77"));
  EXPECT_FALSE(lets_in(*before));
  EXPECT_TRUE(lets_in(*after));
}

TEST_F(EventEffects, PacketsAreCounted_OnTheLinkOfTheNode_BothWays) {
  effects_->count_for({{.trigger = lab::PacketsThrough{9, "n"}}});
  ASSERT_TRUE(effects_->is_counting());
  layout_->network.watch([this](const lab::Sighting& sighting) { effects_->count(sighting); });
  const auto external = seen();
  EXPECT_EQ(effects_->packets_through("n"), 1U);
  EXPECT_TRUE(lets_in(*external));
  EXPECT_EQ(effects_->packets_through("n"), 2U);
}

}  // namespace event_test
