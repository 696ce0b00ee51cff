#include "reflector/reflector_config.h"

namespace reflector {
namespace {

ReflectorConfig small_config(const HostConfig& host) {
  ReflectorConfig config{.hosts = {host}};
  config.limiter_lines = 1024;
  config.limiter_buckets = 1024;
  config.sent_entries = 1024;
  return config;
}

}  // namespace

net::IpAddress seen_address(const HostConfig& host) { return host.advertise.value_or(host.listen.address); }
net::IpAddress seen_address(const PartnerConfig& partner) { return partner.advertise.value_or(partner.link.address); }

Topology topology_of(const HostConfig& host) {
  Topology topology;
  topology.arrangement = host.partner          ? Arrangement::Pair
                         : host.second_address ? Arrangement::TwoAddresses
                                               : Arrangement::Plain;
  topology.alternate_port_open = host.alternate_port.has_value();
  const net::IpAddress own = seen_address(host);
  const net::IpAddress other = host.partner ? seen_address(*host.partner) : host.second_address.value_or(own);
  for (const SocketRole role : all_roles) {
    const std::uint16_t port = role.alternate_port ? host.alternate_port.value_or(0) : host.listen.port;
    topology.advertised[role.index()] = {role.partner_address ? other : own, port};
  }
  return topology;
}

std::vector<RoleSocket> stun_sockets_of(const HostConfig& host) {
  const Topology topology = topology_of(host);
  std::vector<RoleSocket> all;
  for (const SocketRole role : all_roles) {
    if (!topology.here(role)) continue;
    const net::IpAddress& address = role.partner_address ? *host.second_address : host.listen.address;
    all.push_back({role, {address, topology.endpoint(role).port}});
  }
  return all;
}

std::optional<net::Endpoint> link_socket_of(const HostConfig& host) {
  if (!host.partner) return std::nullopt;
  return net::with_port(host.listen, host.link_port);
}

DestinationRule destination_rule_of(const HostConfig& host, const std::vector<Prefix>& allowed) {
  DestinationRule rule{
      .own = seen_address(host), .refused = {host.listen.address, seen_address(host)}, .allowed = allowed};
  if (host.second_address) rule.refused.push_back(*host.second_address);
  if (host.partner) {
    rule.refused.push_back(host.partner->link.address);
    rule.refused.push_back(seen_address(*host.partner));
  }
  return rule;
}

ReflectorConfig plain_config(const net::Endpoint& own) { return small_config({.listen = own}); }

ReflectorConfig two_addresses_config(const net::Endpoint& own, const net::IpAddress& second) {
  return small_config({.listen = own, .alternate_port = default_alternate_port, .second_address = second});
}

ReflectorConfig pair_config(const net::Endpoint& own, const net::IpAddress& partner, net::BytesView key) {
  ReflectorConfig config = small_config({.listen = own,
                                         .alternate_port = default_alternate_port,
                                         .partner = PartnerConfig{.link = {partner, default_link_port}}});
  config.link_keys.emplace_back(key.begin(), key.end());
  return config;
}

}  // namespace reflector
