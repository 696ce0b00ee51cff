#include "world.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tests {
namespace {

constexpr std::uint16_t port = traversal::rendezvous_port;

const net::Endpoint over_ipv6{net::address("2001:db8:ffff::1"), port};

std::optional<net::Endpoint> other_place(const WorldSettings& settings) {
  return settings.dual_stack ? std::optional(over_ipv6) : std::nullopt;
}

traversal::Id id_of(net::Random& random) {
  traversal::Id id{};
  random.fill(id);
  return id;
}

}  // namespace

World::World(const WorldSettings& settings)
    : bed({.seed = settings.seed, .family = settings.family}),
      rendezvous({.listen = {bed.reflector_a.address, port},
                  .listen_other = other_place(settings),
                  .token = settings.token,
                  .hosts_per_token = traversal::most_hosts,
                  .secret = {7, 7}},
                 net::Random(settings.seed + 1)),
      settings_(settings),
      random_(settings.seed + 2),
      client_host_(bed.add_public_host(settings.link).host) {
  if (settings.dual_stack)
    bed.network.add_interface(bed.reflector_a.host, {over_ipv6.address}, lab::core, lab::both_ways(settings.link));
  rendezvous_agent = bed.simulator.add_agent(bed.reflector_a.host, rendezvous);
}

net::Endpoint World::rendezvous_endpoint(net::Family family) const {
  return family == net::Family::V6 && settings_.dual_stack ? over_ipv6 : net::Endpoint{bed.reflector_a.address, port};
}

lab::AgentId World::add_peer_of(const std::string& name, const lab::NatProfile& nat,
                                std::vector<net::Family> families) {
  lab::NatProfile profile = nat;
  profile.ipv6 = lab::Ipv6Service::Firewall;
  const std::uint8_t site = ++sites_of_both_;
  const auto router = bed.network.add_nat(profile, {.external = {net::IpAddress::v4({203, 0, 114, site})}}, lab::core,
                                          lab::both_ways(settings_.link));
  std::vector<net::IpAddress> addresses;
  for (const net::Family family : families) {
    addresses.push_back(family == net::Family::V4
                            ? net::IpAddress::v4({10, 1, site, 2})
                            : net::IpAddress::v6({0x20, 0x01, 0x0d, 0xb8, 0, 9, 0, site, 0, 0, 0, 0, 0, 0, 0, 2}));
  }
  const auto host = bed.network.add_host(std::move(addresses), router);
  return add_peer_at(name, host, lab::declared(nat), settings_.token, std::nullopt, families.front());
}

lab::AgentId World::add_peer(const std::string& name, const lab::NatProfile& nat) {
  const lab::Site site = bed.add_site(nat, settings_.link);
  sites.emplace(name, site);
  return add_peer_at(name, site.host, lab::declared(nat), settings_.token);
}

MappingServer& World::add_mapped_peer(const std::string& name, const lab::NatProfile& nat,
                                      std::optional<net::IpAddress> told) {
  const lab::Site site = bed.add_site(nat, settings_.link);
  const lab::Site router = bed.add_neighbour(site);
  sites.emplace(name, site);
  servers_.emplace_back(router.inside, bed.network, site.nat, told.value_or(site.outside));
  bed.simulator.add_agent(router.host, servers_.back());
  add_peer_at(name, site.host, lab::declared(nat), settings_.token, servers_.back().service());
  return servers_.back();
}

lab::AgentId World::add_neighbour(const std::string& name, const std::string& of) {
  const lab::Site& site = sites.at(of);
  return add_peer_at(name, bed.add_neighbour(site).host, lab::declared(bed.network.nat(site.nat).profile()),
                     settings_.token);
}

lab::AgentId World::add_peer_at(const std::string& name, lab::HostId host, const net::NatBehavior& behavior,
                                std::string token, std::optional<gateway::Service> port_mapping,
                                net::Family registers_over) {
  all_peers_.emplace_back(traversal::PeerConfig{.rendezvous = rendezvous_endpoint(registers_over),
                                                .name = name,
                                                .behavior = behavior,
                                                .token = std::move(token),
                                                .session = id_of(random_),
                                                .port_mapping = std::move(port_mapping)},
                          random_.fork());
  peers_[name] = &all_peers_.back();
  return bed.simulator.add_agent(host, all_peers_.back());
}

void World::wait_until_registered() {
  const auto all = [this] {
    return std::all_of(peers_.begin(), peers_.end(),
                       [](const auto& p) { return p.second->registered_as().has_value(); });
  };
  ASSERT_TRUE(bed.simulator.run_until(all, bed.simulator.now() + 10s));
}

net::Duration World::wait_until_played(const traversal::MatrixClient& client, net::Duration limit) {
  const net::TimePoint begin = bed.simulator.now();
  const auto played = [&] {
    const auto& [done, total] = client.progress().pairs;
    return client.finished() || (total > 0 && done == total);
  };
  EXPECT_TRUE(bed.simulator.run_until(played, begin + limit));
  return bed.simulator.now() - begin;
}

traversal::MatrixClient& World::ask(traversal::MatrixRequest request) {
  clients_.emplace_back(
      traversal::MatrixClientConfig{
          .rendezvous = rendezvous_endpoint(), .token = settings_.token, .request = std::move(request)},
      random_.fork());
  bed.simulator.add_agent(client_host_, clients_.back());
  return clients_.back();
}

traversal::Matrix World::matrix(traversal::MatrixRequest request, net::Duration limit) {
  wait_until_registered();
  const traversal::MatrixClient& client = ask(std::move(request));
  EXPECT_TRUE(bed.simulator.run_until([&] { return client.finished(); }, bed.simulator.now() + limit));
  EXPECT_EQ(client.failure().value_or(""), "");
  return client.matrix().value_or(traversal::Matrix{});
}

const traversal::PairOutcome& pair_of(const traversal::Matrix& matrix, const std::string& a, const std::string& b) {
  static const traversal::PairOutcome none;
  for (const auto& pair : matrix.pairs) {
    if ((pair.a == a && pair.b == b) || (pair.a == b && pair.b == a)) return pair;
  }
  ADD_FAILURE() << "no pair " << a << ", " << b;
  return none;
}

lab::NatProfile nat(const std::string& short_name, net::PortAllocation allocation) {
  const auto behavior = net::parse_short(short_name);
  return lab::make_profile(*behavior->mapping, *behavior->filtering, allocation);
}

}  // namespace tests
