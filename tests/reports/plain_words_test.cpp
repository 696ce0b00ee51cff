// The words people read: the verdict as a sentence for every kind, advice that agrees with the theory, numbers.

#include <gmock/gmock.h>

#include "reports/plain_words.h"
#include "reports/terminal.h"
#include "reports/timestamp.h"
#include "tests/reports/samples.h"
#include "traversal/predict.h"

namespace plain_words_test {

using namespace std::chrono_literals;
using testing::HasSubstr;

struct VerdictCase {
  std::string name;
  probe::Report report;
  std::string sentence;
};

class VerdictSentence : public testing::TestWithParam<VerdictCase> {};

TEST_P(VerdictSentence, SaysIt) {
  EXPECT_EQ(reports::verdict_sentence(GetParam().report.verdict), GetParam().sentence);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, VerdictSentence,
    testing::Values(
        VerdictCase{"PortRestricted", samples::port_restricted_cone(),
                    "Cone (port-restricted cone): endpoint-independent mapping, address-and-port-dependent filtering"},
        VerdictCase{"FullCone", samples::full_cone(),
                    "Cone (full cone): endpoint-independent mapping, endpoint-independent filtering"},
        VerdictCase{"Symmetric", samples::symmetric(),
                    "Symmetric: address-and-port-dependent mapping, address-and-port-dependent filtering"},
        VerdictCase{"NoClassicName", samples::no_classic_name(),
                    "Symmetric (no classic name): address-dependent mapping, endpoint-independent filtering"},
        VerdictCase{"OpenInternet", samples::open_internet(),
                    "No NAT (open internet): no translation, endpoint-independent filtering"},
        VerdictCase{"Firewall", samples::firewall(),
                    "No NAT (symmetric UDP firewall): no translation, address-dependent filtering"},
        VerdictCase{"UdpBlocked", samples::udp_blocked(),
                    "UDP blocked: no reflector answers over UDP, while TCP to one of them works"},
        VerdictCase{"PartnerSilent", samples::partner_silent(),
                    "Cone: endpoint-independent mapping, filtering unknown"},
        VerdictCase{"TwoPlainServers", samples::two_plain_servers(),
                    "Symmetric: mapping depends on the destination, "
                    "filtering unknown"},
        VerdictCase{"NothingAnswered", samples::nothing_answered(), "Unknown: mapping and filtering unknown"}),
    [](const auto& each) { return each.param.name; });

constexpr std::array mappings = {net::MappingBehavior::EndpointIndependent, net::MappingBehavior::AddressDependent,
                                 net::MappingBehavior::AddressAndPortDependent, net::MappingBehavior::None};
constexpr std::array filterings = {net::FilteringBehavior::EndpointIndependent,
                                   net::FilteringBehavior::AddressDependent,
                                   net::FilteringBehavior::AddressAndPortDependent};

// "every peer" in the advice must mean every peer in the theory, and the other way round.
TEST(Advice, PromisesEveryPeer_ExactlyWhereTheoryDoes) {
  for (const auto mapping : mappings) {
    for (const auto filtering : filterings) {
      const net::NatBehavior mine{.mapping = mapping, .filtering = filtering};
      bool all = true;
      for (const auto other_mapping : mappings) {
        for (const auto other_filtering : filterings) {
          const net::NatBehavior other{.mapping = other_mapping, .filtering = other_filtering};
          all = all && traversal::predict(mine, other).result == traversal::Prediction::Direct;
        }
      }
      const auto advice = reports::advice(mine, net::nat_class(mine));
      ASSERT_FALSE(advice.empty());
      EXPECT_EQ(advice[0].find("every peer") != std::string::npos, all) << net::short_name(mine);
    }
  }
}

// "peers behind a cone NAT or none" is promised to every endpoint-independent mapping: theory agrees for all filters.
TEST(Advice, ConesReachCones_WhateverTheFilters) {
  for (const auto mine : filterings) {
    for (const auto theirs : filterings) {
      const auto eim = net::MappingBehavior::EndpointIndependent;
      EXPECT_EQ(traversal::predict({.mapping = eim, .filtering = mine}, {.mapping = eim, .filtering = theirs}).result,
                traversal::Prediction::Direct);
    }
  }
}

// Two alike behind exact filters: whether they need a relay is what their ports are handed out by, as theory has it.
TEST(Advice, OfTwoAlike_NeedsARelayOnlyWherePortsCannotBePredicted) {
  using enum net::PortAllocation;
  for (const auto allocation : {Preserving, Sequential, Random, Block}) {
    const net::NatBehavior mine{.mapping = net::MappingBehavior::AddressAndPortDependent,
                                .filtering = net::FilteringBehavior::AddressAndPortDependent,
                                .allocation = allocation};
    const bool predicted = traversal::effort(mine, mine) == traversal::Effort::PredictBoth;
    const auto advice = reports::advice(mine, net::NatClass::Symmetric);
    EXPECT_THAT(advice[1], HasSubstr(predicted ? "two NATs like this one predict both." : "need a relay."));
    EXPECT_EQ(advice[2].find("in order, so the next one can be predicted") != std::string::npos, predicted);
  }
  const net::NatBehavior unmeasured{.mapping = net::MappingBehavior::AddressAndPortDependent,
                                    .filtering = net::FilteringBehavior::AddressAndPortDependent};
  EXPECT_THAT(reports::advice(unmeasured, net::NatClass::Symmetric)[1],
              HasSubstr("unless both hand out ports in order"));
}

// A symmetric peer's port is no secret where its NAT counts.
TEST(Advice, OfASymmetricPeer_NamesPredictionBeforeTheRelay) {
  const net::NatBehavior mine{.mapping = net::MappingBehavior::EndpointIndependent,
                              .filtering = net::FilteringBehavior::AddressAndPortDependent};
  const net::NatBehavior peer{.mapping = net::MappingBehavior::AddressAndPortDependent,
                              .filtering = net::FilteringBehavior::AddressAndPortDependent,
                              .allocation = net::PortAllocation::Sequential};
  EXPECT_EQ(traversal::effort(mine, peer), traversal::Effort::Predict);
  EXPECT_THAT(reports::advice(mine, net::NatClass::Cone)[1], HasSubstr("predict it where it gives ports in order"));
}

TEST(Advice, IsGivenForUnknownToo) {
  EXPECT_THAT(reports::advice({}, net::NatClass::Unknown)[0], HasSubstr("Nothing can be promised"));
  EXPECT_THAT(reports::advice({.udp_blocked = true}, net::NatClass::UdpBlocked)[0], HasSubstr("relay"));
  EXPECT_THAT(reports::advice({}, net::NatClass::Symmetric)[1], HasSubstr("which is unknown"));
}

TEST(Percent, NeverRoundsUpToCertainty) {
  EXPECT_EQ(reports::percent(1), "100 %");
  EXPECT_EQ(reports::percent(0.9999999), "99.99999 %");
  EXPECT_EQ(reports::percent(0.99999), "99.999 %");
  EXPECT_EQ(reports::percent(0.999), "99.9 %");
  EXPECT_EQ(reports::percent(0.975), "97.5 %");
  EXPECT_EQ(reports::percent(0.5), "50 %");
  EXPECT_EQ(reports::percent(0), "0 %");
  EXPECT_EQ(reports::percent(1 - 1e-12), "over 99.99999 %");
  EXPECT_EQ(reports::percent(1 - 3e-14), "over 99.99999 %");
}

TEST(DurationWords, PickTheUnit) {
  EXPECT_EQ(reports::duration_words(1'500us), "1.50 ms");
  EXPECT_EQ(reports::duration_words(44'200us), "44.2 ms");
  EXPECT_EQ(reports::duration_words(1'200ms), "1.20 s");
  EXPECT_EQ(reports::duration_words(95s), "1 min 35 s");
}

TEST(Printable, ShowsWhatWouldActOnATerminal) {
  EXPECT_EQ(reports::printable("plain ü 漢"), "plain ü 漢");
  EXPECT_EQ(reports::printable("\x1B[2J\a\n\t"), "\\x1B[2J\\x07\\n\\t");
  EXPECT_EQ(reports::printable("\u009B31m"), "\\x9B31m");                     // C1 CSI
  EXPECT_EQ(reports::printable("\u202Egpj.exe"), "\\u202Egpj.exe");           // right-to-left override
  EXPECT_EQ(reports::printable("a\xC0\xAF"), "a\\xC0\\xAF");                  // overlong '/'
  EXPECT_EQ(reports::printable("\xED\xA0\x80"), "\\xED\\xA0\\x80");           // a surrogate
  EXPECT_EQ(reports::printable("\xF4\x90\x80\x80"), "\\xF4\\x90\\x80\\x80");  // above U+10FFFF
}

TEST(Shortened, CountsCharactersNotBytes) {
  EXPECT_EQ(reports::shortened("üüüü", 4), "üüüü");
  EXPECT_EQ(reports::shortened("üüüüü", 4), "üüü…");
}

TEST(Timestamp, PrintsAndReads) {
  for (const std::string_view text :
       {"2026-11-22T10:00:00Z", "1999-12-31T23:59:59Z", "2026-02-28T00:00:00.001Z", "2000-02-29T12:30:15.120Z"}) {
    const auto moment = reports::parse_timestamp(text);
    ASSERT_TRUE(moment) << text;
    EXPECT_EQ(reports::timestamp(*moment), text);
  }
  EXPECT_EQ(reports::date_words(*reports::parse_timestamp("2026-11-02T09:05:00Z")), "2 November 2026, 09:05 UTC");
  EXPECT_FALSE(reports::parse_timestamp("2026-11-02T09:05:00"));
  EXPECT_FALSE(reports::parse_timestamp("2026-13-02T09:05:00Z"));
  EXPECT_FALSE(reports::parse_timestamp("2026-11-02T09:05:00.Z"));
  EXPECT_FALSE(reports::parse_timestamp("0001-01-01T00:00:00Z"));
}

}  // namespace plain_words_test
