// The NAT between real interfaces does exactly what the model does in memory: the same packets, one at a time, the same
// lines (tests/lab/stimulus.h). No STUN, no probe.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "lab/ip_packet.h"
#include "lab/wire/packet_socket.h"
#include "tests/lab/stimulus.h"
#include "tests/netns/stations.h"

namespace fidelity_test {

using namespace std::chrono_literals;

constexpr net::Duration patience = 1s;

std::uint64_t settled(const lab::Dispositions& d) {
  return d.delivered + d.lost + d.cut + d.queue_full + d.too_big + d.blocked + d.filtered + d.no_route + d.ttl_expired;
}

// Every station listens and speaks by a packet socket; its kernel has no address and so no opinion.
class WiredWorld : public stimulus::World {
 public:
  explicit WiredWorld(const lab::Scenario& scenario) : lab_(scenario) {
    for (const auto& host : scenario.hosts) add(host.name, lab_.host(host.name));
    for (const auto& reflector : scenario.reflectors) add(reflector.name, lab_.reflector(reflector.name));
  }

  [[nodiscard]] std::vector<stimulus::Arrival> send(const std::string& station, const lab::Packet& packet) override {
    const std::uint64_t before = settled_now();
    lab::PacketSocket& socket = stations_.at(station).socket;
    socket.queue(packet);
    socket.flush();
    while (settled_now() == before) std::this_thread::yield();
    std::vector<stimulus::Arrival> out;
    for (const auto& [name, at] : stations_) {
      for (const auto& arrived : buffers_.receive(at.socket.fd())) {
        if (auto got = lab::parse_ip(arrived.bytes, arrived.checksums)) out.push_back({name, *std::move(got)});
      }
    }
    return out;
  }

  void wait(net::Duration duration) override { std::this_thread::sleep_for(duration); }

  [[nodiscard]] net::IpAddress address(const std::string& station) const override {
    return stations_.at(station).address;
  }

 private:
  struct At {
    lab::PacketSocket socket;
    net::IpAddress address;
  };

  void add(const std::string& name, const lab::Station& station) {
    station.where.run([] { EXPECT_EQ(std::system("ip address flush dev eth0"), 0); });
    stations_.emplace(name, At{lab::PacketSocket({station.where, "eth0"}), station.addresses.front()});
  }

  [[nodiscard]] std::uint64_t settled_now() {
    std::uint64_t out = 0;
    lab_.wire().with_network([&](lab::Network& network) { out = settled(network.dispositions()); });
    return out;
  }

  lab::WiredLab lab_;
  lab::ArrivalBuffers buffers_;
  std::map<std::string, At> stations_;
};

void compare(const lab::Scenario& scenario) {
  const lab::NatProfile& profile = scenario.nats.front().profile;
  stimulus::SimulatedWorld simulated(scenario);
  WiredWorld wired(scenario);
  const stimulus::Lines expected = stimulus::play(simulated, profile, patience);
  const stimulus::Lines found = stimulus::play(wired, profile, patience);
  EXPECT_GT(expected.size(), 100U);
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) ASSERT_EQ(found[i], expected[i]) << "line " << i;
}

class Fidelity : public testing::TestWithParam<lab::NatProfile> {
 protected:
  void SetUp() override { SKIP_WITHOUT_NAMESPACES(); }
};
class FidelityOfIpv6 : public Fidelity {};

TEST_P(Fidelity, RealPackets_MeetWhatTheModelDoesInMemory) { compare(stimulus::stage(GetParam())); }
TEST_P(FidelityOfIpv6, RealPackets_MeetWhatTheModelDoesInMemory) {
  compare(stimulus::stage(GetParam(), lab::Families::V6));
}

TEST(FidelityOfNat64, RealPackets_MeetWhatTheModelDoesInMemory) {
  SKIP_WITHOUT_NAMESPACES();
  const lab::Scenario scenario = stimulus::stage_of_nat64();
  stimulus::SimulatedWorld simulated(scenario);
  const auto lines = stimulus::play(simulated, scenario.nats.front().profile, patience);
  const auto heard = std::ranges::count_if(lines, [](const std::string& line) {
    return line.starts_with("h udp") && line.find(": r1 udp 203.0.113.1:") != std::string::npos;
  });
  EXPECT_GT(heard, 10) << "the script does cross the NAT64";
  compare(scenario);
}

std::string test_name(const testing::TestParamInfo<lab::NatProfile>& of) {
  std::string name = of.param.name;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Profiles, Fidelity, testing::ValuesIn(stimulus::all_profiles()), test_name);
INSTANTIATE_TEST_SUITE_P(Profiles, FidelityOfIpv6, testing::ValuesIn(stimulus::ipv6_profiles()), test_name);

}  // namespace fidelity_test
