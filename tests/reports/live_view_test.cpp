// What is seen of a rendezvous as it goes: hosts, matrices that fill, events, and the page.

#include "reports/live_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "reports/html_style.h"
#include "reports/live_json.h"
#include "reports/live_page.h"
#include "tests/reports/markup.h"
#include "traversal/matrix_order.h"

namespace live_view_test {

using namespace std::chrono_literals;
using reports::LiveView;
using testing::HasSubstr;
using testing::Not;
using traversal::Outcome;

const LiveView::Clock::time_point noon{std::chrono::hours(500'000)};

traversal::Host host(const std::string& name) {
  return {.name = name,
          .behavior = {.mapping = net::MappingBehavior::EndpointIndependent,
                       .filtering = net::FilteringBehavior::AddressAndPortDependent},
          .local = "192.168.0.2:4000",
          .external = "203.0.113.1:40000"};
}

traversal::MatrixOrder order(std::uint8_t id, const std::vector<std::string>& names) {
  traversal::MatrixOrder out{.id = {id}};
  for (const auto& name : names) out.hosts.push_back(host(name));
  return out;
}

traversal::PairEnded ended(const traversal::MatrixOrder& order, std::uint32_t pair, Outcome outcome) {
  const auto [a, b] = traversal::pairs_of(order).at(pair);
  return {order.id,
          pair,
          {.a = order.hosts[a].name,
           .b = order.hosts[b].name,
           .predicted = traversal::Prediction::Direct,
           .outcome = outcome,
           .trials = 1,
           .successes = outcome == Outcome::Direct ? 1U : 0U,
           .strategy = "simultaneous-open"}};
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(LiveView, AMatrixFills_AndWhatWaitsSaysSo) {
  LiveView view;
  const auto asked = order(1, {"a", "b", "c"});
  EXPECT_EQ(view.progress(), "no matrix yet");
  view.take(traversal::MatrixBegun{asked}, noon);
  EXPECT_EQ(view.progress(), "0 of 3 pairs");
  view.take(ended(asked, 0, Outcome::Direct), noon + 2s);
  view.take(ended(asked, 0, Outcome::Failed), noon + 3s);  // the first outcome counts
  auto unknown = ended(asked, 0, Outcome::Failed);
  unknown.pair = 9;
  view.take(unknown, noon + 3s);
  EXPECT_EQ(view.progress(), "1 of 3 pairs");
  const auto& matrix = view.shown()->document.matrix;
  EXPECT_EQ(matrix.pairs.size(), 3U);
  EXPECT_EQ(matrix.pairs[0].outcome, Outcome::Direct);
  EXPECT_EQ(matrix.pairs[1].outcome, Outcome::NotRun);
  EXPECT_EQ(matrix.pairs[1].why, "it waits for its turn");
  EXPECT_EQ(matrix.duration, 2s);
  const auto document = reports::parse_matrix(reports::to_json(view.shown()->document));
  ASSERT_TRUE(document) << document.error();
}

TEST(LiveView, ShowsTheOldestThatRuns_ElseTheNewest) {
  LiveView view;
  const auto first = order(1, {"a", "b"});
  const auto second = order(2, {"a", "b"});
  view.take(traversal::MatrixBegun{first}, noon);
  view.take(traversal::MatrixBegun{second}, noon);
  EXPECT_EQ(view.shown()->id, net::to_hex(first.id));
  view.take(ended(first, 0, Outcome::Direct), noon);
  EXPECT_EQ(view.shown()->id, net::to_hex(second.id));
  view.take(ended(second, 0, Outcome::Direct), noon);
  EXPECT_EQ(view.shown()->id, net::to_hex(second.id));
  view.take(traversal::MatrixForgotten{second.id}, noon);
  EXPECT_EQ(view.shown()->id, net::to_hex(first.id));
  EXPECT_EQ(view.find(net::to_hex(second.id)), nullptr);
}

TEST(LiveView, Events_AreWhatHappenedSince_OrTheStateOfThings) {
  LiveView view;
  EXPECT_THAT(view.events_after(0), HasSubstr("id: 1\nevent: state\ndata: {\"registered\":0,"));
  view.take(traversal::HostCame{host("a"), false, false}, noon);
  view.take(traversal::HostCame{host("b"), true, false}, noon);
  const auto asked = order(1, {"a", "b"});
  view.take(traversal::MatrixBegun{asked}, noon);
  view.take(ended(asked, 0, Outcome::Direct), noon);
  view.take(traversal::HostLeft{"a", "it unregistered"}, noon);
  EXPECT_EQ(view.newest_event(), 6U);
  EXPECT_EQ(view.events_after(6), "");
  const std::string since = view.events_after(4);
  EXPECT_THAT(since, HasSubstr("id: 5\nevent: pair\ndata: {\"matrix\":\"01000000"));
  EXPECT_THAT(since, HasSubstr("\"progress\":\"1 of 1 pairs\""));
  EXPECT_THAT(since, HasSubstr("\"outcome\":\"direct\""));
  EXPECT_THAT(since, HasSubstr("id: 6\nevent: left\ndata: {\"name\":\"a\",\"registered\":1}\n\n"));
  EXPECT_EQ(count(since, "\n\n"), 2U);
  EXPECT_THAT(view.events_after(7), HasSubstr("event: state\n"));  // of another life of the rendezvous
  for (int i = 0; i < 5000; ++i) view.take(traversal::HostCame{host("c"), false, false}, noon);
  EXPECT_THAT(view.events_after(6), HasSubstr("event: state\n"));  // too long ago
}

TEST(LiveView, Json_TellsHostsAndMatrices) {
  LiveView view;
  view.take(traversal::HostCame{host("a"), false, true}, noon);
  view.take(traversal::MatrixBegun{order(1, {"a", "b"})}, noon);
  EXPECT_THAT(reports::hosts_json(view), HasSubstr("\"external\": \"203.0.113.1:40000\""));
  EXPECT_THAT(reports::hosts_json(view), HasSubstr("\"console\": true"));
  EXPECT_THAT(reports::matrices_json(view), HasSubstr("\"id\": \"01000000000000000000000000000000\""));
  EXPECT_THAT(reports::matrices_json(view), HasSubstr("\"done\": 0"));
  EXPECT_EQ(reports::refusal_json("a \"b\" <"), "{\n  \"error\": \"a \\\"b\\\" <\"\n}\n");
}

TEST(LivePage, IsTheReportsOwn_WithItsScriptAndPolicy) {
  LiveView view;
  view.take(traversal::HostCame{host("a"), false, false}, noon);
  const std::string before = reports::live_page(view, noon);
  EXPECT_THAT(before, HasSubstr("1 host is registered"));
  const auto asked = order(1, {"a", "b", "c"});
  view.take(traversal::MatrixBegun{asked}, noon);
  view.take(ended(asked, 0, Outcome::Direct), noon + 1s);
  const std::string page = reports::live_page(view, noon);
  EXPECT_THAT(page, HasSubstr("1 of 3 pairs"));
  EXPECT_THAT(page, HasSubstr("Every pair, observed and predicted"));
  for (const std::string& text : {before, page}) {
    EXPECT_TRUE(markup::read(text).complaints.empty());
    EXPECT_THAT(text, HasSubstr("connect-src 'self'"));
    EXPECT_THAT(text, HasSubstr(reports::script_of(reports::Scripts::Followed)));
  }
  EXPECT_THAT(reports::security_policy(reports::Scripts::Page), Not(HasSubstr("connect-src")));
  EXPECT_LT(reports::follow_script().size(), 4'000U);
}

// While pairs wait nothing is said of them but that they do.
TEST(LivePage, SaysHowManyPairsAreStillToBePlayed) {
  LiveView view;
  const auto asked = order(1, {"a", "b", "c"});
  view.take(traversal::MatrixBegun{asked}, noon);
  const std::string at_first = reports::live_page(view, noon);
  EXPECT_THAT(at_first,
              HasSubstr("<h1>No pair has been played yet</h1>\n<p class=\"lede\">3 pairs are still to be played."));
  view.take(ended(asked, 0, Outcome::Direct), noon + 1s);
  view.take(ended(asked, 1, Outcome::NotRun), noon + 1s);
  const std::string then = reports::live_page(view, noon);
  EXPECT_THAT(then, HasSubstr("<h1>1 of 1 pair connects directly</h1>"));
  EXPECT_THAT(then, HasSubstr("1 pair is still to be played. 1 pair was not run."));
  EXPECT_THAT(then, Not(HasSubstr("theory: direct.")));
  view.take(ended(asked, 2, Outcome::Direct), noon + 1s);
  EXPECT_THAT(reports::live_page(view, noon), Not(HasSubstr("still to be played")));
}

}  // namespace live_view_test
