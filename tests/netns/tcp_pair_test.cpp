// natpunch over TCP between two hosts whose UDP does not get out: the kernel's TCP through our NATs and the kernel's.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lab/wire/process.h"
#include "tests/netns/stations.h"

namespace tcp_pair_test {

using namespace std::chrono_literals;

constexpr const char* natpunch = NATSCOPE_BIN "/natpunch";

class TcpPair : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    SKIP_WITHOUT_NAMESPACES();
    if (const auto why = netns::obstacle_to(*lab::find_profile(GetParam())); !why.empty()) NATSCOPE_SKIP("netns", why);
  }
};

TEST_P(TcpPair, BothConnectAtOnce) {
  const lab::StopSignals stop;
  lab::Scenario scenario = netns::hosts_behind_nats(2);
  for (auto& nat : scenario.nats) nat.profile = *lab::find_profile(GetParam());
  scenario.rendezvous = true;
  lab::WiredLab lab{scenario};
  const std::string place = net::to_string(lab.rendezvous().addresses.front());
  lab::Process rendezvous(lab.rendezvous().where,
                          {.words = {natpunch, "rendezvous", "--listen", place, "--store", "none"}}, stop);
  rendezvous.wait_for_line("listening on tcp", 10s);
  const auto peer = [&](const std::string& host) {
    return lab::Process(
        lab.host(host).where,
        {.words = {natpunch, "peer", "--tcp", "--rendezvous", place, "--name", host, "--behavior", "udp-blocked"}},
        stop);
  };
  lab::Process first = peer("host1");
  lab::Process second = peer("host2");
  first.wait_for_line("registered host1 at", 10s);
  second.wait_for_line("registered host2 at", 10s);
  lab::Process matrix(lab.rendezvous().where,
                      {.words = {natpunch, "matrix", "--rendezvous", place, "--hold", "500ms", "--json", "-"}}, stop);
  EXPECT_TRUE(matrix.wait(30s)) << matrix.err();
  const auto pair = nlohmann::json::parse(matrix.out())["pairs"][0];
  EXPECT_EQ(pair["outcome"], "direct") << pair;
  EXPECT_EQ(pair["strategy"], "tcp-simultaneous-open") << pair;
}

INSTANTIATE_TEST_SUITE_P(Through, TcpPair, testing::Values("eim-apdf-random", "kernel-masquerade"), [](const auto& of) {
  std::string name = of.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace tcp_pair_test
