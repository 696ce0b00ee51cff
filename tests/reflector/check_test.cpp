// natreflector check in memory: a healthy pair, and each kind of broken server.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "lab/simulator.h"
#include "reflector/check_conclusions.h"
#include "reflector/reflector_agent.h"
#include "reflector/server_check.h"
#include "stun/address_attributes.h"
#include "stun/error_attributes.h"
#include "stun/text_attributes.h"
#include "tests/probe/stock_server.h"

namespace reflector {
namespace check_test {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view key = "a key that both hosts of the pair know well";

Secret secret(std::uint8_t number) {
  Secret out{};
  out[0] = number;
  return out;
}

struct World {
  net::IpAddress a, b, second;
  lab::Network network{net::Random(1)};
  lab::Simulator simulator{network, net::Random(2)};
  lab::HostId host_a, host_b, host_c;

  explicit World(net::Family family = net::Family::V4)
      : a(net::address(family == net::Family::V4 ? "192.0.2.1" : "2001:db8::1")),
        b(net::address(family == net::Family::V4 ? "192.0.2.2" : "2001:db8::2")),
        second(net::address(family == net::Family::V4 ? "192.0.2.3" : "2001:db8::3")) {
    const lab::Link ten_ms = lab::both_ways({.delay = milliseconds(10)});
    host_a = network.add_host({a, second}, lab::core, ten_ms);
    host_b = network.add_host({b}, lab::core, ten_ms);
    host_c = network.add_host({net::address(family == net::Family::V4 ? "198.51.100.9" : "2001:db8:9::9")}, lab::core,
                              ten_ms);
  }

  [[nodiscard]] CheckLog check(const net::IpAddress& server) {
    ServerCheck check({server, default_port}, net::Random(3));
    const auto id = simulator.add_agent(host_c, check);
    EXPECT_TRUE(simulator.run_until_finished({id}, simulator.now() + seconds(60)));
    return check.log();
  }
};

struct Pair : World {
  ReflectorConfig config_a, config_b;
  ReflectorAgent agent_a, agent_b;
  lab::AgentId id_b;

  explicit Pair(net::Family family = net::Family::V4, Mode mode = Mode::Compatible)
      : World(family),
        config_a(pair_config({a, default_port}, b, net::as_bytes(key))),
        config_b(pair_config({b, default_port}, a, net::as_bytes(key))),
        agent_a(in_mode(config_a, mode), secret(1)),
        agent_b(in_mode(config_b, mode), secret(2)) {
    simulator.add_agent(host_a, agent_a);
    id_b = simulator.add_agent(host_b, agent_b);
    simulator.run_for(seconds(1));
  }

 private:
  static ReflectorConfig& in_mode(ReflectorConfig& config, Mode mode) {
    config.mode = mode;
    return config;
  }
};

// "check: verdict" of all that is not well.
std::vector<std::string> troubles(const std::vector<CheckRow>& rows) {
  std::vector<std::string> out;
  for (const CheckRow& row : rows) {
    if (row.verdict != CheckVerdict::Ok) out.push_back(row.check + ": " + std::string(to_string(row.verdict)));
    EXPECT_FALSE(row.seen.empty()) << row.check;
    EXPECT_EQ(row.advice.empty(), row.verdict == CheckVerdict::Ok) << row.check << ' ' << row.advice;
  }
  return out;
}

std::string seen(const std::vector<CheckRow>& rows, const std::string& check) {
  for (const CheckRow& row : rows) {
    if (row.check == check) return row.seen;
  }
  return "no such check";
}

TEST(Check, AHealthyPair_IsWell_InEveryFamilyAndMode) {
  for (const net::Family family : {net::Family::V4, net::Family::V6}) {
    for (const Mode mode : {Mode::Compatible, Mode::Strict}) {
      Pair pair(family, mode);
      const CheckLog one = pair.check(pair.a);
      const CheckLog other = pair.check(pair.b);
      for (const CheckLog& log : {one, other}) {
        const auto rows = conclusions(log, true);
        EXPECT_THAT(troubles(rows), IsEmpty());
        EXPECT_EQ(rows.size(), 16U);
        EXPECT_THAT(seen(rows, "amplification"), HasSubstr(mode == Mode::Strict ? "strict" : "compatible"));
      }
      const auto rows = conclusions(one, other);
      EXPECT_EQ(rows.size(), 2U);
      EXPECT_THAT(troubles(rows), IsEmpty());
    }
  }
}

TEST(Check, OneHostWithTwoAddresses_IsWell) {
  World world;
  ReflectorAgent agent(two_addresses_config({world.a, default_port}, world.second), secret(1));
  world.simulator.add_agent(world.host_a, agent);
  EXPECT_THAT(troubles(conclusions(world.check(world.a), false)), IsEmpty());
}

TEST(Check, APartnerThatDied_ShowsAtBothHosts) {
  Pair pair;
  pair.simulator.kill(pair.id_b);
  pair.simulator.run_for(seconds(3));
  EXPECT_THAT(troubles(conclusions(pair.check(pair.a), true)), ElementsAre("other-address: fault"));
  EXPECT_THAT(troubles(conclusions(pair.check(pair.b), true)), ElementsAre("udp: fault"));
}

TEST(Check, APlainServer_IsAWarningAlone_AFaultInAPair) {
  World world;
  ReflectorAgent agent(plain_config({world.a, default_port}), secret(1));
  world.simulator.add_agent(world.host_a, agent);
  const CheckLog log = world.check(world.a);
  EXPECT_THAT(troubles(conclusions(log, false)), ElementsAre("other-address: warning"));
  EXPECT_THAT(troubles(conclusions(log, true)), ElementsAre("other-address: fault"));
}

TEST(Check, WithoutTcp_IsAWarning) {
  World world;
  ReflectorConfig config = two_addresses_config({world.a, default_port}, world.second);
  config.tcp = false;
  ReflectorAgent agent(config, secret(1));
  world.simulator.add_agent(world.host_a, agent);
  EXPECT_THAT(troubles(conclusions(world.check(world.a), false)), ElementsAre("tcp: warning", "alternate-tcp: warning"));
}

// ---- servers that are not ours -------------------------------------------------------------------------------------

std::vector<std::string> of_stock_server(const std::function<void(stock::ServerSettings&, const World&)>& change) {
  World world;
  stock::ServerSettings settings{.primary = {world.a, default_port}, .second_address = world.second};
  change(settings, world);
  stock::StockServer server(settings);
  world.simulator.add_agent(world.host_a, server);
  auto found = troubles(conclusions(world.check(world.a), false));
  // Of no stock server: TCP in this model, and natscope's own attributes.
  std::erase_if(found, [](const std::string& t) { return t.find("tcp: ") != std::string::npos || t == "facts: warning"; });
  std::erase(found, "response-port: warning");
  return found;
}

TEST(Check, AStockServer_IsWell) {
  EXPECT_THAT(of_stock_server([](auto&, const World&) {}), IsEmpty());
}

TEST(Check, AServerThatDoesNotDoWhatItPromises_HasTheFaultNamed) {
  EXPECT_THAT(of_stock_server([](auto& settings, const World&) { settings.changes = stock::Changes::FromPrimary; }),
              ElementsAre("change-port: fault", "change-address: fault", "change-both: fault"));
  EXPECT_THAT(of_stock_server([](auto& settings, const World&) { settings.changes = stock::Changes::Refused; }),
              ElementsAre("change-port: fault", "change-address: fault", "change-both: fault"));
  EXPECT_THAT(of_stock_server([](auto& settings, const World&) { settings.second_address_dead = true; }),
              ElementsAre("partner: fault", "partner-alternate: fault", "change-address: fault", "change-both: fault"));
}

// Nothing is written to an address that nobody should be sent to (a stranger's word).
TEST(Check, AnOtherAddressThatCannotBe_IsAFault_AndIsNotFollowed) {
  for (const char* announced : {"192.0.2.1:3479", "10.0.0.1:3479", "127.0.0.1:3479", "192.0.2.3:3478", "224.0.0.1:3479"}) {
    World world;
    stock::StockServer server({.primary = {world.a, default_port},
                               .second_address = world.second,
                               .announced = net::endpoint(announced)});
    world.simulator.add_agent(world.host_a, server);
    const CheckLog log = world.check(world.a);
    EXPECT_THAT(troubles(conclusions(log, false)), testing::Contains("other-address: fault")) << announced;
    for (const CheckExchange& exchange : log.exchanges) EXPECT_EQ(exchange.to, log.server) << announced;
  }
}

TEST(Check, HostsThatDoNotAnnounceEachOther_Disagree) {
  Pair pair;
  const CheckLog one = pair.check(pair.a);
  CheckLog other = pair.check(pair.b);
  other.server.address = net::address("192.0.2.77");
  EXPECT_THAT(troubles(conclusions(one, other)), ElementsAre("agreement: fault"));
}

// A server that does to each request what it is told.
class Odd final : public net::Agent {
 public:
  using Answer = std::function<net::Bytes(const stun::Message&, const net::Endpoint& client)>;
  Odd(net::Endpoint local, Answer answer) : local_(local), answer_(std::move(answer)) {}
  void start(net::TimePoint) override { outputs_.emplace_back(net::OpenUdp{{1}, local_, std::nullopt}); }
  void handle(net::TimePoint, const net::Input& input) override {
    const auto* datagram = std::get_if<net::Datagram>(&input);
    if (datagram == nullptr) return;
    const auto request = stun::Message::decode(datagram->payload);
    outputs_.emplace_back(net::Send{{1}, datagram->from, answer_(*request, datagram->from)});
  }
  void tick(net::TimePoint) override {}
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override { return std::nullopt; }
  [[nodiscard]] std::vector<net::Output> take_outputs() override { return std::exchange(outputs_, {}); }
  [[nodiscard]] bool finished() const override { return false; }

 private:
  net::Endpoint local_;
  Answer answer_;
  std::vector<net::Output> outputs_;
};

std::vector<CheckRow> of_odd(const Odd::Answer& answer) {
  World world;
  Odd server({world.a, default_port}, answer);
  world.simulator.add_agent(world.host_a, server);
  return conclusions(world.check(world.a), false);
}

// As coturn 4.6 with RFC 5780: SOFTWARE, and PADDING answered by 1,500 bytes of it.
TEST(Check, AnAmplifier_IsNamed) {
  const auto rows = of_odd([](const stun::Message& request, const net::Endpoint& client) {
    net::Bytes bytes;
    stun::MessageBuilder builder(bytes, stun::MessageClass::Success, stun::Method::Binding, request.id());
    builder.add(stun::XorMappedAddress{client}).add(stun::MappedAddress{client});
    builder.add(stun::Software{"Coturn-4.6.1 'Gorst'"});
    if (request.has(stun::AttributeType::Padding)) builder.add(stun::Padding{1500});
    return bytes;
  });
  EXPECT_THAT(troubles(rows), testing::IsSupersetOf({"padding: fault", "software: warning"}));
  EXPECT_THAT(seen(rows, "padding"), HasSubstr("for a request of 24"));
  EXPECT_THAT(seen(rows, "software"), HasSubstr("Coturn-4.6.1"));
}

TEST(Check, ALongReply_IsNamed) {
  const auto rows = of_odd([](const stun::Message& request, const net::Endpoint& client) {
    net::Bytes bytes;
    stun::MessageBuilder builder(bytes, stun::MessageClass::Success, stun::Method::Binding, request.id());
    builder.add(stun::XorMappedAddress{client}).add(stun::Software{std::string(60, 'x')});
    return bytes;
  });
  EXPECT_THAT(troubles(rows), testing::Contains("amplification: fault"));
}

TEST(Check, AddressesThatDisagree_AreNamed) {
  const auto rows = of_odd([](const stun::Message& request, const net::Endpoint& client) {
    net::Bytes bytes;
    stun::MessageBuilder builder(bytes, stun::MessageClass::Success, stun::Method::Binding, request.id());
    builder.add(stun::XorMappedAddress{client}).add(stun::MappedAddress{net::endpoint("10.0.0.7:40000")});
    return bytes;
  });
  EXPECT_THAT(troubles(rows), testing::Contains("mapped-address: fault"));
}

TEST(Check, AnErrorInsteadOfAnAnswer_IsAFault) {
  const auto rows = of_odd([](const stun::Message& request, const net::Endpoint&) {
    net::Bytes bytes;
    stun::MessageBuilder builder(bytes, stun::MessageClass::Error, stun::Method::Binding, request.id());
    builder.add(stun::ErrorCode{500, ""});
    return bytes;
  });
  EXPECT_THAT(troubles(rows), ElementsAre("udp: fault"));
}

TEST(Check, Names_AreAskedForTheirRecords) {
  EXPECT_THAT(troubles(conclusions(CheckedName{"stun.example", true, true, 1, 1})), IsEmpty());
  EXPECT_THAT(troubles(conclusions(CheckedName{"stun.example", true, false, 0, 0})),
              ElementsAre("ipv6: warning", "srv-stun: warning", "srv-behavior: warning"));
}

}  // namespace check_test
}  // namespace reflector
