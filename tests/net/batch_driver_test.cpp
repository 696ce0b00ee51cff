// The packet path on loopback sockets: what is answered, by which socket, and what is left when it ends.
#include "net/batch_driver.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <thread>

#include "net/cannot_work.h"
#include "net/socket_address.h"
#include "net/socket_driver.h"
#include "net/udp_port.h"

namespace batch_driver_test {

using net::BatchDriver;
using net::FileDescriptor;

constexpr int patience_ms = 5000;

FileDescriptor open_one(const char* local = "127.0.0.1:0") {
  auto all = net::open_udp_port(net::endpoint(local), 1);
  return std::move(all.front());
}

net::Endpoint local(const FileDescriptor& socket) { return net::local_endpoint(socket.get()); }

void send(const FileDescriptor& from, const net::Endpoint& to, std::string_view text) {
  net::SystemAddress address;
  const socklen_t size = net::to_system(to, address);
  EXPECT_EQ(::sendto(from.get(), text.data(), text.size(), 0, &address.any, size), static_cast<ssize_t>(text.size()));
}

// "text from endpoint", or nothing when nothing comes.
std::string receive(const FileDescriptor& at, int within_ms = patience_ms) {
  pollfd ready{.fd = at.get(), .events = POLLIN, .revents = 0};
  if (::poll(&ready, 1, within_ms) <= 0) return "nothing";
  char bytes[128];
  net::SystemAddress address;
  socklen_t size = sizeof address;
  const ssize_t n = ::recvfrom(at.get(), bytes, sizeof bytes, 0, &address.any, &size);
  return std::string(bytes, static_cast<std::size_t>(n)) + " from " + net::to_string(net::from_system(&address.any));
}

// Sends back what came, by the sender its first digit names; "x" is not answered.
class Echo : public net::Answerer {
 public:
  std::optional<Destination> answer(const net::Packet& packet, net::TimePoint, net::ByteRoom& room) override {
    if (packet.bytes.size() > net::most_packet_bytes) return std::nullopt;
    net::append(room, packet.bytes);
    if (packet.bytes[0] == 'x') return std::nullopt;
    return Destination{static_cast<std::size_t>(packet.bytes[0] - '0'), packet.from};
  }
};

std::vector<BatchDriver::Post> echo_posts(const FileDescriptor& at, std::vector<int> senders) {
  std::vector<BatchDriver::Post> posts;
  posts.push_back({at.get(), std::move(senders), std::make_unique<Echo>()});
  return posts;
}

TEST(BatchDriver, AnswersBySocketsItIsTold) {
  const FileDescriptor first = open_one();
  const FileDescriptor second = open_one();
  const FileDescriptor client = open_one();
  const BatchDriver driver(echo_posts(first, {first.get(), second.get()}));
  send(client, local(first), "0 here");
  EXPECT_EQ(receive(client), "0 here from " + net::to_string(local(first)));
  send(client, local(first), "x unanswered");
  send(client, local(first), "1 there");
  EXPECT_EQ(receive(client), "1 there from " + net::to_string(local(second)));
}

TEST(BatchDriver, WhatIsTooLongIsCut_AndTold) {
  const FileDescriptor server = open_one();
  const FileDescriptor client = open_one();
  const BatchDriver driver(echo_posts(server, {server.get()}));
  send(client, local(server), std::string(net::most_packet_bytes + 2, '0'));
  send(client, local(server), "0 next");
  EXPECT_EQ(receive(client), "0 next from " + net::to_string(local(server)));
}

TEST(BatchDriver, Counts) {
  const FileDescriptor server = open_one();
  const FileDescriptor client = open_one();
  const BatchDriver driver(echo_posts(server, {server.get()}));
  for (const char* text : {"x", "0", "0"}) send(client, local(server), text);
  (void)receive(client);
  (void)receive(client);
  while (driver.counts().sent < 2) std::this_thread::yield();
  const auto counts = driver.counts();
  EXPECT_EQ(counts.received, 3U);
  EXPECT_EQ(counts.send_failed, 0U);
  EXPECT_EQ(counts.dropped, 0U);
}

TEST(BatchDriver, AnswersWhatHasArrived_BeforeItEnds) {
  const FileDescriptor server = open_one();
  const FileDescriptor client = open_one();
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 100; ++i) send(client, local(server), "0");
    { const BatchDriver driver(echo_posts(server, {server.get()})); }  // ends as soon as it has begun
    int answers = 0;
    while (receive(client, 0) != "nothing") ++answers;
    ASSERT_EQ(answers, 100);
  }
}

TEST(BatchDriver, WhatComesBetweenTwo_WaitsForTheNext) {
  const FileDescriptor server = open_one();
  const FileDescriptor client = open_one();
  { const BatchDriver driver(echo_posts(server, {server.get()})); }
  send(client, local(server), "0 late");
  const BatchDriver driver(echo_posts(server, {server.get()}));
  EXPECT_EQ(receive(client), "0 late from " + net::to_string(local(server)));
}

TEST(UdpPort, IsSharedByItsOwnSockets_AndNobodyElse) {
  const auto three = net::open_udp_port(net::endpoint("127.0.0.1:0"), 3);
  ASSERT_EQ(three.size(), 3U);
  EXPECT_EQ(local(three[0]), local(three[1]));
  EXPECT_EQ(local(three[0]), local(three[2]));
  for (const std::size_t sockets : {1U, 2U}) {
    try {
      (void)net::open_udp_port(local(three[0]), sockets);
      FAIL() << "bound twice";
    } catch (const net::CannotWork& error) {
      EXPECT_EQ(error.what(), "bind " + net::to_string(local(three[0])) + ": Address already in use");
    }
  }
}

TEST(UdpPort, SpreadsClientsOverItsSockets) {
  const auto two = net::open_udp_port(net::endpoint("[::1]:0"), 2);
  for (int i = 0; i < 64; ++i) send(open_one("[::1]:0"), local(two[0]), "?");
  for (const FileDescriptor& socket : two) EXPECT_NE(receive(socket), "nothing");
}

// Opens one UDP socket, sends one datagram by it, and is finished with what comes back.
class SendsOnce : public net::Agent {
 public:
  SendsOnce(net::Endpoint own, net::Endpoint to) : own_(own), to_(to) {}
  std::string heard;

  void start(net::TimePoint) override {
    outputs_.emplace_back(net::OpenUdp{{1}, own_, std::nullopt});
    outputs_.emplace_back(net::Send{{1}, to_, net::Bytes{'h', 'i'}});
  }
  void handle(net::TimePoint, const net::Input& input) override {
    if (const auto* datagram = std::get_if<net::Datagram>(&input)) heard = net::as_text(datagram->payload);
    done_ = done_ || !std::holds_alternative<net::Opened>(input) || !waits_;
  }
  void tick(net::TimePoint) override {}
  std::optional<net::TimePoint> next_deadline() const override { return std::nullopt; }
  std::vector<net::Output> take_outputs() override { return std::exchange(outputs_, {}); }
  bool finished() const override { return done_; }
  void waits_for_an_answer() { waits_ = true; }

 private:
  net::Endpoint own_;
  net::Endpoint to_;
  bool waits_ = false;
  bool done_ = false;
  std::vector<net::Output> outputs_;
};

TEST(SocketDriver, SendsByALentSocket_AndLeavesItOpen) {
  const FileDescriptor lent = open_one();
  const FileDescriptor client = open_one();
  {
    net::SocketDriver driver;
    driver.lend(lent.get(), net::SocketDriver::Reader::SomebodyElse);
    SendsOnce agent(local(lent), local(client));
    driver.run(agent);
    driver.drain(agent);
  }
  EXPECT_EQ(receive(client), "hi from " + net::to_string(local(lent)));
  send(client, local(lent), "to somebody else");
  EXPECT_EQ(receive(lent), "to somebody else from " + net::to_string(local(client)));
}

TEST(SocketDriver, ReadsALentSocket_WhereItIsToldTo) {
  const FileDescriptor lent = open_one();
  const FileDescriptor client = open_one();
  net::SocketDriver driver;
  driver.lend(lent.get(), net::SocketDriver::Reader::ThisDriver);
  SendsOnce agent(local(lent), local(client));
  agent.waits_for_an_answer();
  send(client, local(lent), "hello");
  driver.run(agent);
  EXPECT_EQ(agent.heard, "hello");
}

}  // namespace batch_driver_test
