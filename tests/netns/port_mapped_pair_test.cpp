// natpunch between two hosts behind symmetric NATs of the kernel's (masquerade fully-random), one of whose routers maps
// ports (miniupnpd): what nothing else connects does, and nothing is left at the router.
//
//   client [gateway: miniupnpd] 20.0.0.1 --- 20.0.0.9 world 20.0.1.9 --- 20.0.1.1 [other gateway] other client

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "tests/netns/mapping_home.h"

namespace port_mapped_pair_test {

using namespace std::chrono_literals;
using namespace mapping_home;
using testing::HasSubstr;
using testing::Not;

constexpr const char* natpunch = NATSCOPE_BIN "/natpunch";
constexpr const char* rendezvous_at = "20.0.0.9:3480";

constexpr const char* symmetric = R"(table inet gw {
  chain input { type filter hook input priority filter; iifname "wan" drop; }
  chain postrouting { type nat hook postrouting priority srcnat; oifname "wan" masquerade fully-random; }
})";

class Pair {
 public:
  explicit Pair(bool pcp) : home({.pcp = pcp, .masquerade = "masquerade fully-random"}) {
    join(gateway_, "lan", "192.168.2.1/24", client_, {"192.168.2.2/24"});
    join(gateway_, "wan", "20.0.1.1/24", home.world(), {"20.0.1.9/24"}, "far");
    do_in(client_, "ip route add default via 192.168.2.1");
    do_in(gateway_, std::string("ip route add default via 20.0.1.9; nft '") + symmetric + "'");
    gateway_.set_sysctl("ipv4/ip_forward", "1");
    home.world().set_sysctl("ipv4/ip_forward", "1");
    rendezvous.emplace(inside(home.world(), {natpunch, "rendezvous", "--listen", rendezvous_at, "--store", "none"}));
    EXPECT_TRUE(rendezvous->wait_for("listening")) << rendezvous->err();
    mapped.emplace(peer(home.client(), "mapped", {"-r", reflector}));
    other.emplace(peer(client_, "other", {"--behavior", "APDM/APDF/random"}));
    EXPECT_TRUE(mapped->wait_for("registered mapped at", 20s)) << mapped->err();
    EXPECT_TRUE(other->wait_for("registered other at", 20s)) << other->err();
    EXPECT_THAT(home.forwarded(), Not(HasSubstr("dnat"))) << "the probe gave back what it asked for";
  }

  [[nodiscard]] programs::Argv matrix(const std::vector<std::string>& more = {}) const {
    programs::Argv out = {natpunch, "matrix", "--rendezvous", rendezvous_at, "--json", "-"};
    out.insert(out.end(), more.begin(), more.end());
    return inside(home.world(), out);
  }

  Home home;
  std::optional<programs::Background> rendezvous;
  std::optional<programs::Background> mapped;
  std::optional<programs::Background> other;

 private:
  lab::Namespace client_;
  lab::Namespace gateway_;

  static programs::Argv peer(const lab::Namespace& where, const std::string& name,
                             const std::vector<std::string>& more) {
    programs::Argv out = {natpunch, "peer", "--rendezvous", rendezvous_at, "--name", name};
    out.insert(out.end(), more.begin(), more.end());
    return inside(where, out);
  }
};

class PortMappedPair : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    SKIP_WITHOUT_NAMESPACES();
    if (!has_miniupnpd()) NATSCOPE_SKIP("netns", "miniupnpd (package miniupnpd-nftables)");
  }
};

TEST_P(PortMappedPair, TwoSymmetricNats_Connect_AndNothingIsLeftAtTheRouter) {
  Pair pair(GetParam());
  const auto result = programs::run(pair.matrix({"--hold", "500ms"}), {.timeout = 60s});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto outcome = nlohmann::json::parse(result.out)["pairs"][0];
  EXPECT_EQ(outcome["outcome"], "direct") << outcome;
  EXPECT_EQ(outcome["strategy"], "port-mapped") << outcome;
  EXPECT_EQ(pair.mapped->stop(SIGTERM).exit_code, 0);
  EXPECT_THAT(pair.home.forwarded(), Not(HasSubstr("dnat")));
}

class PortMappedPairStopped : public PortMappedPair {};
TEST_P(PortMappedPairStopped, IsGone_AfterSigterm_InTheMidstOfAHold) {
  Pair pair(GetParam());
  programs::Background matrix(pair.matrix({"--hold", "30s"}));
  ASSERT_TRUE(pair.home.maps_within(10s)) << matrix.err();
  EXPECT_EQ(pair.mapped->stop(SIGTERM).exit_code, 0);
  EXPECT_THAT(pair.home.forwarded(), Not(HasSubstr("dnat")));
}

INSTANTIATE_TEST_SUITE_P(Miniupnpd, PortMappedPairStopped, testing::Values(true));
INSTANTIATE_TEST_SUITE_P(Miniupnpd, PortMappedPair, testing::Values(true, false),
                         [](const auto& of) { return of.param ? "Pcp" : "UpnpAlone"; });

}  // namespace port_mapped_pair_test
