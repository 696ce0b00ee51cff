// The HTTP server as an agent: who is answered, who is sent away and when, and how events reach those who follow.

#include "net/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace net::http_server_test {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Echo final : public HttpService {
 public:
  std::string page = "hello\n";
  std::uint64_t newest = 1;
  HttpReply reply(const HttpRequest& request) override {
    if (request.path == "/events") return {.type = "text/event-stream", .followed = true};
    return {.body = request.body.empty() ? page : request.body};
  }
  bool has_news() const override { return true; }
  std::uint64_t newest_event() override { return newest; }
  HttpEvents events_after(std::uint64_t number) override {
    return {"data: " + std::to_string(number + 1) + " to " + std::to_string(newest) + "\n\n", newest};
  }
};

// The server under a clock that the test turns. What it sends is kept by connection, as is what waits in its driver.
class Story : public testing::Test {
 protected:
  Story() {
    server_.start(now_);
    take();
    server_.handle(now_, Opened{{1}, *parse_endpoint("127.0.0.1:80")});
  }
  SocketId connect(const std::string& from = "192.0.2.1:1000") {
    const SocketId id{first_accepted_id + next_++};
    server_.handle(now_, Accepted{{1}, id, *parse_endpoint(from)});
    take();
    return id;
  }
  void write(SocketId id, std::string_view bytes) {
    server_.handle(now_, StreamBytes{id, {bytes.begin(), bytes.end()}});
    take();
  }
  void pass(Duration time) {
    for (const TimePoint end = now_ + time; now_ < end;) {
      now_ = std::min(end, server_.next_deadline().value_or(end));
      server_.tick(now_);
      take();
    }
  }
  void take() {
    for (const Output& output : server_.take_outputs()) {
      if (const auto* sent = std::get_if<SendStream>(&output)) {
        text_[sent->connection].append(sent->payload.begin(), sent->payload.end());
        if (stuck_) unsent_ += sent->payload.size();
      }
      if (const auto* closed = std::get_if<Close>(&output)) closed_.insert(closed->socket);
    }
  }

  TimePoint now_{1h};
  std::uint32_t next_ = 0;
  std::size_t unsent_ = 0;
  bool stuck_ = false;
  std::map<SocketId, std::string> text_;
  std::set<SocketId> closed_;
  Echo service_;
  HttpServer server_{*parse_endpoint("127.0.0.1:80"),
                     {.connections = 20, .of_a_source = 4, .patience = 10s},
                     service_,
                     [this](SocketId) { return unsent_; }};
};

constexpr std::string_view get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view follow = "GET /events HTTP/1.1\r\nHost: x\r\n\r\n";

TEST_F(Story, ARequestIsAnswered_AndTheConnectionEnds) {
  const auto visitor = connect();
  write(visitor, get);
  pass(10ms);
  EXPECT_THAT(text_[visitor], HasSubstr("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(text_[visitor], HasSubstr("\r\n\r\nhello\n"));
  EXPECT_THAT(text_[visitor], HasSubstr("Content-Length: 6\r\n"));
  EXPECT_TRUE(closed_.contains(visitor));
  EXPECT_EQ(server_.visitors(), 0U);
}

TEST_F(Story, HeadHasNoBody_AndASecondRequestNoAnswer) {
  const auto visitor = connect();
  write(visitor, "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n" + std::string(get));
  pass(10ms);
  EXPECT_TRUE(text_[visitor].ends_with("\r\n\r\n"));
  EXPECT_THAT(text_[visitor], HasSubstr("Content-Length: 6\r\n"));
}

TEST_F(Story, WhatIsNoRequest_IsToldSo) {
  const auto visitor = connect();
  write(visitor, "hello\r\n\r\n");
  pass(10ms);
  EXPECT_THAT(text_[visitor], StartsWith("HTTP/1.1 400 "));
  EXPECT_TRUE(closed_.contains(visitor));
}

TEST_F(Story, AByteASecond_IsSentAwayAfterOurPatience_WhateverHeSends) {
  const auto visitor = connect();
  for (int second = 0; second < 9; ++second) {
    write(visitor, get.substr(static_cast<std::size_t>(second), 1));
    pass(1s);
  }
  EXPECT_FALSE(closed_.contains(visitor));
  pass(1s);
  EXPECT_TRUE(closed_.contains(visitor));
  EXPECT_EQ(text_[visitor], "");
}

TEST_F(Story, ASourceHasSoMany_AndAllTogether) {
  for (int i = 0; i < 10; ++i) connect("192.0.2.1:1000");
  EXPECT_EQ(server_.visitors(), 4U);
  for (int i = 0; i < 30; ++i) connect("192.0.2." + std::to_string(10 + i) + ":1000");
  EXPECT_EQ(server_.visitors(), 20U);
  EXPECT_EQ(server_.refused(), 20U);
  pass(10s);
  EXPECT_EQ(server_.visitors(), 0U);
}

// security.md's kind of flood: each brings a byte a second, and honest visitors come all the while.
// One after another without a pause: whoever has his reply does not count, whether he closes or waits for the end.
TEST_F(Story, ASourceThatAsksAgainAndAgain_IsAlwaysAnswered) {
  for (int i = 0; i < 1000; ++i) {
    const auto closes = connect();
    write(closes, get);
    server_.handle(now_, PeerFinished{closes});
    take();
    EXPECT_THAT(text_[closes], HasSubstr("hello\n"));
    EXPECT_TRUE(closed_.contains(closes));
    const auto waits = connect();
    write(waits, get);
    pass(3ms);
    EXPECT_THAT(text_[waits], HasSubstr("hello\n"));
  }
  EXPECT_EQ(server_.refused(), 0U);
}

TEST(HttpServer, FiveThousandByteASecondConnections_AreSentAwayWithin15Seconds_AndHonestOnesAnswered) {
  Echo service;
  HttpServer server(*parse_endpoint("127.0.0.1:80"), {.connections = 6000, .of_a_source = 64, .patience = 10s}, service,
                    [](SocketId) { return 0; });
  TimePoint now{1h};
  server.start(now);
  std::uint32_t next = 0;
  const auto come = [&](const std::string& from) {
    const SocketId id{first_accepted_id + next++};
    server.handle(now, Accepted{{1}, id, *parse_endpoint(from)});
    return id;
  };
  for (int i = 0; i < 5000; ++i) come("10.0." + std::to_string(i / 64) + ".1:" + std::to_string(1000 + i));
  EXPECT_EQ(server.visitors(), 5000U);
  int answered = 0;
  for (int second = 0; second < 15; ++second) {
    for (std::uint32_t i = 0; i < 5000; ++i) server.handle(now, StreamBytes{{first_accepted_id + i}, {'G'}});
    const SocketId honest = come("192.0.2.1:4000");
    server.handle(now, StreamBytes{honest, {get.begin(), get.end()}});
    for (const Output& output : server.take_outputs()) {
      const auto* sent = std::get_if<SendStream>(&output);
      if (sent != nullptr && sent->connection == honest) ++answered;
    }
    for (const TimePoint end = now + 1s; now < end;) {
      now = std::min(end, server.next_deadline().value_or(end));
      server.tick(now);
    }
  }
  EXPECT_EQ(answered, 15);
  EXPECT_EQ(server.visitors(), 0U);
}

TEST_F(Story, ALargePage_GoesOutAsTheStreamTakesIt) {
  service_.page = std::string(1'000'000, 'x');
  stuck_ = true;
  const auto visitor = connect();
  write(visitor, get);
  pass(1s);
  EXPECT_LE(text_[visitor].size(), 128U * 1024);
  while (!closed_.contains(visitor)) {
    unsent_ = 0;
    pass(10ms);
    EXPECT_LE(unsent_, 128U * 1024);
  }
  EXPECT_GT(text_[visitor].size(), 1'000'000U);
}

TEST_F(Story, ALargePage_IsNoLargerAtOnceForWhoClosesHisHalfAsHeAsks) {
  service_.page = std::string(1'000'000, 'x');
  stuck_ = true;
  const auto visitor = connect();
  server_.handle(now_, StreamBytes{visitor, {get.begin(), get.end()}});
  server_.handle(now_, PeerFinished{visitor});
  take();
  EXPECT_LE(unsent_, 128U * 1024);
  for (; !closed_.contains(visitor); unsent_ = 0) pass(10ms);
  EXPECT_GT(text_[visitor].size(), 1'000'000U);
}

TEST_F(Story, WhoTakesNothingOfHisReply_IsSentAway) {
  service_.page = std::string(1'000'000, 'x');
  stuck_ = true;
  const auto visitor = connect();
  write(visitor, get);
  pass(11s);
  EXPECT_TRUE(closed_.contains(visitor));
}

TEST_F(Story, WhoFollows_IsToldWhatIsNew_AndStays) {
  const auto visitor = connect();
  write(visitor, follow);
  pass(300ms);
  EXPECT_THAT(text_[visitor], HasSubstr("Content-Type: text/event-stream\r\n"));
  EXPECT_THAT(text_[visitor], HasSubstr("data: 1 to 1\n\n"));
  service_.newest = 7;
  pass(300ms);
  EXPECT_THAT(text_[visitor], HasSubstr("data: 2 to 7\n\n"));
  const auto size = text_[visitor].size();
  pass(14s);
  EXPECT_EQ(text_[visitor].size(), size);
  pass(2s);
  EXPECT_TRUE(text_[visitor].ends_with("\n\n:\n\n"));
  pass(5min);
  EXPECT_FALSE(closed_.contains(visitor));
  server_.handle(now_, PeerFinished{visitor});
  EXPECT_EQ(server_.visitors(), 0U);
}

TEST_F(Story, WhoComesBack_IsToldWhatHeMissed) {
  service_.newest = 9;
  const auto visitor = connect();
  write(visitor, "GET /events HTTP/1.1\r\nHost: x\r\nLast-Event-ID: 5\r\n\r\n");
  pass(300ms);
  EXPECT_THAT(text_[visitor], HasSubstr("data: 6 to 9\n\n"));
}

TEST_F(Story, WhoFollowsAndTakesNothing_IsToldNoMore_AndSentAway) {
  const auto visitor = connect();
  stuck_ = true;
  write(visitor, follow);
  for (int i = 0; i < 9; ++i) {
    ++service_.newest;
    pass(1s);
  }
  EXPECT_THAT(text_[visitor], Not(HasSubstr("data:")));
  pass(2s);
  EXPECT_TRUE(closed_.contains(visitor));
}

TEST_F(Story, AnAddressInUse_IsAFailure) {
  server_.handle(now_, OpenFailed{{1}, "listen on 127.0.0.1:80: in use"});
  EXPECT_EQ(server_.failure(), "listen on 127.0.0.1:80: in use");
  EXPECT_TRUE(server_.finished());
}

}  // namespace net::http_server_test
