// Reflectors as agents, in the simulator: what a client sees of them.
#include "reflector/reflector_agent.h"

#include <gtest/gtest.h>

#include "lab/simulator.h"
#include "tests/reflector/client.h"
#include "tests/reflector/hostile_partner.h"

namespace reflector {
namespace reflector_agent_test {

using std::chrono::milliseconds;
using std::chrono::seconds;
using stun::AttributeType;
using stun::ChangeRequest;

Secret secret(std::uint8_t number) {
  Secret out{};
  out[0] = number;
  return out;
}

// Two hosts at the core for reflectors and one for the client, 10 ms from it.
class World {
 public:
  explicit World(net::Family family = net::Family::V4)
      : family_(family), network(net::Random(1)), simulator(network, net::Random(2)) {
    const lab::Link ten_ms = lab::both_ways({.delay = milliseconds(10)});
    host_a = network.add_host({a(), second()}, lab::core, ten_ms);
    host_b = network.add_host({b()}, lab::core, ten_ms);
    host_c = network.add_host({client()}, lab::core, ten_ms);
  }

  [[nodiscard]] net::IpAddress a() const { return address("192.0.2.1", "2001:db8::1"); }
  [[nodiscard]] net::IpAddress b() const { return address("192.0.2.2", "2001:db8::2"); }
  [[nodiscard]] net::IpAddress second() const { return address("192.0.2.3", "2001:db8::3"); }
  [[nodiscard]] net::IpAddress client() const { return address("198.51.100.9", "2001:db8:9::9"); }
  [[nodiscard]] net::Endpoint primary() const { return {a(), default_port}; }

  ReflectorConfig pair_a() const { return pair_config(primary(), b(), net::as_bytes(shared_key)); }
  ReflectorConfig pair_b() const { return pair_config({b(), default_port}, a(), net::as_bytes(shared_key)); }

 private:
  net::Family family_;
  [[nodiscard]] net::IpAddress address(const char* v4, const char* v6) const {
    return net::address(family_ == net::Family::V4 ? v4 : v6);
  }

 public:
  lab::Network network;
  lab::Simulator simulator;
  lab::HostId host_a, host_b, host_c;
};

// A linked pair and one client.
struct PairStory {
  World world;
  ReflectorAgent a, b;
  Client client;
  lab::AgentId id_a, id_b;

  explicit PairStory(std::vector<Client::Question> questions, net::Family family = net::Family::V4,
                     Mode mode = Mode::Compatible)
      : world(family),
        a(in_mode(world.pair_a(), mode), secret(1)),
        b(in_mode(world.pair_b(), mode), secret(2)),
        client({world.client(), 40000}, std::move(questions)) {
    id_a = world.simulator.add_agent(world.host_a, a);
    id_b = world.simulator.add_agent(world.host_b, b);
    world.simulator.run_for(seconds(1));
    EXPECT_TRUE(a.partner_usable(family, world.simulator.now()));
    world.simulator.add_agent(world.host_c, client);
  }
  void run(net::Duration duration) { world.simulator.run_for(duration); }

 private:
  static ReflectorConfig in_mode(ReflectorConfig config, Mode mode) {
    config.mode = mode;
    return config;
  }
};

const std::vector<ChangeRequest> all_changes = {{false, false}, {false, true}, {true, false}, {true, true}};

std::vector<Client::Question> all_change_requests(const net::Endpoint& to) {
  std::vector<Client::Question> out;
  for (std::uint8_t i = 0; i < 4; ++i) out.push_back({milliseconds(10), to, request(i, 0, all_changes[i])});
  return out;
}

void expect_all_four(const Client& client, const net::IpAddress& own, const net::IpAddress& other) {
  ASSERT_EQ(client.answers.size(), 4U);
  for (std::uint8_t i = 0; i < 4; ++i) {
    const ChangeRequest& change = all_changes[i];
    const auto answer = client.to(i).at(0);
    const net::Endpoint expected{change.change_address ? other : own,
                                 change.change_port ? default_alternate_port : default_port};
    EXPECT_EQ(answer.from, expected);
    EXPECT_EQ(answer.message().get<stun::ResponseOrigin>()->endpoint, expected);
    EXPECT_EQ(answer.message().get<stun::OtherAddress>()->endpoint, (net::Endpoint{other, default_alternate_port}));
    EXPECT_EQ(answer.message().get<stun::XorMappedAddress>()->endpoint.port, 40000);
  }
}

// ---- set-ups -------------------------------------------------------------------------------------------------------

TEST(ReflectorAgent, APair_AnswersEachChangeRequestFromTheRightEndpoint) {
  for (const net::Family family : {net::Family::V4, net::Family::V6}) {
    const World addresses(family);
    PairStory story(all_change_requests(addresses.primary()), family);
    story.run(seconds(1));
    expect_all_four(story.client, addresses.a(), addresses.b());
  }
}

TEST(ReflectorAgent, OneHostWithTwoAddresses_DoesTheSame) {
  for (const net::Family family : {net::Family::V4, net::Family::V6}) {
    World world(family);
    ReflectorAgent agent(two_addresses_config(world.primary(), world.second()), secret(1));
    Client client({world.client(), 40000}, all_change_requests(world.primary()));
    world.simulator.add_agent(world.host_a, agent);
    world.simulator.add_agent(world.host_c, client);
    world.simulator.run_for(seconds(1));
    EXPECT_TRUE(agent.listening());
    EXPECT_EQ(agent.listening_on().size(), 8U);
    expect_all_four(client, world.a(), world.second());
  }
}

TEST(ReflectorAgent, APlainReflector_AnswersWithoutOtherAddress) {
  World world;
  ReflectorAgent agent(plain_config(world.primary()), secret(1));
  Client client({world.client(), 40000}, all_change_requests(world.primary()));
  world.simulator.add_agent(world.host_a, agent);
  world.simulator.add_agent(world.host_c, client);
  world.simulator.run_for(seconds(1));
  ASSERT_EQ(client.answers.size(), 4U);
  EXPECT_EQ(client.to(0)[0].message().message_class(), stun::MessageClass::Success);
  EXPECT_FALSE(client.to(0)[0].message().has(AttributeType::OtherAddress));
  for (std::uint8_t i = 1; i < 4; ++i) EXPECT_EQ(client.to(i)[0].message().get<stun::ErrorCode>()->code, 420);
}

TEST(ReflectorAgent, BothFamiliesAtOnce_EachItsOwnPair) {
  World four(net::Family::V4);
  const World six(net::Family::V6);
  ReflectorConfig config = four.pair_a();
  config.hosts.push_back(six.pair_a().hosts.front());
  ReflectorAgent agent(config, secret(1));
  lab::Network network{net::Random(1)};
  lab::Simulator simulator(network, net::Random(2));
  simulator.add_agent(network.add_host({four.a(), six.a()}), agent);
  simulator.run_for(seconds(1));
  EXPECT_TRUE(agent.listening());
  EXPECT_EQ(agent.listening_on().size(), 10U);
  EXPECT_EQ(agent.listening_on().front(), "udp 192.0.2.1:3478");
  EXPECT_EQ(agent.listening_on().back(), "udp [2001:db8::1]:3481 (partner link)");
}

TEST(ReflectorAgent, AClassicClient_GetsTheFourAnswersToo) {
  std::vector<Client::Question> questions;
  for (std::uint8_t i = 0; i < 4; ++i) {
    net::Bytes bytes = request(i, 0, all_changes[i]);
    bytes[4] = 0xEE;  // no cookie
    questions.push_back({milliseconds(10), World().primary(), bytes});
  }
  PairStory story(questions);
  story.run(seconds(1));
  ASSERT_EQ(story.client.answers.size(), 4U);
  for (std::uint8_t i = 0; i < 4; ++i) {
    const auto answer = story.client.to(i).at(0);
    EXPECT_EQ(answer.message().get<stun::SourceAddress>()->endpoint, answer.from);
    EXPECT_EQ(answer.message().get<stun::MappedAddress>()->endpoint.port, 40000);
    EXPECT_EQ(answer.message().get<stun::ChangedAddress>()->endpoint, net::endpoint("192.0.2.2:3479"));
  }
  EXPECT_EQ(story.client.to(3)[0].from, net::endpoint("192.0.2.2:3479"));
}

TEST(ReflectorAgent, TwoClientsWithTheSameTransactionId_AreBothServed) {  // K10
  const net::Bytes both = request(1, 0, ChangeRequest{true, true});
  PairStory story({{milliseconds(10), World().primary(), both}});
  Client second({story.world.client(), 40001}, {{milliseconds(10), World().primary(), both}});
  story.world.simulator.add_agent(story.world.host_c, second);
  story.run(seconds(1));
  ASSERT_EQ(story.client.answers.size(), 1U);
  ASSERT_EQ(second.answers.size(), 1U);
  EXPECT_EQ(second.answers[0].message().get<stun::XorMappedAddress>()->endpoint.port, 40001);
}

// ---- tokens and counts ---------------------------------------------------------------------------------------------

TEST(ReflectorAgent, TheAskedReflector_SaysHowManyRepliesItSent) {
  const stun::SentQuery label{.run_nonce = 0x77, .question = 5};
  const World addresses;
  const net::Endpoint partner{addresses.b(), default_port};
  PairStory story({
      {milliseconds(10), addresses.primary(), request(1, 120, ChangeRequest{true, true}, label)},
      {milliseconds(20), addresses.primary(), request(2, 120, ChangeRequest{true, true}, label)},
      {milliseconds(30), addresses.primary(), request(3, 120, ChangeRequest{false, false}, label)},
      {milliseconds(200), partner, request(4, 120, label)},
      {milliseconds(200), addresses.primary(), request(5, 120, label)},
      {milliseconds(200), partner, request(6, 120, stun::SentQuery{.run_nonce = 0x77, .question = 6})},
  });
  story.run(seconds(1));
  ASSERT_EQ(story.client.answers.size(), 6U);
  const auto count = [&](std::uint8_t number) { return *story.client.to(number)[0].message().get<stun::SentCount>(); };
  EXPECT_EQ(count(4), (stun::SentCount{2, 0}));
  EXPECT_EQ(count(5), (stun::SentCount{1, 0}));
  EXPECT_EQ(count(6), (stun::SentCount{0, 0}));
}

// A client that learned its token from A may have 400 replies at once from B, one without 50.
TEST(ReflectorAgent, ATokenOfOneHost_CountsAtTheOther) {
  const World addresses;
  std::vector<Client::Question> first_question = {{milliseconds(10), addresses.primary(), request(1, 120)}};
  for (const bool with_token : {false, true}) {
    PairStory story(first_question);
    story.run(milliseconds(100));
    const auto token = *story.client.answers.at(0).message().get<stun::ReturnToken>();
    std::vector<Client::Question> many;
    for (int i = 0; i < 500; ++i) {
      const ChangeRequest change{true, true};
      many.push_back(
          {milliseconds(10), addresses.primary(), with_token ? request(2, 0, change, token) : request(2, 0, change)});
    }
    Client second({story.world.client(), 40001}, many);
    story.world.simulator.add_agent(story.world.host_c, second);
    story.run(milliseconds(500));
    EXPECT_EQ(second.answers.size(), with_token ? 400U : 49U);  // the first question had its share
  }
}

TEST(ReflectorAgent, StrictPair_ServesATokenHolder_AndNobodyElse) {
  const World addresses;
  PairStory story({{milliseconds(10), addresses.primary(), request(1, 120)},
                   {milliseconds(20), addresses.primary(), request(2, 0, ChangeRequest{true, true})}},
                  net::Family::V4, Mode::Strict);
  story.run(milliseconds(100));
  EXPECT_EQ(story.client.to(2).at(0).message().get<stun::ErrorCode>()->code, 438);
  const auto token = *story.client.to(1).at(0).message().get<stun::ReturnToken>();
  Client second({story.world.client(), 40001},
                {{milliseconds(10), addresses.primary(), request(3, 0, ChangeRequest{true, true}, token)}});
  story.world.simulator.add_agent(story.world.host_c, second);
  story.run(milliseconds(500));
  ASSERT_EQ(second.answers.size(), 1U);
  EXPECT_EQ(second.answers[0].from, net::endpoint("192.0.2.2:3479"));
}

// ---- sizes ---------------------------------------------------------------------------------------------------------

TEST(ReflectorAgent, NoReplyIsLargerThanItsRequest_WhenTheRequestPays_AlsoFromThePartner) {
  for (const net::Family family : {net::Family::V4, net::Family::V6}) {
    const std::size_t paid = family == net::Family::V4 ? 68 : 116;
    const World addresses(family);
    std::vector<Client::Question> questions;
    for (std::uint8_t i = 0; i < 4; ++i) {
      questions.push_back({milliseconds(10), addresses.primary(), request(i, paid, all_changes[i])});
    }
    questions.push_back(
        {milliseconds(10), addresses.primary(), request(9, 0, stun::Padding{0}, ChangeRequest{true, true})});
    PairStory story(questions, family);
    story.run(seconds(1));
    ASSERT_EQ(story.client.answers.size(), 5U);
    for (const auto& answer : story.client.answers) EXPECT_LE(answer.bytes.size(), paid);
  }
}

// ---- the partner is lost -------------------------------------------------------------------------------------------

TEST(ReflectorAgent, WithoutItsPartner_DropsOtherAddress_WithinThreeSeconds_AndHasItBackAfterTheRepair) {
  const World addresses;
  std::vector<Client::Question> questions;
  for (std::uint8_t i = 0; i < 200; ++i) {  // every 100 ms
    questions.push_back({milliseconds(100) * i, addresses.primary(), request(i, 0)});
  }
  PairStory story(questions);
  story.run(seconds(2));
  story.world.network.block(addresses.a(), addresses.b());
  story.world.network.block(addresses.b(), addresses.a());
  const net::TimePoint cut = story.world.simulator.now();
  story.run(seconds(8));
  story.world.network.unblock(addresses.a(), addresses.b());
  story.world.network.unblock(addresses.b(), addresses.a());
  const net::TimePoint repaired = story.world.simulator.now();
  story.run(seconds(9));
  EXPECT_GT(story.client.answers.size(), 180U);  // plain Binding goes on throughout
  for (const auto& answer : story.client.answers) {
    const bool announced = answer.message().has(AttributeType::OtherAddress);
    if (answer.at < cut || answer.at > repaired + seconds(3)) {
      EXPECT_TRUE(announced);
    } else if (answer.at > cut + seconds(2) + milliseconds(100) && answer.at < repaired) {
      EXPECT_FALSE(announced);
    }
  }
}

TEST(ReflectorAgent, WithItsPartnerKilled_AnswersFlagsBy420) {
  const World addresses;
  PairStory story({{seconds(4), addresses.primary(), request(1, 0, ChangeRequest{true, true})},
                   {seconds(4), addresses.primary(), request(2, 0, ChangeRequest{})}});
  story.world.simulator.kill(story.id_b);
  story.run(seconds(5));
  EXPECT_EQ(story.client.to(1).at(0).message().get<stun::ErrorCode>()->code, 420);
  EXPECT_EQ(story.client.to(2).at(0).message().message_class(), stun::MessageClass::Success);
}

// ---- the link as a weapon ------------------------------------------------------------------------------------------

// With the right key and a hostile host A: B sends to nobody that nobody may name for another, and to a victim no more
// than the limit of its destination.  K08, K09, K17
TEST(ReflectorAgent, AHostilePartnerWithTheKey_GainsNothing) {
  World world;
  ReflectorAgent b(world.pair_b(), secret(2));
  world.simulator.add_agent(world.host_b, b);

  HostilePartner hostile({world.a(), default_link_port}, world.b(), {world.client(), 40000});
  Client victim({world.client(), 40000}, {});
  world.simulator.add_agent(world.host_a, hostile);
  world.simulator.add_agent(world.host_c, victim);
  world.simulator.run_for(seconds(3));
  EXPECT_EQ(hostile.orders, 10'000U);
  ASSERT_FALSE(victim.answers.empty());
  const net::TimePoint first = victim.answers.front().at;
  const auto early = std::count_if(victim.answers.begin(), victim.answers.end(),
                                   [&](const auto& answer) { return answer.at < first + seconds(1); });
  EXPECT_LE(early, 50);
  EXPECT_LE(victim.answers.size(), 50U + 2U * 20U);
  for (const auto& answer : victim.answers) EXPECT_LE(answer.bytes.size(), 68U);

  for (const char* refused :
       {"0.0.0.0", "127.0.0.1", "169.254.1.1", "10.0.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "192.0.2.2"}) {
    World other;
    ReflectorAgent host(other.pair_b(), secret(2));
    HostilePartner sender({other.a(), default_link_port}, other.b(), {net::address(refused), 40000});
    other.simulator.add_agent(other.host_b, host);
    other.simulator.add_agent(other.host_a, sender);
    other.simulator.run_for(seconds(1));
    EXPECT_GT(sender.orders, 1000U);
    const auto lines = host.summary();
    EXPECT_TRUE(std::any_of(lines.begin(), lines.end(),
                            [](const std::string& line) { return line.find("destination:") != std::string::npos; }));
    EXPECT_TRUE(std::none_of(lines.begin(), lines.end(), [](const std::string& line) {
      return line.find("sent for") != std::string::npos;
    })) << refused;
  }
}

// ---- opening -------------------------------------------------------------------------------------------------------

TEST(ReflectorAgent, OneSocketThatCannotBeOpened_StopsItAll) {
  World world;
  ReflectorAgent first(plain_config({world.a(), default_alternate_port}), secret(1));
  ReflectorAgent second(two_addresses_config(world.primary(), world.second()), secret(2));
  world.simulator.add_agent(world.host_a, first);
  world.simulator.run_for(milliseconds(1));
  const auto id = world.simulator.add_agent(world.host_a, second);
  world.simulator.run_for(milliseconds(10));
  ASSERT_TRUE(second.failure());
  EXPECT_NE(second.failure()->find("192.0.2.1:3479"), std::string::npos);
  EXPECT_FALSE(world.simulator.alive(id));
  EXPECT_FALSE(second.listening());
  ReflectorAgent third(plain_config(world.primary()), secret(3));  // the port is free again
  world.simulator.add_agent(world.host_a, third);
  world.simulator.run_for(milliseconds(10));
  EXPECT_TRUE(third.listening());
}

}  // namespace reflector_agent_test
}  // namespace reflector
