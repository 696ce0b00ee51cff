// The bytes of PCP, NAT-PMP, SSDP, UPnP and HTTP, against their documents.

#include "gateway/codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/http_reply.h"
#include "gateway/nat_pmp.h"
#include "gateway/upnp.h"
#include "net/random.h"

namespace gateway_codec_test {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

const net::IpAddress gateway = net::address("192.168.1.1");
const net::Endpoint inside = net::endpoint("192.168.1.2:4660");
const gateway::pcp::Nonce nonce = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
const gateway::pcp::Map pcp_map = {.inside = inside, .external_port = 9029, .lifetime = 120s, .nonce = nonce};

// ---- PCP (RFC 6887 figures 2, 3, 9, 10) ----------------------------------------------------------------------------

TEST(Pcp, MapRequest_IsLaidOutAsInFigures2And9) {
  EXPECT_EQ(net::to_hex(gateway::pcp::write_map(pcp_map)),
            "02010000"
            "00000078"
            "00000000000000000000ffffc0a80102"
            "0102030405060708090a0b0c"
            "11000000"
            "12342345"
            "00000000000000000000ffff00000000");
}

net::Bytes pcp_success() {
  return net::from_hex(
      "02810000 0000003c 00001234 000000000000000000000000 0102030405060708090a0b0c 11000000 1234 2346"
      "00000000000000000000ffff cb007109");
}

TEST(Pcp, MapResponse_IsRead) {
  const auto reply = gateway::pcp::read_map(pcp_map, pcp_success());
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->result, 0);
  EXPECT_EQ(reply->external_port, 0x2346);
  EXPECT_EQ(reply->external_address, net::address("203.0.113.9"));
  EXPECT_EQ(reply->lifetime, 60s);
}

TEST(Pcp, AResponseToSomethingElse_IsNone) {
  const struct {
    std::size_t at;
    std::uint8_t value;
  } changes[] = {{0, 1}, {1, 0x01}, {1, 0x82}, {24, 9}, {35, 0}, {36, 6}, {40, 0x13}};
  for (const auto& [at, value] : changes) {
    net::Bytes bytes = pcp_success();
    bytes[at] = value;
    EXPECT_FALSE(gateway::pcp::read_map(pcp_map, bytes)) << at;
  }
}

TEST(Pcp, EveryTruncation_IsNone) {
  const net::Bytes whole = pcp_success();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(gateway::pcp::read_map(pcp_map, net::BytesView(whole).first(size))) << size;
  }
}

TEST(Pcp, AGatewayOfNatPmpAlone_SaysSo) {  // RFC 6886 section 3.5
  const auto reply = gateway::pcp::read_map(pcp_map, net::from_hex("00810001 00001234"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->result, gateway::pcp::unsupported_version);
}

// ---- NAT-PMP (RFC 6886 sections 3.2, 3.3) --------------------------------------------------------------------------

TEST(NatPmp, Requests_AreLaidOutAsInTheRfc) {
  EXPECT_EQ(net::to_hex(gateway::nat_pmp::write_address_request()), "0000");
  EXPECT_EQ(net::to_hex(gateway::nat_pmp::write_map({0x1234, 0x2345, 120s})),
            "00010000"
            "12342345"
            "00000078");
}

TEST(NatPmp, Responses_AreRead) {
  const auto address = gateway::nat_pmp::read_address(net::from_hex("00800000 00001234 cb007109"));
  ASSERT_TRUE(address);
  EXPECT_EQ(address->external_address, net::address("203.0.113.9"));
  const auto map =
      gateway::nat_pmp::read_map({.internal_port = 0x1234}, net::from_hex("00810000 00001234 12342346 0000003c"));
  ASSERT_TRUE(map);
  EXPECT_EQ(map->external_port, 0x2346);
  EXPECT_EQ(map->lifetime, 60s);
  const auto refused =
      gateway::nat_pmp::read_map({.internal_port = 0x1234}, net::from_hex("00810002 00001234 12340000 00000000"));
  ASSERT_TRUE(refused);
  EXPECT_EQ(gateway::nat_pmp::words(refused->result), "not authorized");
}

TEST(NatPmp, AResponseToSomethingElse_IsNone) {
  for (const char* bytes : {"", "00", "00800000", "00800000 00001234 cb0071", "01800000 00001234 cb007109"}) {
    EXPECT_FALSE(gateway::nat_pmp::read_address(net::from_hex(bytes))) << bytes;
  }
  for (const char* bytes :
       {"00810001 00001234", "00810000 00001234 12352346 0000003c", "00820000 00001234 12342346 0000003c"}) {
    EXPECT_FALSE(gateway::nat_pmp::read_map({.internal_port = 0x1234}, net::from_hex(bytes))) << bytes;
  }
}

// They look alike, and a copy of the first may come late.
TEST(Gateway, TheAnswersToAMapping_AndToItsEnd_AreToldApart) {
  const net::Bytes nat_pmp_mapped = net::from_hex("00810000 00001234 12342346 0000003c");
  const net::Bytes nat_pmp_ended = net::from_hex("00810000 00001234 12340000 00000000");
  net::Bytes pcp_ended = pcp_success();
  pcp_ended[7] = 0;  // lifetime
  const auto is_answer = [](gateway::Act act, const net::Bytes& bytes) {
    const gateway::Question question{.act = act, .inside = inside, .external_port = 9029, .lease = 120s};
    return gateway::read_datagram(question, gateway, nonce, bytes).has_value();
  };
  using enum gateway::Act;
  EXPECT_TRUE(is_answer(NatPmpMap, nat_pmp_mapped) && is_answer(NatPmpUnmap, nat_pmp_ended));
  EXPECT_FALSE(is_answer(NatPmpMap, nat_pmp_ended) || is_answer(NatPmpUnmap, nat_pmp_mapped));
  EXPECT_TRUE(is_answer(PcpMap, pcp_success()) && is_answer(PcpUnmap, pcp_ended));
  EXPECT_FALSE(is_answer(PcpMap, pcp_ended) || is_answer(PcpUnmap, pcp_success()));
}

TEST(Gateway, AMappingOfNoUse_IsUnusable) {
  const gateway::Question map{.act = gateway::Act::PcpMap, .inside = inside, .external_port = 9029, .lease = 120s};
  net::Bytes bytes = pcp_success();
  bytes[42] = 0;  // external port 0x0046
  const auto reply = gateway::read_datagram(map, gateway, nonce, bytes);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->outcome, gateway::Outcome::Unusable);
}

// ---- UPnP ----------------------------------------------------------------------------------------------------------

TEST(Upnp, Search_AsksForAnyInternetGateway) {
  EXPECT_EQ(gateway::upnp::write_search(),
            "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\n"
            "ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n\r\n");
}

TEST(Upnp, SearchAnswer_HeadersInAnyCase_GiveTheLocation) {
  const auto url = gateway::upnp::read_search(
      "HTTP/1.1 200 OK\r\nst:urn:schemas-upnp-org:device:InternetGatewayDevice:2\r\nLocation:  "
      "http://192.168.1.1:5000/root.xml \r\n\r\n",
      gateway);
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, net::endpoint("192.168.1.1:5000"));
  EXPECT_EQ(url->path, "/root.xml");
}

TEST(Upnp, AnAnswerOfAnotherDevice_IsNone) {
  EXPECT_FALSE(gateway::upnp::read_search(
      "HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nLOCATION: http://192.168.1.1/\r\n\r\n", gateway));
  EXPECT_FALSE(gateway::upnp::read_search("NOTIFY * HTTP/1.1\r\nLOCATION: http://192.168.1.1/\r\n\r\n", gateway));
}

TEST(Upnp, Description_PrefersTheBetterService_AndTakesUrlsOfTheGatewayOnly) {
  const gateway::upnp::Url from{net::endpoint("192.168.1.1:5000"), "/root.xml"};
  const auto service = [](const char* type, const char* url) {
    return std::string("<service><serviceType>urn:schemas-upnp-org:service:") + type + "</serviceType><controlURL>" +
           url + "</controlURL></service>";
  };
  const auto description = [&](const std::string& services, const std::string& before = "") {
    return gateway::upnp::read_description("<root>" + before +
                                               "<device><manufacturer> A </manufacturer><modelName>B</modelName>"
                                               "<modelNumber>1</modelNumber><serviceList>" +
                                               services + "</serviceList></device></root>",
                                           from);
  };
  const auto both = description(service("WANPPPConnection:1", "/ppp") + service("WANIPConnection:1", "ip"));
  ASSERT_TRUE(both && both->control);
  EXPECT_EQ(both->vendor, "A");
  EXPECT_EQ(both->model, "B 1");
  EXPECT_EQ(both->service, "urn:schemas-upnp-org:service:WANIPConnection:1");
  EXPECT_EQ(both->control->path, "/ip");
  EXPECT_EQ(both->control->host, from.host);
  const auto based = description(service("WANIPConnection:2", "/c"), "<URLBase>http://192.168.1.1:99/</URLBase>");
  EXPECT_EQ(based->control->host.port, 99);
  EXPECT_FALSE(description(service("WANIPConnection:1", "http://192.168.1.9/c"))->control);
  EXPECT_EQ(description(service("WANIPConnection:1", "/c"), "<URLBase>http://192.168.1.9/</URLBase>")->control->host,
            from.host);
}

TEST(Upnp, Entities_AreNotExpanded_AndNoFileIsRead) {
  const gateway::upnp::Url from{net::endpoint("192.168.1.1:5000"), "/"};
  const auto description = gateway::upnp::read_description(
      "<!DOCTYPE r [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b SYSTEM \"file:///etc/passwd\">]>"
      "<root><device><manufacturer>&a;&b;</manufacturer></device></root>",
      from);
  if (description) {
    EXPECT_EQ(description->vendor, "&a;&b;");
  }
}

TEST(Upnp, Action_IsSoap) {
  const gateway::Question question{.act = gateway::Act::UpnpMap,
                                   .inside = inside,
                                   .external_port = 9029,
                                   .lease = 120s,
                                   .path = "/ctl",
                                   .service = "urn:schemas-upnp-org:service:WANIPConnection:1"};
  const net::Bytes bytes = gateway::write_request(question, {gateway, 5000}, nonce);
  const std::string text(net::as_text(bytes));
  EXPECT_THAT(text, StartsWith("POST /ctl HTTP/1.1\r\nHost: 192.168.1.1:5000\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nSOAPAction: \"urn:schemas-upnp-org:service:WANIPConnection:1#AddPortMapping\"\r\n"));
  EXPECT_THAT(text,
              HasSubstr("<NewExternalPort>9029</NewExternalPort><NewProtocol>UDP</NewProtocol>"
                        "<NewInternalPort>4660</NewInternalPort><NewInternalClient>192.168.1.2</NewInternalClient>"));
  EXPECT_THAT(text, HasSubstr("<NewLeaseDuration>120</NewLeaseDuration>"));
  const auto body = text.substr(text.find("\r\n\r\n") + 4);
  EXPECT_THAT(text, HasSubstr("\r\nContent-Length: " + std::to_string(body.size()) + "\r\n"));
}

// ---- HTTP ----------------------------------------------------------------------------------------------------------

struct HttpCase {
  std::string received;
  bool ended;
  gateway::http::State state;
  std::string body = {};
};

TEST(HttpReply, IsWhole_WhenItSaysSo) {
  using enum gateway::http::State;
  const HttpCase cases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef", false, Whole, "abc"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", false, Incomplete},
      {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", true, Malformed},
      {"HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nab", true, Malformed},
      {"HTTP/1.1 200 OK\r\n\r\nab", false, Incomplete},
      {"HTTP/1.0 200 OK\r\n\r\nab", true, Whole, "ab"},
      {"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n2\r\nab\r\n1;x\r\nc\r\n0\r\n\r\n", false, Whole, "abc"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", false, Incomplete},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n", false, Malformed},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", false, Whole, "a"},
      {"HTTP/1.1 200", false, Incomplete},
      {"SSH-2.0-OpenSSH\r\n\r\n", false, Malformed},
      {"HTTP/1.1 2x0 OK\r\n\r\n", true, Malformed},
      {std::string(9000, 'a'), false, Malformed},
  };
  for (const auto& c : cases) {
    const auto reply = gateway::http::read(c.received, c.ended);
    EXPECT_EQ(reply.state, c.state) << c.received.substr(0, 80);
    EXPECT_EQ(reply.body, c.body) << c.received.substr(0, 80);
  }
}

TEST(HttpReply, InterimReplies_WithoutEnd_AreBounded) {
  std::string received;
  while (received.size() < gateway::http::largest_reply) received += "HTTP/1.1 100 C\r\n\r\n";
  EXPECT_EQ(gateway::http::read(received.substr(0, gateway::http::largest_reply - 1), true).state,
            gateway::http::State::Malformed);
}

// ---- anything ------------------------------------------------------------------------------------------------------

TEST(Gateway, MutatedAnswers_AreReadOrNot_ButNeverHurt) {
  net::Random random(11);
  const std::string http =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3e\r\n<root><device><manufacturer>A</manufacturer></device></root>aa\r\n0\r\n\r\n";
  const net::Bytes seeds[] = {pcp_success(), net::from_hex("00800000 00001234 cb007109"),
                              net::from_hex("00810000 00001234 12342346 0000003c"),
                              net::Bytes(http.begin(), http.end())};
  unsigned read = 0;
  for (int i = 0; i < 20'000; ++i) {
    net::Bytes bytes = seeds[random.below(4)];
    for (std::uint64_t change = random.below(4); change > 0; --change)
      bytes[random.below(bytes.size())] = static_cast<std::uint8_t>(random.next());
    bytes.resize(random.below(bytes.size() + 4));
    for (int act = 0; act <= static_cast<int>(gateway::Act::UpnpUnmap); ++act) {
      const gateway::Question question{.act = static_cast<gateway::Act>(act),
                                       .inside = inside,
                                       .external_port = 9029,
                                       .lease = 120s,
                                       .path = "/",
                                       .service = "s"};
      read += gateway::read_datagram(question, gateway, nonce, bytes) ? 1U : 0U;
      read += gateway::read_stream(question, gateway, bytes, true) ? 1U : 0U;
    }
  }
  EXPECT_GT(read, 1000U);
}

}  // namespace gateway_codec_test
