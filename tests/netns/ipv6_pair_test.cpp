// natpunch between two dual-stack hosts on real packets: symmetric NATs for IPv4, and for IPv6 a stateful firewall
// each.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "lab/wire/process.h"
#include "tests/netns/stations.h"

namespace ipv6_pair_test {

using namespace std::chrono_literals;

constexpr const char* natpunch = NATSCOPE_BIN "/natpunch";

lab::Scenario two_homes() {
  lab::Scenario out = netns::hosts_behind_nats(2);
  for (auto& nat : out.nats) {
    nat.profile = *lab::find_profile("symmetric");
    nat.profile.ipv6 = lab::Ipv6Service::Firewall;
  }
  out.family = lab::Families::Dual;
  out.rendezvous = true;
  return out;
}

net::Endpoint place_of(const lab::Station& station, net::Family family) {
  for (const net::IpAddress& address : station.addresses) {
    if (address.family() == family) return {address, 3480};
  }
  ADD_FAILURE() << "no address of this family";
  return {};
}

TEST(Ipv6Pair, ConnectsThroughBothFirewalls_OnRealPackets) {
  SKIP_WITHOUT_NAMESPACES();
  const lab::StopSignals stop;
  const lab::Scenario scenario = two_homes();
  lab::WiredLab lab{scenario};
  const std::string v4 = net::to_string(place_of(lab.rendezvous(), net::Family::V4));
  const std::string v6 = net::to_string(place_of(lab.rendezvous(), net::Family::V6));
  lab::Process rendezvous(lab.rendezvous().where,
                          {.words = {natpunch, "rendezvous", "--listen", v4, "--listen", v6, "--store", "none"}}, stop);
  rendezvous.wait_for_line("listening on udp " + v6, 10s);
  rendezvous.wait_for_line("listening on tcp", 10s);
  const auto peer = [&](const std::string& host) {
    return lab::Process(lab.host(host).where,
                        {.words = {natpunch, "peer", "--rendezvous", v4, "--name", host, "--behavior",
                                   "APDM/APDF/random", "--verbose"}},
                        stop);
  };
  lab::Process first = peer("host1");
  lab::Process second = peer("host2");
  for (lab::Process* one : {&first, &second}) one->wait_for_line("also seen at [", 10s);
  lab::Process matrix(lab.rendezvous().where,
                      {.words = {natpunch, "matrix", "--rendezvous", v4, "--hold", "200ms", "--json", "-"}}, stop);
  ASSERT_EQ(matrix.wait(30s), 0) << matrix.err();
  const auto pair = nlohmann::json::parse(matrix.out())["pairs"][0];
  EXPECT_EQ(pair["outcome"], "direct") << pair;
  EXPECT_EQ(pair["strategy"], "ipv6-firewall") << pair;
}

}  // namespace ipv6_pair_test
