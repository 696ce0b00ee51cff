// HTTP requests as bytes: what is taken, and the status of what is not.

#include "net/http_message.h"

#include <gtest/gtest.h>

namespace net::http_message_test {

using State = HttpReader::State;

// The reader after these bytes, which come in pieces of so many.
HttpReader read(std::string_view bytes, std::size_t piece = 1000) {
  HttpReader reader;
  for (std::size_t at = 0; at < bytes.size(); at += piece) reader.push(as_bytes(bytes.substr(at, piece)));
  return reader;
}

TEST(HttpMessage, ARequest_IsTakenApart_HoweverItComes) {
  const std::string_view bytes =
      "POST /api/x?y=z HTTP/1.1\r\nHost: a.example\r\nX-Odd:  two words \r\nContent-Length: 4\r\n\r\nbodyAND MORE";
  for (const std::size_t piece : {1U, 3U, 1000U}) {
    HttpReader reader = read(bytes, piece);
    ASSERT_EQ(reader.push({}), State::Complete);
    EXPECT_EQ(reader.request().method, "POST");
    EXPECT_EQ(reader.request().path, "/api/x");
    EXPECT_EQ(reader.request().query, "y=z");
    EXPECT_EQ(*reader.request().field("host"), "a.example");
    EXPECT_EQ(*reader.request().field("x-odd"), "two words");
    EXPECT_EQ(reader.request().body, "body");
    EXPECT_EQ(reader.request().field("authorization"), nullptr);
  }
}

TEST(HttpMessage, HalfARequest_IsWaitedFor) {
  HttpReader reader = read("GET / HTTP/1.1\r\nHost: x\r\n");
  EXPECT_EQ(reader.push({}), State::Incomplete);
  EXPECT_EQ(reader.push(as_bytes("\r\n")), State::Complete);
  reader = read("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n1");
  EXPECT_EQ(reader.push({}), State::Incomplete);
}

TEST(HttpMessage, WhatIsNoRequest_GetsItsStatus) {
  const auto with = [](const std::string& fields) { return "GET / HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n"; };
  const std::string long_text(9000, 'a');
  std::string many;
  for (int i = 0; i < 70; ++i) many += "A: b\r\n";
  const std::vector<std::pair<std::string, unsigned>> cases = {
      {"GET / HTTP/1.1\r\n\r\n", 400},                            // no Host
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},      // two
      {"GET /\r\n\r\n", 400},                                     // HTTP/0.9
      {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},                 //
      {"GET / FTP/1.1\r\nHost: x\r\n\r\n", 400},                  //
      {"GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400},         // absolute form
      {"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400},         //
      {"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400},              //
      {"GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n", 400},             //
      {"G(T / HTTP/1.1\r\nHost: x\r\n\r\n", 400},                 //
      {" GET / HTTP/1.1\r\nHost: x\r\n\r\n", 400},                //
      {"\r\n\r\n", 400},                                          //
      {with("No colon\r\n"), 400},                                //
      {with("Name : value\r\n"), 400},                            // a blank before the colon
      {with("A: b\r\n folded\r\n"), 400},                         //
      {with("A: b\nC: d\r\n"), 400},                              // a bare line feed
      {with("A: \x7f\r\n"), 400},                                 //
      {with("Content-Length: 1\r\nContent-Length: 1\r\n"), 400},  //
      {with("Content-Length: +1\r\n"), 400},                      //
      {with("Content-Length: 1, 1\r\n"), 400},                    //
      {with("Content-Length: \r\n"), 400},                        //
      {with("Content-Length: 262145\r\n"), 413},                  //
      {with("Content-Length: 99999999999999999999999\r\n"), 413},
      {with("Transfer-Encoding: chunked\r\n"), 501},
      {with("Transfer-Encoding: identity\r\nContent-Length: 3\r\n"), 501},
      {with("A: " + long_text + "\r\n"), 431},
      {with(many), 431},
      {"GET /" + long_text + " HTTP/1.1\r\nHost: x\r\n\r\n", 414},
      {long_text, 414},
      {std::string(9000, '\0'), 414},
  };
  for (const auto& [bytes, status] : cases) {
    for (const std::size_t piece : {1U, 1000U, 100'000U}) {
      HttpReader reader = read(bytes, piece);
      EXPECT_EQ(reader.push({}), State::Refused) << bytes.substr(0, 60);
      EXPECT_EQ(reader.refusal(), status) << bytes.substr(0, 60);
    }
  }
}

TEST(HttpMessage, OldClients_NeedNoHost) { EXPECT_EQ(read("GET / HTTP/1.0\r\n\r\n").push({}), State::Complete); }

TEST(HttpMessage, AReply_SaysItsLengthAndThatItIsNotKept) {
  const std::string head = http_head({.status = 404, .body = "four", .fields = {{"Allow", "GET"}}});
  EXPECT_EQ(head,
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 4\r\nAllow: GET\r\n"
            "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(http_head({.followed = true}).find("Content-Length"), std::string::npos);
}

}  // namespace net::http_message_test
