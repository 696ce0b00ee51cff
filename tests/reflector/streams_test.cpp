// Class T: STUN over TCP, told to a reflector as the runner of an agent would.
#include <gtest/gtest.h>

#include <numeric>

#include "reflector/descriptor_shares.h"
#include "reflector/reflector_agent.h"
#include "tests/reflector/client.h"

namespace reflector {
namespace streams_test {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr net::SocketId tcp_listener{2};  // sockets are numbered in the order they are opened
constexpr net::SocketId connection{net::first_accepted_id};

class Streams {
 public:
  net::TimePoint now{seconds(100)};
  ReflectorAgent agent{plain_config(net::endpoint("192.0.2.1:3478")), Secret{1}};
  net::Bytes answered;
  std::size_t closed = 0;

  Streams() {
    agent.start(now);
    for (const auto& output : agent.take_outputs()) {
      if (const auto* udp = std::get_if<net::OpenUdp>(&output)) tell(net::Opened{udp->socket, udp->local});
      if (const auto* tcp = std::get_if<net::Listen>(&output)) tell(net::Opened{tcp->socket, tcp->local});
    }
    EXPECT_TRUE(agent.listening());
  }
  void connect(net::SocketId id = connection, const char* from = "198.51.100.9:50000") {
    tell(net::Accepted{tcp_listener, id, net::endpoint(from)});
  }
  void send(net::BytesView bytes) { tell(net::StreamBytes{connection, net::Bytes(bytes.begin(), bytes.end())}); }
  void tell(const net::Input& input) {
    agent.handle(now, input);
    take();
  }
  void pass(net::Duration duration) {
    const net::TimePoint end = now + duration;
    for (auto deadline = agent.next_deadline(); deadline && *deadline <= end; deadline = agent.next_deadline()) {
      now = *deadline;
      agent.tick(now);
      take();
    }
    now = end;
  }
  [[nodiscard]] std::vector<stun::Message> answers() const {
    std::vector<stun::Message> out;
    for (net::BytesView rest = answered; !rest.empty();) {
      const std::size_t size = 20U + net::get_u16(rest.subspan(2));
      out.push_back(*stun::Message::decode(rest.first(size)));
      rest = rest.subspan(size);
    }
    return out;
  }

 private:
  void take() {
    for (const auto& output : agent.take_outputs()) {
      if (const auto* sent = std::get_if<net::SendStream>(&output)) net::append(answered, sent->payload);
      if (std::holds_alternative<net::Close>(output)) ++closed;
    }
  }
};

TEST(Streams, ABindingRequest_IsAnsweredOnTheConnection) {
  Streams streams;
  streams.connect();
  streams.send(request(1, 0));
  ASSERT_EQ(streams.answers().size(), 1U);
  EXPECT_EQ(streams.answers()[0].get<stun::XorMappedAddress>()->endpoint, net::endpoint("198.51.100.9:50000"));
  EXPECT_EQ(streams.closed, 0U);
}

TEST(Streams, T01_T04_AHeaderAndNothingMore_IsClosedAfterTenSeconds) {
  for (const char* start : {"0001fffc2112a442000000000000000000000000", "000100082112a442000000000000000000000000"}) {
    Streams streams;
    streams.connect();
    streams.send(net::from_hex(start));
    const bool too_long = std::string_view(start).substr(4, 4) == "fffc";
    streams.pass(seconds(10) - milliseconds(1));
    EXPECT_EQ(streams.closed, too_long ? 1U : 0U);  // above 4,096 bytes there is nothing to wait for
    streams.pass(milliseconds(1));
    EXPECT_EQ(streams.closed, 1U);
    EXPECT_TRUE(streams.answered.empty());
  }
}

TEST(Streams, T02_OneByteEach100Milliseconds_IsAnswered) {
  Streams streams;
  streams.connect();
  for (const std::uint8_t byte : request(1, 0)) {
    streams.pass(milliseconds(100));
    streams.send({&byte, 1});
  }
  EXPECT_EQ(streams.answers().size(), 1U);
}

TEST(Streams, T03_ThreeRequestsInOneSegment_DrawThreeAnswersInOrder) {
  Streams streams;
  streams.connect();
  net::Bytes all;
  for (std::uint8_t i = 1; i <= 3; ++i) net::append(all, request(i, 0));
  streams.send(all);
  const auto answers = streams.answers();
  ASSERT_EQ(answers.size(), 3U);
  for (std::uint8_t i = 0; i < 3; ++i) EXPECT_EQ(answers[i].id().bytes[15], i + 1);
}

TEST(Streams, T05_T06_T08_T09_WhatIsNotStun_IsClosedWithoutAnAnswer) {
  for (const net::Bytes& bytes :
       {net::from_hex("000100032112a442000000000000000000000000010203"),
        net::from_hex("000100002112a443000000000000000000000000"),
        net::Bytes({'G', 'E', 'T', ' ', '/', ' ', 'H', 'T', 'T', 'P'}), net::from_hex("16030100c8010000c40303")}) {
    Streams streams;
    streams.connect();
    streams.send(bytes);
    EXPECT_EQ(streams.closed, 1U);
    EXPECT_TRUE(streams.answered.empty());
  }
}

TEST(Streams, T07_TenThousandPipelinedRequests_DrawBoundedOutput) {
  Streams streams;
  streams.connect();
  for (int i = 0; i < 10'000; ++i) streams.send(request(1, 0));
  EXPECT_LE(streams.answered.size(), 256U * 1024U);
}

TEST(Streams, T10_AHalfClose_IsAnsweredAndClosed) {
  Streams streams;
  streams.connect();
  streams.send(request(1, 0));
  streams.tell(net::PeerFinished{connection});
  EXPECT_EQ(streams.answers().size(), 1U);
  EXPECT_EQ(streams.closed, 1U);
}

TEST(Streams, T11_AReset_IsForgotten) {
  Streams streams;
  streams.connect();
  streams.tell(net::Closed{connection, "reset"});
  EXPECT_FALSE(streams.agent.next_deadline());
  streams.send(request(1, 0));
  EXPECT_TRUE(streams.answered.empty());
}

TEST(Streams, T12_AChange_IsRefused) {
  Streams streams;
  streams.connect();
  streams.send(request(1, 0, stun::ChangeRequest{true, true}));
  EXPECT_EQ(streams.answers().at(0).get<stun::ErrorCode>()->code, 420);
}

TEST(Streams, AnIdleConnection_IsClosedTenSecondsAfterItsLastMessage) {
  Streams streams;
  streams.connect();
  streams.pass(seconds(9));
  streams.send(request(1, 0));
  streams.pass(seconds(9));
  EXPECT_EQ(streams.closed, 0U);
  streams.pass(seconds(1));
  EXPECT_EQ(streams.closed, 1U);
}

TEST(Streams, OneSourceHas64Connections_AllSourcesTogether1024) {
  Streams one_source;
  for (std::uint32_t i = 0; i < 70; ++i) one_source.connect({connection.value + i});
  EXPECT_EQ(one_source.closed, 6U);
  one_source.connect({connection.value + 100}, "198.51.100.10:50000");
  EXPECT_EQ(one_source.closed, 6U);

  Streams many;
  for (std::uint32_t i = 0; i < 1100; ++i) {
    const std::string from = "203.0." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1) + ":50000";
    many.connect({connection.value + i}, from.c_str());
  }
  EXPECT_EQ(many.closed, 1100U - connections_in_all);
}

}  // namespace streams_test
}  // namespace reflector
