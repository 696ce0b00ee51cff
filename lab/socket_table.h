#pragma once
// The sockets of all simulated hosts: who is bound where, with the conflicts a kernel would report, and who receives.

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "lab/network.h"
#include "lab/stream.h"
#include "net/agent.h"
#include "net/random.h"
#include "net/result.h"

namespace lab {

struct AgentId {
  std::uint32_t value = 0;
  friend auto operator<=>(const AgentId&, const AgentId&) = default;
};

struct SocketKey {
  AgentId agent;
  net::SocketId socket;
  friend auto operator<=>(const SocketKey&, const SocketKey&) = default;
};

struct Port {  // where packets to a host arrive
  HostId host;
  Protocol protocol = Protocol::Udp;
  net::Endpoint local;   // a wildcard address takes what comes to any address of the host
  net::Endpoint remote;  // of a stream; empty for a UDP socket and a TCP listener
  friend bool operator==(const Port&, const Port&) = default;
};

struct Socket {
  Port port;
  Stream stream;  // of a TCP connection
};

struct EphemeralPorts {
  std::uint16_t first = 32768;  // Linux: net.ipv4.ip_local_port_range
  std::uint16_t last = 60999;
};

class SocketTable {
 public:
  SocketTable(const Network& network, net::Random chance, EphemeralPorts ephemeral);

  // Adds the socket. `port.local` may have a wildcard address (with `towards`: the address the host shows there is
  // taken instead) and port 0 (any that is free). The error: "bind 192.0.2.1:3478: address in use".
  net::Result<net::Endpoint, std::string> bind(SocketKey key, Port port, const std::optional<net::Endpoint>& towards);
  void add(SocketKey key, const Socket& socket);
  void remove(SocketKey key);

  [[nodiscard]] Socket* find(SocketKey key);
  // The connection of this very pair of endpoints, or the UDP socket or listener at `local` or at the wildcard.
  [[nodiscard]] std::optional<SocketKey> at(const Port& port) const;
  [[nodiscard]] std::optional<SocketKey> receiver(HostId host, Protocol protocol, const net::Endpoint& local) const;
  [[nodiscard]] std::vector<SocketKey> of(AgentId agent) const;  // in order of their ids

 private:
  struct Hash {
    std::size_t operator()(const SocketKey& key) const noexcept;
    std::size_t operator()(const Port& port) const noexcept;
  };
  bool taken(const Port& port) const;
  net::Result<net::IpAddress, std::string> local_address(const Port& port,
                                                         const std::optional<net::Endpoint>& towards) const;

  const Network& network_;
  net::Random chance_;
  EphemeralPorts ephemeral_;
  std::unordered_map<SocketKey, Socket, Hash> sockets_;
  std::unordered_map<Port, SocketKey, Hash> ports_;
};

}  // namespace lab
