// Many hosts that have to register again at once: because the rendezvous was restarted, or because they all were. How
// soon all are back, and how many come in the busiest second. In memory; NATSCOPE_HOSTS says how many.

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>

#include "world.h"

namespace return_test {

using namespace tests;

constexpr std::size_t most_in_a_second = 500;
constexpr net::Duration most_time = 120s;
constexpr net::Duration look_every = 20ms;

int hosts_wanted(int everyday) {
  const char* text = std::getenv("NATSCOPE_HOSTS");
  return text == nullptr ? everyday : std::atoi(text);
}

std::string name_of(int host) { return "host-" + std::to_string(host); }

struct Return {
  net::Duration all_back{};
  std::size_t most_within_a_second = 0;
};

// `back` says how many are.
Return watch(World& world, std::size_t hosts, const std::function<std::size_t()>& back) {
  const auto begin = world.bed.simulator.now();
  std::vector<std::size_t> counts = {back()};
  Return seen;
  while (counts.back() < hosts && world.bed.simulator.now() < begin + 2 * most_time) {
    world.bed.simulator.run_for(look_every);
    counts.push_back(back());
    const std::size_t looks = std::min<std::size_t>(counts.size() - 1, 1s / look_every);
    seen.most_within_a_second = std::max(seen.most_within_a_second, counts.back() - counts[counts.size() - 1 - looks]);
  }
  seen.all_back = world.bed.simulator.now() - begin;
  return seen;
}

void expect_calm(const char* what, int hosts, const Return& seen) {
  fmt::print("{}: {} hosts back within {:.1f} s, at most {} in a second\n", what, hosts, net::to_seconds(seen.all_back),
             seen.most_within_a_second);
  EXPECT_LE(seen.all_back, most_time) << what;
  EXPECT_LT(seen.most_within_a_second, most_in_a_second) << what;
}

class ReturnOfMany : public testing::Test {
 protected:
  void add(int hosts) {
    for (int host = 0; host < hosts; ++host) {
      if (host % 100 == 0) machines_.push_back(world_.bed.add_public_host({.delay = 10ms}).host);
      start(host);
      if (host % 8 == 0) world_.bed.simulator.run_for(20ms);
    }
    world_.wait_until_registered();
    world_.bed.simulator.run_for(5s);
  }

  void start(int host) {
    const lab::HostId machine = machines_.at(static_cast<std::size_t>(host) / 100);
    agents_[host] = world_.add_peer_at(name_of(host), machine, *net::parse_short("none/EIF"), "correct horse");
  }

  void restart_rendezvous(int hosts, net::Duration outage, const char* what) {
    add(hosts);
    world_.bed.simulator.kill(world_.rendezvous_agent);
    world_.bed.simulator.run_for(outage);
    traversal::Rendezvous fresh({.listen = world_.rendezvous_endpoint(),
                                 .token = "correct horse",
                                 .hosts_per_token = traversal::most_hosts,
                                 .secret = {8}},
                                net::Random(3));
    world_.bed.simulator.restart(world_.rendezvous_agent, fresh);
    expect_calm(what, hosts, watch(world_, static_cast<std::size_t>(hosts), [&] { return fresh.registered_hosts(); }));
    world_.bed.simulator.kill(world_.rendezvous_agent);
  }

  World world_;
  std::vector<lab::HostId> machines_;  // of a hundred peers each
  std::map<int, lab::AgentId> agents_;
};

TEST_F(ReturnOfMany, AfterAShortOutage_ComeSpread) { restart_rendezvous(hosts_wanted(1500), 1s, "an outage of 1 s"); }

TEST_F(ReturnOfMany, AfterALongOutage_ComeSpread) { restart_rendezvous(hosts_wanted(400), 40s, "an outage of 40 s"); }

// All restarted at one moment, as after a power cut: their names are held against their new sessions at first.
TEST_F(ReturnOfMany, ThatWereRestarted_GetTheirNamesBack) {
  const int hosts = std::min(hosts_wanted(400), 1000);
  add(hosts);
  for (int host = 0; host < hosts; ++host) {
    world_.bed.simulator.kill(agents_[host]);
    start(host);
  }
  expect_calm("all restarted", hosts, watch(world_, static_cast<std::size_t>(hosts), [&] {
                std::size_t back = 0;
                for (int host = 0; host < hosts; ++host) back += world_.peer(name_of(host)).registered_as() ? 1U : 0U;
                return back;
              }));
}

}  // namespace return_test
