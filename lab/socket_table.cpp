#include "lab/socket_table.h"

#include <fmt/core.h>

#include <algorithm>
#include <cassert>

namespace lab {

SocketTable::SocketTable(const Network& network, net::Random chance, EphemeralPorts ephemeral)
    : network_(network), chance_(chance), ephemeral_(ephemeral) {}

net::Result<net::Endpoint, std::string> SocketTable::bind(SocketKey key, Port port,
                                                          const std::optional<net::Endpoint>& towards) {
  const auto failure = [&](std::string_view why) {
    return net::Unexpected(fmt::format("bind {}: {}", net::to_string(port.local), why));
  };
  const auto address = local_address(port, towards);
  if (!address) return failure(address.error());
  port.local.address = *address;
  if (port.local.port != 0) {
    if (taken(port)) return failure("address in use");
  } else {
    const unsigned count = ephemeral_.last - ephemeral_.first + 1U;
    const auto start = static_cast<unsigned>(chance_.below(count));
    unsigned tried = 0;
    do {
      if (tried == count) return failure("no free port");
      port.local.port = static_cast<std::uint16_t>(ephemeral_.first + (start + tried++) % count);
    } while (taken(port));
  }
  add(key, {.port = port});
  return port.local;
}

void SocketTable::add(SocketKey key, const Socket& socket) {
  [[maybe_unused]] const bool fresh = sockets_.emplace(key, socket).second;
  assert(fresh && "a socket id is used once in an agent's life");
  ports_.emplace(socket.port, key);
}

void SocketTable::remove(SocketKey key) {
  const auto socket = sockets_.find(key);
  if (socket == sockets_.end()) return;
  ports_.erase(socket->second.port);
  sockets_.erase(socket);
}

Socket* SocketTable::find(SocketKey key) {
  const auto socket = sockets_.find(key);
  return socket == sockets_.end() ? nullptr : &socket->second;
}

std::optional<SocketKey> SocketTable::at(const Port& port) const {
  const auto found = ports_.find(port);
  if (found == ports_.end()) return std::nullopt;
  return found->second;
}

std::optional<SocketKey> SocketTable::receiver(HostId host, Protocol protocol, const net::Endpoint& local) const {
  Port port{.host = host, .protocol = protocol, .local = local};
  if (const auto exact = at(port)) return exact;
  port.local.address = net::IpAddress::any(local.family());
  return at(port);
}

std::vector<SocketKey> SocketTable::of(AgentId agent) const {
  std::vector<SocketKey> keys;
  for (const auto& [key, socket] : sockets_) {
    if (key.agent == agent) keys.push_back(key);
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

// A wildcard and any single address of the host conflict at one port, as they do for the kernel. Streams conflict only
// with the same pair of endpoints, so one may leave from a port that is listened on.
bool SocketTable::taken(const Port& port) const {
  if (at(port)) return true;
  if (port.remote != net::Endpoint{}) return false;
  if (receiver(port.host, port.protocol, port.local)) return true;
  if (!port.local.address.unspecified()) return false;
  const auto& addresses = network_.addresses(port.host);
  return std::any_of(addresses.begin(), addresses.end(), [&](const net::IpAddress& address) {
    return address.family() == port.local.family() &&
           at({.host = port.host, .protocol = port.protocol, .local = {address, port.local.port}});
  });
}

net::Result<net::IpAddress, std::string> SocketTable::local_address(const Port& port,
                                                                    const std::optional<net::Endpoint>& towards) const {
  const net::IpAddress& wanted = port.local.address;
  if (wanted.unspecified() && !towards) return wanted;
  if (wanted.unspecified()) {
    const auto own = network_.source_address(port.host, towards->address);
    if (!own) return net::Unexpected(fmt::format("no route to {}", net::to_string(towards->address)));
    return *own;
  }
  const auto& addresses = network_.addresses(port.host);
  if (std::find(addresses.begin(), addresses.end(), wanted) == addresses.end()) {
    return net::Unexpected(std::string("address not available"));
  }
  return wanted;
}

std::size_t SocketTable::Hash::operator()(const SocketKey& key) const noexcept {
  return std::hash<std::uint64_t>{}((std::uint64_t{key.agent.value} << 32) | key.socket.value);
}

std::size_t SocketTable::Hash::operator()(const Port& port) const noexcept {
  const std::hash<net::Endpoint> hash;
  const std::size_t place = port.host.value * 3 + static_cast<std::size_t>(port.protocol);
  return (hash(port.local) * 31 + hash(port.remote)) * 31 + place;
}

}  // namespace lab
