#include "traversal/consent.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace consent_test {

using namespace traversal;
using namespace std::chrono_literals;

struct ConsentRow {
  const char* what;
  Candidate candidate;
  bool allowed;
};

// A hostile rendezvous offers all kinds of places to a peer that is seen at 203.0.113.1 and lives at 192.168.1.2.
TEST(Consent, RefusesPlacesNobodyProved) {
  using enum CandidateType;
  const auto own = net::endpoint("203.0.113.1:4000");
  const auto local = net::endpoint("192.168.1.2:4000");
  const Candidate neighbour{ServerReflexive, net::endpoint("203.0.113.1:5000")};
  const std::vector<ConsentRow> rows = {
      {"a public place", {ServerReflexive, net::endpoint("198.51.100.7:1024")}, true},
      {"a service port", {ServerReflexive, net::endpoint("198.51.100.7:1023")}, false},
      {"port 0", {ServerReflexive, net::endpoint("198.51.100.7:0")}, false},
      {"loopback", {ServerReflexive, net::endpoint("127.0.0.1:5000")}, false},
      {"a private place as reflexive", {ServerReflexive, net::endpoint("192.168.1.1:5000")}, false},
      {"link-local", {ServerReflexive, net::endpoint("169.254.1.1:5000")}, false},
      {"multicast", {ServerReflexive, net::endpoint("224.0.0.1:5000")}, false},
      {"broadcast", {ServerReflexive, net::endpoint("255.255.255.255:5000")}, false},
      {"unspecified", {ServerReflexive, net::endpoint("0.0.0.0:5000")}, false},
      {"the other family", {ServerReflexive, net::endpoint("[2001:db8::1]:5000")}, false},
      {"a neighbour inside", {Host, net::endpoint("192.168.1.3:5000")}, true},
      {"loopback as inside", {Host, net::endpoint("127.0.0.1:5000")}, false},
      {"a mapped port of an address that was seen", {Mapped, net::endpoint("203.0.113.1:6000")}, true},
      {"a mapped port of another address", {Mapped, net::endpoint("198.51.100.7:6000")}, false},
      {"a mapped service port", {Mapped, net::endpoint("203.0.113.1:53")}, false},
      {"a public place as inside", {Host, net::endpoint("198.51.100.7:5000")}, false},
  };
  for (const auto& [what, candidate, allowed] : rows) {
    const auto kept = permitted({neighbour, candidate}, own, local);
    EXPECT_EQ(std::count(kept.begin(), kept.end(), candidate), allowed ? 1 : 0) << what;
  }
}

TEST(Consent, InsideAddresses_OnlyWithTheSameReflexiveAddress) {
  const Candidate inside{CandidateType::Host, net::endpoint("192.168.1.3:5000")};
  const Candidate elsewhere{CandidateType::ServerReflexive, net::endpoint("203.0.113.9:5000")};
  const auto kept = permitted({inside, elsewhere}, net::endpoint("203.0.113.1:4000"), net::endpoint("192.168.1.2:1"));
  EXPECT_EQ(kept, std::vector<Candidate>{elsewhere});
}

TEST(PunchBudget, AThousandAnHour) {
  PunchBudget budget;
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(budget.take(net::TimePoint{i * 1s}), "");
  EXPECT_EQ(budget.take(net::TimePoint{1000s}), "1000 punches in this hour");
  EXPECT_NE(budget.take(net::TimePoint{3599s}), "");
  EXPECT_EQ(budget.take(net::TimePoint{3600s}), "");
  EXPECT_NE(budget.take(net::TimePoint{3600s}), "");
}

TEST(PunchBudget, SixtySpraysAnHour_CountedApart_AndFewerWhereTheOwnerSaysSo) {
  PunchBudget budget;
  for (int i = 0; i < 60; ++i) EXPECT_EQ(budget.take(net::TimePoint{}, true), "");
  EXPECT_EQ(budget.take(net::TimePoint{}, true), "60 sprays in this hour");
  EXPECT_EQ(budget.take(net::TimePoint{}), "");
  PunchBudget careful({.punches = 2, .sprays = 0});
  EXPECT_EQ(careful.take(net::TimePoint{}, true), "0 sprays in this hour");
  EXPECT_EQ(careful.take(net::TimePoint{}), "");
  EXPECT_EQ(careful.take(net::TimePoint{}), "");
  EXPECT_EQ(careful.take(net::TimePoint{}), "2 punches in this hour");
}

const net::IpAddress target = net::address("198.51.100.7");
const net::IpAddress elsewhere = net::address("198.51.100.8");
const net::TimePoint begin{};

TargetHistory::Asked punch(std::uint8_t job, unsigned trial = 1) { return {.job = {job}, .trial = trial}; }
TargetHistory::Asked spray(std::uint8_t job, unsigned trial = 1) {
  return {.job = {job}, .trial = trial, .spray = true};
}

TEST(TargetHistory, ASearch_NeedsAFailedPunchOfItsJob_AtThisAddress) {
  TargetHistory history;
  const std::string why = "no ordinary punch to this address has failed";
  EXPECT_EQ(history.refuse_spray(begin, target, spray(1)), why);
  history.ended(begin, elsewhere, punch(1), false);
  history.ended(begin, target, punch(2), false);
  EXPECT_EQ(history.refuse_spray(begin, target, spray(1)), why);
  history.ended(begin, target, punch(1), true);
  EXPECT_EQ(history.refuse_spray(begin, target, spray(1)), why);
  history.ended(begin, target, punch(1), false);
  EXPECT_EQ(history.refuse_spray(begin, target, spray(1)), "");
}

TEST(TargetHistory, TwoSearchesATrial) {
  TargetHistory history;
  history.ended(begin, target, punch(1), false);
  for (unsigned trial = 1; trial <= 3; ++trial) {
    EXPECT_EQ(history.refuse_spray(begin, target, spray(1, trial)), "");
    EXPECT_EQ(history.refuse_spray(begin, target, spray(1, trial)), "");
    EXPECT_EQ(history.refuse_spray(begin, target, spray(1, trial)), "two sprays in this trial");
  }
}

TEST(TargetHistory, AfterAFailedJobThatSearched_TheAddressIsLeftAloneForTenMinutes) {
  TargetHistory history;
  history.ended(begin, target, punch(1), false);
  EXPECT_EQ(history.refuse_spray(begin, target, spray(1)), "");
  history.ended(begin + 17s, target, spray(1), false);
  const net::TimePoint last = begin + 17s;
  history.ended(last + 1s, target, punch(2), false);
  EXPECT_EQ(history.refuse_spray(last + 2s, target, spray(2)), "cool-down: a job that sprayed this address has failed");
  EXPECT_EQ(history.refuse_spray(last + 2s, target, spray(1, 2)), "") << "the job itself goes on";
  history.ended(last + 20s, target, spray(1, 2), false);
  history.ended(last + 620s, target, punch(3), false);
  EXPECT_EQ(history.refuse_spray(last + 622s, target, spray(3)), "");
}

TEST(TargetHistory, AfterAJobThatConnected_ThereIsNoCoolDown) {
  TargetHistory history;
  history.ended(begin, target, punch(1), false);
  EXPECT_EQ(history.refuse_spray(begin, target, spray(1)), "");
  history.ended(begin + 5s, target, spray(1), true);
  history.ended(begin + 8s, target, punch(2), false);
  EXPECT_EQ(history.refuse_spray(begin + 9s, target, spray(2)), "");
}

}  // namespace consent_test
