// One mapping at a router, as a story of packets and time.

#include "gateway/port_mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace port_mapping_story {

using namespace std::chrono_literals;
using gateway::Act;
using gateway::PortMapping;
using testing::HasSubstr;

const net::Endpoint router = net::endpoint("192.168.1.1:5351");
const net::Endpoint inside = net::endpoint("192.168.1.2:40000");
const net::IpAddress outside = net::address("203.0.113.9");

class Story {
 public:
  explicit Story(Act act)
      : mapping(
            {.service = {.act = act, .to = router, .path = "/control", .service = "urn:x", .external_address = outside},
             .inside = inside,
             .first_socket = {10}},
            net::Random(1)) {
    mapping.start(now);
    take();
  }

  void pass(net::Duration time) {
    now += time;
    mapping.tick(now);
    take();
  }
  void hear(net::Bytes datagram, const net::Endpoint& from = router) {
    mapping.handle(now, net::Datagram{socket, from, std::move(datagram), {}});
    take();
  }
  void end() {
    mapping.end(now);
    take();
  }
  // Until something is said over HTTP, which is answered with this.
  void serve(const std::string& status_and_body) {
    mapping.handle(now, net::Connected{socket, inside});
    take();
    requests.push_back(std::string(sent.back().begin(), sent.back().end()));
    const std::string reply = "HTTP/1.1 " + status_and_body;
    mapping.handle(now, net::StreamBytes{socket, {reply.begin(), reply.end()}});
    mapping.handle(now, net::PeerFinished{socket});
    take();
  }

  PortMapping mapping;
  net::TimePoint now;
  net::SocketId socket;
  std::set<net::SocketId> open;
  std::vector<net::Bytes> sent;
  std::vector<std::string> requests;

 private:
  void take() {
    std::vector<net::Output> outputs;
    mapping.take_outputs(outputs);
    for (net::Output& output : outputs) {
      std::visit(net::Overloaded{[&](net::OpenUdp& opened) { open.insert(socket = opened.socket); },
                                 [&](net::Connect& connect) { open.insert(socket = connect.connection); },
                                 [&](net::Send& send) { sent.push_back(std::move(send.payload)); },
                                 [&](net::SendStream& send) { sent.push_back(std::move(send.payload)); },
                                 [&](net::Close& closed) { open.erase(closed.socket); }, [](auto&) {}},
                 output);
    }
  }
};

// RFC 6887: the request with the response bit, a result, and what was given.
net::Bytes pcp_answer(net::Bytes request, std::uint8_t result = 0) {
  request[1] = 0x81;
  request[3] = result;
  request[54] = request[55] = 0xFF;
  const net::BytesView address = outside.bytes();
  std::copy(address.begin(), address.end(), request.begin() + 56);
  return request;
}

std::string fault(unsigned code) {
  return "500 Error\r\n\r\n<s:Envelope xmlns:s=\"x\"><s:Body><s:Fault><detail><UPnPError><errorCode>" +
         std::to_string(code) + "</errorCode></UPnPError></detail></s:Fault></s:Body></s:Envelope>";
}
const std::string success = "200 OK\r\n\r\n<s:Envelope xmlns:s=\"x\"><s:Body><u:Done/></s:Body></s:Envelope>";

TEST(PortMapping, IsAskedFor_Stands_AndIsGivenBack) {
  Story story(Act::PcpMap);
  ASSERT_EQ(story.sent.size(), 1U);
  EXPECT_FALSE(story.mapping.settled());
  story.hear(pcp_answer(story.sent.back()));
  ASSERT_TRUE(story.mapping.external());
  EXPECT_EQ(story.mapping.external()->address, outside);
  EXPECT_GE(story.mapping.external()->port, 10'000);
  EXPECT_EQ(story.mapping.next_deadline(), std::nullopt);
  EXPECT_TRUE(story.open.empty());
  story.end();
  ASSERT_EQ(story.sent.size(), 2U);
  EXPECT_EQ(net::get_u32(net::BytesView(story.sent.back()).subspan(4)), 0U) << "a lifetime of nothing";
  EXPECT_FALSE(story.mapping.over());
  story.hear(pcp_answer(story.sent.back()));
  EXPECT_TRUE(story.mapping.over());
  EXPECT_TRUE(story.open.empty());
}

TEST(PortMapping, IsAskedForAgain_Every250Ms_UntilItsTimeIsOver) {
  Story story(Act::PcpMap);
  story.pass(249ms);
  EXPECT_EQ(story.sent.size(), 1U);
  story.pass(1ms);
  EXPECT_EQ(story.sent.size(), 2U);
  for (int i = 0; i < 6; ++i) story.pass(250ms);
  EXPECT_FALSE(story.mapping.settled());
  story.pass(250ms);
  EXPECT_EQ(story.mapping.why(), "pcp: no answer");
  EXPECT_EQ(story.sent.size(), 8U);
}

// An answer may have been lost.
TEST(PortMapping, ThatNobodyAnswered_IsGivenBackAllTheSame) {
  Story story(Act::NatPmpMap);
  for (int i = 0; i < 8; ++i) story.pass(250ms);
  ASSERT_TRUE(story.mapping.settled());
  story.end();
  EXPECT_EQ(story.sent.size(), 9U);
  for (int i = 0; i < 8; ++i) story.pass(250ms);
  EXPECT_TRUE(story.mapping.over());
}

TEST(PortMapping, ThatWasRefused_SaysWhy_AndIsNotGivenBack) {
  Story story(Act::PcpMap);
  story.hear(pcp_answer(story.sent.back(), 2));
  EXPECT_EQ(story.mapping.why(), "pcp: not authorized");
  story.end();
  EXPECT_TRUE(story.mapping.over());
  EXPECT_EQ(story.sent.size(), 1U);
}

TEST(PortMapping, IsNobodyElsesToGrant) {
  Story story(Act::PcpMap);
  story.hear(pcp_answer(story.sent.back()), net::endpoint("192.168.1.3:5351"));
  story.hear(net::from_hex("0081000000001234"));
  auto another = pcp_answer(story.sent.back());
  another[30] ^= 1U;  // of the nonce
  story.hear(another);
  EXPECT_FALSE(story.mapping.external());
}

TEST(PortMapping, OfUpnp_TriesThreePorts_WhereTheyAreTaken) {
  Story story(Act::UpnpMap);
  for (int i = 0; i < 3; ++i) story.serve(fault(718));
  EXPECT_EQ(story.requests.size(), 3U);
  EXPECT_NE(story.requests[0], story.requests[1]);
  EXPECT_THAT(story.mapping.why(), HasSubstr("upnp: "));
  story.end();
  EXPECT_TRUE(story.mapping.over());
  EXPECT_TRUE(story.open.empty());
}

TEST(PortMapping, OfUpnp_StandsAndIsGivenBack) {
  Story story(Act::UpnpMap);
  story.serve(success);
  ASSERT_TRUE(story.mapping.external());
  EXPECT_EQ(story.mapping.external()->address, outside);
  EXPECT_THAT(story.requests[0], HasSubstr(std::to_string(story.mapping.external()->port)));
  EXPECT_THAT(story.requests[0], HasSubstr("AddPortMapping"));
  story.end();
  story.serve(success);
  EXPECT_THAT(story.requests[1], HasSubstr("DeletePortMapping"));
  EXPECT_THAT(story.requests[1], HasSubstr(std::to_string(story.mapping.external()->port)));
  EXPECT_TRUE(story.mapping.over());
}

TEST(PortMapping, EndedBeforeAnyAnswer_IsGivenBack) {
  Story story(Act::PcpMap);
  story.end();
  EXPECT_TRUE(story.mapping.settled());
  EXPECT_EQ(story.sent.size(), 2U);
  story.hear(pcp_answer(story.sent.back()));
  EXPECT_TRUE(story.mapping.over());
}

}  // namespace port_mapping_story
