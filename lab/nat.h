#pragma once
// One NAT, or firewall (RFC 4787): packets in, translated packets out, or nothing. One table of mappings and two
// trimmed keys: what the mapping behaviour keeps of the destination picks the mapping, what the filtering behaviour
// keeps of the remote endpoint says who may answer. Filter state belongs to the mapping. Unsolicited input is dropped
// and leaves no trace. Time is an argument, chance is seeded; IPv4 and IPv6 alike, TCP in a table of its own.

#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "lab/nat_profile.h"
#include "lab/packet.h"
#include "net/random.h"
#include "net/time.h"

namespace lab {

enum class Side : std::uint8_t { Inside, Outside };

struct Forwarded {
  Packet packet;
  Side leaves = Side::Outside;  // Inside: hairpinned
};

class Nat {
 public:
  // The external addresses: at least one of each family that shall pass, none for a firewall. With several of a family,
  // an inside host keeps to one of them (RFC 4787 REQ-2: paired).
  Nat(NatProfile profile, std::vector<net::IpAddress> external, net::Random chance);

  [[nodiscard]] std::optional<Forwarded> outbound(Packet packet, net::TimePoint now);
  [[nodiscard]] std::optional<Packet> inbound(Packet packet, net::TimePoint now);

  void forget();  // reboot: all mappings are gone; sequential allocation goes on where it was

  [[nodiscard]] const NatProfile& profile() const { return profile_; }
  [[nodiscard]] const std::vector<net::IpAddress>& external() const { return external_; }

 private:
  struct FlowKey {  // a mapping is found by this from inside
    Protocol protocol = Protocol::Udp;
    net::Endpoint internal;
    net::Endpoint destination;  // trimmed by the mapping behaviour
    friend bool operator==(const FlowKey&, const FlowKey&) = default;
  };
  struct PortKey {  // and by this from outside
    Protocol protocol = Protocol::Udp;
    net::Endpoint external;
    friend bool operator==(const PortKey&, const PortKey&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const FlowKey& key) const noexcept;
    std::size_t operator()(const PortKey& key) const noexcept;
  };
  struct Mapping {
    FlowKey key;
    net::Endpoint external;
    net::TimePoint last_outbound;
    std::unordered_set<net::Endpoint> permitted;  // remote endpoints trimmed by the filtering behaviour
  };
  using MappingId = std::uint32_t;

  Mapping* mapping_for(const Packet& packet, net::TimePoint now);
  Mapping* new_mapping(const FlowKey& key, const Packet& packet, net::TimePoint now);
  Mapping* accepting(const Packet& packet, net::TimePoint now);

  std::optional<net::Endpoint> allocate(const Packet& packet, net::TimePoint now);
  std::optional<std::uint16_t> next_free(std::uint32_t from, std::uint32_t step, const Packet& packet,
                                         net::Endpoint external, net::TimePoint now);
  std::optional<std::uint16_t> random_free(const Packet& packet, net::Endpoint external, net::TimePoint now);
  bool usable(const PortKey& port, const Packet& packet, net::TimePoint now);
  std::optional<net::IpAddress> external_for(const net::IpAddress& internal);

  bool blocked(const Packet& packet) const;
  bool is_external(const net::IpAddress& address) const;
  bool expired(const Mapping& mapping, net::TimePoint now) const;
  void drop_expired(const PortKey& port, net::TimePoint now);
  void erase(MappingId id);

  NatProfile profile_;
  std::vector<net::IpAddress> external_;
  net::Random chance_;
  MappingId next_id_ = 0;
  std::uint32_t last_sequential_;
  std::unordered_map<MappingId, Mapping> mappings_;
  std::unordered_map<FlowKey, MappingId, KeyHash> by_flow_;
  std::unordered_map<PortKey, std::vector<MappingId>, KeyHash> by_port_;  // several only when ports are overloaded
  std::unordered_map<net::IpAddress, std::size_t> pairing_;
};

}  // namespace lab
