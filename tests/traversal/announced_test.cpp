// How long a matrix takes beside what was announced, where pairs fail, need searches, wait for a target or are refused.

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "world.h"

namespace announced_test {

using namespace tests;
using traversal::Outcome;
using enum net::PortAllocation;

struct Group {
  int hosts;
  lab::NatProfile nat;
  bool one_nat = false;  // all of them behind one
};

struct Field {
  const char* what;
  std::vector<Group> groups;
  traversal::MatrixRequest request;
  std::size_t sprayed = 0;  // pairs that need a search, at least
};

void populate(World& world, const std::vector<Group>& groups) {
  for (std::size_t group = 0; group < groups.size(); ++group) {
    const std::string first = "g" + std::to_string(group) + "-0";
    for (int i = 0; i < groups[group].hosts; ++i) {
      const std::string name = "g" + std::to_string(group) + "-" + std::to_string(i);
      if (i > 0 && groups[group].one_nat) {
        world.add_neighbour(name, first);
      } else {
        world.add_peer(name, groups[group].nat);
      }
    }
  }
  world.wait_until_registered();
}

const std::vector<Field>& fields() {
  static const std::vector<Field> all = {
      {"all direct", {{20, nat("EIM/APDF")}}, {.trials = 3, .hold = 200ms}},
      {"all fail", {{10, nat("APDM/APDF")}}, {.strategies = {"simultaneous-open"}, .trials = 3}},
      {"all refused", {{10, nat("APDM/APDF")}}, {.trials = 3}},
      {"searches", {{4, nat("EIM/APDF")}, {4, nat("APDM/APDF")}}, {.hold = 200ms}, 16},
      {"predictions", {{5, nat("APDM/APDF", Sequential)}, {5, nat("ADM/APDF", Preserving)}}, {.trials = 2}},
      {"behind one address", {{6, nat("EIM/EIF"), true}, {6, nat("APDM/EIF")}}, {.trials = 3}},
      {"every strategy", {{4, nat("EIM/ADF")}, {4, nat("APDM/ADF", Sequential)}}, {.strategies = {"all"}}},
      {"of everything",
       {{4, nat("EIM/EIF")},
        {4, nat("EIM/APDF")},
        {3, nat("APDM/APDF")},
        {3, nat("ADM/APDF", Sequential)},
        {3, nat("EIM/ADF"), true}},
       {.hold = 200ms},
       12},
  };
  return all;
}

// Which field, and how far each host is from the rendezvous.
class Announced : public testing::TestWithParam<std::tuple<std::size_t, net::Duration>> {};

TEST_P(Announced, IsNotExceeded_ByMoreThanAFifth) {
  const auto [number, delay] = GetParam();
  const Field& field = fields()[number];
  World world({.seed = 3, .link = {.delay = delay}});
  populate(world, field.groups);
  const auto& client = world.ask(field.request);
  const net::Duration taken = world.wait_until_played(client, 2h);
  ASSERT_TRUE(world.bed.simulator.run_until([&] { return client.finished(); }, world.bed.simulator.now() + 2h));
  const auto& announced = client.accepted().value();
  const auto& matrix = client.matrix().value();
  const double ratio = net::to_seconds(taken) / static_cast<double>(*announced.length_s);
  const auto count = [&](auto&& what) {
    return static_cast<std::size_t>(std::count_if(matrix.pairs.begin(), matrix.pairs.end(), what));
  };
  const std::size_t not_run = count([](const auto& pair) { return pair.outcome == Outcome::NotRun; });
  const std::size_t sprayed = count([](const auto& pair) {
    return std::any_of(pair.attempts.begin(), pair.attempts.end(), [](const auto& attempt) {
      return attempt.strategy == "birthday-spray" && attempt.outcome != Outcome::NotRun;
    });
  });
  fmt::print(
      "{} at {:.0f} ms: {} pairs, {} announced as not run, {} with a search; {} s announced, {:.1f} s taken ({:.2f})\n",
      field.what, net::to_ms(4 * delay), matrix.pairs.size(), *announced.not_run, sprayed, *announced.length_s,
      net::to_seconds(taken), ratio);
  EXPECT_LE(ratio, 1.2);
  EXPECT_EQ(not_run, *announced.not_run);
  EXPECT_GE(sprayed, field.sprayed);
}

INSTANTIATE_TEST_SUITE_P(Fields, Announced,
                         testing::Combine(testing::Range<std::size_t>(0, 8), testing::Values(10ms, 50ms)));

}  // namespace announced_test
