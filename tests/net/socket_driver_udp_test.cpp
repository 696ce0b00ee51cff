#include <gmock/gmock.h>

#include <csignal>
#include <thread>

#include "net/cannot_work.h"
#include "net/socket_driver.h"
#include "tests/net/scripted_agent.h"

namespace net {
namespace socket_driver_udp_test {

using tests::ScriptedAgent;
using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr SocketId a{1};
constexpr SocketId b{2};

Bytes bytes(std::string_view text) { return {text.begin(), text.end()}; }

// Both families on the loopback; a machine without IPv6 there shows it by OpenFailed and fails the test.
class SocketDriverUdp : public testing::TestWithParam<const char*> {
 protected:
  SocketDriverUdp() : any_port_{address(GetParam()), 0} {}

  void run() {
    driver_.run(agent_);
    EXPECT_FALSE(agent_.timed_out);
  }

  // Opens a and b, then calls `go` with both addresses.
  void open_both(const std::function<void(Endpoint, Endpoint)>& go) {
    agent_.at_start = [this](TimePoint) { agent_.outputs = {OpenUdp{a, any_port_}, OpenUdp{b, any_port_}}; };
    agent_.at_input = [this, go](TimePoint, const Input& input) {
      if (std::holds_alternative<Datagram>(input) || std::holds_alternative<IcmpError>(input)) agent_.done = true;
      if (const auto opened = agent_.told_of<Opened>(); std::holds_alternative<Opened>(input) && opened.size() == 2) {
        go(opened[0].local, opened[1].local);
      }
    };
    run();
  }

  Endpoint any_port_;
  SocketDriver driver_;
  ScriptedAgent agent_;
};

INSTANTIATE_TEST_SUITE_P(Families, SocketDriverUdp, testing::Values("127.0.0.1", "::1"),
                         [](const auto& each) { return each.param[0] == ':' ? "IPv6" : "IPv4"; });

TEST_P(SocketDriverUdp, Delivers_ADatagram_WithItsSender) {
  Endpoint sender;
  open_both([&](Endpoint from, Endpoint to) {
    sender = from;
    agent_.outputs.push_back(Send{a, to, bytes("hello")});
  });
  const auto received = agent_.told_of<Datagram>();
  ASSERT_EQ(received.size(), 1U);
  EXPECT_EQ(received[0].socket, b);
  EXPECT_EQ(received[0].from, sender);
  EXPECT_EQ(received[0].payload, bytes("hello"));
  EXPECT_EQ(driver_.counts().sent, 1U);
  EXPECT_EQ(driver_.counts().received, 1U);
}

TEST_P(SocketDriverUdp, TellsTheTtl_ADatagramArrivedWith) {
  open_both([&](Endpoint, Endpoint to) { agent_.outputs.push_back(Send{a, to, bytes("x"), std::uint8_t{7}}); });
  ASSERT_EQ(agent_.told_of<Datagram>().size(), 1U);
  EXPECT_EQ(agent_.told_of<Datagram>()[0].ttl, 7);
}

TEST_P(SocketDriverUdp, DeliversAnEmptyDatagram) {
  open_both([&](Endpoint, Endpoint to) { agent_.outputs.push_back(Send{a, to, {}}); });
  ASSERT_EQ(agent_.told_of<Datagram>().size(), 1U);
  EXPECT_TRUE(agent_.told_of<Datagram>()[0].payload.empty());
}

TEST_P(SocketDriverUdp, DeliversTheLargestDatagram) {
  const Bytes large(any_port_.family() == Family::V4 ? 65'507 : 65'487, 0x5a);
  open_both([&](Endpoint, Endpoint to) { agent_.outputs.push_back(Send{a, to, large}); });
  ASSERT_EQ(agent_.told_of<Datagram>().size(), 1U);
  EXPECT_EQ(agent_.told_of<Datagram>()[0].payload, large);
}

TEST_P(SocketDriverUdp, MakesPortUnreachable_AnIcmpError) {
  Endpoint closed;
  open_both([&](Endpoint, Endpoint to) {
    closed = to;
    agent_.outputs = {Close{b}, Send{a, to, bytes("anyone?")}};
  });
  const auto errors = agent_.told_of<IcmpError>();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].socket, a);
  EXPECT_EQ(errors[0].destination, closed);
  const bool v4 = closed.family() == Family::V4;
  EXPECT_EQ(errors[0].type, v4 ? 3 : 1);  // RFC 792, RFC 4443 section 3.1
  EXPECT_EQ(errors[0].code, v4 ? 3 : 4);
}

TEST_P(SocketDriverUdp, SendsOn_AfterAnEarlierDatagramsError) {
  // The kernel reports an ICMP error at the next send on the socket; that datagram must leave all the same.
  constexpr SocketId c{3};
  open_both([&](Endpoint own, Endpoint to) {
    agent_.outputs = {Close{b}, Send{a, to, bytes("draws an error")}, OpenUdp{c, any_port_},
                      Send{a, own, bytes("to itself")}};
    agent_.at_input = [&](TimePoint, const Input& input) { agent_.done = std::holds_alternative<Datagram>(input); };
  });
  ASSERT_EQ(agent_.told_of<Datagram>().size(), 1U);
  EXPECT_EQ(agent_.told_of<Datagram>()[0].payload, bytes("to itself"));
  EXPECT_EQ(driver_.counts().sent, 2U);
  EXPECT_EQ(driver_.counts().send_failed, 0U);
}

TEST_P(SocketDriverUdp, CountsWhatTheKernelRefuses_AndGoesOn) {
  open_both([&](Endpoint, Endpoint to) {
    agent_.outputs = {Send{a, to, Bytes(70'000)}, Send{SocketId{99}, to, bytes("no such socket")},
                      Send{a, to, bytes("fine")}};
  });
  ASSERT_EQ(agent_.told_of<Datagram>().size(), 1U);
  EXPECT_EQ(driver_.counts().send_failed, 1U);
  EXPECT_EQ(driver_.counts().no_socket, 1U);
}

TEST_P(SocketDriverUdp, NamesTheAttempt_WhenAPortIsInUse) {
  Endpoint taken;
  agent_.at_start = [&](TimePoint) { agent_.outputs = {OpenUdp{a, any_port_}}; };
  agent_.at_input = [&](TimePoint, const Input& input) {
    if (const auto* opened = std::get_if<Opened>(&input)) {
      taken = opened->local;
      agent_.outputs = {OpenUdp{b, taken}};
    } else {
      agent_.done = true;
    }
  };
  run();
  const auto failed = agent_.told_of<OpenFailed>();
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].socket, b);
  EXPECT_EQ(failed[0].attempt, "bind " + to_string(taken) + ": Address already in use");
}

TEST_P(SocketDriverUdp, BindsToTheAddressOfTheRoute_NeverToAWildcard) {
  agent_.at_start = [&](TimePoint) {
    agent_.outputs = {OpenUdp{a, {IpAddress::any(Family::V4), 0}, with_port(any_port_, 3478)}};
  };
  agent_.at_input = [&](TimePoint, const Input&) { agent_.done = true; };
  run();
  ASSERT_EQ(agent_.told_of<Opened>().size(), 1U);
  EXPECT_EQ(agent_.told_of<Opened>()[0].local.address, any_port_.address);
  EXPECT_NE(agent_.told_of<Opened>()[0].local.port, 0);
}

TEST_P(SocketDriverUdp, OpensAWildcard_WhereThatIsAskedFor) {
  agent_.at_start = [&](TimePoint) { agent_.outputs = {OpenUdp{a, {IpAddress::any(any_port_.family()), 0}}}; };
  agent_.at_input = [&](TimePoint, const Input&) { agent_.done = true; };
  run();
  ASSERT_EQ(agent_.told_of<Opened>().size(), 1U);
  EXPECT_TRUE(agent_.told_of<Opened>()[0].local.address.unspecified());
}

TEST_P(SocketDriverUdp, LosesNothingAndKeepsTheOrder_InBursts) {
  constexpr std::size_t bursts = 10;
  constexpr std::size_t per_burst = 100;  // what the smallest receive buffer holds
  Endpoint to;
  std::size_t received = 0;
  bool in_order = true;
  const auto burst = [&] {
    for (std::size_t i = 0; i < per_burst; ++i) {
      const auto number = big_endian<4>(received + i);
      agent_.outputs.push_back(Send{a, to, Bytes(number.begin(), number.end())});
    }
  };
  open_both([&](Endpoint, Endpoint receiver) {
    to = receiver;
    agent_.at_input = [&](TimePoint, const Input& input) {
      in_order = in_order && get_u32(std::get<Datagram>(input).payload) == received;
      ++received;
      agent_.done = received == bursts * per_burst;
      if (!agent_.done && received % per_burst == 0) burst();
    };
    burst();
  });
  EXPECT_EQ(received, bursts * per_burst);
  EXPECT_TRUE(in_order);
}

TEST_P(SocketDriverUdp, TellsNothingMore_OnASocketThatWasClosedMeanwhile) {
  open_both([&](Endpoint, Endpoint to) {
    for (int i = 0; i < 10; ++i) agent_.outputs.push_back(Send{a, to, bytes("x")});
    agent_.at_input = [&](TimePoint now, const Input&) {
      agent_.outputs.push_back(Close{b});
      agent_.deadline = now + 1ms;
      agent_.at_tick = [&](TimePoint) { agent_.done = true; };
    };
  });
  EXPECT_EQ(agent_.told_of<Datagram>().size(), 1U);
}

TEST(SocketDriver, SaysWhyThereIsNoRoute) {
  SocketDriver driver;
  ScriptedAgent agent;
  agent.at_start = [&](TimePoint) {
    agent.outputs = {OpenUdp{a, {IpAddress::any(Family::V4), 0}, endpoint("255.255.255.255:9")}};
  };
  agent.at_input = [&](TimePoint, const Input&) { agent.done = true; };
  driver.run(agent);
  ASSERT_EQ(agent.told_of<OpenFailed>().size(), 1U);
  EXPECT_THAT(agent.told_of<OpenFailed>()[0].attempt, HasSubstr("find a route to 255.255.255.255:9: "));
}

TEST(SocketDriver, TicksInTheOrderOfDeadlines_NeverEarly) {
  SocketDriver driver;
  ScriptedAgent agent;
  std::vector<TimePoint> wanted;
  std::vector<TimePoint> ticked;
  agent.at_start = [&](TimePoint now) {
    wanted = {now + 500us, now + 1ms, now + 3ms};
    agent.deadline = wanted.front();
  };
  agent.at_tick = [&](TimePoint now) {
    ticked.push_back(now);
    agent.done = ticked.size() == wanted.size();
    if (!agent.done) agent.deadline = wanted[ticked.size()];
  };
  driver.run(agent);
  ASSERT_EQ(ticked.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_GE(ticked[i], wanted[i]);
}

TEST(SocketDriver, EndsAtASignal_AndDrainsTheGoodbye) {
  SocketDriver driver;
  driver.stop_on_signals();
  ScriptedAgent agent;
  const Endpoint any_port = endpoint("127.0.0.1:0");
  agent.at_start = [&](TimePoint) {
    agent.outputs = {OpenUdp{a, any_port}, OpenUdp{b, any_port}};
    std::raise(SIGTERM);
  };
  driver.run(agent);
  EXPECT_TRUE(driver.stopped_by_signal());
  EXPECT_FALSE(agent.finished());

  agent.outputs = {Send{a, agent.told_of<Opened>().at(1).local, bytes("goodbye")}};
  agent.at_input = [&](TimePoint, const Input& input) { agent.done = std::holds_alternative<Datagram>(input); };
  driver.drain(agent, 5s);
  EXPECT_EQ(agent.told_of<Datagram>().size(), 1U);
}

TEST(SocketDriver, DrainsAtMostSoLong) {
  SocketDriver driver;
  ScriptedAgent agent;
  driver.stop();
  driver.run(agent);
  const TimePoint before = driver.now();
  driver.drain(agent, 2ms);
  EXPECT_GE(driver.now() - before, 2ms);
  EXPECT_FALSE(agent.finished());
}

TEST(SocketDriver, StopsFromAnotherThread) {
  SocketDriver driver;
  ScriptedAgent agent;
  std::thread stopper([&] { driver.stop(); });
  driver.run(agent);
  stopper.join();
  EXPECT_FALSE(agent.timed_out);
  EXPECT_FALSE(driver.stopped_by_signal());
}

TEST(SocketDriver, ClosesTheSocketsOfTheRunBefore) {
  SocketDriver driver;
  ScriptedAgent first;
  first.at_start = [&](TimePoint) { first.outputs = {OpenUdp{a, endpoint("127.0.0.1:0")}}; };
  first.at_input = [&](TimePoint, const Input&) { first.done = true; };
  driver.run(first);
  const Endpoint used = first.told_of<Opened>().at(0).local;

  ScriptedAgent second;
  second.at_start = [&](TimePoint) { second.outputs = {OpenUdp{a, used}}; };
  second.at_input = [&](TimePoint, const Input&) { second.done = true; };
  driver.run(second);
  EXPECT_EQ(second.told_of<Opened>().size(), 1U);
}

TEST(SocketDriver, CallsBackAfterTheStart_AndAfterEachRound) {
  SocketDriver driver;
  ScriptedAgent agent;
  agent.at_start = [&](TimePoint now) { agent.deadline = now; };
  agent.at_tick = [&](TimePoint) { agent.done = true; };
  int rounds = 0;
  driver.run(agent, [&](TimePoint) { ++rounds; });
  EXPECT_EQ(rounds, 2);
}

TEST(SocketDriver, CarriesOut_WhatTheAgentWantsAfterTheCallBack) {
  SocketDriver driver;
  ScriptedAgent agent;
  agent.at_start = [&](TimePoint) { agent.outputs = {OpenUdp{a, endpoint("127.0.0.1:0")}}; };
  agent.at_input = [&](TimePoint, const Input& input) { agent.done = std::holds_alternative<Datagram>(input); };
  driver.run(agent, [&, told = false](TimePoint) mutable {
    const Endpoint own = agent.told_of<Opened>().at(0).local;
    if (!std::exchange(told, true)) agent.outputs = {Send{a, own, bytes("from the call back")}};
  });
  EXPECT_FALSE(agent.timed_out);
}

TEST(Resolve, TakesNumericAddressesAndNames) {
  EXPECT_EQ(resolve("192.0.2.1", 3478), std::vector{endpoint("192.0.2.1:3478")});
  EXPECT_EQ(resolve("::1", 5), std::vector{endpoint("[::1]:5")});
  EXPECT_EQ(resolve("localhost", 5, Family::V4), std::vector{endpoint("127.0.0.1:5")});
}

TEST(Resolve, NamesTheAttempt) {
  try {
    (void)resolve("192.0.2.1", 3478, Family::V6);
    FAIL() << "an IPv4 address was taken for IPv6";
  } catch (const CannotWork& error) {
    EXPECT_STREQ(error.what(), "resolve 192.0.2.1: no IPv6 address");
  }
  try {
    (void)resolve("no-such-host.invalid", 1);
    FAIL() << "a name of the reserved domain was found";
  } catch (const CannotWork& error) {
    EXPECT_THAT(error.what(), HasSubstr("resolve no-such-host.invalid: "));
  }
}

}  // namespace socket_driver_udp_test
}  // namespace net
