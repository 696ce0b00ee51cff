// Stories of registration, loss and abuse, played in memory.

#include "traversal/rendezvous.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "world.h"

namespace rendezvous_test {

using namespace tests;
using traversal::Outcome;

// A host that says whatever a test wants and keeps what it is told.
class Stranger final : public net::Agent {
 public:
  explicit Stranger(const net::Endpoint& rendezvous) : rendezvous_(rendezvous) {}

  void say(net::Bytes datagram) { pending_.push_back(net::Send{{1}, rendezvous_, std::move(datagram)}); }

  void start(net::TimePoint) override {
    pending_.push_back(net::OpenUdp{{1}, {net::IpAddress::any(rendezvous_.family()), 0}, rendezvous_});
  }
  void handle(net::TimePoint, const net::Input& input) override {
    if (const auto* datagram = std::get_if<net::Datagram>(&input)) heard.push_back(datagram->payload);
  }
  void tick(net::TimePoint now) override { next_ = now + 1ms; }  // often, to carry out what was said
  std::optional<net::TimePoint> next_deadline() const override { return next_; }
  std::vector<net::Output> take_outputs() override { return std::exchange(pending_, {}); }
  bool finished() const override { return false; }

  std::vector<net::Bytes> heard;

 private:
  net::Endpoint rendezvous_;
  net::TimePoint next_;
  std::vector<net::Output> pending_;
};

class StrangerStory : public testing::Test {
 protected:
  StrangerStory() : stranger_(world_.rendezvous_endpoint()), random_(99) {
    world_.bed.simulator.add_agent(world_.bed.add_public_host({.delay = 10ms}).host, stranger_);
    world_.bed.simulator.run_for(100ms);
  }

  // Asks with the nonce the rendezvous wants; what it answers.
  traversal::SignalMessage ask(const traversal::Signal& signal, const std::string& token = "correct horse") {
    const auto key = traversal::signal_key(token);
    for (int attempt = 0; attempt < 3; ++attempt) {
      stranger_.heard.clear();
      stranger_.say(traversal::encode_request(stun::TransactionId::random(random_), signal, nonce_, key));
      world_.bed.simulator.run_for(100ms);
      if (stranger_.heard.size() != 1) break;
      const auto message = traversal::decode_signal(stranger_.heard.front(), key);
      if (!message) break;
      if (message->nonce.empty()) return *message;
      nonce_ = message->nonce;
    }
    return {.content = net::Unexpected(traversal::Refusal{})};
  }
  static std::uint16_t code(const traversal::SignalMessage& message) {
    return message.content ? 0 : message.content.error().code;
  }

  World world_;
  Stranger stranger_;
  net::Random random_;
  std::string nonce_;
};

// ---- registration --------------------------------------------------------------------------------------------------

TEST(Registration, TellsThePeer_WhereItIsSeen) {
  World world;
  world.add_peer("a", nat("EIM/APDF"));
  world.wait_until_registered();
  EXPECT_EQ(world.peer("a").registered_as()->address, world.sites.at("a").outside);
  EXPECT_EQ(world.rendezvous.registered_hosts(), 1U);
}

TEST(Registration, WrongToken_IsRefused_AndThePeerSaysSo) {
  World world;
  const auto site = world.bed.add_site(nat("EIM/EIF"), {.delay = 10ms});
  world.add_peer_at("a", site.host, {}, "wrong");
  world.bed.simulator.run_for(10s);
  EXPECT_EQ(world.rendezvous.registered_hosts(), 0U);
  EXPECT_TRUE(world.peer("a").finished());
  EXPECT_EQ(world.peer("a").failure(),
            "rendezvous " + net::to_string(world.rendezvous_endpoint()) + ": the token was refused");
}

TEST(Registration, NobodyThere_IsAFailure_AfterFiveSeconds) {
  lab::Testbed bed;
  traversal::Peer peer({.rendezvous = {bed.reflector_a.address, 9}, .name = "a"}, net::Random(1));
  bed.simulator.add_agent(bed.add_public_host().host, peer);
  bed.simulator.run_for(4900ms);
  EXPECT_FALSE(peer.finished());
  bed.simulator.run_for(200ms);
  EXPECT_TRUE(peer.failure());
}

TEST(Registration, IsKeptAlive_ThroughTheNatsTimeout) {
  World world;
  lab::NatProfile shortest = nat("APDM/APDF");
  shortest.udp_lifetime = 5s;
  world.add_peer("a", shortest);
  world.add_peer("b", shortest);
  world.wait_until_registered();
  world.bed.simulator.run_for(10min);
  EXPECT_EQ(world.rendezvous.registered_hosts(), 2U);
  EXPECT_EQ(world.matrix().pairs.size(), 1U);
}

// A peer whose owner stops it one second after the start.
class StoppedPeer final : public net::Agent {
 public:
  explicit StoppedPeer(traversal::Peer& peer) : peer_(peer) {}
  void start(net::TimePoint now) override {
    stop_at_ = now + 1s;
    peer_.start(now);
  }
  void handle(net::TimePoint now, const net::Input& input) override { peer_.handle(now, input); }
  void tick(net::TimePoint now) override {
    if (now >= *stop_at_) {
      peer_.stop(now);
      stop_at_ = net::TimePoint::max();
    }
    peer_.tick(now);
  }
  std::optional<net::TimePoint> next_deadline() const override {
    return std::min(*stop_at_, peer_.next_deadline().value_or(net::TimePoint::max()));
  }
  std::vector<net::Output> take_outputs() override { return peer_.take_outputs(); }
  bool finished() const override { return peer_.finished(); }

 private:
  traversal::Peer& peer_;
  std::optional<net::TimePoint> stop_at_;
};

TEST(Registration, StoppedPeer_IsGoneAtOnce) {
  World world;
  traversal::Peer peer({.rendezvous = world.rendezvous_endpoint(), .name = "a", .token = "correct horse"},
                       net::Random(1));
  StoppedPeer stopped(peer);
  world.bed.simulator.add_agent(world.bed.add_site(nat("EIM/APDF"), {.delay = 10ms}).host, stopped);
  world.bed.simulator.run_for(999ms);
  EXPECT_EQ(world.rendezvous.registered_hosts(), 1U);
  world.bed.simulator.run_for(100ms);
  EXPECT_EQ(world.rendezvous.registered_hosts(), 0U);
  EXPECT_TRUE(peer.finished());
  EXPECT_FALSE(peer.failure());
}

TEST(Registration, KilledPeer_LapsesWithinTenSeconds_NotBeforeItsHeartbeatsCanCome) {
  World world;
  const auto agent = world.add_peer("a", nat("EIM/APDF"));
  world.wait_until_registered();
  world.bed.simulator.kill(agent);
  world.bed.simulator.run_for(5s);
  EXPECT_EQ(world.rendezvous.registered_hosts(), 1U);
  world.bed.simulator.run_for(5s);
  EXPECT_EQ(world.rendezvous.registered_hosts(), 0U);
}

TEST(Registration, RebootedNat_IsFollowedToItsNewMapping) {
  World world;
  world.add_peer("a", nat("EIM/APDF"));
  world.add_peer("b", nat("EIM/APDF"));
  world.wait_until_registered();
  world.bed.network.nat(world.sites.at("a").nat).forget();
  world.bed.simulator.run_for(5s);
  EXPECT_EQ(world.matrix().pairs.at(0).outcome, Outcome::Direct);
}

TEST(Registration, ASecondPeerWithANameInUse_IsRefused_AndTheFirstGoesOn) {
  World world;
  world.add_peer("a", nat("EIM/EIF"));
  world.add_peer("b", nat("EIM/EIF"));
  world.wait_until_registered();
  traversal::Peer& first = world.peer("a");
  const auto site = world.bed.add_site(nat("EIM/APDF"), {.delay = 10ms});
  world.add_peer_at("a", site.host, *net::parse_short("EIM/APDF"), "correct horse");
  world.bed.simulator.run_for(1s);
  traversal::Peer& second = world.peer("a");
  const auto notes = second.take_notes();
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes.at(0).kind, traversal::Note::Kind::Trouble);
  EXPECT_EQ(notes.at(0).text, "another host is registered as a: waiting whether it is gone");
  world.bed.simulator.run_for(60s);
  EXPECT_TRUE(second.finished());
  EXPECT_EQ(second.failure(),
            "rendezvous " + net::to_string(world.rendezvous_endpoint()) + ": another host is registered as a");
  EXPECT_FALSE(first.finished());
  EXPECT_EQ(world.rendezvous.registered_hosts(), 2U);
}

TEST(Registration, ARendezvousThatFallsSilentAfterARefusal_WasHeard) {
  World world;
  world.add_peer("a", nat("EIM/EIF"));
  world.wait_until_registered();
  const auto site = world.bed.add_site(nat("EIM/APDF"), {.delay = 10ms});
  world.add_peer_at("a", site.host, *net::parse_short("EIM/APDF"), "correct horse");
  world.bed.simulator.run_for(1s);
  world.bed.simulator.kill(world.rendezvous_agent);
  world.bed.simulator.run_for(60s);
  const traversal::Peer& second = world.peer("a");
  EXPECT_EQ(second.failure(), "rendezvous " + net::to_string(world.rendezvous_endpoint()) + ": no answer");
  EXPECT_FALSE(second.unheard());  // so TCP is not tried
}

TEST(Registration, ARestartedPeer_ComesBackWithinSixSeconds_AtItsNewEndpoint) {
  World world;
  const auto agent = world.add_peer("a", nat("EIM/EIF"));
  world.add_peer("b", nat("EIM/EIF"));
  world.wait_until_registered();
  world.bed.simulator.kill(agent);
  const auto site = world.bed.add_site(nat("EIM/APDF"), {.delay = 10ms});
  world.add_peer_at("a", site.host, *net::parse_short("EIM/APDF"), "correct horse");
  world.bed.simulator.run_for(6s);
  ASSERT_TRUE(world.peer("a").registered_as());
  EXPECT_EQ(world.rendezvous.registered_hosts(), 2U);
  const auto matrix = world.matrix();
  EXPECT_EQ(matrix.hosts.at(0).behavior, *net::parse_short("EIM/APDF"));
  EXPECT_EQ(matrix.pairs.at(0).outcome, Outcome::Direct);
}

TEST(Registration, RestartedRendezvous_GetsItsPeersBack) {
  World world;
  world.add_peer("a", nat("EIM/EIF"));
  world.add_peer("b", nat("EIM/EIF"));
  world.wait_until_registered();
  world.bed.simulator.kill(world.rendezvous_agent);
  world.bed.simulator.run_for(30s);
  traversal::Rendezvous fresh({.listen = world.rendezvous_endpoint(), .token = "correct horse", .secret = {8}},
                              net::Random(3));
  world.bed.simulator.restart(world.rendezvous_agent, fresh);
  world.bed.simulator.run_for(120s);
  EXPECT_EQ(fresh.registered_hosts(), 2U);
  const auto notes = world.peer("a").take_notes();
  ASSERT_EQ(notes.size(), 2U);
  EXPECT_EQ(notes[0].kind, traversal::Note::Kind::Trouble);
  EXPECT_EQ(notes[0].text, "rendezvous " + net::to_string(world.rendezvous_endpoint()) + " does not answer, trying on");
  EXPECT_EQ(notes[1].kind, traversal::Note::Kind::Trouble);
  EXPECT_EQ(notes[1].text, "registered again at " + net::to_string(*world.peer("a").registered_as()));
}

TEST(Registration, WhoWaitsForHosts_WaitsOn_WhenTheRendezvousIsRestartedBeforeItIsAsked) {
  World world;
  world.add_peer("a", nat("EIM/EIF"));
  world.add_peer("b", nat("EIM/EIF"));
  world.wait_until_registered();
  traversal::MatrixClient client(
      {.rendezvous = world.rendezvous_endpoint(), .token = "correct horse", .request = {}, .wait_for = 2},
      net::Random(4));
  world.bed.simulator.add_agent(world.bed.add_public_host({.delay = 10ms}).host, client);
  ASSERT_TRUE(world.bed.simulator.run_until([&] { return client.progress().hosts == 2; }, net::TimePoint(1min)));
  world.bed.simulator.kill(world.rendezvous_agent);
  traversal::Rendezvous fresh({.listen = world.rendezvous_endpoint(), .token = "correct horse", .secret = {8}},
                              net::Random(3));
  world.bed.simulator.restart(world.rendezvous_agent, fresh);
  ASSERT_TRUE(world.bed.simulator.run_until([&] { return client.finished(); }, net::TimePoint(5min)));
  ASSERT_TRUE(client.matrix()) << *client.failure();
  EXPECT_EQ(client.matrix()->pairs.at(0).outcome, Outcome::Direct);
}

TEST(Notes, TellEveryStep_OfTheRendezvousAndThePeer) {
  World world;
  world.add_peer("a", nat("EIM/EIF"));
  world.add_peer("b", nat("EIM/EIF"));
  world.wait_until_registered();
  EXPECT_EQ(world.matrix().pairs.size(), 1U);
  std::vector<std::string> told;
  for (const auto& note : world.rendezvous.take_notes()) told.push_back(note.text);
  const auto place = [&](const char* name) { return net::to_string(*world.peer(name).registered_as()); };
  EXPECT_EQ(told, (std::vector<std::string>{"a registers at " + place("a") + " (EIM/EIF)",
                                            "b registers at " + place("b") + " (EIM/EIF)", "a with b begins",
                                            "a with b: direct"}));
  told.clear();
  for (const auto& note : world.peer("a").take_notes()) told.push_back(note.text);
  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(told[0], "attempt 1: simultaneous-open is asked for");
  EXPECT_EQ(told[1].find("attempt 1: towards " + net::to_string(world.sites.at("b").outside)), 0U) << told[1];
  EXPECT_EQ(told[2], "attempt 1: connected");
  EXPECT_TRUE(world.rendezvous.take_notes().empty());
}

TEST(Notes, NobodyTakes_AreBounded) {
  traversal::Notes notes;
  for (int i = 0; i < 5000; ++i) notes.step("step");
  EXPECT_EQ(notes.take().size(), traversal::Notes::most_kept);
}

// ---- agents lost ---------------------------------------------------------------------------------------------------

TEST(AgentLost, KilledMidJob_ClosesItsPairWithinTenSeconds_AndTheRestGoesOn) {
  World world;
  for (const char* name : {"a", "b", "c", "d"}) world.add_peer(name, nat("EIM/APDF"));
  const auto victim = world.add_peer("victim", nat("APDM/APDF"));
  world.wait_until_registered();
  const auto& client = world.ask({.trials = 2});
  world.bed.simulator.run_for(1s);
  world.bed.simulator.kill(victim);
  EXPECT_TRUE(world.bed.simulator.run_until([&] { return client.finished(); }, world.bed.simulator.now() + 60s));
  ASSERT_TRUE(client.matrix());
  ASSERT_EQ(client.matrix()->pairs.size(), 10U);
  for (const auto& pair : client.matrix()->pairs) {
    const bool with_victim = pair.a == "victim" || pair.b == "victim";
    EXPECT_EQ(to_string(pair.outcome), with_victim ? "agent-lost" : "direct") << pair.a << " " << pair.b << pair.why;
    EXPECT_EQ(pair.why.find("victim") != std::string::npos, with_victim) << pair.why;
  }
}

TEST(AgentLost, SilentCable_IsNoticedWithinTwentySeconds) {
  World world;
  world.add_peer("a", nat("EIM/APDF"));
  world.add_peer("b", nat("EIM/APDF"));
  world.wait_until_registered();
  world.bed.network.cut(world.sites.at("b").nat);
  const auto before = world.bed.simulator.now();
  const auto& client = world.ask();
  EXPECT_TRUE(world.bed.simulator.run_until([&] { return client.finished(); }, before + 20s));
  EXPECT_EQ(client.matrix().value().pairs.at(0).outcome, Outcome::AgentLost);
}

TEST(AgentLost, ReturningDuringItsJob_ClosesThatPair_NeverTwice) {
  World world;
  const auto agent = world.add_peer("a", nat("APDM/APDF"));
  world.add_peer("b", nat("APDM/APDF"));
  world.wait_until_registered();
  const auto& client = world.ask({.strategies = {"simultaneous-open"}, .trials = 3});
  world.bed.simulator.run_for(1s);
  world.bed.simulator.kill(agent);
  world.add_peer_at("a", world.sites.at("a").host, *net::parse_short("APDM/APDF"), "correct horse");
  EXPECT_TRUE(world.bed.simulator.run_until([&] { return client.finished(); }, world.bed.simulator.now() + 60s));
  ASSERT_EQ(client.matrix().value().pairs.size(), 1U);
  EXPECT_EQ(client.matrix()->pairs[0].outcome, Outcome::AgentLost);
  EXPECT_EQ(client.matrix()->pairs[0].why.find("a was lost: "), 0U) << client.matrix()->pairs[0].why;
}

// At whatever moment another session of a name comes, the first one still there or gone: no result counts twice.
TEST(AgentLost, ReturningAtAnyMoment_DoublesNoResult) {
  for (int run = 0; run < 100; ++run) {
    World world({.seed = static_cast<std::uint64_t>(run + 1)});
    const auto first = world.add_peer("a", nat("EIM/EIF"));
    for (const char* name : {"b", "c"}) world.add_peer(name, nat("EIM/EIF"));
    world.wait_until_registered();
    const auto& client = world.ask({.trials = 2});
    world.bed.simulator.run_for(50ms + run * 15ms);
    if (run % 2 == 0) world.bed.simulator.kill(first);
    const auto site = world.bed.add_site(nat("EIM/APDF"), {.delay = 10ms});
    world.add_peer_at("a", site.host, *net::parse_short("EIM/APDF"), "correct horse");
    EXPECT_TRUE(world.bed.simulator.run_until([&] { return client.finished(); }, world.bed.simulator.now() + 60s));
    const auto& pairs = client.matrix().value().pairs;
    ASSERT_EQ(pairs.size(), 3U) << run;
    for (const auto& pair : pairs) {
      EXPECT_TRUE(pair.outcome == Outcome::AgentLost || pair.successes == 2U) << run << ": " << pair.a << pair.b;
      EXPECT_LE(pair.attempts.size(), 2U) << run;
    }
  }
}

TEST(AgentLost, BeforeItsPairsTurn_TheirPredictionIsKnownAllTheSame) {
  World world;
  for (const char* name : {"a", "b", "c"}) world.add_peer(name, nat("APDM/APDF"));
  world.add_neighbour("near-c", "c");
  world.wait_until_registered();
  const auto& client = world.ask({.pairs = {{"a", "b"}, {"a", "c"}, {"b", "c"}, {"a", "near-c"}, {"c", "near-c"}},
                                  .strategies = {"simultaneous-open"}});
  world.bed.simulator.run_for(1s);
  world.bed.network.cut(world.sites.at("c").nat);
  EXPECT_TRUE(world.bed.simulator.run_until([&] { return client.finished(); }, world.bed.simulator.now() + 2min));
  const auto& matrix = client.matrix().value();
  ASSERT_EQ(matrix.pairs.size(), 5U);
  EXPECT_EQ(pair_of(matrix, "b", "c").outcome, Outcome::AgentLost);
  EXPECT_NE(pair_of(matrix, "b", "c").why.find("not registered any more"), std::string::npos);
  for (const auto& pair : matrix.pairs) {
    const bool same_nat = pair.a == "c" && pair.b == "near-c";
    EXPECT_EQ(pair.predicted, same_nat ? traversal::Prediction::SameNat : traversal::Prediction::Needs2PortsJointly)
        << pair.a << " " << pair.b;
  }
}

// ---- abuse ---------------------------------------------------------------------------------------------------------

TEST_F(StrangerStory, WrongToken_DrawsARefusalNoLargerThanTheRequest_AndNothingElse) {
  const net::Bytes request = traversal::encode_request(
      stun::TransactionId::random(random_), traversal::Register{"x", {1}, {}, {}}, {}, traversal::signal_key("wrong"));
  stranger_.say(request);
  world_.bed.simulator.run_for(1s);
  ASSERT_EQ(stranger_.heard.size(), 1U);
  EXPECT_LE(stranger_.heard[0].size(), request.size());
  EXPECT_EQ(world_.rendezvous.registered_hosts(), 0U);
}

TEST_F(StrangerStory, GarbageAndResponses_MeetSilence) {
  const auto key = traversal::signal_key("correct horse");
  net::Bytes garbage(200);
  for (int i = 0; i < 1000; ++i) {
    random_.fill(garbage);
    stranger_.say(garbage);
  }
  stranger_.say(traversal::encode_success(stun::TransactionId::random(random_), traversal::Done{}, key));
  stranger_.say(traversal::encode_error(stun::TransactionId::random(random_), {traversal::NotKnown, "x"}, {}, key));
  stranger_.say({});
  world_.bed.simulator.run_for(1s);
  EXPECT_TRUE(stranger_.heard.empty());
}

// The nonce proves that the sender receives at its address, so a forged source registers nobody.
TEST_F(StrangerStory, WithoutTheNonceForItsAddress_NothingHappens) {
  const auto key = traversal::signal_key("correct horse");
  stranger_.say(traversal::encode_request(stun::TransactionId::random(random_), traversal::Register{"x", {1}, {}, {}},
                                          "0123456789abcdef", key));
  world_.bed.simulator.run_for(1s);
  ASSERT_EQ(stranger_.heard.size(), 1U);
  EXPECT_EQ(code(*traversal::decode_signal(stranger_.heard[0], key)), traversal::StaleNonce);
  EXPECT_EQ(world_.rendezvous.registered_hosts(), 0U);
}

TEST_F(StrangerStory, ARepeatedRequest_GetsTheSameBytes_AndIsDoneOnce) {
  world_.add_peer("a", nat("EIM/EIF"));
  world_.add_peer("b", nat("EIM/EIF"));
  world_.wait_until_registered();
  (void)ask(traversal::ListRequest{});
  const auto key = traversal::signal_key("correct horse");
  const auto request =
      traversal::encode_request(stun::TransactionId::random(random_), traversal::MatrixRequest{}, nonce_, key);
  stranger_.heard.clear();
  for (int i = 0; i < 5; ++i) stranger_.say(request);
  world_.bed.simulator.run_for(1s);
  ASSERT_EQ(stranger_.heard.size(), 5U);
  for (const auto& response : stranger_.heard) EXPECT_EQ(response, stranger_.heard[0]);
  EXPECT_TRUE(traversal::decode_signal(stranger_.heard[0], key)->content);
}

TEST_F(StrangerStory, ForgedResults_ChangeNothing) {
  world_.add_peer("a", nat("APDM/APDF"));
  world_.add_peer("b", nat("APDM/APDF"));
  world_.wait_until_registered();
  const auto& client = world_.ask({.strategies = {"simultaneous-open"}});
  world_.bed.simulator.run_for(500ms);
  for (std::uint8_t i = 0; i < 50; ++i) {
    const traversal::Half lie{.heard = true, .proof = traversal::Proof::SamePath, .proven_after = 1ms};
    EXPECT_EQ(code(ask(traversal::Result{{i}, {i}, lie})), traversal::NotKnown);
  }
  EXPECT_TRUE(world_.bed.simulator.run_until([&] { return client.finished(); }, world_.bed.simulator.now() + 60s));
  EXPECT_EQ(client.matrix().value().pairs.at(0).outcome, Outcome::Failed);
}

// Ten thousand results for jobs of others: of attempts that never were, of the right size and token, again and again.
TEST_F(StrangerStory, TenThousandForgedResults_ChangeNothing) {
  world_.add_peer("a", nat("APDM/APDF"));
  world_.add_peer("b", nat("APDM/APDF"));
  world_.wait_until_registered();
  (void)ask(traversal::ListRequest{});
  const auto key = traversal::signal_key("correct horse");
  const auto& client = world_.ask({.strategies = {"simultaneous-open"}, .trials = 3});
  stranger_.heard.clear();
  const traversal::Half lie{.heard = true, .proof = traversal::Proof::SamePath, .proven_after = 1ms};
  for (int round = 0; round < 100; ++round) {
    traversal::Id guess{};
    random_.fill(guess);
    for (int i = 0; i < 50; ++i) {
      const auto forged = traversal::encode_request(stun::TransactionId::random(random_),
                                                    traversal::Result{guess, guess, lie}, nonce_, key);
      stranger_.say(forged);
      stranger_.say(forged);
    }
    world_.bed.simulator.run_for(20ms);
  }
  EXPECT_TRUE(world_.bed.simulator.run_until([&] { return client.finished(); }, world_.bed.simulator.now() + 60s));
  EXPECT_EQ(stranger_.heard.size(), 10'000U);
  for (const auto& response : stranger_.heard) {
    EXPECT_EQ(code(*traversal::decode_signal(response, key)), traversal::NotKnown);
  }
  const auto& pair = client.matrix().value().pairs.at(0);
  EXPECT_EQ(pair.outcome, Outcome::Failed);
  EXPECT_EQ(pair.successes, 0U);
  EXPECT_EQ(pair.trials, 3U);
}

TEST_F(StrangerStory, APairAskedForTwice_IsPlayedOnce) {
  for (const char* name : {"a", "b", "c"}) world_.add_peer(name, nat("EIM/EIF"));
  world_.wait_until_registered();
  const auto matrix = world_.matrix({.pairs = {{"b", "a"}, {"a", "c"}, {"a", "b"}, {"b", "a"}}});
  ASSERT_EQ(matrix.pairs.size(), 2U);
  EXPECT_EQ(pair_of(matrix, "b", "a").trials, 1U);
  EXPECT_EQ(pair_of(matrix, "a", "c").trials, 1U);
}

TEST_F(StrangerStory, NonsenseRequests_AreRefusedWithAReason) {
  world_.add_peer("a", nat("EIM/EIF"));
  world_.wait_until_registered();
  EXPECT_EQ(code(ask(traversal::MatrixRequest{})), traversal::NotKnown);  // one host has no pair
  EXPECT_EQ(code(ask(traversal::MatrixRequest{.pairs = {{"a", "a"}}})), traversal::Malformed);
  EXPECT_EQ(code(ask(traversal::MatrixRequest{.pairs = {{"a", "nobody"}}})), traversal::NotKnown);
  EXPECT_EQ(code(ask(traversal::MatrixRequest{.strategies = {"telepathy"}})), traversal::Malformed);
  EXPECT_EQ(code(ask(traversal::MatrixRequest{.trials = 0})), traversal::Malformed);
  EXPECT_EQ(code(ask(traversal::StatusRequest{})), traversal::NotKnown);
  EXPECT_EQ(code(ask(traversal::RowsRequest{})), traversal::NotKnown);
  EXPECT_EQ(code(ask(traversal::Refresh{"nobody", {}})), traversal::NotKnown);
  EXPECT_EQ(code(ask(traversal::Done{})), traversal::Malformed);
  EXPECT_EQ(code(ask(traversal::Prepare{})), traversal::Malformed);
}

TEST_F(StrangerStory, ThePeer_ObeysNobodyButItsRendezvous) {
  world_.add_peer("a", nat("EIM/EIF"));
  world_.wait_until_registered();
  const auto key = traversal::signal_key("correct horse");
  Stranger attacker(*world_.peer("a").registered_as());
  world_.bed.simulator.add_agent(world_.bed.add_public_host().host, attacker);
  world_.bed.simulator.run_for(10ms);
  attacker.say(traversal::encode_request(stun::TransactionId::random(random_),
                                         traversal::Prepare{.strategy = "simultaneous-open"}, {}, key));
  world_.bed.simulator.run_for(1s);
  EXPECT_TRUE(attacker.heard.empty());
  EXPECT_EQ(world_.peer("a").attempts(), 0U);
}

}  // namespace rendezvous_test
