// What a hostile rendezvous and hostile peers can make an honest peer do, counted at the victim.

#include <gtest/gtest.h>

#include <algorithm>

#include "hostile_agents.h"
#include "world.h"

namespace abuse_test {

using namespace tests;
using namespace traversal;

const std::string token = "correct horse";

// An honest peer whose rendezvous is hostile, and a victim in the open that is no part of anything.
class HostileOrders : public testing::Test {
 protected:
  HostileOrders()
      : place_{bed_.reflector_a.address, rendezvous_port},
        rendezvous_(place_, token, net::Random(2)),
        victim_host_(bed_.add_public_host({.delay = 10ms})),
        victim_(bed_.network, victim_host_.address) {
    bed_.simulator.add_agent(bed_.reflector_a.host, rendezvous_);
  }

  void add_peer(const lab::NatProfile& profile, const PunchLimits& limits = {}) {
    const lab::Site site = bed_.add_site(profile, {.delay = 10ms});
    peer_.emplace(PeerConfig{.rendezvous = place_,
                             .name = "honest",
                             .behavior = lab::declared(profile),
                             .token = token,
                             .session = {5},
                             .limits = limits},
                  net::Random(3));
    bed_.simulator.add_agent(site.host, *peer_);
    ASSERT_TRUE(bed_.simulator.run_until([&] { return rendezvous_.has_peer(); }, bed_.simulator.now() + 10s));
  }

  // The reason of a refusal; empty: it is obeyed.
  std::string order(const Signal& signal) {
    rendezvous_.order(signal);
    std::vector<SignalReply> replies;
    const auto answered = [&] {
      replies = rendezvous_.take_replies();
      return !replies.empty();
    };
    EXPECT_TRUE(bed_.simulator.run_until(answered, bed_.simulator.now() + 10s));
    return replies.empty() || replies.front().answer ? "" : replies.front().answer.error().reason;
  }
  std::string prepare(const char* strategy, std::uint8_t job = 1, unsigned trial = 1) {
    ++attempt_[0];
    if (attempt_[0] == 0) ++attempt_[1];
    return order(Prepare{{5}, attempt_, {8}, strategy, {job}, trial});
  }
  std::string start_towards(const net::Endpoint& target, const net::NatBehavior& behavior) {
    bed_.simulator.run_for(50ms);  // the punch socket is shown
    const net::Endpoint own = rendezvous_.observed().value_or(net::endpoint("203.0.113.1:4000"));
    const Description remote{.behavior = behavior, .candidates = {{CandidateType::ServerReflexive, target}}};
    return order(Start{{5}, attempt_, Key{4}, own, remote, 20ms, "other"});
  }
  net::Endpoint victim_at(std::uint16_t port) const { return {victim_host_.address, port}; }

  lab::Testbed bed_;
  net::Endpoint place_;
  HostileRendezvous rendezvous_;
  lab::PublicHost victim_host_;
  Victim victim_;
  std::optional<Peer> peer_;
  Id attempt_{};
};

const net::NatBehavior cone = *net::parse_short("EIM/APDF");
net::NatBehavior symmetric() {
  net::NatBehavior behavior = *net::parse_short("APDM/APDF");
  behavior.allocation = net::PortAllocation::Random;
  return behavior;
}

TEST_F(HostileOrders, AnOrdinaryPunch_IsSixtyPackets_FourAtOnce_Then20ASecond) {
  add_peer(nat("EIM/APDF"));
  ASSERT_EQ(prepare("simultaneous-open"), "");
  ASSERT_EQ(start_towards(victim_at(4000), cone), "");
  bed_.simulator.run_for(30s);
  EXPECT_GT(victim_.packets(), 20U);
  EXPECT_LE(victim_.packets(), 60U);
  EXPECT_EQ(victim_.bytes(), 64 * victim_.packets());
  EXPECT_LE(victim_.most_within(1s), 24U);
}

// Both who tries ports and who opens them.
class HostileSpray : public HostileOrders, public testing::WithParamInterface<const char*> {};

TEST_P(HostileSpray, IsAtMost1024Packets_AHundredASecond_ToOneAddress) {
  const bool searches = std::string_view(GetParam()) == "EIM/APDF";
  add_peer(nat(GetParam()));
  ASSERT_EQ(prepare("simultaneous-open"), "");
  ASSERT_EQ(start_towards(victim_at(4000), searches ? symmetric() : cone), "");
  bed_.simulator.run_for(3s);
  std::size_t elsewhere = 0;
  bed_.network.watch([&](const lab::Sighting& sighting) {
    const net::IpAddress& to = sighting.packet.destination.address;
    const bool expected = to == victim_host_.address || to == bed_.reflector_a.address;
    elsewhere +=
        sighting.way == lab::Way::Up && !expected && sighting.packet.source.address != place_.address ? 1U : 0U;
  });
  for (int spray = 1; spray <= 2; ++spray) {
    victim_.forget();
    ASSERT_EQ(prepare("birthday-spray"), "");
    ASSERT_EQ(start_towards(victim_at(4000), searches ? symmetric() : cone), "");
    bed_.simulator.run_for(60s);
    EXPECT_GT(victim_.packets(), 1000U);
    EXPECT_LE(victim_.packets(), 1024U);
    EXPECT_LE(victim_.bytes(), 65'536U);
    EXPECT_LE(victim_.most_within(1s), 100U);
  }
  EXPECT_EQ(elsewhere, 0U);
  ASSERT_EQ(prepare("birthday-spray"), "");
  EXPECT_EQ(start_towards(victim_at(4000), searches ? symmetric() : cone), "two sprays in this trial");
}

INSTANTIATE_TEST_SUITE_P(Roles, HostileSpray, testing::Values("EIM/APDF", "APDM/APDF"));

TEST_F(HostileOrders, ASpray_NeedsAFailedPunch_AndANatThatDependsOnTheDestination) {
  add_peer(nat("EIM/APDF"));
  ASSERT_EQ(prepare("birthday-spray"), "");
  EXPECT_EQ(start_towards(victim_at(4000), symmetric()), "no ordinary punch to this address has failed");
  ASSERT_EQ(prepare("birthday-spray"), "");
  EXPECT_EQ(start_towards(victim_at(4000), cone), "no port has to be searched for");
  EXPECT_EQ(victim_.packets(), 0U);
}

TEST_F(HostileOrders, AThousandSpraysAskedForInAnHour_AtMost60Run) {
  add_peer(nat("EIM/APDF"));
  unsigned run = 0;
  const net::TimePoint begin = bed_.simulator.now();
  for (int i = 0; i < 1000; ++i) {
    const auto job = static_cast<std::uint8_t>(1 + i % 250);
    const net::Endpoint target{net::IpAddress::v4({198, 51, static_cast<std::uint8_t>(101 + i / 250), job}), 4000};
    if (prepare("simultaneous-open", job).empty() && start_towards(target, symmetric()).empty()) {
      bed_.simulator.run_for(2100ms);
    }
    if (prepare("birthday-spray", job).empty() && start_towards(target, symmetric()).empty()) ++run;
  }
  EXPECT_LE(bed_.simulator.now() - begin, 1h);
  EXPECT_EQ(run, 60U);
}

TEST_F(HostileOrders, NothingMoreIsSent_OnceTheOtherSideIsGone) {
  add_peer(nat("EIM/APDF"));
  ASSERT_EQ(prepare("simultaneous-open"), "");
  ASSERT_EQ(start_towards(victim_at(4000), symmetric()), "");
  bed_.simulator.run_for(3s);
  ASSERT_EQ(prepare("birthday-spray"), "");
  ASSERT_EQ(start_towards(victim_at(4000), symmetric()), "");
  bed_.simulator.run_for(6s);
  ASSERT_EQ(order(Stop{{5}, attempt_}), "");
  bed_.simulator.run_for(20ms);  // what is on its way
  victim_.forget();
  bed_.simulator.run_for(60s);
  EXPECT_EQ(victim_.packets(), 0U);
}

TEST_F(HostileOrders, AStartThatComesLate_OrIsFarOff_IsRefused) {
  add_peer(nat("EIM/APDF"));
  ASSERT_EQ(prepare("simultaneous-open"), "");
  bed_.simulator.run_for(11s);
  EXPECT_EQ(start_towards(victim_at(4000), cone), "too late a start");
  bed_.simulator.run_for(5s);
  EXPECT_EQ(victim_.packets(), 0U);
}

// A victim that a thousand hostile hosts name as their own place, in every way a registration has.
TEST(HostileRegistrations, AVictimTheyName_HearsNothing) {
  World world;
  const auto bystander = world.bed.add_public_host({.delay = 10ms});
  Victim victim(world.bed.network, bystander.address);
  world.add_peer("honest", nat("APDM/APDF", net::PortAllocation::Sequential));
  world.wait_until_registered();
  const lab::HostId hostile_host = world.bed.add_public_host({.delay = 10ms}).host;
  net::Random random(9);
  std::deque<LyingPeer> liars;
  std::size_t attempts = 0;
  for (int i = 0; i < 1000; ++i) {
    net::NatBehavior behavior = *net::parse_short(i % 2 == 0 ? "APDM/APDF" : "EIM/EIF");
    behavior.allocation = static_cast<net::PortAllocation>(i % 5);
    const PortPattern ports{.step = static_cast<int>(random.below(2000)) - 1000,
                            .range = i % 3 == 0 ? std::optional(PortRange{1024, 2047}) : std::nullopt};
    const auto port = static_cast<std::uint16_t>(random.between(1, 65535));
    const std::string name = "liar-" + std::to_string(i);
    Id session{};
    random.fill(session);
    liars.emplace_back(world.rendezvous_endpoint(), token,
                       Register{name, session, behavior, net::Endpoint{bystander.address, port}, false, ports,
                                i % 3 == 0 ? "pcp" : ""},
                       random.fork());
    const auto agent = world.bed.simulator.add_agent(hostile_host, liars.back());
    world.bed.simulator.run_for(100ms);
    MatrixRequest request{.pairs = {{"honest", name}}};
    if (i % 2 == 1) request.strategies = {"simultaneous-open"};
    const MatrixClient& client = world.ask(request);
    world.bed.simulator.run_for(500ms);
    world.bed.simulator.kill(agent);
    attempts = world.peer("honest").attempts();
    (void)client;
  }
  EXPECT_GT(attempts, 500U);
  EXPECT_EQ(victim.packets(), 0U);
}

}  // namespace abuse_test
