// What logs made by hand say of port allocation, of the next port, and of pooling.

#include "probe/allocation_finding.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "probe/allocation_discovery.h"
#include "probe/next_port_finding.h"
#include "probe/pooling_finding.h"
#include "tests/probe/log_builder.h"

namespace allocation_finding_test {

using namespace logs;
using probe::Figure;

// Flows of the allocation discovery, 100 ms apart; each socket asks A, then B.
class Flows {
 public:
  Flows& socket(std::uint16_t local_port, std::vector<std::uint16_t> external_ports) {
    ++socket_;
    const net::Endpoint to[] = {a, b_alternate, a_alternate, b};
    for (std::size_t i = 0; i < external_ports.size(); ++i) {
      add(to[i], net::with_port(local, local_port), net::with_port(external, external_ports[i]));
    }
    return *this;
  }
  // Another question of the run, 10 ms before the flow that comes next.
  Flows& disturbance() {
    builder.exchange("hairpin", 900 + socket_, a, external);
    probe::Observation& seen = builder.last();
    seen.sent_at = clock_ + 90ms;
    seen.answered_at = seen.waited_until = clock_ + 95ms;
    return *this;
  }
  Flows& external_address(const char* address) {
    external.address = net::address(address);
    return *this;
  }

  LogBuilder builder;

 private:
  void add(const net::Endpoint& to, const net::Endpoint& from, const net::Endpoint& mapped) {
    builder.exchange("allocation", probe::sockets::allocation + socket_, to, mapped);
    probe::Observation& seen = builder.last();
    clock_ += 100ms;
    seen.local = from;
    seen.sent_at = clock_;
    seen.answered_at = seen.waited_until = clock_ + 20ms;
  }

  net::Endpoint external = logs::external;
  std::uint32_t socket_ = 0;
  net::Duration clock_{};
};

struct Case {
  const char* what;
  Flows flows;
  std::optional<Figure> word;
  std::map<std::string, Figure> figures;
  std::string why;
};

std::vector<Case> cases() {
  Flows wandering;
  wandering.socket(40001, {9000, 2000}).socket(40202, {61000, 33000}).socket(40403, {17000, 50000});
  Flows block;
  block.socket(40001, {5300, 6100}).socket(40202, {5130, 6200}).socket(40403, {6900, 5121}).socket(40604, {7100, 5500});
  return {
      {"nothing asked", {}, std::nullopt, {}, "no external port was seen"},
      {"kept",
       Flows().socket(40001, {40001, 40001}).socket(40202, {40202, 40202}),
       "preserving",
       {{"entropy", 0.0}},
       "whether two inside hosts may share a port takes a second one to tell"},
      {"kept, then the next",
       Flows().socket(40001, {40001, 40002}).socket(40202, {40202, 40203}),
       "preserving",
       {{"overloading", false}},
       ""},
      {"counted by 7",
       Flows().socket(40001, {500, 507}).socket(40202, {514, 521}).socket(40403, {528, 535}),
       "sequential",
       {{"step", 7.0}, {"first", 500.0}, {"last", 535.0}, {"ports", 6.0}},
       "nobody else drew from it meanwhile: whether other hosts share the sequence takes a second one to tell"},
      {"counted downward",
       Flows().socket(40001, {535, 528}).socket(40202, {521, 514}).socket(40403, {507, 500}),
       "sequential",
       {{"step", -7.0}},
       ""},
      {"others count too",
       Flows().socket(40001, {500, 505}).socket(40202, {510, 520}).socket(40403, {525, 530}).socket(40608, {540, 545}),
       "sequential",
       {{"step", 5.0}, {"shared_sequence", true}},
       ""},
      {"to and fro", wandering, "random", {{"range_limited", false}}, ""},
      {"to and fro in a block", block, "block", {{"block", "5120 to 7167"}, {"block_size", 2048.0}}, ""},
      {"two ports",
       Flows().socket(40001, {9000, 2000}),
       std::nullopt,
       {},
       "only 2 external ports seen in a known order"},
      {"an offset",
       Flows().socket(40001, {50001, 50001}).socket(40202, {50202, 50202}).socket(40403, {50403, 50403}),
       std::nullopt,
       {},
       "each external port is the local one +10000: it may follow the local port, or count as the local ports do"},
      {"rising",
       Flows()
           .socket(40001, {500, 500})
           .socket(40202, {520, 520})
           .socket(40403, {690, 690})
           .socket(40501, {700, 700})
           .socket(40703, {940, 940}),
       std::nullopt,
       {},
       "the ports rise as in a sequence, but they are too few to tell"},
  };
}

TEST(AllocationFinding, SaysWhatTheLogShows) {
  for (const Case& row : cases()) {
    const auto found = probe::conclude_allocation(row.flows.builder.log);
    EXPECT_EQ(found.finding.value, row.word) << row.what << ": " << found.finding.why;
    EXPECT_TRUE(row.why.empty() || found.finding.why == row.why) << row.what << ": " << found.finding.why;
    for (const auto& [name, figure] : row.figures) {
      ASSERT_TRUE(found.figures.contains(name)) << row.what << ": " << name;
      EXPECT_EQ(found.figures.at(name), figure) << row.what << ": " << name;
    }
  }
}

TEST(AllocationFinding, ReflectorsThatContradictEachOther_SayNothing) {
  Flows flows;
  flows.socket(40001, {500, 507}).socket(40202, {514, 521}).socket(40403, {528, 535});
  const net::Endpoint private_address = net::endpoint("10.1.2.3:7000");
  flows.builder.exchange("mapping", 400, net::endpoint("8.8.8.8:3478"), private_address);
  const auto found = probe::conclude_allocation(flows.builder.log);
  EXPECT_FALSE(found.finding.value);
  EXPECT_NE(found.finding.why.find("does not reach a public reflector"), std::string::npos) << found.finding.why;
}

// ---- the next port -------------------------------------------------------------------------------------------------

TEST(NextPortFinding, IsMeasured) {
  const auto found = probe::conclude_next_port(Flows()
                                                   .socket(40001, {500, 507})
                                                   .socket(40202, {600, 607})
                                                   .socket(40403, {700, 707})
                                                   .socket(40605, {800, 901})
                                                   .builder.log);
  EXPECT_EQ(found.finding.value, Figure(75.0));
  EXPECT_EQ(found.figures.at("trials"), Figure(4.0));
  EXPECT_EQ(found.figures.at("guesses"), Figure(3.0));
  EXPECT_EQ(found.figures.at("low"), Figure(19.4));
  EXPECT_EQ(found.figures.at("high"), Figure(99.4));
}

TEST(NextPortFinding, OtherQuestionsBetween_AreNoTrial) {
  Flows flows;
  flows.socket(40001, {500, 507}).socket(40202, {600, 607}).socket(40403, {700, 707});
  const std::size_t before = probe::port_steps_seen(flows.builder.log).size();
  flows.disturbance().socket(40605, {800, 807});
  EXPECT_EQ(probe::port_steps_seen(flows.builder.log).size(), before + 1) << "the first question of a socket";
  Flows disturbed;
  disturbed.socket(40001, {500, 507}).socket(40202, {600, 607});
  disturbed.socket(40403, {700}).disturbance();
  EXPECT_EQ(probe::port_steps_seen(disturbed.builder.log).size(), 2U);
}

TEST(NextPortFinding, TheSameAddressAgain_IsANewDestinationOnlyWherePortsMatter) {
  EXPECT_EQ(probe::port_steps_seen(Flows().socket(40001, {500, 500, 500, 500}).builder.log).size(), 1U);
  EXPECT_EQ(probe::port_steps_seen(Flows().socket(40001, {40001, 40002, 40003, 40004}).builder.log).size(), 3U);
}

TEST(NextPortFinding, TooFew_AreUnknown) {
  const auto found = probe::conclude_next_port(Flows().socket(40001, {500, 507}).builder.log);
  EXPECT_FALSE(found.finding.value);
  EXPECT_FALSE(found.finding.why.empty());
  EXPECT_FALSE(found.figures.contains("hit_rate"));
}

// ---- pooling -------------------------------------------------------------------------------------------------------

TEST(PoolingFinding, AnAddressThatChangedOnce_IsNoPool) {
  Flows flows;
  flows.socket(40001, {500, 507}).socket(40202, {514, 521}).external_address("203.0.113.10").socket(40403, {528, 535});
  EXPECT_FALSE(probe::conclude_pooling(flows.builder.log).finding.value);
  flows.external_address("203.0.113.9")
      .socket(40604, {542, 549})
      .external_address("203.0.113.10")
      .socket(40801, {556, 563});
  EXPECT_EQ(probe::conclude_pooling(flows.builder.log).finding.value, Figure("arbitrary"));
}

// ---- what is asked -------------------------------------------------------------------------------------------------

TEST(AllocationDiscovery, AsksOneAfterAnother_AtMostFourteen) {
  LogBuilder builder;
  builder.pair();
  const std::vector<net::Endpoint> given{a, b};
  net::Duration now = 1s;
  std::size_t asked = 0;
  while (true) {
    const probe::Step step =
        probe::next_allocation({.log = builder.log, .elapsed = now, .given = given, .timeout = 5s});
    if (step.finished) break;
    ASSERT_EQ(step.ask.size(), 1U);
    ++asked;
    builder.exchange("allocation", step.ask.front().socket, step.ask.front().to,
                     net::with_port(external, static_cast<std::uint16_t>(7000 + asked)));
    builder.last().sent_at = now;
    builder.last().outcome = probe::Outcome::Pending;
    EXPECT_TRUE(
        probe::next_allocation({.log = builder.log, .elapsed = now, .given = given, .timeout = 5s}).ask.empty());
    builder.last().outcome = probe::Outcome::Answered;
    now += 20ms;
    builder.last().answered_at = builder.last().waited_until = now;
  }
  EXPECT_EQ(asked, 14U);
}

}  // namespace allocation_finding_test
