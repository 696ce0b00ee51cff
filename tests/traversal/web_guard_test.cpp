// Who may ask a rendezvous over HTTP: other sites' pages, and names that are made to point here, are turned away.

#include "traversal/web_guard.h"

#include <gtest/gtest.h>

namespace traversal::web_guard_test {

const std::vector<std::string> names = {"rendezvous.example"};

using Fields = std::vector<net::HttpField>;

unsigned status(const std::string& method, Fields fields) {
  const auto refusal =
      turned_away({.method = method, .path = "/", .query = {}, .fields = std::move(fields), .body = {}}, names);
  return refusal ? refusal->status : 200;
}

TEST(WebGuard, LetsInWhoAsksForThisServer) {
  for (const char* host : {"127.0.0.1", "127.0.0.1:8480", "[::1]:8480", "localhost:8480", "LocalHost", "192.0.2.1",
                           "rendezvous.example", "Rendezvous.Example:443"}) {
    EXPECT_EQ(status("GET", {{"host", host}}), 200U) << host;
    EXPECT_EQ(status("POST", {{"host", host}, {"origin", std::string("http://") + host}}), 200U) << host;
    EXPECT_EQ(status("POST", {{"host", host}, {"origin", std::string("https://") + host}}), 200U) << host;
  }
  EXPECT_EQ(status("POST", {{"host", "127.0.0.1"}, {"sec-fetch-site", "same-origin"}}), 200U);
  EXPECT_EQ(status("GET", {{"host", "127.0.0.1"}, {"sec-fetch-site", "cross-site"}}), 200U) << "a link is followed";
}

TEST(WebGuard, TurnsAwayForgedRequestsAndReboundNames) {
  const Fields ours = {{"host", "127.0.0.1:8480"}};
  const auto with = [&](const char* name, const char* value) {
    Fields fields = ours;
    fields.push_back({name, value});
    return fields;
  };
  const std::vector<std::pair<unsigned, std::pair<const char*, Fields>>> cases = {
      {421, {"GET", {}}},
      {421, {"GET", {{"host", "evil.example"}}}},
      {421, {"GET", {{"host", "evil.example:8480"}}}},
      {421, {"GET", {{"host", "127.0.0.1.evil.example"}}}},
      {421, {"GET", {{"host", "localhost.evil.example"}}}},
      {421, {"GET", {{"host", "rendezvous.example.evil.example"}}}},
      {421, {"GET", {{"host", "[evil.example]"}}}},
      {421, {"GET", {{"host", ""}}}},
      {403, {"GET", with("origin", "http://evil.example")}},
      {403, {"POST", with("origin", "http://evil.example")}},
      {403, {"POST", with("origin", "null")}},
      {403, {"POST", with("origin", "http://127.0.0.1:8481")}},
      {403, {"POST", with("origin", "http://127.0.0.1")}},
      {403, {"POST", with("origin", "")}},
      {403, {"POST", with("sec-fetch-site", "cross-site")}},
      {403, {"POST", with("sec-fetch-site", "same-site")}},
  };
  for (const auto& [expected, request] : cases) {
    EXPECT_EQ(status(request.first, request.second), expected)
        << (request.second.empty() ? "" : request.second.back().value);
  }
}

TEST(WebGuard, TakesATokenFromItsFieldAlone) {
  const auto token = [](const char* value) {
    return bearer_token(
        {.method = "POST", .path = "/", .query = "token=x", .fields = {{"authorization", value}}, .body = {}});
  };
  EXPECT_EQ(token("Bearer correct horse"), "correct horse");
  EXPECT_EQ(token("bearer abc"), "abc");
  for (const char* value : {"", "Bearer", "Bearer ", "Basic abc", "abc"})
    EXPECT_EQ(token(value), std::nullopt) << value;
}

}  // namespace traversal::web_guard_test
