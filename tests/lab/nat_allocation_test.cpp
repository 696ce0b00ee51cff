// How the NAT model chooses external ports (RFC 4787 section 4.2), and pairs addresses.

#include <gmock/gmock.h>

#include <set>

#include "lab/nat.h"

namespace nat_allocation_test {

using lab::Nat;
using lab::NatProfile;
using net::Endpoint;
using testing::ElementsAre;

const net::TimePoint t0{};
const Endpoint x = net::endpoint("10.0.1.2:40000");
const Endpoint y = net::endpoint("10.0.1.3:40000");

Endpoint server(int number) { return {net::address("198.51.100.1"), static_cast<std::uint16_t>(3000 + number)}; }

Nat nat_of(const NatProfile& profile, std::uint64_t seed = 1) {
  return Nat(profile, {.external = {net::address("203.0.113.1")}}, net::Random(seed));
}

NatProfile profile(std::string_view name) { return *lab::find_profile(name); }

int port(Nat& nat, const Endpoint& source, const Endpoint& destination, net::TimePoint now = t0) {
  const auto out = nat.outbound({.source = source, .destination = destination}, now);
  return out ? out->packet.source.port : -1;
}

std::vector<int> ports(Nat& nat, const Endpoint& source, int count) {
  std::vector<int> all;
  for (int i = 0; i < count; ++i) all.push_back(port(nat, source, server(i)));
  return all;
}

TEST(Preserving, FirstMappingKeepsTheLocalPort_NextOnesCountOn) {
  Nat nat = nat_of(profile("apdm-apdf-preserving"));
  EXPECT_THAT(ports(nat, x, 4), ElementsAre(40000, 40001, 40002, 40003));
  EXPECT_EQ(port(nat, net::with_port(x, 40002), server(9)), 40004);
  EXPECT_EQ(port(nat, y, server(0)), 40005) << "one port, one mapping, whoever asks";
}

TEST(Preserving, ALocalPortOutsideThePool_TakesThePoolsFirst) {
  NatProfile small = profile("full-cone");
  small.first_port = 2000;
  small.last_port = 2001;
  Nat nat = nat_of(small);
  EXPECT_EQ(port(nat, x, server(0)), 2000);
  EXPECT_EQ(port(nat, y, server(0)), 2001);
  EXPECT_EQ(port(nat, net::with_port(x, 7), server(0)), -1) << "an empty pool drops";
}

TEST(Preserving, AnEndedMappingFreesItsPort) {
  Nat nat = nat_of(profile("full-cone"));
  EXPECT_EQ(port(nat, x, server(0)), 40000);
  EXPECT_EQ(port(nat, y, server(0)), 40001);
  EXPECT_EQ(port(nat, net::endpoint("10.0.1.4:40000"), server(0), t0 + std::chrono::seconds(120)), 40000);
}

TEST(PreservingOverloading, OnePortForEveryDestination) {
  Nat nat = nat_of(profile("linux-masquerade"));
  EXPECT_THAT(ports(nat, x, 4), ElementsAre(40000, 40000, 40000, 40000));
}

TEST(PreservingOverloading, TwoHostsShareAPort_WhileTheRemotesDiffer) {
  Nat nat = nat_of(profile("linux-masquerade"));
  EXPECT_EQ(port(nat, x, server(0)), 40000);
  EXPECT_EQ(port(nat, y, server(1)), 40000);
  const auto answer = [&](int number) {
    return nat.inbound({.source = server(number), .destination = net::endpoint("203.0.113.1:40000")}, t0)
        ->packet.destination;
  };
  EXPECT_EQ(answer(0), x);
  EXPECT_EQ(answer(1), y);
}

TEST(PreservingOverloading, OnConflict_AnotherPort_WhichTheSourceThenKeeps) {
  Nat nat = nat_of(profile("linux-masquerade"));
  EXPECT_EQ(port(nat, x, server(0)), 40000);
  EXPECT_EQ(port(nat, y, server(0)), 40001);
  EXPECT_EQ(port(nat, y, server(1)), 40001);
  EXPECT_EQ(port(nat, x, server(1)), 40000);
}

TEST(PreservingOverloading, WhereTheFilterIsOpen_HostsDoNotShare) {
  const auto open =
      lab::make_profile(net::MappingBehavior::AddressAndPortDependent, net::FilteringBehavior::EndpointIndependent,
                        net::PortAllocation::PreservingOverloading);
  Nat nat = nat_of(open);
  EXPECT_EQ(port(nat, x, server(0)), 40000);
  EXPECT_EQ(port(nat, y, server(1)), 40001) << "input to 40000 from anywhere must mean one host";
}

TEST(Sequential, CountsByTheStep) {
  for (const int step : {1, 2, 17}) {
    NatProfile sequential = profile("apdm-apdf-sequential");
    sequential.step = static_cast<std::uint16_t>(step);
    sequential.first_port = 1024;
    Nat nat = nat_of(sequential);
    const std::vector<int> all = ports(nat, x, 5);
    for (std::size_t i = 1; i < all.size(); ++i) {
      const int pool = 65536 - 1024;
      EXPECT_EQ((all[i] - all[i - 1] + pool) % pool, step);
    }
  }
}

TEST(Sequential, WrapsAround_AndSkipsWhatIsUsed) {
  NatProfile sequential = profile("apdm-apdf-sequential");
  sequential.first_port = 5000;
  sequential.last_port = 5003;
  sequential.step = 2;
  Nat nat = nat_of(sequential);
  const std::vector<int> all = ports(nat, x, 5);
  EXPECT_THAT(std::vector(all.begin(), all.begin() + 4), testing::UnorderedElementsAre(5000, 5001, 5002, 5003));
  EXPECT_EQ(all[4], -1);
}

TEST(Random, IsUniformOverThePool) {
  Nat nat = nat_of(profile("apdm-apdf-random"));
  constexpr int draws = 16'000;
  std::array<int, 16> buckets{};
  std::set<int> distinct;
  for (int i = 0; i < draws; ++i) {
    const int drawn = port(nat, x, server(i));
    ASSERT_GE(drawn, 1024);
    distinct.insert(drawn);
    ++buckets[static_cast<std::size_t>((drawn - 1024) * 16 / (65536 - 1024))];
  }
  EXPECT_EQ(distinct.size(), draws) << "no port twice";
  for (const int count : buckets) EXPECT_NEAR(count, draws / 16, 150);  // five standard deviations
}

TEST(Random, UsesUpASmallPoolToTheLastPort) {
  NatProfile random = profile("apdm-apdf-random");
  random.first_port = 6000;
  random.last_port = 6499;
  Nat nat = nat_of(random);
  const std::vector<int> all = ports(nat, x, 501);
  EXPECT_EQ(std::set<int>(all.begin(), all.end() - 1).size(), 500U);
  EXPECT_EQ(all.back(), -1);
}

TEST(Random, DependsOnTheSeedAlone) {
  Nat one = nat_of(profile("symmetric"), 7);
  Nat same = nat_of(profile("symmetric"), 7);
  Nat other = nat_of(profile("symmetric"), 8);
  const std::vector<int> drawn = ports(one, x, 10);
  EXPECT_EQ(ports(same, x, 10), drawn);
  EXPECT_NE(ports(other, x, 10), drawn);
}

TEST(Pooling, AnInsideHostKeepsToOneExternalAddress) {
  Nat nat(profile("symmetric"), {.external = {net::address("203.0.113.1"), net::address("203.0.113.2")}},
          net::Random(1));
  const auto address = [&](const Endpoint& source, int number) {
    return nat.outbound({.source = source, .destination = server(number)}, t0)->packet.source.address;
  };
  const net::IpAddress first = address(x, 0);
  EXPECT_NE(address(y, 0), first);
  for (int i = 1; i < 5; ++i) EXPECT_EQ(address(net::with_port(x, static_cast<std::uint16_t>(40000 + i)), i), first);
}

}  // namespace nat_allocation_test
