// From logs to verdicts: tables.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/verdict.h"
#include "tests/probe/log_builder.h"

namespace classify_test {

using namespace logs;
using net::FilteringBehavior;
using net::MappingBehavior;
using probe::from_other_port;
using probe::from_stranger;
using testing::HasSubstr;

constexpr std::uint32_t m1 = probe::sockets::mapping;
constexpr std::uint32_t m2 = probe::sockets::mapping + 1;

std::optional<net::Endpoint> seen_at(std::uint16_t port) {  // 0: silence
  return port == 0 ? std::nullopt : std::optional(net::with_port(external, port));
}

// ---- mapping -------------------------------------------------------------------------------------------------------

struct MappingCase {
  const char* what;
  std::array<std::uint16_t, 4> ports;  // as A:p, A:p', B:p, B:p' saw the first socket; 0: silence
  std::optional<MappingBehavior> value;
  net::NatClass nat_class;
  const char* why;
};

TEST(ClassifyMapping, FromWhatFourEndpointsSaw) {
  using enum MappingBehavior;
  const MappingCase cases[] = {
      {"all the same", {7, 7, 7, 7}, EndpointIndependent, net::NatClass::Cone, ""},
      {"all different", {7, 8, 9, 10}, AddressAndPortDependent, net::NatClass::Symmetric, "one pair's word"},
      {"by address", {7, 7, 8, 8}, AddressDependent, net::NatClass::Symmetric, "one pair's word"},
      {"B silent", {7, 7, 0, 0}, std::nullopt, net::NatClass::Unknown, "the partner did not answer"},
      {"B silent, ports differ", {7, 8, 0, 0}, AddressAndPortDependent, net::NatClass::Symmetric, "one pair's word"},
      {"one endpoint", {7, 0, 0, 0}, std::nullopt, net::NatClass::Unknown, "the partner did not answer"},
      {"no alternate port", {7, 0, 7, 0}, std::nullopt, net::NatClass::Unknown, "port 3479"},
      {"crosswise, the same", {7, 0, 0, 7}, EndpointIndependent, net::NatClass::Cone, ""},
      {"crosswise, different", {7, 0, 0, 8}, std::nullopt, net::NatClass::Symmetric, "whether on the port as well"},
      {"one of B's", {7, 7, 0, 8}, AddressDependent, net::NatClass::Symmetric, "one pair's word"},
      {"nothing", {0, 0, 0, 0}, std::nullopt, net::NatClass::Unknown, "stopped answering"},
  };
  const net::Endpoint endpoints[] = {a, a_alternate, b, b_alternate};
  for (const MappingCase& row : cases) {
    LogBuilder builder;
    builder.pair();
    for (std::size_t i = 0; i < 4; ++i) builder.exchange("mapping", m1, endpoints[i], seen_at(row.ports[i]));
    const probe::Verdict verdict = probe::classify(builder.log);
    EXPECT_EQ(verdict.mapping.value, row.value) << row.what;
    EXPECT_EQ(verdict.nat_class, row.nat_class) << row.what;
    EXPECT_THAT(verdict.mapping.why, HasSubstr(row.why)) << row.what;
    EXPECT_EQ(verdict.mapping.why.empty(), *row.why == '\0') << row.what << ": " << verdict.mapping.why;
    EXPECT_EQ(verdict.mapping.confidence > 0.9999, row.value.has_value()) << row.what;
  }
}

TEST(ClassifyMapping, OneSocketThatSeesADifference_AndOneThatDoesNot_DecideNothing) {
  LogBuilder builder;
  builder.pair();
  for (const auto& to : {a, a_alternate, b, b_alternate}) builder.exchange("mapping", m1, to, seen_at(7));
  for (const auto& to : {a, a_alternate}) builder.exchange("mapping", m2, to, seen_at(8));
  for (const auto& to : {b, b_alternate}) builder.exchange("mapping", m2, to, seen_at(9));
  const probe::Verdict verdict = probe::classify(builder.log);
  EXPECT_FALSE(verdict.mapping.value);
  EXPECT_EQ(verdict.mapping.why,
            "ports follow no one rule: 198.51.100.1:3479 and 198.51.100.2:3479 see one socket at 8 and 9 while others "
            "agree, as where an earlier mapping is in the way");
  EXPECT_EQ(verdict.nat_class, net::NatClass::Unknown);
}

TEST(ClassifyMapping, TwoSocketsAreNotCompared) {
  LogBuilder builder;
  builder.pair();
  for (const auto& to : {a, a_alternate, b, b_alternate}) builder.exchange("mapping", m1, to, seen_at(7));
  for (const auto& to : {a, a_alternate, b, b_alternate}) builder.exchange("mapping", m2, to, seen_at(8));
  EXPECT_EQ(probe::classify(builder.log).mapping.value, MappingBehavior::EndpointIndependent);
}

TEST(ClassifyMapping, NoTranslation_NeedsTheAddress_NotThePort) {
  LogBuilder same_port;
  same_port.pair();
  for (const auto& to : {a, a_alternate, b, b_alternate}) same_port.exchange("mapping", m1, to, seen_at(local.port));
  const probe::Verdict nat = probe::classify(same_port.log);
  EXPECT_EQ(nat.mapping.value, MappingBehavior::EndpointIndependent);
  EXPECT_THAT(nat.mapping.why, HasSubstr("while the port is free"));

  LogBuilder untouched;
  untouched.pair();
  for (const auto& to : {a, a_alternate, b, b_alternate}) {
    untouched.exchange("mapping", m1, to, external).last().local = external;
  }
  EXPECT_EQ(probe::classify(untouched.log).nat_class, net::NatClass::NoNat);
}

TEST(ClassifyMapping, ChangedBetweenRepeats_IsNotDependence) {
  LogBuilder builder;
  builder.pair();
  for (const auto& to : {a, a_alternate, b, b_alternate}) builder.exchange("mapping", m1, to, seen_at(7));
  builder.exchange("mapping", m1, a, seen_at(8));
  const probe::Verdict verdict = probe::classify(builder.log);
  EXPECT_FALSE(verdict.mapping.value);
  EXPECT_EQ(verdict.nat_class, net::NatClass::Unknown);
  EXPECT_THAT(verdict.mapping.why, HasSubstr("mapping changed during the test"));
}

TEST(ClassifyMapping, UnprotectedAddressesAlone_ProveNothing) {
  LogBuilder builder;
  builder.pair();
  for (const auto& to : {a, a_alternate, b, b_alternate}) {
    builder.exchange("mapping", m1, to, external).last().mapped.reset();
    builder.last().mapped_plain = external;
  }
  const probe::Verdict verdict = probe::classify(builder.log);
  EXPECT_FALSE(verdict.mapping.value);
  EXPECT_THAT(verdict.mapping.why, HasSubstr("MAPPED-ADDRESS alone"));
}

// ---- filtering -----------------------------------------------------------------------------------------------------

TEST(ClassifyFiltering, AStrangerHeard_IsEndpointIndependent) {
  LogBuilder builder;
  builder.pair().let_in(from_stranger()).silent_asks(from_other_port(), 2, 2);
  const probe::Verdict verdict = probe::classify(builder.log);
  EXPECT_EQ(verdict.filtering.value, FilteringBehavior::EndpointIndependent);
  EXPECT_EQ(verdict.filtering.confidence, 1);
  EXPECT_EQ(verdict.filtering.evidence.size(), 2U);
}

TEST(ClassifyFiltering, HeardOnOneSocketOnly_IsUnknown_UntilTheSecondIsSettled) {
  LogBuilder once;
  once.pair().heard(from_stranger()).heard(from_other_port());
  const auto& unsettled = probe::classify(once.log).filtering;
  EXPECT_FALSE(unsettled.value);
  EXPECT_THAT(unsettled.why, HasSubstr("heard on one local port"));

  LogBuilder open_door;  // another program's local port: the second socket tells
  open_door.pair().heard(from_stranger()).let_in(from_other_port());
  open_door.silent_asks(probe::again(from_stranger()), 20, 20).confirmation(probe::again(from_stranger()), 20);
  const auto& filtered = probe::classify(open_door.log).filtering;
  EXPECT_EQ(filtered.value, FilteringBehavior::AddressDependent);
  EXPECT_THAT(filtered.why, HasSubstr("a door that was open before"));
}

TEST(ClassifyFiltering, OtherPortHeard_StrangerSilent_IsAddressDependent) {
  LogBuilder builder;
  builder.pair().let_in(from_other_port()).silent_asks(from_stranger(), 20, 20).confirmation(from_stranger(), 20);
  const probe::Verdict verdict = probe::classify(builder.log);
  EXPECT_EQ(verdict.filtering.value, FilteringBehavior::AddressDependent);
  EXPECT_GT(verdict.filtering.confidence, 0.999999);
}

struct SilenceCase {
  const char* what;
  unsigned asks;
  unsigned controls_answered;
  std::optional<unsigned> controls_counted;  // by the reflector
  bool sender_answers;
  std::optional<unsigned> sent;  // as it confirms
  bool proven;
  const char* why;
};

TEST(ClassifyFiltering, SilenceOfTheOtherPort_IsFiltering_OnlyWhenConfirmed) {
  const SilenceCase cases[] = {
      {"no loss, six confirmed", 20, 20, {}, true, 6, true, ""},
      {"no loss, five confirmed", 20, 20, {}, true, 5, false, "5 of the 6"},
      {"nothing confirmed", 20, 20, {}, true, 0, false, "0 of the 6"},
      {"the sender is silent", 20, 20, {}, false, {}, false, "alternate port did not answer"},
      {"too few controls", 19, 19, {}, true, 19, false, "too few control round trips"},
      // 3 of 24 lost: (3 + 1) / (24 + 2) = 0.15, ln 1e-6 / ln 0.15 = 7.4
      {"loss, eight confirmed", 24, 21, 24, true, 8, true, ""},
      {"loss, seven confirmed", 24, 21, 24, true, 7, false, "7 of the 8"},
      // half: ln 1e-6 / ln 0.5 = 19.9; more: beyond 20
      {"half lost", 40, 20, 40, true, 20, true, ""},
      {"more than half lost", 60, 25, 60, true, 60, false, "too many to tell silence from loss"},
      {"requests lost, not replies", 40, 20, 20, true, 6, true, ""},
      {"a stock server, twenty asked", 20, 20, {}, true, {}, true, "does not confirm"},
      {"a stock server under loss", 40, 20, {}, true, {}, true, "does not confirm"},
      {"a stock server under heavy loss", 60, 20, {}, true, {}, true, "does not confirm"},
  };
  for (const SilenceCase& row : cases) {
    LogBuilder builder;
    builder.pair().silent_asks(from_other_port(), row.asks, row.controls_answered);
    if (row.controls_counted) builder.controls_counted(*row.controls_counted);
    if (row.sender_answers) builder.confirmation(from_other_port(), row.sent);
    const auto& filtering = probe::classify(builder.log).filtering;
    EXPECT_EQ(filtering.value.has_value(), row.proven) << row.what << ": " << filtering.why;
    EXPECT_THAT(filtering.why, HasSubstr(row.why)) << row.what;
    if (!row.proven) continue;
    EXPECT_EQ(filtering.value, FilteringBehavior::AddressAndPortDependent) << row.what;
    EXPECT_GE(filtering.confidence, 1 - 1e-6) << row.what;
  }
}

TEST(ClassifyFiltering, SilenceMustOutlastTheConfirmation) {
  LogBuilder builder;
  builder.pair().silent_asks(from_other_port(), 20, 20).confirmation(from_other_port(), 20);
  const net::Duration confirmed = builder.last().answered_at;
  for (const net::Duration patience : {49ms, 50ms}) {
    for (probe::Observation& seen : builder.log) {
      if (seen.outcome == probe::Outcome::Silence) seen.waited_until = confirmed + patience;
    }
    EXPECT_EQ(probe::classify(builder.log).filtering.value.has_value(), patience == 50ms);
  }
}

TEST(ClassifyFiltering, ThePartnerIsSilent_ItsOwnPortDecidesAlone) {
  LogBuilder builder;
  builder.exchange("connectivity", probe::sockets::connectivity, a, external).last().other_address = b_alternate;
  builder.exchange("partner", probe::sockets::partner, b_alternate, std::nullopt);
  builder.silent_asks(from_stranger(), 20, 20);
  EXPECT_EQ(probe::classify(builder.log).filtering.why, "not asked");
  LogBuilder open = builder;
  open.let_in(from_other_port());
  EXPECT_EQ(probe::classify(open.log).filtering.why, "the partner did not answer");
  LogBuilder closed = builder;
  closed.silent_asks(from_other_port(), 10, 10).confirmation(from_other_port(), 10);
  EXPECT_EQ(probe::classify(closed.log).filtering.value, FilteringBehavior::AddressAndPortDependent);
}

TEST(ClassifyFiltering, ARefusal_IsNeverEvidence) {
  for (const auto outcome : {probe::Outcome::Refused, probe::Outcome::WrongSource}) {
    LogBuilder builder;
    builder.pair().silent_asks(from_other_port(), 20, 20).confirmation(from_other_port(), 20);
    builder.log[2].outcome = outcome;
    EXPECT_FALSE(probe::classify(builder.log).filtering.value);
  }
}

// ---- the whole -----------------------------------------------------------------------------------------------------

struct BlockedCase {
  const char* what;
  probe::Outcome udp_a, udp_b, tcp_a, tcp_b;
  net::NatClass nat_class;
};

TEST(Classify, UdpBlocked_NeedsTcpAndNoSignOfUdp) {
  using enum probe::Outcome;
  const BlockedCase cases[] = {
      {"one TCP works", Silence, Silence, Silence, Answered, net::NatClass::UdpBlocked},
      {"ICMP and TCP", Unreachable, Silence, Answered, Answered, net::NatClass::UdpBlocked},
      {"all dead", Silence, Silence, Unreachable, Silence, net::NatClass::Unknown},
      {"an error over UDP", Silence, Refused, Answered, Answered, net::NatClass::Unknown},
      {"junk over UDP", Unusable, Silence, Answered, Answered, net::NatClass::Unknown},
      {"one answers", Answered, Silence, Answered, Answered, net::NatClass::Unknown},
  };
  for (const BlockedCase& row : cases) {
    LogBuilder builder;
    for (const auto& [to, outcome, transport] : {std::tuple{a, row.udp_a, probe::Transport::Udp},
                                                 {b, row.udp_b, probe::Transport::Udp},
                                                 {a, row.tcp_a, probe::Transport::Tcp},
                                                 {b, row.tcp_b, probe::Transport::Tcp}}) {
      builder.exchange("connectivity", 100, to, std::nullopt).last().outcome = outcome;
      builder.last().query.transport = transport;
    }
    const probe::Verdict verdict = probe::classify(builder.log);
    EXPECT_EQ(verdict.nat_class, row.nat_class) << row.what;
    EXPECT_FALSE(verdict.mapping.why.empty()) << row.what;
    EXPECT_FALSE(verdict.filtering.why.empty()) << row.what;
  }
}

TEST(Classify, AnEmptyLog_IsUnknownWithReasons) {
  const probe::Verdict verdict = probe::classify({});
  EXPECT_EQ(verdict.nat_class, net::NatClass::Unknown);
  EXPECT_EQ(verdict.rfc3489, net::ClassicName::Unknown);
  EXPECT_EQ(verdict.mapping.why, "no reflector answered over UDP");
  EXPECT_EQ(verdict.filtering.why, "no reflector answered over UDP");
}

}  // namespace classify_test
