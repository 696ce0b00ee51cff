#include "traversal/port_pattern.h"

#include <algorithm>
#include <array>

namespace traversal {
namespace {

// SSDP, STUN, SIP, memcached, games and tunnels: each answers or acts on a datagram.
constexpr std::array<unsigned, 7> service_ports = {1900, 3478, 5060, 11211, 25565, 27015, 51820};

PortRange range_of(const PortPattern& pattern) {
  const PortRange range = pattern.range.value_or(PortRange{});
  return {std::max(range.first, lowest_port), std::min(range.last, highest_port)};
}

std::vector<std::uint16_t> pool_of(const PortPattern& pattern) {
  const PortRange range = range_of(pattern);
  std::vector<std::uint16_t> ports;
  for (unsigned port = range.first; port <= range.last; ++port) {
    if (may_be_guessed(port)) ports.push_back(static_cast<std::uint16_t>(port));
  }
  return ports;
}

}  // namespace

bool may_be_guessed(unsigned port) {
  return port >= lowest_port && port <= highest_port &&
         std::find(service_ports.begin(), service_ports.end(), port) == service_ports.end();
}

std::vector<net::Endpoint> following(const net::Endpoint& seen, const PortPattern& pattern, std::size_t count) {
  const PortRange range = range_of(pattern);
  const int size = static_cast<int>(range.last) - static_cast<int>(range.first) + 1;
  std::vector<net::Endpoint> next;
  if (size <= 0) return next;
  int place = seen.port - static_cast<int>(range.first);
  for (std::size_t i = 0; i < count; ++i) {
    place = ((place + pattern.step) % size + size) % size;
    const unsigned port = range.first + static_cast<unsigned>(place);
    if (may_be_guessed(port)) next.push_back(net::with_port(seen, static_cast<std::uint16_t>(port)));
  }
  return next;
}

std::size_t pool_size(const PortPattern& pattern) { return pool_of(pattern).size(); }

std::vector<std::uint16_t> drawn_ports(const PortPattern& pattern, std::size_t count, net::Random& random) {
  std::vector<std::uint16_t> ports = pool_of(pattern);
  count = std::min(count, ports.size());
  for (std::size_t i = 0; i < count; ++i) std::swap(ports[i], ports[i + random.below(ports.size() - i)]);
  ports.resize(count);
  return ports;
}

}  // namespace traversal
