// The page: well-formed, complete in itself, usable without script and without colour, and saying what is in the value.

#include <gmock/gmock.h>

#include <regex>

#include "net/cannot_work.h"
#include "reports/html_escape.h"
#include "reports/html_page.h"
#include "reports/html_style.h"
#include "tests/reports/markup.h"
#include "tests/reports/samples.h"
#include "traversal/summary.h"

namespace html_test {

using namespace std::chrono_literals;
using reports::to_html;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> every_page() {
  std::vector<std::string> pages;
  for (const auto& report :
       {samples::full_cone(), samples::port_restricted_cone(), samples::symmetric(), samples::open_internet(),
        samples::firewall(), samples::no_classic_name(), samples::two_plain_servers(), samples::partner_silent(),
        samples::udp_blocked(), samples::nothing_answered(), samples::every_field(), probe::Report{}}) {
    pages.push_back(to_html(report));
  }
  for (const auto& document :
       {samples::three_hosts(), samples::all_outcomes(), samples::many_hosts(2), samples::many_hosts(9),
        samples::many_hosts(40), samples::crowd(60), reports::MatrixDocument{}}) {
    pages.push_back(to_html(document));
  }
  pages.push_back(to_html({{"a.json", samples::full_cone()}, {"b.json", samples::three_hosts()}}));
  return pages;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(HtmlPage, IsAscii_AndItsReferencesMeanWhatWasSent) {
  EXPECT_EQ(reports::ascii_html("<b>a \u2013 \u20AC\U0001F600</b>\xFF&lt;\u00E9"),
            "<b>a &#8211; &#8364;&#128512;</b>&#65533;&lt;&#233;");
  auto document = samples::many_hosts(31);  // with data for the script
  document.matrix.hosts[0].name = "b\u00FCro \U0001F600";
  for (auto& pair : document.matrix.pairs) {
    if (pair.a == "host-001") pair.a = document.matrix.hosts[0].name;
    if (pair.b == "host-001") pair.b = document.matrix.hosts[0].name;
  }
  const auto page = markup::read(to_html(document));
  EXPECT_THAT(page.complaints, IsEmpty());
  EXPECT_THAT(page.content(), HasSubstr("b\u00FCro \U0001F600"));
  EXPECT_THAT(page.content(), HasSubstr(R"("b\u00fcro \ud83d\ude00")"));
}

TEST(HtmlPage, IsWellFormed_WithUniqueIdsAndLinksThatLead) {
  for (const auto& page : every_page()) EXPECT_THAT(markup::read(page).complaints, IsEmpty());
}

TEST(HtmlPage, AsksForNothing) {
  for (const auto& page : every_page()) {
    EXPECT_THAT(page, Not(HasSubstr("http://")));
    EXPECT_THAT(page, Not(HasSubstr("https://")));
    EXPECT_THAT(page, Not(HasSubstr("//cdn")));
    EXPECT_THAT(page, Not(HasSubstr("url(")));
    EXPECT_THAT(page, Not(HasSubstr("@import")));
    for (const auto& node : markup::read(page).nodes) {
      for (const auto& attribute : node.attributes) {
        EXPECT_NE(attribute.name, "src");
        if (attribute.name == "href") {
          const bool inside = attribute.value.starts_with("#") || attribute.value == "data:," ||
                              attribute.value.starts_with("data:image/png;base64,");
          EXPECT_TRUE(inside) << attribute.value;
        }
      }
    }
  }
}

// Scripts that are not data blocks, by their text.
std::vector<std::string> scripts_of(const markup::Page& page) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < page.nodes.size(); ++i) {
    const markup::Node& node = page.nodes[i];
    if (node.kind != markup::Node::Kind::Open || node.name != "script") continue;
    const bool data = std::ranges::any_of(node.attributes, [](const auto& attribute) {
      return attribute.name == "type" && attribute.value.starts_with("application/");
    });
    if (!data) out.push_back(page.nodes[i + 1].text);
  }
  return out;
}

TEST(HtmlPage, RunsItsOneScriptAtMost) {
  for (const auto& text : every_page()) {
    const auto page = markup::read(text);
    for (const std::string& script : scripts_of(page)) EXPECT_EQ(script, reports::page_script());
    EXPECT_LE(scripts_of(page).size(), 1U);
    for (const auto& node : page.nodes) {
      for (const auto& attribute : node.attributes) {
        EXPECT_FALSE(attribute.name.starts_with("on")) << attribute.name;
        EXPECT_NE(attribute.name, "style");  // the policy would refuse it
      }
    }
  }
  EXPECT_EQ(scripts_of(markup::read(to_html(samples::three_hosts()))).size(), 1U);
  EXPECT_THAT(scripts_of(markup::read(to_html(samples::full_cone()))), IsEmpty());
}

// What both hosts did, and what is missing in whose lane.
TEST(HtmlPage, Timeline_TellsBothHostsSteps) {
  auto document = samples::three_hosts();
  auto& lost = document.matrix.pairs[2];  // b and c, failed
  lost.attempts.resize(1);
  lost.attempts[0].timeline.push_back({traversal::Witness::A, {std::chrono::seconds(6), traversal::Step::Heard, {}}});
  const std::string page = to_html(document);
  for (const char* row : {"<li class=\"both\"><b>62.0</b>rendezvous tells both to begin</li>",
                          "<li class=\"a\"><b>62.0</b>sends its first check to 203.0.113.86:41500</li>",
                          "<li class=\"b good\"><b>103.0</b>proves a path to 198.51.100.1:50002</li>",
                          "<li class=\"b missing bad\"><b>never</b>&#10005; no check of b came</li>"}) {
    EXPECT_THAT(page, HasSubstr(row));
  }
  EXPECT_THAT(page, Not(HasSubstr("no check of c came"))) << "b heard it";
}

TEST(HtmlPage, Timeline_OfTrialsThatRepeatThemselves_IsToldOnce) {
  const std::string page = to_html(samples::three_hosts());
  const std::string lead = "What each did: ";
  std::size_t times = 0;
  for (std::size_t at = page.find(lead); at != std::string::npos; at = page.find(lead, at + 1)) ++times;
  EXPECT_EQ(times, samples::three_hosts().matrix.pairs.size());
}

TEST(HtmlPage, Script_IsSmall) { EXPECT_LE(reports::page_script().size(), 6'144U); }

TEST(HtmlPage, Policy_AllowsStyleAndScriptByTheirHashes) {
  const std::string hash = "'sha256-[A-Za-z0-9+/]{43}='";
  const auto form = [&](const std::string& script) {
    return std::regex("default-src 'none'; style-src " + hash + "; script-src " + script +
                      "; img-src data:; base-uri 'none'; form-action 'none'");
  };
  EXPECT_TRUE(std::regex_match(reports::security_policy(reports::Scripts::Page), form(hash)));
  EXPECT_TRUE(std::regex_match(reports::security_policy(reports::Scripts::None), form("'none'")));
  for (const auto& page : every_page()) {
    EXPECT_THAT(page, HasSubstr(std::string("<style>") + std::string(reports::style_sheet()) + "</style>"));
    EXPECT_EQ(count(page, "<style"), 1U);
  }
}

TEST(HtmlPage, Style_ServesDarkAndPrint) {
  const std::string style(reports::style_sheet());
  EXPECT_THAT(style, HasSubstr("@media (prefers-color-scheme: dark)"));
  EXPECT_THAT(style, HasSubstr("@media print"));
  EXPECT_THAT(style, HasSubstr(":focus-visible"));
  EXPECT_THAT(style, Not(HasSubstr("</")));
}

TEST(HtmlPage, Tables_HaveHeadersAndScrollRegionsHaveNames) {
  for (const auto& page : every_page()) {
    const std::size_t tables = count(page, "<table");
    EXPECT_EQ(count(page, "<thead>"), tables);
    EXPECT_EQ(count(page, "role=\"region\" aria-label="), count(page, "class=\"scroll"));
    EXPECT_EQ(count(page, "<h1>") > 0, true);
  }
}

TEST(MatrixPage, TellsTheStory_InItsHeadline) {
  const std::string page = to_html(samples::three_hosts());
  EXPECT_THAT(page, HasSubstr("<h1>2 of 3 pairs connect directly</h1>"));
  EXPECT_THAT(page, HasSubstr("Every outcome is what theory predicts."));
  EXPECT_THAT(page, HasSubstr("3 <small>of 3</small>"));
  EXPECT_THAT(page, HasSubstr("6 <small>of 9</small>"));
  EXPECT_THAT(page, HasSubstr("needs one port guessed"));
}

// Of four times the middle two, beside the least and the most of the same four.
TEST(MatrixPage, MedianTime_IsOverTheTrialsWhoseFastestAndSlowestItNames) {
  auto document = samples::three_hosts();
  const auto times = [&](std::size_t pair, std::chrono::milliseconds first, std::chrono::milliseconds second) {
    auto& told = document.matrix.pairs[pair];
    told.attempts.resize(2);
    told.attempts[0].time_to_connect = first;
    told.attempts[1].time_to_connect = second;
    traversal::summarize(told);
  };
  times(0, 10ms, 20ms);
  times(1, 40ms, 90ms);
  const std::string page = to_html(document);
  EXPECT_THAT(page, HasSubstr("<span class=\"figure\">30.0<small> ms</small></span>"));
  EXPECT_THAT(page, HasSubstr("median time to connect over all trials; fastest 10.0 ms, slowest 90.0 ms"));
  for (auto& pair : document.matrix.pairs) pair.attempts.clear();  // as a large document has it
  EXPECT_THAT(to_html(document), HasSubstr("over all trials; fastest 10.0 ms, slowest 90.0 ms"));
}

TEST(MatrixPage, Theory_IsPraisedForNoMoreThanCouldBeCompared) {
  auto document = samples::three_hosts();
  document.matrix.pairs[0].predicted = traversal::Prediction::Unknown;
  EXPECT_THAT(to_html(document), HasSubstr("Every outcome that could be compared (2 of 3) is what theory predicts."));
  document.matrix.pairs[1].predicted = traversal::Prediction::Needs1Port;
  EXPECT_THAT(to_html(document),
              HasSubstr("1 of 2 outcomes that could be compared differs from what theory predicts."));
}

TEST(MatrixPage, Headline_CountsThePairsThatRan_AndSaysHowManyDidNot) {
  auto document = samples::three_hosts();
  document.matrix.pairs[2].outcome = traversal::Outcome::NotRun;
  EXPECT_THAT(to_html(document), HasSubstr("<h1>2 of 2 pairs connect directly</h1>"));
  EXPECT_THAT(to_html(document), HasSubstr("1 pair was not run."));
  EXPECT_THAT(to_html(document), HasSubstr("2 <small>of 2</small></span><span class=\"what\">pairs connected"));
  document.matrix.pairs[1].outcome = traversal::Outcome::AgentLost;
  EXPECT_THAT(to_html(document), HasSubstr("<h1>1 of 1 pair connects directly</h1>"));
  EXPECT_THAT(to_html(document), HasSubstr("1 pair was not run. 1 pair was cut short."));
  for (auto& pair : document.matrix.pairs) pair.outcome = traversal::Outcome::NotRun;
  EXPECT_THAT(to_html(document), HasSubstr("<h1>No pair was run</h1>"));
}

TEST(MatrixPage, ShowsEveryHostAndPair_Once) {
  const auto document = samples::all_outcomes();
  const auto page = markup::read(to_html(document));
  std::size_t hosts = 0;
  std::size_t pairs = 0;
  for (const auto& node : page.nodes) {
    for (const auto& attribute : node.attributes) {
      if (attribute.name != "id") continue;
      if (std::regex_match(attribute.value, std::regex("d0-h[0-9]+"))) ++hosts;
      if (std::regex_match(attribute.value, std::regex("d0-p[0-9]+"))) ++pairs;
    }
  }
  EXPECT_EQ(hosts, document.matrix.hosts.size());
  EXPECT_EQ(pairs, document.matrix.pairs.size());
}

TEST(MatrixPage, Disagreement_IsMarkedAndCounted) {
  const std::string page = to_html(samples::all_outcomes());
  EXPECT_THAT(page, HasSubstr("outcomes differ"));
  EXPECT_THAT(page, HasSubstr("&#8800; theory: direct"));
  EXPECT_THAT(page, HasSubstr("theory said otherwise</span>"));
  EXPECT_THAT(to_html(samples::three_hosts()), Not(HasSubstr("class=\"cell good differs")));
}

TEST(MatrixPage, KindTable_AppearsWhenItSaysMoreThanTheHosts) {
  EXPECT_THAT(to_html(samples::three_hosts()), Not(HasSubstr("By kind of NAT")));
  EXPECT_THAT(to_html(samples::many_hosts(20)), HasSubstr("By kind of NAT"));
}

TEST(MatrixPage, ManyHosts_LeaveTheAttemptsToTheJson) {
  EXPECT_THAT(to_html(samples::many_hosts(30)), HasSubstr("Pair by pair"));
  EXPECT_THAT(to_html(samples::many_hosts(31)), HasSubstr("Its attempts, one by one, are in the JSON document."));
  EXPECT_THAT(to_html({{"fleet.json", samples::many_hosts(31)}}), HasSubstr("one by one, are in fleet.json."));
}

TEST(MatrixPage, ManyHosts_HaveALineEach_AndAPicture) {
  const std::string page = to_html(samples::crowd(60));
  EXPECT_EQ(count(page, "<details class=\"line\""), 60U);
  EXPECT_EQ(count(page, "data:image/png;base64,"), 1U);
  EXPECT_THAT(page, HasSubstr("Time to connect"));
}

// Times that are all alike still have a scale beside them.
TEST(MatrixPage, TimeToConnect_HasAScale_HoweverNarrow) {
  for (const auto time : {9ms, 14ms, 21ms, 44ms, 68ms, 99ms, 210ms}) {
    auto document = samples::many_hosts(4);
    for (auto& pair : document.matrix.pairs) pair.connect = traversal::ConnectTimes{time, time, time};
    const std::string page = to_html(document);
    const std::string chart = page.substr(page.find("<figure class=\"chart"));
    EXPECT_GE(count(chart.substr(0, chart.find("</svg>")), "<text"), 3U) << time.count();
  }
}

TEST(MatrixPage, MoreHostsThanAPageHolds_AreRefused) {
  reports::MatrixDocument document;
  for (std::size_t i = 0; i <= reports::most_hosts_of_a_page; ++i) {
    document.matrix.hosts.push_back({.name = std::to_string(i)});
  }
  EXPECT_THROW((void)to_html(document), net::CannotWork);
}

TEST(MatrixPage, Hosts_StandFromTheMostOpenNatToTheLeast) {
  auto document = samples::three_hosts();
  std::swap(document.matrix.hosts[0], document.matrix.hosts[2]);
  EXPECT_EQ(to_html(document), to_html(samples::three_hosts()));
}

TEST(ProbePage, SaysTheVerdictAndLinksItsEvidence) {
  const std::string page = to_html(samples::port_restricted_cone());
  EXPECT_THAT(page, HasSubstr("Cone"));
  EXPECT_THAT(page, HasSubstr("port-restricted cone"));
  EXPECT_THAT(page, HasSubstr("Endpoint-independent mapping, address-and-port-dependent filtering."));
  EXPECT_THAT(page, HasSubstr("<a href=\"#d0-o1\">#1</a>"));
  EXPECT_THAT(page, HasSubstr("<tr id=\"d0-o1\">"));
  EXPECT_THAT(page, HasSubstr("99.99999 % sure, 4 observations"));
}

TEST(ProbePage, MappingDrawing_HasOneExternalPortForAConeAndFourForASymmetricNat) {
  EXPECT_THAT(to_html(samples::full_cone()), HasSubstr("One socket, 4 destinations, 1 external endpoint."));
  EXPECT_THAT(to_html(samples::symmetric()), HasSubstr("One socket, 4 destinations, 4 external endpoints."));
  EXPECT_THAT(to_html(samples::no_classic_name()), HasSubstr("One socket, 4 destinations, 2 external endpoints."));
}

TEST(ProbePage, FilteringDrawing_SaysWhoWasLetIn) {
  EXPECT_THAT(to_html(samples::full_cone()), HasSubstr("answers from 4 of 4 endpoints came in"));
  EXPECT_THAT(to_html(samples::firewall()), HasSubstr("answers from 2 of 4 endpoints came in"));
  EXPECT_THAT(to_html(samples::symmetric()), HasSubstr("answers from 1 of 4 endpoints came in"));
}

}  // namespace html_test
