// Both hosts of a pair behind 1:1 NATs, as clouds give addresses: each listens on its inside address and advertises the
// outside one.
#include <gtest/gtest.h>

#include "lab/nat_profile.h"
#include "lab/simulator.h"
#include "reflector/reflector_agent.h"
#include "tests/reflector/client.h"

namespace reflector {
namespace partner_nat_test {

using std::chrono::milliseconds;
using std::chrono::seconds;
using stun::ChangeRequest;

constexpr std::string_view shared_secret = "0123456789abcdef0123456789abcdef";

struct Side {
  net::IpAddress inside, outside;
};
const Side side_a{net::address("10.0.1.2"), net::address("192.0.2.1")};
const Side side_b{net::address("10.0.1.2"), net::address("192.0.2.2")};  // the same inside, as clouds like to have it

// Every port of the outside address leads to the inside one, and out by the same port.
lab::NatProfile one_to_one(const net::IpAddress& inside) {
  lab::NatProfile profile = *lab::find_profile("full-cone");
  profile.forwards = {{.protocol = lab::Protocol::Udp, .first_port = 1, .last_port = 65535, .inside = {inside, 1}}};
  return profile;
}

ReflectorConfig config(const Side& own, const Side& partner) {
  ReflectorConfig out = pair_config({own.inside, default_port}, partner.outside, net::as_bytes(shared_secret));
  out.hosts.front().advertise = own.outside;
  return out;
}

TEST(PartnerNat, APairBehindTwoOneToOneNats_ServesAsIfThereWereNone) {
  lab::Network network{net::Random(1)};
  lab::Simulator simulator(network, net::Random(2));
  const auto place = [&](const Side& side) {
    const auto nat =
        network.add_nat(one_to_one(side.inside), {.external = {side.outside}, .inside = {net::address("10.0.1.1")}});
    return network.add_host({side.inside}, nat, lab::both_ways({.delay = milliseconds(10)}));
  };
  ReflectorAgent a(config(side_a, side_b), Secret{1});
  ReflectorAgent b(config(side_b, side_a), Secret{2});
  simulator.add_agent(place(side_a), a);
  simulator.add_agent(place(side_b), b);
  simulator.run_for(seconds(1));
  ASSERT_TRUE(a.partner_usable(net::Family::V4, simulator.now()));
  ASSERT_TRUE(b.partner_usable(net::Family::V4, simulator.now()));

  std::vector<Client::Question> questions;
  const std::vector<ChangeRequest> changes = {{false, false}, {false, true}, {true, false}, {true, true}};
  for (std::uint8_t i = 0; i < 8; ++i) {
    const Side& asked = i < 4 ? side_a : side_b;
    questions.push_back({milliseconds(10), {asked.outside, default_port}, request(i, 0, changes[i % 4])});
  }
  Client client(net::endpoint("198.51.100.9:40000"), questions);
  simulator.add_agent(network.add_host({net::address("198.51.100.9")}), client);
  simulator.run_for(seconds(1));
  ASSERT_EQ(client.answers.size(), 8U);
  for (std::uint8_t i = 0; i < 8; ++i) {
    const ChangeRequest& change = changes[i % 4];
    const Side& asked = i < 4 ? side_a : side_b;
    const Side& other = i < 4 ? side_b : side_a;
    const auto answer = client.to(i).at(0);
    const net::Endpoint expected{change.change_address ? other.outside : asked.outside,
                                 change.change_port ? default_alternate_port : default_port};
    EXPECT_EQ(answer.from, expected);
    EXPECT_EQ(answer.message().get<stun::ResponseOrigin>()->endpoint, expected);
    EXPECT_EQ(answer.message().get<stun::OtherAddress>()->endpoint,
              (net::Endpoint{other.outside, default_alternate_port}));
  }
}

}  // namespace partner_nat_test
}  // namespace reflector
