// Orders of a matrix that come over HTTP: what is taken, and that no hostile JSON changes anything.

#include <gtest/gtest.h>

#include "traversal/rendezvous.h"
#include "traversal/signal_codec.h"

namespace traversal::order_test {

constexpr std::string_view token = "correct horse";

TEST(Order, WhatIsNotSaid_IsAsUsual) {
  const auto usual = parse_matrix_order("{}");
  ASSERT_TRUE(usual) << usual.error();
  EXPECT_EQ(usual->trials, 1U);
  EXPECT_EQ(usual->hold, std::chrono::seconds(5));
  EXPECT_TRUE(usual->pairs.empty());
  const auto said =
      parse_matrix_order(R"({"pairs": [["a", "b"]], "strategies": ["all"], "trials": 3, "hold_ms": 200})");
  ASSERT_TRUE(said) << said.error();
  EXPECT_EQ(said->pairs.size(), 1U);
  EXPECT_EQ(said->trials, 3U);
  EXPECT_EQ(said->hold, std::chrono::milliseconds(200));
}

TEST(Order, AnEmptyName_IsCarriedToWhoRefusesIt) {
  const auto order = parse_matrix_order(R"({"strategies": ["", "low-ttl-primer"]})");
  ASSERT_TRUE(order) << order.error();
  const auto again = parse_signal(to_json(*order));
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(std::get<MatrixRequest>(*again).strategies, order->strategies);
}

std::vector<std::string> hostile_orders() {
  std::vector<std::string> out = {"",
                                  " ",
                                  "{",
                                  "}",
                                  "[]",
                                  "null",
                                  "1",
                                  "\"\"",
                                  "{}{}",
                                  "{},",
                                  "[{}]",
                                  "{\"trials\"}",
                                  "{\"trials\":}",
                                  "{'trials':1}",
                                  "{trials:1}",
                                  "{\"trials\":1,}",
                                  "{\"trials\":1 \"hold_ms\":1}",
                                  "{\"trials\":1,\"trials\":2}",
                                  "{\"pairs\":[],\"pairs\":[]}",
                                  "{\"__proto__\":{}}",
                                  "{\"kind\":\"Matrix\"}",
                                  "{\"token\":\"x\"}",
                                  "\xEF\xBB\xBF{}",
                                  "{\"trials\":\"\xC0\xAF\"}",
                                  "{\"\xFF\":1}",
                                  "{\"strategies\":[\"\xED\xA0\x80\"]}",
                                  "{}\xFF",
                                  std::string("{}\0", 3),
                                  "/**/{}",
                                  "{}//",
                                  "NaN",
                                  "{\"trials\":NaN}",
                                  "{\"hold_ms\":Infinity}",
                                  "{\"trials\":01}",
                                  "{\"trials\":+1}"};
  std::string keys, objects;
  for (int i = 0; i < 20'000; ++i) keys += "\"k" + std::to_string(i) + "\":1,";
  for (int i = 0; i < 80'000; ++i) objects += "{},";
  out.push_back("{" + keys + "\"trials\":1}");
  out.push_back("{\"pairs\":[" + objects + "{}]}");
  for (const int deep : {33, 100, 10'000, 100'000}) {
    const auto size = static_cast<std::size_t>(deep);
    out.push_back(std::string(size, '['));
    out.push_back(std::string(size, '[') + std::string(size, ']'));
    out.push_back("{\"pairs\":" + std::string(size, '[') + std::string(size, ']') + "}");
  }
  const std::vector<std::string> values = {"null",
                                           "true",
                                           "-1",
                                           "-0.5",
                                           "1.5",
                                           "1e3",
                                           "1e400",
                                           "-1e400",
                                           "4294967296",
                                           "18446744073709551616",
                                           "99999999999999999999999999",
                                           "\"\"",
                                           "\"1\"",
                                           "{}",
                                           "[[]]",
                                           "[[\"a\"]]",
                                           "[[\"a\",\"b\",\"c\"]]",
                                           "[\"a\",\"b\"]",
                                           "[[1,2]]",
                                           "[null]",
                                           "[[null,null]]",
                                           "[[\"a/b\",\"c\"]]",
                                           "[[\"\",\"c\"]]",
                                           "[[\"<script>\",\"b\"]]",
                                           "[{}]",
                                           "[[[]]]",
                                           "[true]",
                                           "\"\\ud800\"",
                                           "[\"\\u0000\"]",
                                           "[[\"a\\u0000\",\"b\"]]",
                                           "[[\"" + std::string(65, 'a') + "\",\"b\"]]",
                                           "[\"" + std::string(400, 'a') + "\"]",
                                           "1.0000000000000000001",
                                           "\"best\"",
                                           "0.0.0",
                                           "--1",
                                           "0x10",
                                           "[1,]",
                                           "[,]",
                                           "10000001"};
  for (const char* key : {"pairs", "strategies", "trials", "hold_ms", "cap"}) {
    for (const std::string& value : values) out.push_back("{\"" + std::string(key) + "\":" + value + "}");
  }
  return out;
}

// No host is registered, so no order can be carried out; one that is well formed is told so.
TEST(Order, OfHostileJson_NothingComes) {
  Rendezvous rendezvous({.listen = *net::parse_endpoint("192.0.2.1:3480"), .token = std::string(token), .secret = {1}},
                        net::Random(1));
  const net::TimePoint now{std::chrono::hours(1)};
  rendezvous.start(now);
  const auto orders = hostile_orders();
  EXPECT_GE(orders.size(), 200U);
  std::size_t malformed = 0;
  for (const std::string& order : orders) {
    const auto ordered = rendezvous.order_matrix(now, token, order);
    ASSERT_FALSE(ordered) << order.substr(0, 80);
    if (ordered.error().code == Malformed) ++malformed;
  }
  EXPECT_GE(malformed, 200U);
  EXPECT_EQ(rendezvous.status().matrices_running + rendezvous.status().matrices_finished, 0U);
}

TEST(Order, WithoutTheToken_IsNotEvenParsed) {
  Rendezvous rendezvous({.listen = *net::parse_endpoint("192.0.2.1:3480"), .token = std::string(token), .secret = {1}},
                        net::Random(1));
  Rendezvous open({.listen = *net::parse_endpoint("192.0.2.1:3480"), .token = {}, .secret = {1}}, net::Random(1));
  for (const char* guess : {"", "correct hors", "correct horse ", "Correct horse"}) {
    EXPECT_EQ(rendezvous.order_matrix({}, guess, "{").error().code, WrongToken) << guess;
    EXPECT_EQ(open.order_matrix({}, guess, "{").error().code, WrongToken) << guess;
  }
  EXPECT_EQ(rendezvous.order_matrix({}, token, "{").error().code, Malformed);
}

}  // namespace traversal::order_test
