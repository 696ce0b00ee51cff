#include <gtest/gtest.h>

#include "net/random.h"
#include "traversal/signal_codec.h"
#include "traversal/signal_message.h"

namespace signal_test {

using namespace traversal;
using namespace std::chrono_literals;

const Id id = {1, 2, 3};
const net::NatBehavior cone = *net::parse_short("EIM/APDF");

// One of each kind, with as much in it as it can hold.
std::vector<Signal> one_of_each() {
  const Attempt attempt{.trial = 2,
                        .strategy = "simultaneous-open",
                        .outcome = Outcome::Direct,
                        .time_to_connect = 41250us,
                        .packets_a = 4,
                        .packets_b = 5,
                        .ports_a = 1,
                        .ports_b = 256,
                        .held_a = Held{20, 19, 41ms, true},
                        .held_b = Held{},
                        .why = "w"};
  const Event event{12ms, Step::Heard, net::endpoint("192.0.2.9:4000")};
  const PortPattern ports{.step = -7, .range = PortRange{1024, 3071}};
  const PairOutcome pair{.a = "a",
                         .b = "b",
                         .predicted = Prediction::Needs1Port,
                         .outcome = Outcome::OneWay,
                         .direction = "a-to-b",
                         .trials = 3,
                         .successes = 1,
                         .strategy = "s",
                         .connect = ConnectTimes{1ms, 2ms, 3ms},
                         .why = "because"};
  const Host host{.name = "a",
                  .behavior = cone,
                  .local = "10.0.0.2:1",
                  .external = "192.0.2.1:1",
                  .external_other = "[2001:db8::2]:1",
                  .port_mapping = "pcp"};
  return {Register{"a", id, cone, net::endpoint("10.0.0.2:4000"), true, ports, "pcp"},
          Refresh{"a", id},
          Unregister{"a", id},
          ListRequest{3},
          Observe{id, net::endpoint("10.0.0.2:4000"), net::endpoint("192.0.2.1:25000"), "why"},
          Result{id,
                 id,
                 {.heard = true,
                  .proof = Proof::TwoPaths,
                  .proven_after = 12ms,
                  .packets = 9,
                  .ports = 256,
                  .held = Held{20, 0, std::nullopt, false},
                  .events = std::vector<Event>(most_events, event)}},
          MatrixRequest{{{"a", "b"}, {"c", "d"}}, {"simultaneous-open"}, 3, 200ms},
          StatusRequest{id},
          RowsRequest{id, 5},
          Prepare{id, id, id, "simultaneous-open", id, 2, "ipv6"},
          Start{id,
                id,
                Key{4},
                net::endpoint("192.0.2.9:1"),
                {cone,
                 {{CandidateType::Host, net::endpoint("10.0.0.2:1")},
                  {CandidateType::ServerReflexive, net::endpoint("[2001:db8::1]:2")}},
                 ports},
                70ms,
                "b",
                5s},
          Stop{id, id},
          Done{},
          Registered{net::endpoint("192.0.2.1:4000"), 2500ms, 25s, net::endpoint("[2001:db8::1]:3480")},
          HostPage{{"a", "b"}, 7},
          Observed{net::endpoint("192.0.2.1:4000")},
          Accepted{id, 45},
          Status{1, 45},
          Rows{{host, pair, attempt, TimelineEvent{Witness::B, event}}, 12},
          PeersRequest{3},
          Relay{"a", id, "b", id, "hello"},
          Relayed{id, "a", id, "hello"},
          PeerPage{{{"a", cone, net::endpoint("192.0.2.1:4000"), true, false}}, 7}};
}

TEST(SignalCodec, EveryKind_ComesBackAsItWas) {
  const auto signals = one_of_each();
  ASSERT_EQ(signals.size(), std::variant_size_v<Signal>);
  for (std::size_t i = 0; i < signals.size(); ++i) {
    ASSERT_EQ(signals[i].index(), i);
    const std::string json = to_json(signals[i]);
    const auto back = parse_signal(json);
    ASSERT_TRUE(back) << json << ": " << back.error();
    EXPECT_EQ(back->index(), i);
    EXPECT_EQ(to_json(*back), json);
  }
}

TEST(SignalCodec, NamesAreOfTheAllowedLetters) {
  for (const char* good :
       {"a", "A-1", "host.example_2", "0123456789012345678901234567890123456789012345678901234567890123"}) {
    EXPECT_TRUE(valid_host_name(good)) << good;
  }
  for (const char* bad : {"", "a b", "ä", "<script>", "a/b", "a,b", "=1",
                          "01234567890123456789012345678901234567890123456789012345678901234"}) {
    EXPECT_FALSE(valid_host_name(bad)) << bad;
  }
}

const std::string refresh_session = R"("session":"01020300000000000000000000000000")";

TEST(SignalCodec, HostileJson_IsRefused) {
  const std::string nested = std::string(100, '[') + std::string(100, ']');
  const std::string wide_list = R"({"kind":"rows-of","matrix":"01020300000000000000000000000000","from":)";
  const std::vector<std::string> hostile = {
      "",
      "null",
      "[]",
      "1",
      "{}",
      "{",
      R"({"kind":1})",
      R"({"kind":"become-root"})",
      R"({"kind":"refresh"})",
      R"({"kind":"refresh","name":"a"})",
      R"({"kind":"refresh","name":"a","session":"0102"})",
      R"({"kind":"refresh","name":"a","session":"010203000000000000000000000000zz"})",
      R"({"kind":"refresh","name":7,)" + refresh_session + "}",
      R"({"kind":"refresh","name":"","session":"01020300000000000000000000000000"})",
      R"({"kind":"refresh","name":"<b>",)" + refresh_session + "}",
      R"({"kind":"refresh","name":"a","name":"b",)" + refresh_session + "}",
      R"({"kind":"refresh","name":"a",)" + refresh_session + "} x",
      R"({"kind":"refresh","name":")" + std::string("\xFF\xFE") + R"(",)" + refresh_session + "}",
      R"({"kind":"refresh","name":"a","x":)" + nested + "," + refresh_session + "}",
      nested,
      wide_list + "-1}",
      wide_list + "1.5}",
      wide_list + "1e300}",
      wide_list + "99999999999999999999}",
      wide_list + R"("1"})",
      wide_list + "10000001}",
      R"({"kind":"observed","mapped":"example.org:1"})",
      R"({"kind":"observed","mapped":"192.0.2.1:70000"})",
      R"({"kind":"registered","mapped":"192.0.2.1:1","heartbeat_ms":-1})",
      R"({"kind":"registered","mapped":"192.0.2.1:1","heartbeat_ms":1e99})",
      R"({"kind":"matrix","pairs":[["a"]],"strategies":[],"trials":1})",
      R"({"kind":"matrix","pairs":[["a","<"]],"strategies":[],"trials":1})",
      R"({"kind":"matrix","pairs":{},"strategies":[],"trials":1})",
      R"({"kind":"rows","rows":[{"trial":1}],"total":1})",
      R"({"kind":"rows","rows":[7],"total":1})",
  };
  for (const std::string& json : hostile) EXPECT_FALSE(parse_signal(json)) << json;
}

TEST(SignalCodec, KeysOfTomorrow_AreIgnored) {
  EXPECT_TRUE(parse_signal(R"({"kind":"refresh","name":"a","colour":{"deep":[1,2]},)" + refresh_session + "}"));
}

const Key key = signal_key("token");

stun::TransactionId some_id() {
  net::Random random(1);
  return stun::TransactionId::random(random);
}

TEST(SignalMessage, CarriesRequestSuccessAndError) {
  const auto request = decode_signal(encode_request(some_id(), Refresh{"a", id}, "n0nce", key), key);
  ASSERT_TRUE(request && request->authentic && request->content);
  EXPECT_EQ(request->message_class, stun::MessageClass::Request);
  EXPECT_EQ(request->id, some_id());
  EXPECT_EQ(request->nonce, "n0nce");
  EXPECT_EQ(std::get<Refresh>(*request->content).name, "a");

  const auto success = decode_signal(encode_success(some_id(), Done{}, key), key);
  ASSERT_TRUE(success && success->content);
  EXPECT_EQ(success->message_class, stun::MessageClass::Success);

  const auto error = decode_signal(encode_error(some_id(), {StaleNonce, "why"}, "fresh", key), key);
  ASSERT_TRUE(error && !error->content);
  EXPECT_EQ(error->content.error().code, 438);
  EXPECT_EQ(error->content.error().reason, "why");
  EXPECT_EQ(error->nonce, "fresh");
}

TEST(SignalMessage, AnotherToken_IsNotAuthentic_AndNotRead) {
  const auto message = decode_signal(encode_request(some_id(), Refresh{"a", id}, {}, key), signal_key("guess"));
  ASSERT_TRUE(message);
  EXPECT_FALSE(message->authentic);
  EXPECT_FALSE(message->content);
}

TEST(SignalMessage, NoFlippedBit_GoesUnnoticed) {
  const net::Bytes good = encode_request(some_id(), Refresh{"a", id}, "n0nce", key);
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    net::Bytes bad = good;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1U << (bit % 8)));
    const auto message = decode_signal(bad, key);
    EXPECT_FALSE(message && message->authentic) << "bit " << bit;
  }
}

TEST(SignalMessage, TheLargestOfEachKind_FitsIntoADatagram) {
  const std::string name(64, 'n');
  const Start start{
      id,
      id,
      key,
      net::endpoint("[2001:db8:1111:2222:3333:4444:5555:6666]:65535"),
      {cone, std::vector<Candidate>(
                 2, {CandidateType::ServerReflexive, net::endpoint("[2001:db8:1111:2222:3333:4444:5555:6666]:65535")})},
      70ms};
  const Register registration{name, id, cone, start.own};
  const Rows row{{PairOutcome{.a = name,
                              .b = name,
                              .direction = "a-to-b",
                              .strategy = name,
                              .connect = ConnectTimes{1h, 1h, 1h},
                              .why = std::string(300, 'w')}},
                 10'000'000};
  const std::string nonce(16, 'f');
  EXPECT_LE(encode_request(some_id(), start, nonce, key).size(), largest_datagram);
  EXPECT_LE(encode_request(some_id(), registration, nonce, key).size(), largest_datagram);
  EXPECT_LE(encode_success(some_id(), row, key).size(), largest_datagram);
}

}  // namespace signal_test
