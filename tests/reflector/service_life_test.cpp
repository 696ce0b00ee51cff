// What happens to a running reflector: another configuration, and its end in good order.

#include <gtest/gtest.h>

#include "lab/simulator.h"
#include "reflector/reflector_agent.h"
#include "tests/reflector/client.h"

namespace reflector {
namespace service_life_test {

using std::chrono::milliseconds;
using std::chrono::seconds;

Secret secret(std::uint8_t number) {
  Secret out{};
  out[0] = number;
  return out;
}

const net::Endpoint client = net::endpoint("198.51.100.9:40000");

// One agent without a simulator: told by hand, its outputs kept.
struct Alone {
  ReflectorAgent agent;
  net::TimePoint now{seconds(1000)};
  std::vector<net::Output> outputs;

  explicit Alone(const ReflectorConfig& config) : agent(config, secret(1)) {
    agent.start(now);
    take();
    const auto opens = std::exchange(outputs, {});
    for (const net::Output& output : opens) {
      if (const auto* udp = std::get_if<net::OpenUdp>(&output)) tell(net::Opened{udp->socket, udp->local});
      if (const auto* tcp = std::get_if<net::Listen>(&output)) tell(net::Opened{tcp->socket, tcp->local});
    }
  }
  void tell(const net::Input& input) {
    agent.handle(now, input);
    take();
  }
  void pass(net::Duration time) {
    for (const auto end = now + time; now < end && !agent.finished();) {
      now = std::min(end, agent.next_deadline().value_or(end));
      if (agent.next_deadline() && *agent.next_deadline() <= now) agent.tick(now);
      take();
    }
  }
  void drain() {
    agent.drain(now);
    take();
  }
  [[nodiscard]] std::size_t answer_size() {
    outputs.clear();
    tell(net::Datagram{{1}, client, request(1, 0), std::nullopt});
    return outputs.empty() ? 0 : std::get<net::Send>(outputs.front()).payload.size();
  }
  [[nodiscard]] std::size_t closed() const {
    return static_cast<std::size_t>(std::count_if(outputs.begin(), outputs.end(), [](const net::Output& output) {
      return std::holds_alternative<net::Close>(output);
    }));
  }

 private:
  void take() {
    for (net::Output& output : agent.take_outputs()) outputs.push_back(std::move(output));
  }
};

const ReflectorConfig plain = plain_config(net::endpoint("192.0.2.1:3478"));

// ---- another configuration -----------------------------------------------------------------------------------------

TEST(Reconfigure, ModeAndLimits_AreThoseOfTheNextRequest) {
  Alone alone(plain);
  EXPECT_EQ(alone.answer_size(), 56U);
  ReflectorConfig other = plain;
  other.mode = Mode::Strict;
  alone.agent.reconfigure(alone.now, other);
  EXPECT_EQ(alone.answer_size(), 32U);
  other.requests_per_second = 1;  // burst 2
  alone.agent.reconfigure(alone.now, other);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(alone.answer_size(), 32U);
  EXPECT_EQ(alone.answer_size(), 0U);
  other.requests_per_second.reset();
  alone.agent.reconfigure(alone.now, other);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(alone.answer_size(), 32U);
}

TEST(Reconfigure, WithoutOtherLimits_TheLimiterForgetsNothing) {
  Alone alone(plain);
  for (int i = 0; i < 50; ++i) EXPECT_NE(alone.answer_size(), 0U);
  EXPECT_EQ(alone.answer_size(), 0U);
  alone.agent.reconfigure(alone.now, plain);
  EXPECT_EQ(alone.answer_size(), 0U);
}

struct Pair {
  static constexpr std::string_view first_key = "the first key of the two hosts of a pair";
  static constexpr std::string_view second_key = "the second key of the two hosts of a pair";
  const net::IpAddress own = net::address("192.0.2.1");
  const net::IpAddress other = net::address("192.0.2.2");

  lab::Network network{net::Random(1)};
  lab::Simulator simulator{network, net::Random(2)};
  ReflectorConfig config_a, config_b;
  ReflectorAgent a, b;

  Pair()
      : config_a(pair_config({own, default_port}, other, net::as_bytes(first_key))),
        config_b(pair_config({other, default_port}, own, net::as_bytes(first_key))),
        a(config_a, secret(1)),
        b(config_b, secret(2)) {
    const lab::Link ten_ms = lab::both_ways({.delay = milliseconds(10)});
    simulator.add_agent(network.add_host({own}, lab::core, ten_ms), a);
    simulator.add_agent(network.add_host({other}, lab::core, ten_ms), b);
    simulator.run_for(seconds(1));
  }
  [[nodiscard]] bool linked() const {
    return a.partner_usable(net::Family::V4, simulator.now()) && b.partner_usable(net::Family::V4, simulator.now());
  }
  // Whether the link was up all the time.
  [[nodiscard]] bool stays_linked(net::Duration time) {
    for (const auto end = simulator.now() + time; simulator.now() < end;) {
      if (!linked()) return false;
      simulator.run_for(milliseconds(50));
    }
    return linked();
  }
  void use_keys(ReflectorAgent& agent, ReflectorConfig& config, const std::vector<std::string_view>& keys) {
    config.link_keys.clear();
    for (const std::string_view key : keys) {
      const net::BytesView bytes = net::as_bytes(key);
      config.link_keys.emplace_back(bytes.begin(), bytes.end());
    }
    agent.reconfigure(simulator.now(), config);
  }
};

TEST(Reconfigure, APairChangesItsKey_OneHostAfterTheOther_AndTheLinkStaysUp) {
  Pair pair;
  ASSERT_TRUE(pair.linked());
  const auto one = Pair::first_key;
  const auto two = Pair::second_key;
  pair.use_keys(pair.a, pair.config_a, {one, two});
  EXPECT_TRUE(pair.stays_linked(seconds(10)));
  pair.use_keys(pair.b, pair.config_b, {two, one});
  EXPECT_TRUE(pair.stays_linked(seconds(10)));
  pair.use_keys(pair.a, pair.config_a, {two});
  EXPECT_TRUE(pair.stays_linked(seconds(10)));
  pair.use_keys(pair.b, pair.config_b, {two});
  EXPECT_TRUE(pair.stays_linked(seconds(10)));
}

TEST(Reconfigure, AnotherAdvertisedAddress_LinksAnew_OnceBothHostsKnowIt) {
  Pair pair;
  pair.config_a.hosts[0].advertise = net::address("203.0.113.1");
  pair.a.reconfigure(pair.simulator.now(), pair.config_a);
  EXPECT_FALSE(pair.a.partner_usable(net::Family::V4, pair.simulator.now()));
  pair.simulator.run_for(seconds(10));
  EXPECT_FALSE(pair.linked());
  pair.config_b.hosts[0].partner->advertise = net::address("203.0.113.1");
  pair.b.reconfigure(pair.simulator.now(), pair.config_b);
  pair.simulator.run_for(seconds(3));
  EXPECT_TRUE(pair.linked());
}

// ---- the end -------------------------------------------------------------------------------------------------------

TEST(Drain, WithNothingOwed_LastsAMoment_AndAnswersUntilThen) {
  Alone alone(plain);
  alone.drain();
  EXPECT_FALSE(alone.agent.status(alone.now).listening);
  EXPECT_EQ(alone.answer_size(), 56U);
  EXPECT_FALSE(alone.agent.finished());
  alone.pass(drain_least);
  EXPECT_TRUE(alone.agent.finished());
}

TEST(Drain, ClosesListenersAndIdleConnections_WaitsForAMessageInItsMidst) {
  Alone alone(plain);
  const net::SocketId idle{net::first_accepted_id};
  const net::SocketId amid{net::first_accepted_id + 1};
  for (const net::SocketId connection : {idle, amid}) alone.tell(net::Accepted{{2}, connection, client});
  const net::Bytes bytes = request(1, 0);
  alone.tell(net::StreamBytes{amid, net::Bytes(bytes.begin(), bytes.begin() + 7)});
  alone.outputs.clear();
  alone.drain();
  alone.pass(seconds(1));
  EXPECT_EQ(alone.closed(), 2U);  // the listener and the idle one
  EXPECT_FALSE(alone.agent.finished());
  alone.tell(net::StreamBytes{amid, net::Bytes(bytes.begin() + 7, bytes.end())});
  EXPECT_EQ(alone.closed(), 3U);
  alone.pass(drain_least);
  EXPECT_TRUE(alone.agent.finished());
}

TEST(Drain, SendsDelayedRepliesThatAreDueInTime_AndWaitsForNoOther) {
  Alone alone(plain);
  ASSERT_EQ(alone.answer_size(), 56U);
  alone.outputs.clear();
  alone.tell(net::Datagram{{1}, client, request(1, 112), std::nullopt});
  const net::Bytes first = std::get<net::Send>(alone.outputs.at(0)).payload;
  const auto token = stun::Message::decode(first)->get<stun::ReturnToken>();
  ASSERT_TRUE(token);
  for (const std::uint32_t wait : {3U, 30U}) {
    const auto number = static_cast<std::uint8_t>(wait);
    alone.tell(net::Datagram{{1}, client, request(number, 112, *token, stun::Delay{wait}), std::nullopt});
  }
  alone.outputs.clear();
  alone.drain();
  const net::TimePoint begin = alone.now;
  alone.pass(seconds(10));
  EXPECT_TRUE(alone.agent.finished());
  EXPECT_GE(alone.now - begin, seconds(3));
  EXPECT_LT(alone.now - begin, seconds(4));
  const auto sends = std::count_if(alone.outputs.begin(), alone.outputs.end(), [](const net::Output& output) {
    return std::holds_alternative<net::Send>(output);
  });
  EXPECT_EQ(sends, 1);
}

TEST(Drain, NeverLastsLongerThanItMay) {
  Alone alone(plain);
  const net::SocketId amid{net::first_accepted_id};
  alone.tell(net::Accepted{{2}, amid, client});
  alone.tell(net::StreamBytes{amid, {0, 1}});
  alone.drain();
  const net::TimePoint begin = alone.now;
  alone.pass(seconds(20));
  EXPECT_TRUE(alone.agent.finished());
  EXPECT_EQ(alone.now - begin, drain_most);
}

}  // namespace service_life_test
}  // namespace reflector
