// Servers that are not ours: classic RFC 5780, plain STUN, and those that do it wrong.

#include "tests/probe/stock_server.h"

#include <gtest/gtest.h>

#include "tests/probe/world.h"

namespace stock_server_test {

using namespace world;

const net::IpAddress first = net::address("198.51.100.61");
const net::IpAddress second = net::address("198.51.100.62");

struct StockWorld {
  lab::Testbed bed;

  probe::Report run(const lab::NatProfile& kind, const std::vector<stock::ServerSettings>& servers,
                    const lab::LinkProfile& link = calm()) {
    std::vector<std::unique_ptr<stock::StockServer>> agents;
    probe::ProbeConfig config;
    for (const auto& settings : servers) {
      std::vector<net::IpAddress> addresses{settings.primary.address};
      if (settings.second_address) addresses.push_back(*settings.second_address);
      agents.push_back(std::make_unique<stock::StockServer>(settings));
      bed.simulator.add_agent(bed.network.add_host(addresses), *agents.back());
      config.reflectors.push_back({"stock", settings.primary});
    }
    bed.simulator.run_for(1ms);
    probe::ProbeSession session(config, net::Random(3));
    const auto id = bed.simulator.add_agent(bed.add_site(kind, link).host, session);
    bed.simulator.run_until_finished({id}, bed.simulator.now() + 2min);
    return session.report();
  }
};

stock::ServerSettings rfc5780() { return {.primary = {first, 3478}, .second_address = second}; }

TEST(StockRfc5780, EveryKind_IsRight_AndSaysWhatTheServerDoesNotConfirm) {
  for (const lab::NatProfile& kind : ten_kinds()) {
    StockWorld world;
    const probe::Report report = world.run(kind, {rfc5780()});
    EXPECT_EQ(judge(report.verdict, lab::observed_truth(kind)), Judgement::Right) << kind.name << describe(report);
    const bool silence = report.verdict.filtering.value != net::FilteringBehavior::EndpointIndependent;
    EXPECT_EQ(report.verdict.filtering.why, silence ? "the server does not confirm what it sent" : "") << kind.name;
  }
}

TEST(StockRfc5780, UnderLoss_IsNeverWrong) {
  for (const lab::NatProfile& kind : ten_kinds()) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      StockWorld world{.bed = lab::Testbed({.seed = seed})};
      const probe::Report report = world.run(kind, {rfc5780()}, rough(0.1));
      EXPECT_NE(judge(report.verdict, lab::observed_truth(kind)), Judgement::Wrong) << kind.name << describe(report);
    }
  }
}

// What stock clients call address-and-port-dependent.
TEST(StockRfc5780, WhoseSecondAddressIsDead_LeavesFilteringUnknown) {
  StockWorld world;
  auto settings = rfc5780();
  settings.second_address_dead = true;
  const probe::Verdict verdict = world.run(*lab::find_profile("full-cone"), {settings}).verdict;
  EXPECT_FALSE(verdict.filtering.value);
  EXPECT_EQ(verdict.filtering.why, "the partner did not answer");
  EXPECT_FALSE(verdict.mapping.value) << "one vantage is not two";
  EXPECT_EQ(verdict.mapping.why, "seen from one address only: the partner did not answer");
}

TEST(StockRfc5780, ThatIgnoresOrRefusesChanges_LeavesFilteringUnknown) {
  for (const auto changes : {stock::Changes::FromPrimary, stock::Changes::Refused}) {
    StockWorld world;
    auto settings = rfc5780();
    settings.changes = changes;
    const probe::Verdict verdict = world.run(*lab::find_profile("symmetric"), {settings}).verdict;
    EXPECT_EQ(verdict.mapping.value, net::MappingBehavior::AddressAndPortDependent);
    EXPECT_FALSE(verdict.filtering.value);
    EXPECT_FALSE(verdict.filtering.why.empty());
  }
}

TEST(StockRfc5780, ThatNamesItselfAsOtherAddress_IsNotBelieved) {
  StockWorld world;
  auto settings = rfc5780();
  settings.announced = net::Endpoint{first, 3479};
  const probe::Verdict verdict = world.run(*lab::find_profile("symmetric"), {settings}).verdict;
  EXPECT_FALSE(verdict.filtering.value);
  EXPECT_NE(verdict.filtering.why.find("own address"), std::string::npos) << verdict.filtering.why;
}

struct PlainCase {
  const char* profile;
  net::NatClass nat_class;
  std::optional<net::MappingBehavior> mapping;
};

TEST(TwoPlainServers, TellConeSymmetricAndNoNat_NotTheFilter) {
  const PlainCase cases[] = {
      {"full-cone", net::NatClass::Cone, net::MappingBehavior::EndpointIndependent},
      {"eim-apdf-random", net::NatClass::Cone, net::MappingBehavior::EndpointIndependent},
      {"no-nat", net::NatClass::NoNat, net::MappingBehavior::None},
      {"symmetric", net::NatClass::Symmetric, std::nullopt},
      {"adm-eif-sequential", net::NatClass::Symmetric, std::nullopt},
  };
  for (const PlainCase& row : cases) {
    StockWorld world;
    const probe::Report report =
        world.run(*lab::find_profile(row.profile), {{.primary = {first, 3478}}, {.primary = {second, 3478}}});
    EXPECT_EQ(report.verdict.nat_class, row.nat_class) << row.profile << describe(report);
    EXPECT_EQ(report.verdict.mapping.value, row.mapping) << row.profile;
    EXPECT_EQ(report.verdict.mapping.why.empty(), row.mapping.has_value() && row.profile[0] != 'f') << row.profile;
    EXPECT_FALSE(report.verdict.filtering.value) << row.profile;
    EXPECT_FALSE(report.verdict.filtering.why.empty()) << row.profile;
    EXPECT_LE(report.duration, 800ms) << row.profile;
  }
}

TEST(OnePlainServer, ProvesNothing) {
  StockWorld world;
  const probe::Verdict verdict = world.run(*lab::find_profile("full-cone"), {{.primary = {first, 3478}}}).verdict;
  EXPECT_EQ(verdict.nat_class, net::NatClass::Unknown);
  EXPECT_FALSE(verdict.mapping.value);
  EXPECT_FALSE(verdict.mapping.why.empty());
}

}  // namespace stock_server_test
