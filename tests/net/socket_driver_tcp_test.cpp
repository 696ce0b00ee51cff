#include <Poco/Net/NetException.h>
#include <Poco/Net/StreamSocket.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <future>
#include <numeric>
#include <thread>

#include "net/socket_driver.h"
#include "tests/net/scripted_agent.h"

namespace net {
namespace socket_driver_tcp_test {

using Poco::Net::StreamSocket;
using testing::HasSubstr;
using tests::ScriptedAgent;

constexpr SocketId listener{1};

Bytes bytes(std::string_view text) { return {text.begin(), text.end()}; }

// A server agent run by a driver in a thread of its own; the test is its client, with plain blocking sockets.
class SocketDriverTcp : public testing::Test {
 protected:
  // `server` is called for every input but Opened.
  void serve(std::function<void(const Input&)> server) {
    agent_.at_start = [this](TimePoint) { agent_.outputs = {Listen{listener, endpoint("127.0.0.1:0")}}; };
    agent_.at_input = [this, server = std::move(server)](TimePoint, const Input& input) {
      if (const auto* opened = std::get_if<Opened>(&input)) {
        listening_.set_value(opened->local);
      } else {
        server(input);
      }
    };
    thread_ = std::thread([this] { driver_.run(agent_); });
    address_ = listening_.get_future().get();
  }

  StreamSocket client() const {
    StreamSocket socket(Poco::Net::SocketAddress("127.0.0.1", address_.port));
    socket.setReceiveTimeout(Poco::Timespan(10, 0));
    return socket;
  }

  static Bytes read_to_end(StreamSocket& socket) {
    Bytes all;
    Bytes part(65'536);
    while (const int n = socket.receiveBytes(part.data(), static_cast<int>(part.size()))) {
      append(all, {part.data(), static_cast<std::size_t>(n)});
    }
    return all;
  }

  void stop() {
    driver_.stop();
    thread_.join();
    EXPECT_FALSE(agent_.timed_out);
  }

  void TearDown() override {
    if (thread_.joinable()) stop();
  }

  void echo(const Input& input) {
    if (const auto* more = std::get_if<StreamBytes>(&input)) {
      agent_.outputs.push_back(SendStream{more->connection, more->payload});
    } else if (const auto* end = std::get_if<PeerFinished>(&input)) {
      agent_.outputs.push_back(SendStream{end->connection, bytes(" and goodbye")});
      agent_.outputs.push_back(Close{end->connection});
    }
  }

  SocketDriver driver_;
  ScriptedAgent agent_;
  std::promise<Endpoint> listening_;
  std::thread thread_;
  Endpoint address_;
};

TEST_F(SocketDriverTcp, AnswersAfterAHalfClose) {
  serve([this](const Input& input) { echo(input); });
  auto socket = client();
  socket.sendBytes("hello", 5);
  socket.shutdownSend();
  EXPECT_EQ(read_to_end(socket), bytes("hello and goodbye"));
  stop();
  ASSERT_EQ(agent_.told_of<Accepted>().size(), 1U);
  EXPECT_GE(agent_.told_of<Accepted>()[0].connection.value, first_accepted_id);
  EXPECT_EQ(agent_.told_of<Accepted>()[0].listener, listener);
}

TEST_F(SocketDriverTcp, EchoesMoreThanAllBuffersHold_Intact) {
  serve([this](const Input& input) { echo(input); });
  Bytes sent(8 << 20);
  std::iota(sent.begin(), sent.end(), std::uint8_t{0});
  auto socket = client();
  std::thread writer([&] {
    for (std::size_t at = 0; at < sent.size();) {
      at += static_cast<std::size_t>(socket.sendBytes(&sent[at], static_cast<int>(sent.size() - at)));
    }
    socket.shutdownSend();
  });
  const Bytes received = read_to_end(socket);
  writer.join();
  append(sent, bytes(" and goodbye"));
  EXPECT_TRUE(received == sent) << received.size() << " of " << sent.size() << " bytes";
}

TEST_F(SocketDriverTcp, GetsEverythingOut_BeforeClosing) {
  const Bytes large(200 * 1024, 0x42);
  serve([&](const Input& input) {
    if (const auto* accepted = std::get_if<Accepted>(&input)) {
      agent_.outputs = {SendStream{accepted->connection, large}, Close{accepted->connection}};
    }
  });
  auto socket = client();
  EXPECT_TRUE(read_to_end(socket) == large);
}

TEST_F(SocketDriverTcp, DoesNotReset_WhenClosingWithInputUnread) {
  serve([&](const Input& input) {
    if (const auto* accepted = std::get_if<Accepted>(&input)) {
      agent_.outputs = {SendStream{accepted->connection, bytes("no")}, Close{accepted->connection}};
    }
  });
  auto socket = client();
  const Bytes garbage(100 * 1024);
  socket.sendBytes(garbage.data(), static_cast<int>(garbage.size()));
  EXPECT_EQ(read_to_end(socket), bytes("no"));
  stop();
  EXPECT_TRUE(agent_.told_of<StreamBytes>().empty());
}

TEST_F(SocketDriverTcp, ClosesOnAPeerThatDoesNotRead) {
  std::promise<std::string> closed;
  serve([&](const Input& input) {
    if (const auto* accepted = std::get_if<Accepted>(&input)) {
      for (int i = 0; i < 200; ++i) agent_.outputs.push_back(SendStream{accepted->connection, Bytes(100 * 1024)});
    } else if (const auto* end = std::get_if<Closed>(&input)) {
      closed.set_value(end->reason);
    }
  });
  auto socket = client();
  EXPECT_THAT(closed.get_future().get(), HasSubstr("does not read"));
}

TEST_F(SocketDriverTcp, TellsAReset) {
  std::promise<std::string> closed;
  std::promise<void> accepted;
  serve([&](const Input& input) {
    if (std::holds_alternative<Accepted>(input)) accepted.set_value();
    if (const auto* end = std::get_if<Closed>(&input)) closed.set_value(end->reason);
  });
  {
    auto socket = client();
    accepted.get_future().wait();
    socket.setLinger(true, 0);  // closing resets
  }
  EXPECT_EQ(closed.get_future().get(), "Connection reset by peer");
}

TEST_F(SocketDriverTcp, DropsConnections_WhenThereAreNoDescriptors_AndServesAgain) {
  serve([this](const Input& input) { echo(input); });
  auto first = client();  // also lets the sanitizers look up the types in use, for which they need a descriptor
  first.shutdownSend();
  EXPECT_EQ(read_to_end(first), bytes(" and goodbye"));

  StreamSocket unlucky(Poco::Net::SocketAddress::IPv4);
  StreamSocket lucky(Poco::Net::SocketAddress::IPv4);
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const int lowest_free = ::open("/dev/null", O_RDONLY);
  ::close(lowest_free);
  const rlimit none_left{static_cast<rlim_t>(lowest_free), before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &none_left);
  unlucky.connect(Poco::Net::SocketAddress("127.0.0.1", address_.port));
  EXPECT_TRUE(read_to_end(unlucky).empty());
  ::setrlimit(RLIMIT_NOFILE, &before);

  lucky.connect(Poco::Net::SocketAddress("127.0.0.1", address_.port));
  lucky.shutdownSend();
  EXPECT_EQ(read_to_end(lucky), bytes(" and goodbye"));
  stop();
  EXPECT_EQ(driver_.counts().refused_accepts, 1U);
}

TEST_F(SocketDriverTcp, ListensOncePerPort) {
  serve([](const Input&) {});
  SocketDriver other;
  ScriptedAgent agent;
  agent.at_start = [&](TimePoint) { agent.outputs = {Listen{listener, address_}}; };
  agent.at_input = [&](TimePoint, const Input&) { agent.done = true; };
  other.run(agent);
  ASSERT_EQ(agent.told_of<OpenFailed>().size(), 1U);
  EXPECT_EQ(agent.told_of<OpenFailed>()[0].attempt, "listen on " + to_string(address_) + ": Address already in use");
}

// Both ends in one agent: the connecting side.
TEST(SocketDriverConnect, ConnectsSendsAndFlushesAtTheEnd) {
  constexpr SocketId client{2};
  SocketDriver driver;
  ScriptedAgent agent;
  Bytes received;
  const Bytes large(250 * 1024, 0x17);
  agent.at_start = [&](TimePoint) { agent.outputs = {Listen{listener, endpoint("[::1]:0")}}; };
  agent.at_input = [&](TimePoint, const Input& input) {
    if (const auto* opened = std::get_if<Opened>(&input)) {
      agent.outputs = {Connect{client, opened->local}, SendStream{client, large}, Close{client}};
    } else if (const auto* more = std::get_if<StreamBytes>(&input)) {
      append(received, more->payload);
    } else if (std::holds_alternative<PeerFinished>(input)) {
      agent.done = true;
    }
  };
  driver.run(agent);
  EXPECT_FALSE(agent.timed_out);
  EXPECT_TRUE(received == large);
}

TEST(SocketDriverConnect, TellsARefusal) {
  SocketDriver driver;
  ScriptedAgent agent;
  agent.at_start = [&](TimePoint) { agent.outputs = {Listen{listener, endpoint("127.0.0.1:0")}}; };
  agent.at_input = [&](TimePoint, const Input& input) {
    if (const auto* opened = std::get_if<Opened>(&input)) {
      agent.outputs = {Close{listener}, Connect{SocketId{2}, opened->local}};
    } else {
      agent.done = true;
    }
  };
  driver.run(agent);
  ASSERT_EQ(agent.told_of<Closed>().size(), 1U);
  EXPECT_EQ(agent.told_of<Closed>()[0].connection, SocketId{2});
  EXPECT_EQ(agent.told_of<Closed>()[0].reason, "Connection refused");
}

}  // namespace socket_driver_tcp_test
}  // namespace net
