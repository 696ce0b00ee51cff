// The console's stories, in memory: punching, texts, strangers, the relay.

#include "traversal/console.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "traversal/text_message.h"
#include "world.h"

namespace console_test {

using namespace tests;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using traversal::Console;

class ConsoleStory : public testing::Test {
 protected:
  Console& add(const std::string& name, const std::string& kind) {
    const lab::Site site = world_.bed.add_site(nat(kind), {.delay = 10ms});
    sites_[name] = site;
    auto& console =
        consoles_.emplace_back(traversal::PeerConfig{.rendezvous = world_.rendezvous_endpoint(),
                                                     .name = name,
                                                     .behavior = *net::parse_short(kind),
                                                     .token = "correct horse",
                                                     .session = {static_cast<std::uint8_t>(consoles_.size() + 1)}},
                               net::Random(consoles_.size() + 3));
    agents_.push_back(world_.bed.simulator.add_agent(site.host, console));
    EXPECT_TRUE(world_.bed.simulator.run_until([&] { return console.peer().registered_as().has_value(); },
                                               world_.bed.simulator.now() + 10s));
    return console;
  }

  // What the console says within the time; it looks at what was typed with its next heartbeat, at the latest in 2.5 s.
  std::vector<std::string> type(Console& console, const std::string& line, net::Duration time = 30s) {
    (void)console.take_lines();
    console.type(world_.bed.simulator.now(), line);
    world_.bed.simulator.run_for(time);
    return console.take_lines();
  }

  World world_{{.seed = 11}};
  std::map<std::string, lab::Site> sites_;
  std::deque<Console> consoles_;
  std::vector<lab::AgentId> agents_;
};

// ---- send ----------------------------------------------------------------------------------------------------------

TEST_F(ConsoleStory, Send_PunchesFirst_ShowsTheSteps_AndTheTextIsAcknowledged) {
  Console& a = add("a", "EIM/APDF");
  Console& b = add("b", "EIM/APDF");
  const auto said = type(a, "send b hello, are you  there?");
  ASSERT_EQ(said.size(), 4U) << testing::PrintToString(said);
  EXPECT_EQ(said[0], "b: no path yet, asking the rendezvous for a punch");
  EXPECT_THAT(said[1], StartsWith("b: direct path, by " + net::to_string(sites_.at("b").outside) + ":"));
  EXPECT_THAT(said[2], AllOf(StartsWith("b: direct in "), EndsWith(", by simultaneous-open")));
  EXPECT_THAT(said[3], AllOf(StartsWith("b: acknowledged in 40.0 ms"), EndsWith(", direct")));
  EXPECT_THAT(b.take_lines(), Contains("a: hello, are you  there?"));
}

TEST_F(ConsoleStory, ASecondText_GoesOverTheSamePath_BothWays_EvenAfterFiveMinutes) {
  Console& a = add("a", "EIM/APDF");
  Console& b = add("b", "EIM/APDF");
  (void)type(a, "send b one");
  world_.bed.simulator.run_for(5min);
  EXPECT_THAT(type(b, "send a two", 4s), ElementsAre(StartsWith("a: acknowledged in ")));
  EXPECT_THAT(type(a, "send b three", 4s), ElementsAre(StartsWith("b: acknowledged in ")));
  EXPECT_THAT(b.take_lines(), Contains("a: three"));
}

TEST_F(ConsoleStory, WhereNothingGetsThrough_TheRendezvousRelays_AndThatIsSaid) {
  Console& a = add("a", "APDM/APDF");
  Console& b = add("b", "APDM/APDF");
  const auto said = type(a, "send b by hand", 60s);
  EXPECT_THAT(said, Contains(AllOf(StartsWith("b: failed"), EndsWith("; relaying by the rendezvous"))));
  EXPECT_EQ(said.back(), "b: acknowledged, relayed by the rendezvous: no direct path");
  EXPECT_THAT(b.take_lines(), Contains("a (relayed): by hand"));
  EXPECT_THAT(a.paths(), IsEmpty());
}

TEST_F(ConsoleStory, LossOfPackets_IsMadeGood) {
  Console& a = add("a", "EIM/APDF");
  Console& b = add("b", "EIM/ADF");
  for (const auto& [name, site] : sites_) {
    world_.bed.network.link(site.nat) = lab::both_ways({.delay = 10ms, .loss = 0.2});
  }
  for (int i = 0; i < 10; ++i) {
    EXPECT_THAT(type(a, "send b number " + std::to_string(i)).back(), HasSubstr(": acknowledged")) << i;
  }
  const auto heard = b.take_lines();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(std::count_if(heard.begin(), heard.end(),
                            [&](const auto& line) { return line.ends_with("number " + std::to_string(i)); }),
              1);
  }
}

TEST_F(ConsoleStory, ALostPath_IsNoticed_AndPunchedAnew) {
  Console& a = add("a", "EIM/APDF");
  add("b", "EIM/APDF");
  (void)type(a, "send b one");
  world_.bed.network.nat(sites_.at("b").nat).forget();
  const auto said = type(a, "send b two", 60s);
  EXPECT_THAT(said, Contains("b: the path does not answer any more"));
  EXPECT_THAT(said.back(), HasSubstr("b: acknowledged in "));
}

TEST_F(ConsoleStory, AKilledPeer_IsOneClearLine) {
  Console& a = add("a", "EIM/APDF");
  add("b", "EIM/APDF");
  world_.bed.simulator.kill(agents_[1]);
  world_.bed.simulator.run_for(15s);
  EXPECT_THAT(type(a, "send b are you there"),
              ElementsAre("b: no path yet, asking the rendezvous for a punch", "b: not registered: b"));
}

TEST_F(ConsoleStory, APeerThatIsNoConsole_TakesNoTexts) {
  Console& a = add("a", "APDM/APDF");
  world_.add_peer("plain", nat("APDM/APDF"));
  world_.wait_until_registered();
  EXPECT_EQ(type(a, "send plain hi", 60s).back(), "plain: plain takes no texts: it is not a console");
}

TEST_F(ConsoleStory, AnUnreachableRendezvous_IsOneClearLine) {
  Console& a = add("a", "EIM/APDF");
  world_.bed.simulator.kill(world_.rendezvous_agent);
  EXPECT_EQ(type(a, "send b hi").back(), "b: the rendezvous does not answer");
  EXPECT_EQ(type(a, "peers").back(), "peers: the rendezvous does not answer");
}

// ---- tell ----------------------------------------------------------------------------------------------------------

TEST_F(ConsoleStory, Tell_ReachesAnyEndpoint_ThatItsFilterLetsIn) {
  Console& a = add("a", "EIM/APDF");
  Console& open = add("open", "EIM/EIF");
  const std::string to = net::to_string(*open.peer().registered_as());
  const auto said = type(a, "tell " + to + " hello");
  EXPECT_THAT(said, ElementsAre(AllOf(StartsWith(to + ": acknowledged in 40.0 ms, seen as "),
                                      HasSubstr(net::to_string(sites_.at("a").outside)))));
  EXPECT_THAT(open.take_lines(), Contains(EndsWith(": hello")));
}

// As two people on the phone do it: each tells the other's endpoint, which `peers` shows.
TEST_F(ConsoleStory, TwoWhoTellEachOther_OpenTheirFilters_ByHand) {
  Console& a = add("a", "EIM/APDF");
  Console& b = add("b", "EIM/APDF");
  const std::string of_a = net::to_string(*a.peer().registered_as());
  const std::string of_b = net::to_string(*b.peer().registered_as());
  EXPECT_THAT(type(a, "peers", 4s), Contains(AllOf(StartsWith("b  " + of_b), HasSubstr("EIM/APDF"))));
  EXPECT_THAT(type(a, "tell " + of_b + " first", 10s), ElementsAre(of_b + ": no acknowledgement in 5 s"));
  EXPECT_THAT(type(b, "tell " + of_a + " second", 10s), ElementsAre(StartsWith(of_a + ": acknowledged")));
  EXPECT_THAT(type(a, "tell " + of_b + " third", 10s), Contains(StartsWith(of_b + ": acknowledged")));
}

// ---- commands ------------------------------------------------------------------------------------------------------

TEST_F(ConsoleStory, Mistakes_AreOneLineEach) {
  Console& a = add("a", "EIM/APDF");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"dance", "'dance' is no command: peers, send NAME TEXT, tell IP:PORT TEXT, quit"},
      {"send", "send: '' is not a name"},
      {"send b", "send: a text is missing"},
      {"send b/c hi", "send: 'b/c' is not a name"},
      {"send a hi", "send: a is this console"},
      {"send nobody hi", "nobody: not registered: nobody"},
      {"tell b hi", "tell: 'b' is not IP:PORT"},
      {"tell 192.0.2.1 hi", "tell: '192.0.2.1' is not IP:PORT"},
      {"tell 192.0.2.1:9", "tell: a text is missing"},
      {"tell [2001:db8::1]:9 hi", "tell: the address is of the other family"},
      {"peers please", "peers: 'please' is too much"},
      {"send b " + std::string(201, 'x'), "send: a text has at most 200 bytes, this one 201"},
  };
  for (const auto& [line, error] : cases) EXPECT_EQ(type(a, line, 6s).back(), error);
  EXPECT_THAT(type(a, "   ", 4s), IsEmpty());
}

TEST_F(ConsoleStory, CommandsTypedAtOnce_AreCarriedOutInOrder_AndQuitIsTheLast) {
  Console& a = add("a", "EIM/APDF");
  Console& b = add("b", "EIM/EIF");
  for (const char* line : {"send b one", "send b two", "quit", "send b three"})
    a.type(world_.bed.simulator.now(), line);
  world_.bed.simulator.run_for(30s);
  EXPECT_TRUE(a.finished());
  EXPECT_FALSE(a.peer().failure());
  const auto heard = b.take_lines();
  EXPECT_THAT(heard, AllOf(Contains("a: one"), Contains("a: two"), Not(Contains("a: three"))));
  EXPECT_EQ(world_.rendezvous.registered_hosts(), 1U);
}

// ---- strangers -----------------------------------------------------------------------------------------------------

// Sends what it is given to one endpoint and counts what comes back.
class Stranger final : public net::Agent {
 public:
  explicit Stranger(const net::Endpoint& to) : to_(to) {}
  void say(net::Bytes datagram) { pending_.emplace_back(net::Send{{1}, to_, std::move(datagram)}); }
  void start(net::TimePoint) override {
    pending_.emplace_back(net::OpenUdp{{1}, {net::IpAddress::any(to_.family()), 0}, to_});
  }
  void handle(net::TimePoint, const net::Input& input) override {
    if (const auto* datagram = std::get_if<net::Datagram>(&input)) heard.push_back(datagram->payload);
  }
  void tick(net::TimePoint now) override { next_ = now + 1ms; }
  std::optional<net::TimePoint> next_deadline() const override { return next_; }
  std::vector<net::Output> take_outputs() override { return std::exchange(pending_, {}); }
  bool finished() const override { return false; }
  std::vector<net::Bytes> heard;

 private:
  net::Endpoint to_;
  net::TimePoint next_;
  std::vector<net::Output> pending_;
};

TEST_F(ConsoleStory, StrangersTexts_DrawAtMostFiveAcknowledgementsASecond_NoneLargerThanItsText) {
  Console& open = add("open", "EIM/EIF");
  Stranger stranger(*open.peer().registered_as());
  world_.bed.simulator.add_agent(world_.bed.add_public_host({.delay = 10ms}).host, stranger);
  net::Random random(1);
  std::size_t smallest = 10'000;
  for (int second = 0; second < 10; ++second) {
    for (int i = 0; i < 100; ++i) {
      auto text = traversal::encode(traversal::Text{stun::TransactionId::random(random), "x"}, std::nullopt);
      smallest = std::min(smallest, text.size());
      stranger.say(std::move(text));
    }
    world_.bed.simulator.run_for(1s);
  }
  EXPECT_LE(stranger.heard.size(), 55U);
  EXPECT_GE(stranger.heard.size(), 45U);
  for (const auto& answer : stranger.heard) EXPECT_LE(answer.size(), smallest);
  EXPECT_LE(open.take_lines().size(), 55U);
}

TEST_F(ConsoleStory, APeer_AnswersNoTexts) {
  world_.add_peer("plain", nat("EIM/EIF"));
  world_.wait_until_registered();
  Stranger stranger(*world_.peer("plain").registered_as());
  world_.bed.simulator.add_agent(world_.bed.add_public_host({.delay = 10ms}).host, stranger);
  net::Random random(1);
  stranger.say(traversal::encode(traversal::Text{stun::TransactionId::random(random), "x"}, std::nullopt));
  world_.bed.simulator.run_for(1s);
  EXPECT_THAT(stranger.heard, IsEmpty());
}

TEST(TextMessage, ComesBackAsItWas_UnderItsKeyOnly) {
  net::Random random(3);
  const traversal::Key key{1};
  const traversal::Key other{2};
  for (const std::size_t size : {1U, 27U, 28U, 29U, 199U, 200U}) {
    const traversal::Text text{stun::TransactionId::random(random), std::string(size, 'y')};
    for (const traversal::TextKey& under : {traversal::TextKey(key), traversal::TextKey()}) {
      const auto bytes = traversal::encode(text, under);
      EXPECT_GE(bytes.size(), 64U);
      const auto back = traversal::decode_text(bytes, under);
      ASSERT_TRUE(back) << size;
      EXPECT_EQ(std::get<traversal::Text>(*back).text, text.text);
      EXPECT_FALSE(traversal::decode_text(bytes, other));
      for (const char* seen : {"192.0.2.1:5", "[2001:db8::1]:5"}) {
        const traversal::TextAcknowledgement acknowledgement{text.id, net::endpoint(seen)};
        EXPECT_LE(traversal::encode(acknowledgement, under).size(), bytes.size());
      }
    }
  }
}

}  // namespace console_test
