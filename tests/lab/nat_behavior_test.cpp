// The NAT model against the definitions of RFC 4787, by bare tuples: no STUN, no network.

#include <gmock/gmock.h>

#include <map>
#include <tuple>

#include "lab/nat.h"

namespace nat_behavior_test {

using namespace std::chrono_literals;
using lab::Hairpin;
using lab::Nat;
using lab::NatProfile;
using lab::Packet;
using lab::Protocol;
using net::Endpoint;
using net::FilteringBehavior;
using net::MappingBehavior;
using net::PortAllocation;
using net::TimePoint;

const TimePoint t0{};
const Endpoint inside = net::endpoint("10.0.1.2:40000");

Packet packet(const Endpoint& source, const Endpoint& destination, Protocol protocol = Protocol::Udp) {
  return {.protocol = protocol, .source = source, .destination = destination};
}

Nat nat_of(const NatProfile& profile, std::uint64_t seed = 1) {
  const bool translates = profile.mapping != MappingBehavior::None;
  return Nat(profile, {.external = std::vector(translates ? 1 : 0, net::address("203.0.113.1"))}, net::Random(seed));
}

std::optional<Endpoint> send(Nat& nat, const Endpoint& source, const Endpoint& destination, TimePoint now = t0,
                             Protocol protocol = Protocol::Udp) {
  const auto out = nat.outbound(packet(source, destination, protocol), now);
  if (!out) return std::nullopt;
  EXPECT_EQ(out->packet.destination, destination);
  EXPECT_EQ(out->leaves, lab::Side::Outside);
  return out->packet.source;
}

bool hears(Nat& nat, const Endpoint& external, const Endpoint& remote, TimePoint now = t0,
           Protocol protocol = Protocol::Udp) {
  const auto in = nat.inbound(packet(remote, external, protocol), now);
  if (in) {
    EXPECT_EQ(in->packet.destination.port, inside.port);
    EXPECT_EQ(in->packet.source, remote);
  }
  return in.has_value();
}

// ---- the nine kinds, every allocation, both families ---------------------------------------------------------------

class Grid
    : public testing::TestWithParam<std::tuple<MappingBehavior, FilteringBehavior, PortAllocation, net::Family>> {
 protected:
  MappingBehavior mapping() const { return std::get<0>(GetParam()); }
  FilteringBehavior filtering() const { return std::get<1>(GetParam()); }
  PortAllocation allocation() const { return std::get<2>(GetParam()); }
  NatProfile profile() const { return lab::make_profile(mapping(), filtering(), allocation()); }

  bool v6() const { return std::get<3>(GetParam()) == net::Family::V6; }
  Endpoint host() const { return v6() ? net::endpoint("[fd00::2]:40000") : inside; }
  net::IpAddress external() const { return net::address(v6() ? "2001:db8::113:1" : "203.0.113.1"); }
  Endpoint remote(int address, int port) const {  // two addresses, two ports: the four endpoints of a reflector pair
    const auto number = static_cast<std::uint16_t>(3477 + port);
    if (v6()) return {net::address(address == 1 ? "2001:db8::1" : "2001:db8::2"), number};
    return {net::address(address == 1 ? "198.51.100.1" : "198.51.100.2"), number};
  }

  Nat nat(std::uint64_t seed) const { return Nat(profile(), {.external = {external()}}, net::Random(seed)); }
};

TEST_P(Grid, MapsAsDeclared_OverAllFourEndpoints) {
  Nat nat = this->nat(3);
  const Endpoint first = *send(nat, host(), remote(1, 1));
  const Endpoint other_port = *send(nat, host(), remote(1, 2));
  const Endpoint other_address = *send(nat, host(), remote(2, 1));
  const Endpoint other_both = *send(nat, host(), remote(2, 2));

  const bool overloads = allocation() == PortAllocation::PreservingOverloading;
  const bool by_address = mapping() != MappingBehavior::EndpointIndependent && !overloads;
  const bool by_port = mapping() == MappingBehavior::AddressAndPortDependent && !overloads;
  EXPECT_EQ(first == other_port, !by_port);
  EXPECT_EQ(first == other_address, !by_address);
  EXPECT_EQ(first == other_both, !by_address);
  EXPECT_EQ(other_address == other_both, !by_port);

  EXPECT_EQ(first.address, external());
  EXPECT_EQ(send(nat, host(), remote(1, 1)), first) << "a mapping is kept";
  EXPECT_EQ(send(nat, host(), remote(2, 2)), other_both);
  EXPECT_NE(send(nat, net::with_port(host(), 40001), remote(1, 1)), first) << "another socket, another mapping";
}

TEST_P(Grid, FiltersAsDeclared) {
  Nat nat = this->nat(4);
  const Endpoint mapped = *send(nat, host(), remote(1, 1));

  EXPECT_TRUE(hears(nat, mapped, remote(1, 1)));
  EXPECT_EQ(hears(nat, mapped, remote(1, 2)), filtering() != FilteringBehavior::AddressAndPortDependent);
  EXPECT_EQ(hears(nat, mapped, remote(2, 1)), filtering() == FilteringBehavior::EndpointIndependent);
  EXPECT_EQ(hears(nat, mapped, remote(2, 2)), filtering() == FilteringBehavior::EndpointIndependent);
  EXPECT_FALSE(hears(nat, net::with_port(mapped, static_cast<std::uint16_t>(mapped.port ^ 1)), remote(1, 1)));
}

TEST_P(Grid, OpensToWhereTheMappingHasSent) {
  Nat nat = this->nat(5);
  const Endpoint first = *send(nat, host(), remote(1, 1));
  const Endpoint second = *send(nat, host(), remote(2, 1));
  EXPECT_TRUE(hears(nat, second, remote(2, 1)));
  const bool one_mapping = first == second;
  EXPECT_EQ(hears(nat, first, remote(2, 1)), one_mapping || filtering() == FilteringBehavior::EndpointIndependent)
      << "filter state belongs to the mapping";
}

TEST_P(Grid, UnsolicitedInput_LeavesNoTrace) {
  Nat touched = this->nat(6);
  Nat untouched = this->nat(6);
  for (int port = 39990; port < 40010; ++port) {
    EXPECT_FALSE(hears(touched, {external(), static_cast<std::uint16_t>(port)}, remote(1, 1)));
  }
  EXPECT_EQ(send(touched, host(), remote(1, 1)), send(untouched, host(), remote(1, 1)));
  EXPECT_EQ(send(touched, host(), remote(2, 1)), send(untouched, host(), remote(2, 1)));
}

TEST_P(Grid, TcpHasItsOwnTable) {
  Nat nat = this->nat(7);
  const Endpoint udp = *send(nat, host(), remote(1, 1));
  EXPECT_FALSE(hears(nat, udp, remote(1, 1), t0, Protocol::Tcp));
  const Endpoint tcp = *send(nat, host(), remote(1, 1), t0, Protocol::Tcp);
  EXPECT_TRUE(hears(nat, tcp, remote(1, 1), t0, Protocol::Tcp));
}

INSTANTIATE_TEST_SUITE_P(
    AllKinds, Grid,
    testing::Combine(testing::Values(MappingBehavior::EndpointIndependent, MappingBehavior::AddressDependent,
                                     MappingBehavior::AddressAndPortDependent),
                     testing::Values(FilteringBehavior::EndpointIndependent, FilteringBehavior::AddressDependent,
                                     FilteringBehavior::AddressAndPortDependent),
                     testing::Values(PortAllocation::Preserving, PortAllocation::PreservingOverloading,
                                     PortAllocation::Sequential, PortAllocation::Random),
                     testing::Values(net::Family::V4, net::Family::V6)),
    [](const auto& param) {
      std::string name =
          lab::make_profile(std::get<0>(param.param), std::get<1>(param.param), std::get<2>(param.param)).name;
      std::replace(name.begin(), name.end(), '-', '_');
      return name + (std::get<3>(param.param) == net::Family::V6 ? "_v6" : "_v4");
    });

// ---- lifetime, hairpin, firewall, blocked UDP ----------------------------------------------------------------------

const Endpoint server = net::endpoint("198.51.100.1:3478");
const Endpoint stranger = net::endpoint("198.51.100.2:3478");

TEST(NatLifetime, EndsToTheMillisecond_AfterTheLastOutboundPacket) {
  NatProfile profile = *lab::find_profile("full-cone");
  profile.udp_lifetime = 30s;
  Nat nat = nat_of(profile);
  const Endpoint mapped = *send(nat, inside, server);
  EXPECT_TRUE(hears(nat, mapped, server, t0 + 29999ms));
  EXPECT_FALSE(hears(nat, mapped, server, t0 + 30000ms)) << "inbound packets do not refresh";

  send(nat, inside, server, t0 + 40s);
  send(nat, inside, server, t0 + 60s);
  EXPECT_TRUE(hears(nat, mapped, server, t0 + 89999ms));
  EXPECT_FALSE(hears(nat, mapped, server, t0 + 90000ms));
}

TEST(NatLifetime, AnExpiredMappingIsMadeAnew) {
  NatProfile profile = *lab::find_profile("eim-eif-sequential");
  profile.udp_lifetime = 30s;
  Nat nat = nat_of(profile);
  const Endpoint first = *send(nat, inside, server);
  EXPECT_EQ(send(nat, inside, server, t0 + 29999ms), first);
  EXPECT_NE(send(nat, inside, server, t0 + 59999ms), first);
}

TEST(NatLifetime, ForgetEndsEverything) {
  Nat nat = nat_of(*lab::find_profile("full-cone"));
  const Endpoint mapped = *send(nat, inside, server);
  nat.forget();
  EXPECT_FALSE(hears(nat, mapped, server));
}

TEST(NatLifetime, TheTableOfADeadMillionIsSwept) {
  NatProfile profile = *lab::find_profile("symmetric");
  profile.udp_lifetime = 1s;
  Nat nat = nat_of(profile);
  for (int i = 0; i < 100'000; ++i) {  // more than the pool: it lasts only if the dead make room
    const Endpoint remote{server.address, static_cast<std::uint16_t>(1 + i % 60'000)};
    ASSERT_TRUE(send(nat, inside, remote, t0 + i * 100us)) << i;
  }
}

struct HairpinCase {
  Hairpin hairpin;
  std::optional<Endpoint> source_seen;  // empty: dropped
};

class NatHairpin : public testing::TestWithParam<HairpinCase> {};

TEST_P(NatHairpin, ShowsTheDeclaredSource) {
  NatProfile profile = *lab::find_profile("full-cone");
  profile.hairpin = GetParam().hairpin;
  Nat nat = nat_of(profile);
  const Endpoint neighbour = net::endpoint("10.0.1.3:50000");
  const Endpoint mapped = *send(nat, neighbour, server);
  const auto out = nat.outbound(packet(inside, mapped), t0);
  ASSERT_EQ(out.has_value(), GetParam().source_seen.has_value());
  if (!out) return;
  EXPECT_EQ(out->leaves, lab::Side::Inside);
  EXPECT_EQ(out->packet.destination, neighbour);
  EXPECT_EQ(out->packet.source, *GetParam().source_seen);
}

INSTANTIATE_TEST_SUITE_P(Kinds, NatHairpin,
                         testing::Values(HairpinCase{Hairpin::Off, std::nullopt},
                                         HairpinCase{Hairpin::ExternalSource, net::endpoint("203.0.113.1:40000")},
                                         HairpinCase{Hairpin::InternalSource, inside}));

TEST(NatHairpin, ObeysTheFilter) {
  NatProfile profile = *lab::find_profile("port-restricted-cone");
  profile.hairpin = Hairpin::ExternalSource;
  Nat nat = nat_of(profile);
  const Endpoint neighbour = net::endpoint("10.0.1.3:50000");
  const Endpoint theirs = *send(nat, neighbour, server);
  const Endpoint ours = *send(nat, inside, server);
  EXPECT_FALSE(nat.outbound(packet(inside, theirs), t0));
  EXPECT_TRUE(nat.outbound(packet(neighbour, ours), t0)) << "we have sent there";
  EXPECT_TRUE(nat.outbound(packet(inside, theirs), t0)) << "and they here";
}

TEST(NatFirewall, TranslatesNothing_FiltersAsDeclared) {
  const Endpoint open_host = net::endpoint("192.0.2.1:40000");
  for (const FilteringBehavior filtering : {FilteringBehavior::EndpointIndependent, FilteringBehavior::AddressDependent,
                                            FilteringBehavior::AddressAndPortDependent}) {
    Nat nat = nat_of(lab::make_profile(MappingBehavior::None, filtering, PortAllocation::Preserving));
    const bool open = filtering == FilteringBehavior::EndpointIndependent;
    EXPECT_EQ(hears(nat, open_host, server), open);
    EXPECT_EQ(send(nat, open_host, server), open_host);
    EXPECT_TRUE(hears(nat, open_host, server));
    EXPECT_EQ(hears(nat, open_host, net::with_port(server, 3479)),
              filtering != FilteringBehavior::AddressAndPortDependent);
    EXPECT_EQ(hears(nat, open_host, stranger), open);
    EXPECT_EQ(hears(nat, open_host, server, t0 + 120s), open) << "state ends";
  }
}

TEST(NatUdpBlocked, DropsUdpBothWays_PassesTcp) {
  Nat nat = nat_of(*lab::find_profile("udp-blocked"));
  EXPECT_FALSE(send(nat, inside, server));
  const Endpoint tcp = *send(nat, inside, server, t0, Protocol::Tcp);
  EXPECT_TRUE(hears(nat, tcp, server, t0, Protocol::Tcp));
  EXPECT_FALSE(hears(nat, tcp, server));
}

TEST(NatFamily, WithoutAnExternalAddressOfIt_Drops) {
  Nat nat = nat_of(*lab::find_profile("full-cone"));
  EXPECT_FALSE(send(nat, net::endpoint("[fd00::2]:40000"), net::endpoint("[2001:db8::1]:3478")));
}

}  // namespace nat_behavior_test
