// Row upon row of hosts that are all aimed at one address, through an honest rendezvous and with honest code: what
// arrives there in any second and in any hour of an hour and a quarter. NATSCOPE_HOSTS says how many hosts.

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "hostile_agents.h"
#include "world.h"

namespace one_target_test {

using namespace tests;
using namespace traversal;

constexpr int pairs_of_a_matrix = 50;  // as many as one request names
const std::string token = "correct horse";

int hosts_wanted() {
  const char* text = std::getenv("NATSCOPE_HOSTS");
  return text == nullptr ? 16 : std::atoi(text);
}

// Takes every order and lets everybody punch and spray in vain; the address is a victim's as well.
class OneTarget : public testing::Test {
 protected:
  OneTarget()
      : machine_(world_.bed.add_public_host({.delay = 10ms})),
        victim_(world_.bed.network, machine_.address, world_.rendezvous_endpoint().address),
        decoy_(world_.rendezvous_endpoint(), token, lie(), net::Random(5)) {
    world_.bed.simulator.add_agent(machine_.host, decoy_);
  }

  static Register lie() {
    net::NatBehavior behavior = *net::parse_short("APDM/APDF");
    behavior.allocation = net::PortAllocation::Random;
    return {.name = "decoy", .session = {9}, .behavior = behavior};
  }

  void add_hosts(int hosts) {
    for (int host = 0; host < hosts; ++host) {
      const std::string name = "h" + std::to_string(host);
      const std::string machine = "h" + std::to_string(host % most_machines);
      if (host < most_machines) {
        world_.add_peer(name, nat("EIM/APDF"));
      } else {
        world_.add_peer_at(name, world_.sites.at(machine).host, *net::parse_short("EIM/APDF"), token);
      }
      if (host % 8 == 0) world_.bed.simulator.run_for(20ms);
    }
    world_.wait_until_registered();
  }

  // As many matrices as name all hosts once; every other one only of ordinary punches, which no cool-down keeps away.
  void ask_all(int hosts) {
    for (int first = 0; first < hosts; first += pairs_of_a_matrix) {
      MatrixRequest request{.trials = 2};
      for (int host = first; host < std::min(hosts, first + pairs_of_a_matrix); ++host) {
        request.pairs.push_back({"h" + std::to_string(host), "decoy"});
      }
      if (++asked_ % 2 == 0) request.strategies = {"simultaneous-open"};
      clients_.push_back(&world_.ask(std::move(request)));
    }
  }

  [[nodiscard]] bool all_answered() const {
    return std::all_of(clients_.begin(), clients_.end(), [](const auto* client) { return client->finished(); });
  }

  static constexpr int most_machines = 200;
  World world_;
  lab::PublicHost machine_;
  Victim victim_;
  LyingPeer decoy_;
  std::vector<const MatrixClient*> clients_;
  int asked_ = 0;
};

TEST_F(OneTarget, HearsAtMost180PacketsASecond_And75000AnHour) {
  const int hosts = hosts_wanted();
  add_hosts(hosts);
  const auto end = world_.bed.simulator.now() + 75min;
  while (world_.bed.simulator.now() < end) {
    clients_.clear();
    ask_all(hosts);
    world_.bed.simulator.run_until([&] { return all_answered(); }, end);
    world_.bed.simulator.run_until(std::min(end, world_.bed.simulator.now() + 30s));
  }
  fmt::print("{} hosts, one target: {} packets, {} bytes; at most {} in an hour, {} in a second\n", hosts,
             victim_.packets(), victim_.bytes(), victim_.most_within(1h), victim_.most_within(1s));
  EXPECT_GT(victim_.packets(), 20'000U);
  EXPECT_LE(victim_.most_within(1h), 75'000U);
  EXPECT_LE(victim_.most_within(1s), 180U);
}

}  // namespace one_target_test
