// Populations: what is refused, and that drawing is seeded and keeps to the shares.

#include "lab/population.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "lab/population_file.h"

namespace population_test {

using testing::HasSubstr;

lab::Population four_kinds() {
  lab::Population population{.name = "four"};
  for (const auto& [name, share] :
       {std::pair{"full-cone", 0.4}, {"port-restricted-cone", 0.3}, {"symmetric", 0.2}, {"no-nat", 0.1}}) {
    population.kinds.push_back({.name = name, .share = share, .profile = *lab::find_profile(name)});
  }
  return population;
}

std::vector<std::size_t> kinds_drawn(const lab::Population& population, std::size_t hosts, std::uint64_t seed) {
  net::Random random(seed);
  const lab::Sample sample = lab::draw(population, hosts, random);
  std::vector<std::size_t> kinds;
  for (const lab::DrawnHost& host : sample.hosts) kinds.push_back(sample.nats[host.nat].kind);
  return kinds;
}

TEST(Population, DrawnHosts_MatchTheShares) {
  const lab::Population population = four_kinds();
  constexpr double hosts = 5000;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    std::vector<double> counts(4);
    for (const std::size_t kind : kinds_drawn(population, 5000, seed)) ++counts[kind];
    double chi_square = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const double expected = hosts * population.kinds[i].share;
      chi_square += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    EXPECT_LT(chi_square, 21.1) << "three degrees of freedom: one draw in 10,000 is above; seed " << seed;
  }
}

TEST(Population, TheSameSeed_DrawsTheSame_AnotherSeedDoesNot) {
  const lab::Population population = four_kinds();
  EXPECT_EQ(kinds_drawn(population, 200, 3), kinds_drawn(population, 200, 3));
  EXPECT_NE(kinds_drawn(population, 200, 3), kinds_drawn(population, 200, 4));
}

TEST(Population, NatsAndCarriers_AreFilledOneAfterTheOther) {
  lab::Population population{.name = "shared"};
  population.carriers = {{.name = "c", .profile = *lab::find_profile("symmetric"), .nats_behind = 2}};
  population.kinds = {{.name = "k",
                       .share = 1,
                       .profile = *lab::find_profile("full-cone"),
                       .carrier = "c",
                       .hosts_per_nat = 3,
                       .link = lab::AccessLink{.least_delay = std::chrono::milliseconds(5),
                                               .most_delay = std::chrono::milliseconds(9)}}};
  net::Random random(1);
  const lab::Sample sample = lab::draw(population, 10, random);
  ASSERT_EQ(sample.nats.size(), 4U);
  ASSERT_EQ(sample.carriers.size(), 2U);
  for (std::size_t i = 0; i < sample.hosts.size(); ++i) EXPECT_EQ(sample.hosts[i].nat, i / 3);
  for (std::size_t i = 0; i < sample.nats.size(); ++i) {
    EXPECT_EQ(sample.nats[i].carrier, i / 2);
    EXPECT_GE(sample.nats[i].link.delay, std::chrono::milliseconds(5));
    EXPECT_LE(sample.nats[i].link.delay, std::chrono::milliseconds(9));
  }
}

TEST(Population, BehindACarrier_TheMostDependentMappingAndTheStrictestFilterAreSeen) {
  lab::Population population{.name = "series"};
  population.carriers = {{.name = "c", .profile = *lab::find_profile("symmetric")}};
  const auto seen = [&](std::string_view profile, std::string carrier) {
    const lab::PopulationKind kind{.profile = *lab::find_profile(profile), .carrier = std::move(carrier)};
    return net::short_name(lab::behavior_of(population, kind));
  };
  EXPECT_EQ(seen("full-cone", ""), "EIM/EIF");
  EXPECT_EQ(seen("full-cone", "c"), "APDM/APDF");
  EXPECT_EQ(seen("no-nat", "c"), "APDM/APDF");
  EXPECT_EQ(seen("udp-blocked", "c"), "udp-blocked");
}

TEST(ShippedPopulations, AreRead_AndSayWhereTheyAreFrom) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(NATSCOPE_POPULATIONS)) {
    const auto population = lab::read_population(entry.path());
    ASSERT_TRUE(population) << population.error();
    EXPECT_EQ(population->name, entry.path().stem());
    EXPECT_FALSE(population->source.empty());
    EXPECT_FALSE(population->assumed.empty());
    for (const lab::PopulationKind& kind : population->kinds) EXPECT_FALSE(kind.source.empty()) << kind.name;
    ++files;
  }
  EXPECT_EQ(files, 2U);
}

// ---- refusals ------------------------------------------------------------------------------------------------------

std::string with_kinds(const std::string& kinds, const std::string& more = "") {
  return R"({"schema": "natscope/population/1", "name": "p", "source": "s", "assumed": "a", )" + more +
         R"("kinds": [)" + kinds + "]}";
}

struct Refused {
  std::string json;
  std::string line;
};

TEST(PopulationFile, BadInput_IsOneLine_WithFilePlaceAndKey) {
  const std::string whole = R"({"name": "a", "share": 1, "profile": "full-cone"})";
  const std::vector<Refused> cases = {
      {"{", "f.json: line 1: not JSON"},
      {with_kinds(whole, R"("colour": 1, )"), "f.json: unknown key 'colour'"},
      {with_kinds(R"({"name": "a", "share": 1, "profile": "full-cone", "weight": 1})"),
       "f.json: kinds[0]: unknown key 'weight'"},
      {with_kinds(R"({"name": "a", "profile": "full-cone"})"), "f.json: kinds[0]: 'share' is missing"},
      {with_kinds(R"({"name": "a", "share": -0.1, "profile": "full-cone"})"),
       "f.json: kinds[0].share: must be a number from 0 to 1"},
      {with_kinds(R"({"name": "a", "share": 0.9, "profile": "full-cone"})"),
       "f.json: kinds: the key 'share' sums to 0.9, not to 1"},
      {with_kinds(""), "f.json: kinds: the key 'share' sums to 0, not to 1"},
      {with_kinds(R"({"name": "a", "share": 1, "profile": "fullcone"})"),
       "f.json: kinds[0].profile: 'fullcone' is not a profile (see natlab list)"},
      {with_kinds(R"({"name": "a", "share": 1, "profile": {"step": 0}})"), "f.json: kinds[0].profile.step: "},
      {with_kinds(R"({"name": "a", "share": 1, "profile": "full-cone", "carrier": "c"})"),
       "f.json: kinds[0].carrier: no carrier is named 'c'"},
      {with_kinds(whole, R"("carriers": [{"name": "c", "profile": "no-nat", "nats_behind": 2}], )"),
       "f.json: carriers[0].profile: a carrier's NAT translates"},
      {with_kinds(whole, R"("carriers": [{"name": "c", "profile": "symmetric", "nats_behind": 0}], )"),
       "f.json: carriers[0].nats_behind: must be a whole number from 1 to 100000"},
      {with_kinds(whole, R"("link": {"delay_ms": {"least": 9, "most": 1}}, )"),
       "f.json: link.delay_ms: 'least' is above 'most'"},
      {with_kinds(
           R"({"name": "a", "share": 0.5, "profile": "full-cone"}, {"name": "a", "share": 0.5, "profile": "symmetric"})"),
       "f.json: kinds[1].name: the name of another one"},
  };
  for (const auto& [json, line] : cases) {
    const auto population = lab::parse_population(json, "f.json");
    ASSERT_FALSE(population) << json;
    EXPECT_THAT(population.error(), testing::StartsWith(line));
  }
}

TEST(PopulationFile, SharesThatSumToOneWithinRounding_ArePassed) {
  EXPECT_TRUE(lab::parse_population(with_kinds(R"({"name": "a", "share": 0.3333333, "profile": "full-cone"},
      {"name": "b", "share": 0.6666667, "profile": "symmetric"})"),
                                    "f.json"));
}

TEST(PopulationFile, AFileThatIsNotThere_IsNamed) {
  const auto population = lab::read_population("/no/such/file.json");
  ASSERT_FALSE(population);
  EXPECT_THAT(population.error(), HasSubstr("read /no/such/file.json: No such file"));
}

}  // namespace population_test
