// What two hosts behind one NAT find out together: NATs of every kind that matters, with loss, with an assistant that
// stands elsewhere, has another key, or is not there.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "reports/probe_report_json.h"
#include "tests/probe/neighbours.h"

namespace assist_test {

using namespace neighbours;
using lab::Hairpin;

lab::NatProfile like(const char* name, void (*change)(lab::NatProfile&) = [](lab::NatProfile&) {}) {
  lab::NatProfile out = *lab::find_profile(name);
  change(out);
  return out;
}

struct Row {
  const char* what;
  lab::NatProfile profile;
  const char* collision;
  const char* scope;
  const char* hairpin;
  const char* filtered = "";
};

const std::vector<Row> rows = {
    {"cone, no hairpin", like("port-restricted-cone"), "moved", "none", "none"},
    {"full cone, hairpin", like("full-cone", [](auto& p) { p.hairpin = Hairpin::ExternalSource; }), "moved", "none",
     "external-source", "no"},
    {"restricted cone, hairpin", like("restricted-cone", [](auto& p) { p.hairpin = Hairpin::ExternalSource; }), "moved",
     "none", "external-source", "yes"},
    {"port-restricted cone, hairpin", like("port-restricted-cone", [](auto& p) { p.hairpin = Hairpin::ExternalSource; }),
     "moved", "none", "external-source", "yes"},
    {"full cone, inside source", like("full-cone", [](auto& p) { p.hairpin = Hairpin::InternalSource; }), "moved",
     "none", "internal-source", "no"},
    {"port-restricted cone, inside source",
     like("port-restricted-cone", [](auto& p) { p.hairpin = Hairpin::InternalSource; }), "moved", "none",
     "internal-source", "yes"},
    {"fickle cone", like("port-restricted-cone", [](auto& p) { p.on_collision = lab::OnCollision::BecomeDependent; }),
     "becomes-dependent", "none", "none"},
    {"Linux", like("linux-masquerade"), "shared", "none", "none"},
    {"Linux, hairpin", like("linux-masquerade", [](auto& p) { p.hairpin = Hairpin::ExternalSource; }), "shared",
     "none", "external-source", "yes"},
    {"Cisco", like("cisco-ios"), "shared", "none", "none"},
    {"random", like("eim-apdf-random"), "no-collision", "none", "none"},
    {"symmetric", like("symmetric"), "no-collision", "none", ""},
    {"symmetric, open, hairpin", like("apdm-eif-random", [](auto& p) { p.hairpin = Hairpin::ExternalSource; }),
     "no-collision", "none", "external-source", "no"},
    {"symmetric that keeps ports", like("apdm-apdf-preserving"), "moved", "none", ""},
    {"one sequence", like("eim-apdf-sequential"), "no-collision", "global", "none"},
    {"one sequence of sevens", like("apdm-apdf-sequential", [](auto& p) { p.step = 7; }), "no-collision", "global", ""},
    {"a sequence a host", like("eim-apdf-sequential", [](auto& p) { p.sequence_per_host = true; }), "no-collision",
     "per-host", "none"},
    {"a sequence a host, symmetric", like("apdm-apdf-sequential", [](auto& p) { p.sequence_per_host = true; }),
     "no-collision", "per-host", ""},
    {"a sequence a host, of sevens", like("adm-apdf-sequential",
                                          [](auto& p) {
                                            p.sequence_per_host = true;
                                            p.step = 7;
                                          }),
     "no-collision", "per-host", ""},
    {"a block a host", like("port-block-carrier"), "no-collision", "per-host", "external-source", "no"},
};

struct Tally {
  unsigned right = 0;
  unsigned unknown = 0;
  unsigned wrong = 0;
};

void count(Tally& tally, const std::string& found, const std::string& truth, const std::string& where) {
  if (found == truth) {
    ++tally.right;
  } else if (found.empty()) {
    ++tally.unknown;
  } else {
    ++tally.wrong;
    ADD_FAILURE() << where << ": " << found << " instead of " << truth;
  }
}

unsigned runs_a_row(unsigned everyday) {
  const char* wanted = std::getenv("NATSCOPE_RUNS");
  return wanted != nullptr ? static_cast<unsigned>(std::stoul(wanted)) : everyday;
}

Tally tally_of(const NeighbourSettings& conditions, unsigned runs) {
  Tally tally;
  for (const Row& row : rows) {
    for (std::uint64_t seed = 1; seed <= runs; ++seed) {
      NeighbourSettings settings = conditions;
      settings.seed = seed;
      const probe::Verdict verdict = Neighbours(row.profile, settings).run().verdict;
      const std::string where = std::string(row.what) + ", seed " + std::to_string(seed);
      count(tally, word(verdict, "assistant"), "same-nat", where);
      count(tally, word(verdict, "collision"), row.collision, where);
      count(tally, word(verdict, "allocation-scope"), row.scope, where);
      count(tally, word(verdict, "hairpin"), row.hairpin, where);
      count(tally, figure(verdict, "hairpin", "filtered"), row.filtered, where);
      if (row.hairpin[0] != '\0') count(tally, figure(verdict, "hairpin", "between_hosts"), "yes", where);
      const std::string kept = figure(verdict, "collision", "first_kept");
      if (std::string(row.collision) == "moved") count(tally, kept, "yes", where);
    }
  }
  std::printf("  right %u, unknown %u, wrong %u\n", tally.right, tally.unknown, tally.wrong);
  return tally;
}

TEST(Assist, WithoutLoss_AnswersAreRight) {
  const Tally tally = tally_of({}, runs_a_row(3));
  EXPECT_EQ(tally.wrong, 0U);
  EXPECT_LE(tally.unknown * 1000, tally.right);
}

TEST(Assist, UnderLoss_NoAnswerIsWrong) {
  const Tally tally = tally_of({.loss = 0.1, .lan_loss = 0.05}, runs_a_row(2));
  EXPECT_EQ(tally.wrong, 0U);
  EXPECT_LT(tally.unknown * 20, tally.right) << "and most are known";
}

TEST(Assist, UnderHeavyLoss_NoAnswerIsWrong) {
  const Tally tally = tally_of({.loss = 0.3, .lan_loss = 0.1}, runs_a_row(1));
  EXPECT_EQ(tally.wrong, 0U);
}

// ---- where the assistant stands ------------------------------------------------------------------------------------

TEST(Assist, WithoutNat_TheLanIsNoHairpin) {
  for (const char* profile : {"no-nat", "udp-firewall"}) {
    Neighbours two(like(profile), {});
    const probe::Verdict verdict = two.run().verdict;
    EXPECT_EQ(word(verdict, "assistant"), "no-nat") << profile << why(verdict, "assistant");
    EXPECT_EQ(word(verdict, "hairpin"), "") << profile;
    EXPECT_EQ(word(verdict, "collision"), "");
    EXPECT_EQ(why(verdict, "collision"), "nothing is translated");
  }
}

TEST(Assist, AtAnotherExternalAddress_SaysSo_AndNothingOfPorts) {
  NeighbourSettings settings;
  settings.external = {net::address("203.0.113.77"), net::address("203.0.113.78")};
  const probe::Verdict verdict = Neighbours(like("full-cone"), settings).run().verdict;
  EXPECT_EQ(word(verdict, "assistant"), "another-address");
  EXPECT_EQ(word(verdict, "collision"), "");
  EXPECT_NE(why(verdict, "collision").find("several addresses"), std::string::npos) << why(verdict, "collision");
  EXPECT_EQ(word(verdict, "pooling"), "") << "a pool, or another NAT";
  EXPECT_NE(why(verdict, "pooling").find("another NAT"), std::string::npos) << why(verdict, "pooling");
}

TEST(Assist, BeyondANatOfOurOwn_IsNotBehindIt) {
  World world;
  const lab::Site outer = world.bed.add_site(like("full-cone", [](auto& p) { p.hairpin = Hairpin::ExternalSource; }));
  const lab::Site inner = world.bed.add_site_behind(outer, like("full-cone"));
  probe::AssistAgent assistant(assist_config({world.a(), world.b()}, outer.inside));
  world.bed.simulator.add_agent(outer.host, assistant);
  probe::ProbeConfig config = world::config_for({world.a(), world.b()});
  config.assistant = {.endpoint = {outer.inside, probe::default_assist_port}, .key = *probe::assist_key(code)};
  const probe::Verdict verdict = world.run(inner.host, config).verdict;
  EXPECT_EQ(word(verdict, "assistant"), "another-nat") << why(verdict, "assistant");
  EXPECT_EQ(figure(verdict, "hairpin", "between_hosts"), "");
  EXPECT_NE(why(verdict, "collision").find("a NAT stands between"), std::string::npos);
}

// ---- an assistant that does not help -------------------------------------------------------------------------------

std::vector<std::string> words_without_assistance(const probe::Verdict& verdict) {
  std::vector<std::string> out{std::to_string(static_cast<int>(verdict.nat_class)),
                               verdict.filtering.value ? std::string(net::to_string(*verdict.filtering.value)) : ""};
  for (const char* finding : {"hairpin", "allocation", "next-port", "pooling", "payload-rewriting"}) {
    out.push_back(word(verdict, finding));
  }
  return out;
}

TEST(Assist, Unhelpful_TakesNothingFromTheRun) {
  const lab::NatProfile profile = like("restricted-cone", [](auto& p) { p.hairpin = Hairpin::ExternalSource; });
  Neighbours helped(profile, {});
  probe::ProbeConfig alone = helped.config();
  alone.assistant.reset();
  const auto expected = words_without_assistance(helped.run(alone).verdict);

  const probe::Report other_key = Neighbours(profile, {.prober_code = "another-code-of-length"}).run();
  probe::ProbeConfig nobody = helped.config();
  nobody.assistant->endpoint.port = 9;
  const probe::Report absent = Neighbours(profile, {}).run(nobody);
  for (const probe::Report& report : {other_key, absent}) {
    EXPECT_EQ(words_without_assistance(report.verdict), expected);
    for (const char* finding : {"assistant", "collision", "allocation-scope"}) {
      EXPECT_EQ(word(report.verdict, finding), "");
      EXPECT_NE(why(report.verdict, finding).find("no answer from the assistant 10.9.0.3"), std::string::npos)
          << why(report.verdict, finding);
    }
    EXPECT_LT(report.duration, 6s);
  }
}

// In IPv6, and where reflectors answer elsewhere only with a return token.
TEST(Assist, WorksInIpv6_AndWithStrictReflectors) {
  for (const net::Family family : {net::Family::V4, net::Family::V6}) {
    for (const auto mode : {reflector::Mode::Compatible, reflector::Mode::Strict}) {
      World world({.family = family, .mode = mode});
      const lab::Site site =
          world.bed.add_site(like("port-restricted-cone", [](auto& p) { p.hairpin = Hairpin::InternalSource; }));
      const lab::Site neighbour = world.bed.add_neighbour(site);
      probe::AssistAgent assistant(assist_config({world.a(), world.b()}, neighbour.inside));
      world.bed.simulator.add_agent(neighbour.host, assistant);
      probe::ProbeConfig config = world::config_for({world.a(), world.b()});
      config.budget = probe::full_budget;
      config.assistant = {.endpoint = {neighbour.inside, probe::default_assist_port}, .key = *probe::assist_key(code)};
      const probe::Verdict verdict = world.run(site.host, config).verdict;
      EXPECT_EQ(word(verdict, "assistant"), "same-nat") << why(verdict, "assistant");
      EXPECT_EQ(word(verdict, "collision"), "moved") << why(verdict, "collision");
      EXPECT_EQ(word(verdict, "hairpin"), "internal-source") << why(verdict, "hairpin");
    }
  }
}

TEST(Assist, WithOtherReflectors_SaysSo) {
  World world;
  const lab::Site site = world.bed.add_site(like("full-cone"));
  const lab::Site neighbour = world.bed.add_neighbour(site);
  probe::AssistAgent assistant(assist_config({net::endpoint("203.0.113.200:3478")}, neighbour.inside));
  world.bed.simulator.add_agent(neighbour.host, assistant);
  probe::ProbeConfig config = world::config_for({world.a(), world.b()});
  config.assistant = {.endpoint = {neighbour.inside, probe::default_assist_port}, .key = *probe::assist_key(code)};
  const probe::Verdict verdict = world.run(site.host, config).verdict;
  EXPECT_EQ(word(verdict, "assistant"), "");
  EXPECT_NE(why(verdict, "assistant").find("was not given this reflector"), std::string::npos)
      << why(verdict, "assistant");
}

TEST(Assist, NotAskedFor_AsksNothing_AndFindsNothing) {
  Neighbours two(like("full-cone"), {});
  probe::ProbeConfig config = two.config();
  config.assistant.reset();
  const probe::Report report = two.run(config);
  for (const probe::Observation& seen : report.observations) EXPECT_FALSE(seen.query.assist);
  EXPECT_EQ(report.verdict.find("assistant"), nullptr);
}

// ---- what else it serves -------------------------------------------------------------------------------------------

TEST(Assist, ServesTheFindingsThatLackASecondHost) {
  const auto allocation = [](const char* profile, void (*change)(lab::NatProfile&)) {
    return Neighbours(like(profile, change), {}).run().verdict;
  };
  const auto shared = allocation("linux-masquerade", [](auto&) {});
  EXPECT_EQ(word(shared, "allocation"), "preserving-overloading");
  const auto one = allocation("eim-apdf-sequential", [](auto&) {});
  EXPECT_EQ(figure(one, "allocation", "shared_sequence"), "yes");
  EXPECT_EQ(why(one, "allocation"), "");
  const auto own = allocation("eim-apdf-sequential", [](auto& p) { p.sequence_per_host = true; });
  EXPECT_EQ(figure(own, "allocation", "shared_sequence"), "no");
  const auto block = allocation("port-block-carrier", [](auto&) {});
  EXPECT_EQ(figure(block, "allocation", "shared_block"), "no");
}

TEST(Assist, ServesDeterminism_WhereThisHostHasOneAddress) {
  NeighbourSettings settings;
  settings.only = {"mapping", "determinism", "assist"};
  const auto fickle = like("port-restricted-cone", [](auto& p) { p.on_collision = lab::OnCollision::BecomeDependent; });
  EXPECT_EQ(word(Neighbours(fickle, settings).run().verdict, "determinism"), "changes-on-collision");
  EXPECT_EQ(word(Neighbours(like("port-restricted-cone"), settings).run().verdict, "determinism"), "stable");
}

TEST(Assist, ASavedReport_IsConcludedAgain) {
  for (const char* profile : {"linux-masquerade", "eim-apdf-sequential", "port-block-carrier"}) {
    const probe::Report report = Neighbours(like(profile), {}).run();
    const auto again = reports::parse_probe_report(reports::to_json(report));
    ASSERT_TRUE(again) << again.error();
    const probe::Verdict replayed = probe::classify(again->observations);
    for (const probe::NamedFinding& found : report.verdict.findings) {
      const probe::NamedFinding* same = replayed.find(found.name);
      ASSERT_NE(same, nullptr) << found.name;
      EXPECT_EQ(same->finding.value, found.finding.value) << found.name;
      EXPECT_EQ(same->finding.why, found.finding.why) << found.name;
      EXPECT_EQ(same->finding.evidence, found.finding.evidence) << found.name;
      EXPECT_EQ(same->figures, found.figures) << found.name;
    }
  }
}

TEST(Assist, TheAssistant_WritesToReflectors_AskerAndProvenEndpoint_Only) {
  Neighbours two(like("full-cone", [](auto& p) { p.hairpin = Hairpin::ExternalSource; }), {});
  const probe::Report report = two.run();
  const std::vector<net::IpAddress> reflectors = {two.world.a().address, two.world.b().address};
  for (const auto& [destination, times] : two.written_to) {
    const bool reflector = std::ranges::find(reflectors, destination.address) != reflectors.end();
    const bool us = destination.address == prober || destination.address == outside.front();
    EXPECT_TRUE(reflector || us) << net::to_string(destination) << " got " << times;
  }
  EXPECT_GT(two.assistant().counts().answered, 5U);
  EXPECT_EQ(two.assistant().counts().not_authentic, 0U);
}

}  // namespace assist_test
