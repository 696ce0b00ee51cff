// The allocation discovery against every NAT of the lab, in memory: what it is beside what the probe says, and how
// often the predictor is right beside how often the probe says it is.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "probe/next_port_finding.h"
#include "tests/probe/world.h"

namespace allocation_test {

using namespace world;

// By hand: NATSCOPE_RUNS=10000.
std::uint64_t runs_asked_for(std::uint64_t otherwise) {
  const char* value = std::getenv("NATSCOPE_RUNS");
  return value == nullptr ? otherwise : static_cast<std::uint64_t>(std::atoi(value));
}

// ---- the word ------------------------------------------------------------------------------------------------------

// A single local address cannot tell whether two inside endpoints may share a port: then the word is "preserving", and
// no figure says more.
bool named_right(const lab::NatProfile& profile, const probe::Report& report) {
  const auto* found = report.verdict.find("allocation");
  if (profile.udp_blocked) return found == nullptr;
  if (found == nullptr || !found->finding.value) return false;
  const auto shows = [&](const char* figure, const probe::Figure& value) {
    const auto known = found->figures.find(figure);
    return known != found->figures.end() && known->second == value;
  };
  const std::string word = probe::to_string(*found->finding.value);
  if (!lab::translates(profile)) return word == "none";
  if (word != net::to_string(profile.allocation)) {
    const bool open = profile.allocation == net::PortAllocation::PreservingOverloading && word == "preserving";
    return open && !found->figures.contains("overloading");
  }
  if (word == "sequential") return shows("step", static_cast<double>(profile.step));
  if (word == "block") return shows("block_size", static_cast<double>(profile.block_size));
  return word != "random" || shows("range_limited", profile.last_port - profile.first_port < 60'000);
}

std::string said(const probe::Report& report) {
  const auto* found = report.verdict.find("allocation");
  if (found == nullptr) return "nothing";
  std::string out = found->finding.value ? probe::to_string(*found->finding.value) : "unknown: " + found->finding.why;
  for (const auto& [name, figure] : found->figures) out += ", " + name + " " + probe::to_string(figure);
  return out;
}

struct Names {
  unsigned right = 0;
  unsigned unknown = 0;
  unsigned wrong = 0;
  std::string not_right;

  [[nodiscard]] std::string summary() const {
    return std::to_string(wrong) + " wrong, " + std::to_string(unknown) + " unknown\n" + not_right;
  }

  void count(const lab::NatProfile& profile, const probe::Report& report) {
    const auto* found = report.verdict.find("allocation");
    if (named_right(profile, report)) {
      ++right;
      return;
    }
    ++(found != nullptr && found->finding.value ? wrong : unknown);
    if (not_right.size() < 4000) not_right += profile.name + ": " + said(report) + "\n" + describe(report);
  }
};

Names names(const std::vector<lab::NatProfile>& profiles, const lab::LinkProfile& link, std::uint64_t seeds) {
  Names out;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    World world({.seed = seed});
    for (const lab::NatProfile& profile : profiles) out.count(profile, world.run(world.bed.add_site(profile, link)));
  }
  return out;
}

// One profile of each kind, as far as ports are concerned.
std::vector<lab::NatProfile> each_allocation() {
  std::vector<lab::NatProfile> out;
  for (const lab::NatProfile& profile : lab::all_profiles()) {
    const auto alike = [&](const lab::NatProfile& other) {
      return other.mapping == profile.mapping && other.allocation == profile.allocation &&
             other.first_port == profile.first_port && other.block_size == profile.block_size;
    };
    if (!profile.udp_blocked && std::none_of(out.begin(), out.end(), alike)) out.push_back(profile);
  }
  return out;
}

lab::NatProfile with_knobs(lab::NatProfile profile, const std::string& name, void (*turn)(lab::NatProfile&)) {
  profile.name = name;
  turn(profile);
  return profile;
}

std::vector<lab::NatProfile> turned_knobs() {
  const lab::NatProfile sequence = *lab::find_profile("apdm-apdf-sequential");
  const lab::NatProfile cone = *lab::find_profile("eim-apdf-sequential");
  const lab::NatProfile block = *lab::find_profile("port-block-carrier");
  return {with_knobs(sequence, "step 7", [](lab::NatProfile& p) { p.step = 7; }),
          with_knobs(sequence, "step 1000", [](lab::NatProfile& p) { p.step = 1000; }),
          with_knobs(cone, "cone, step 2", [](lab::NatProfile& p) { p.step = 2; }),
          with_knobs(cone, "cone, step 1000", [](lab::NatProfile& p) { p.step = 1000; }),
          with_knobs(sequence, "a sequence a host", [](lab::NatProfile& p) { p.sequence_per_host = true; }),
          with_knobs(block, "block of 512", [](lab::NatProfile& p) { p.ports_per_host = p.block_size = 512; }),
          with_knobs(block, "block of 4096", [](lab::NatProfile& p) { p.ports_per_host = p.block_size = 4096; })};
}

TEST(Allocation, EachKind_IsNamedRight_EveryTime) {
  const auto found = names(each_allocation(), calm(), 200);
  EXPECT_GE(found.right, 200U * 14);
  EXPECT_EQ(found.unknown + found.wrong, 0U) << found.summary();
}

TEST(Allocation, EveryProfile_IsNamedRight) {
  const auto all = lab::all_profiles();
  const auto found = names({all.begin(), all.end()}, calm(), runs_asked_for(5));
  EXPECT_EQ(found.unknown + found.wrong, 0U) << found.summary();
}

TEST(Allocation, TurnedKnobs_AreNamedRight) {
  const auto found = names(turned_knobs(), calm(), runs_asked_for(50));
  EXPECT_EQ(found.unknown + found.wrong, 0U) << found.summary();
}

TEST(Allocation, UnderLoss_IsNeverNamedWrong) {
  for (const double loss : {0.1, 0.3}) {
    const auto found = names(each_allocation(), rough(loss), runs_asked_for(10));
    std::printf("%.0f %% loss: right %u, unknown %u, wrong %u\n", 100 * loss, found.right, found.unknown, found.wrong);
    EXPECT_EQ(found.wrong, 0U) << found.not_right;
    EXPECT_GE(found.right, 0.95 * (found.right + found.unknown)) << found.not_right;
  }
}

// ---- the predictor -------------------------------------------------------------------------------------------------

// Another inside host, which makes a new mapping at random moments (a Poisson process).
class BusyNeighbour final : public net::Agent {
 public:
  BusyNeighbour(double a_second, const net::Endpoint& to, net::Random chance)
      : a_second_(a_second), to_(to), chance_(chance) {}

  void start(net::TimePoint now) override { due_ = now + gap(); }
  void handle(net::TimePoint, const net::Input&) override {}
  void tick(net::TimePoint now) override {
    const net::SocketId socket{++sockets_};
    const net::Endpoint any{net::IpAddress::any(to_.family()), 0};
    outputs_.emplace_back(net::OpenUdp{.socket = socket, .local = any, .towards = to_});
    outputs_.emplace_back(net::Send{.socket = socket, .to = to_, .payload = {1}});
    outputs_.emplace_back(net::Close{socket});
    due_ = now + gap();
  }
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override { return due_; }
  [[nodiscard]] std::vector<net::Output> take_outputs() override { return std::exchange(outputs_, {}); }
  [[nodiscard]] bool finished() const override { return false; }

 private:
  net::Duration gap() {
    const std::chrono::duration<double> seconds(-std::log(1 - chance_.unit()) / a_second_);
    return std::chrono::duration_cast<net::Duration>(seconds);
  }

  double a_second_;
  net::Endpoint to_;
  net::Random chance_;
  net::TimePoint due_;
  std::uint32_t sockets_ = 0;
  std::vector<net::Output> outputs_;
};

// A NAT whose hit rate is known: `busy` mappings of a neighbour are made in a round trip, on average.
struct Setting {
  const char* profile;
  double busy = 0;
  unsigned addresses = 1;  // external ones, taken by turns
  double true_rate = -1;   // where it does not follow from `busy`
};

double poisson(double mean, int times) { return std::exp(-mean + times * std::log(mean) - std::lgamma(times + 1)); }

// Of the offsets this very run learned.
double true_rate(const Setting& setting, const probe::Report& report) {
  if (setting.true_rate >= 0) return setting.true_rate;
  const auto step = lab::find_profile(setting.profile)->step;
  double out = 0;
  for (const int offset : probe::learn(probe::port_steps_seen(report.observations)).offsets) {
    if (offset > 0 && offset % step == 0) out += poisson(setting.busy, offset / step - 1);
  }
  return out / setting.addresses;
}

probe::Report run_in(const Setting& setting, std::uint64_t seed, bool full) {
  World world({.seed = seed});
  lab::NatProfile profile = *lab::find_profile(setting.profile);
  profile.pooling = setting.addresses > 1 ? lab::Pooling::Arbitrary : lab::Pooling::Paired;
  lab::NatAddresses addresses{.inside = {net::address("10.9.0.1")}};
  for (std::uint8_t i = 1; i <= setting.addresses; ++i) {
    addresses.external.push_back(net::IpAddress::v4({203, 0, 113, i}));
  }
  const auto nat = world.bed.network.add_nat(profile, addresses, lab::core, lab::both_ways(calm()));
  const auto host = world.bed.network.add_host({net::address("10.9.0.2")}, nat);
  const auto other = world.bed.network.add_host({net::address("10.9.0.3")}, nat);
  const auto to = world.bed.add_public_host();
  BusyNeighbour neighbour(std::max(setting.busy, 1e-9) / 0.02, {to.address, 9}, net::Random(seed));
  if (setting.busy > 0) world.bed.simulator.add_agent(other, neighbour);
  auto config = world::config_for({world.a(), world.b()});
  if (full) {
    config.full = true;
    config.only = {"allocation"};
    config.budget = probe::full_budget;
    config.after_timeout = 110s;
  }
  return world.run(host, config);
}

double figure(const probe::Report& report, const char* name) {
  const auto* found = report.verdict.find("next-port");
  return found == nullptr || !found->finding.value ? -1 : std::get<double>(found->figures.at(name)) / 100;
}

constexpr double rounding = 1e-3;  // of the figures
constexpr double random_hit = 3.0 / 64512;
const std::vector<Setting> settings = {
    {.profile = "apdm-apdf-sequential", .busy = 0.3},
    {.profile = "apdm-apdf-sequential", .busy = 1},
    {.profile = "adm-apdf-sequential", .busy = 2},
    {.profile = "apdm-apdf-sequential", .busy = 4},
    {.profile = "apdm-apdf-sequential", .busy = 0.5, .addresses = 2},
    {.profile = "adm-apdf-sequential", .busy = 0.1, .addresses = 3},
    {.profile = "apdm-apdf-random", .true_rate = random_hit},
    {.profile = "eim-apdf-random", .true_rate = 1},
    {.profile = "linux-masquerade", .true_rate = 1},
    {.profile = "apdm-apdf-preserving", .true_rate = 1},
};

struct Held {
  unsigned runs = 0;
  unsigned held = 0;
  double truth = 0;
};

Held held(const Setting& setting, std::uint64_t first_seed, std::uint64_t runs) {
  Held out;
  for (std::uint64_t seed = first_seed; out.runs < runs; ++seed, ++out.runs) {
    const probe::Report report = run_in(setting, seed, false);
    const double rate = true_rate(setting, report);
    const bool known = figure(report, "hit_rate") >= 0;
    out.truth += rate / static_cast<double>(runs);
    out.held +=
        known && figure(report, "low") - rounding <= rate && rate <= figure(report, "high") + rounding ? 1U : 0U;
  }
  return out;
}

// Of 1,000 runs; it may miss in one of twenty.
TEST(NextPort, TheInterval_HoldsTheTrueRate) {
  const std::uint64_t runs = runs_asked_for(1000) / settings.size();
  unsigned all_held = 0;
  for (const Setting& setting : settings) {
    const Held found = held(setting, all_held + 1, runs);
    std::printf("%-22s busy %.1f, %u addresses: true rate %.3f, held by %u of %u\n", setting.profile, setting.busy,
                setting.addresses, found.truth, found.held, found.runs);
    EXPECT_GE(found.held, 0.88 * found.runs) << setting.profile;
    all_held += found.held;
  }
  EXPECT_GE(all_held, 0.93 * static_cast<double>(runs * settings.size()));
}

// One standard deviation of 380 trials is up to 2.6 points.
TEST(NextPort, Full_IsWithinFivePoints) {
  unsigned within = 0;
  unsigned all = 0;
  for (const Setting& setting : settings) {
    double worst = 0;
    for (std::uint64_t seed = 1; seed <= runs_asked_for(8); ++seed, ++all) {
      const probe::Report report = run_in(setting, seed, true);
      const double off = std::abs(figure(report, "hit_rate") - true_rate(setting, report));
      worst = std::max(worst, off);
      within += off <= 0.05 ? 1U : 0U;
      EXPECT_LE(report.traffic.flows, probe::full_budget.flows);
    }
    std::printf("%-22s busy %.1f, %u addresses: off by %.1f points at most\n", setting.profile, setting.busy,
                setting.addresses, 100 * worst);
    EXPECT_LT(worst, 0.1) << setting.profile;
  }
  EXPECT_GE(within, 0.95 * all);
}

// A machine that may have 64 ports: asked slowly, so that the others stay free.
TEST(NextPort, Full_LeavesASmallBlockItsPorts) {
  World world;
  auto config = world::config_for({world.a(), world.b()});
  config.full = true;
  config.only = {"allocation"};
  config.budget = probe::full_budget;
  config.after_timeout = 110s;
  const auto site = world.bed.add_site(*lab::find_profile("google-cloud-nat"), calm());
  const probe::Report report = world.run(site.host, config);
  EXPECT_LT(report.traffic.flows, 100U);
  for (const probe::Observation& seen : report.observations) EXPECT_EQ(seen.outcome, probe::Outcome::Answered);
  EXPECT_LT(figure(report, "hit_rate"), 0.2);
  EXPECT_LT(figure(report, "low"), 3.0 / 64);
  EXPECT_GT(figure(report, "high"), 3.0 / 64);
}

// ---- pooling -------------------------------------------------------------------------------------------------------

TEST(Pooling, SaysHowAddressesAreUsed) {
  for (const char* profile : {"eim-apdf-random", "apdm-apdf-sequential", "linux-masquerade"}) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      const auto single = run_in({.profile = profile}, seed, false).verdict;
      EXPECT_EQ(single.find("pooling")->finding.value, probe::Figure("single"));
      EXPECT_EQ(single.find("pooling")->figures.at("addresses"), probe::Figure(1.0));
      const auto several = run_in({.profile = profile, .addresses = 3}, seed, false).verdict;
      const auto& pooling = *several.find("pooling");
      EXPECT_TRUE(pooling.finding.value == probe::Figure("arbitrary") || !pooling.finding.value) << pooling.finding.why;
      EXPECT_EQ(pooling.figures.at("addresses"), probe::Figure(3.0)) << profile;
    }
  }
}

}  // namespace allocation_test
