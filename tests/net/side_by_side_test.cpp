// Several agents as one: each is told what is its own, under its own names.

#include "net/side_by_side.h"

#include <gmock/gmock.h>

#include "tests/net/scripted_agent.h"

namespace side_by_side_test {

using namespace std::chrono_literals;
using net::SocketId;
using testing::ElementsAre;

const net::Endpoint somewhere = net::endpoint("192.0.2.1:3478");

class SideBySide : public testing::Test {
 protected:
  static net::TimePoint at(net::Duration moment) { return net::TimePoint(moment); }

  tests::ScriptedAgent one_;
  tests::ScriptedAgent two_;
  net::SideBySide both_{{&one_, &two_}};
};

TEST_F(SideBySide, SocketsOfTheSameName_AreToldApart) {
  one_.outputs = {net::OpenUdp{.socket = {7}, .local = somewhere}};
  two_.outputs = {net::OpenUdp{.socket = {7}, .local = somewhere}, net::Connect{.connection = {8}, .to = somewhere}};
  both_.start(at(0s));
  const auto outputs = both_.take_outputs();
  ASSERT_EQ(outputs.size(), 3U);
  EXPECT_EQ(std::get<net::OpenUdp>(outputs[0]).socket, SocketId{7});
  EXPECT_EQ(std::get<net::OpenUdp>(outputs[1]).socket, SocketId{net::sockets_each + 7});
  EXPECT_EQ(std::get<net::Connect>(outputs[2]).connection, SocketId{net::sockets_each + 8});
}

TEST_F(SideBySide, AnInput_ReachesItsAgentAlone_UnderItsOwnName) {
  both_.start(at(0s));
  both_.handle(at(1s), net::Datagram{.socket = {net::sockets_each + 7}, .from = somewhere, .payload = {1, 2}});
  both_.handle(at(1s), net::Closed{.connection = {3}, .reason = "refused"});
  EXPECT_EQ(one_.told_of<net::Datagram>().size(), 0U);
  ASSERT_EQ(two_.told_of<net::Datagram>().size(), 1U);
  EXPECT_EQ(two_.told_of<net::Datagram>()[0].socket, SocketId{7});
  EXPECT_EQ(one_.told_of<net::Closed>().size(), 1U);
}

TEST_F(SideBySide, TheEarlierDeadline_WakesItsOwner) {
  std::vector<int> ticked;
  one_.at_tick = [&](net::TimePoint) { ticked.push_back(1); };
  two_.at_tick = [&](net::TimePoint) { ticked.push_back(2); };
  both_.start(at(0s));
  one_.deadline = at(3s);
  two_.deadline = at(2s);
  EXPECT_EQ(both_.next_deadline(), at(2s));
  both_.tick(at(2s));
  EXPECT_THAT(ticked, ElementsAre(2));
}

TEST_F(SideBySide, IsFinished_WhenAllAre_AndTellsTheFinishedNothingMore) {
  both_.start(at(0s));
  one_.done = true;
  EXPECT_FALSE(both_.finished());
  both_.handle(at(1s), net::Datagram{.socket = {7}, .from = somewhere});
  EXPECT_TRUE(one_.told.empty());
  two_.done = true;
  EXPECT_TRUE(both_.finished());
  EXPECT_EQ(both_.next_deadline(), std::nullopt);
}

TEST_F(SideBySide, AStrangeName_IsNobodys) {
  both_.start(at(0s));
  both_.handle(at(1s), net::Datagram{.socket = {5 * net::sockets_each}, .from = somewhere});
  EXPECT_TRUE(one_.told.empty() && two_.told.empty());
}

}  // namespace side_by_side_test
