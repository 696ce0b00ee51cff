#pragma once
// One NAT, or firewall (RFC 4787): packets in, translated packets out, or nothing. One table of mappings and two
// trimmed keys: what the mapping behaviour keeps of the destination picks the mapping, what the filtering behaviour
// keeps of the remote endpoint says who may answer. Filter state belongs to the mapping. Unsolicited input is dropped
// and leaves no trace. Time is an argument, chance is seeded; IPv4 and IPv6 alike, each protocol on its own.

#include <array>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "lab/nat_profile.h"
#include "lab/packet.h"
#include "net/random.h"
#include "net/result.h"
#include "net/time.h"

namespace lab {

enum class Side : std::uint8_t { Inside, Outside };

// By the side it came from leaves what was hairpinned, and what the NAT itself answers.
struct Forwarded {
  Packet packet;
  Side leaves = Side::Outside;
};

enum class Dropped : std::uint8_t {
  UdpBlocked,
  NoMapping,  // inbound, to a port that no mapping has
  Filtered,   // inbound, from a remote that the mapping has no permission for
  NoPort,     // the pool is used up
  HostQuota,
  TableFull,
  NoHairpin,
  NoAddress,     // there is no external address of this family, or no IPv4 address in the destination (NAT64)
  Untranslated,  // ICMP that is not translated
  OwnInput,      // the router took it for itself
  Fragment,
  Held,  // a fragment that waits for the others
};
[[nodiscard]] std::string_view to_string(Dropped reason);

using Passage = net::Result<Forwarded, Dropped>;

// RFC 6296: a prefix inside and one outside, of the same length: 48 or 64 bits.
struct PrefixPair {
  net::IpAddress inside;
  net::IpAddress outside;
  std::uint8_t length = 48;
  friend bool operator==(const PrefixPair&, const PrefixPair&) = default;
};

struct NatAddresses {
  std::vector<net::IpAddress> external;  // at least one of each family that shall pass; none for a firewall
  std::vector<net::IpAddress> inside;    // its own on the LAN, for what it answers there; may be missing
  std::optional<PrefixPair> prefixes;    // of Ipv6Service::Nptv6
  friend bool operator==(const NatAddresses&, const NatAddresses&) = default;
};

class Nat {
 public:
  Nat(NatProfile profile, NatAddresses addresses, net::Random chance);

  [[nodiscard]] Passage outbound(Packet packet, net::TimePoint now);
  [[nodiscard]] Passage inbound(Packet packet, net::TimePoint now);

  void forget();                                         // flush, reboot: all mappings are gone
  void readdress(std::vector<net::IpAddress> external);  // other external addresses: the old mappings are gone

  [[nodiscard]] const NatProfile& profile() const { return profile_; }
  [[nodiscard]] const NatAddresses& addresses() const { return addresses_; }

 private:
  struct FlowKey {  // finds a mapping from inside
    Protocol protocol = Protocol::Udp;
    net::Endpoint internal;
    net::Endpoint destination;  // trimmed by the mapping behaviour
    friend bool operator==(const FlowKey&, const FlowKey&) = default;
  };
  struct PortKey {  // finds it from outside
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
    std::unordered_set<net::Endpoint> permitted;  // remote endpoints, trimmed by the filtering behaviour
  };
  using MappingId = std::uint64_t;

  Mapping* mapping_for(const Packet& packet, net::TimePoint now);
  Mapping* new_mapping(const FlowKey& key, net::TimePoint now);
  const Mapping* accepting(const Packet& packet, net::TimePoint now);

  std::optional<net::Endpoint> allocate(const FlowKey& key, net::TimePoint now);
  std::optional<net::Endpoint> next_free(net::Endpoint wanted, const FlowKey& key, net::TimePoint now);
  std::optional<net::Endpoint> random_free(net::Endpoint external, const FlowKey& key, net::TimePoint now);
  std::uint16_t preserved_port(const FlowKey& key) const;
  bool usable(const net::Endpoint& external, const FlowKey& key, net::TimePoint now);
  std::optional<net::IpAddress> paired_address(const net::IpAddress& internal);

  bool translates() const { return profile_.mapping != net::MappingBehavior::None; }
  bool blocks(const Packet& packet) const { return profile_.udp_blocked && packet.protocol == Protocol::Udp; }
  bool has_external(const net::IpAddress& address) const;
  bool shares_ports() const { return profile_.allocation == net::PortAllocation::PreservingOverloading; }
  unsigned pool() const { return profile_.last_port - profile_.first_port + 1U; }

  bool expired(const Mapping& mapping, net::TimePoint now) const;
  const std::vector<MappingId>& live_at(const PortKey& port, net::TimePoint now);
  void sweep(net::TimePoint now);
  void erase(MappingId id);

  NatProfile profile_;
  NatAddresses addresses_;
  net::Random chance_;
  std::array<std::uint16_t, 3> last_port_{};  // of sequential allocation, by protocol
  MappingId next_id_ = 0;
  std::size_t sweep_at_ = 1024;  // mappings; then twice what was left, so that sweeping costs nothing per packet
  std::unordered_map<MappingId, Mapping> mappings_;
  std::unordered_map<FlowKey, MappingId, KeyHash> by_flow_;
  std::unordered_map<PortKey, std::vector<MappingId>, KeyHash> by_port_;  // several only where ports are overloaded
  std::unordered_map<PortKey, MappingId, KeyHash> latest_;                // there: of each inside endpoint
  std::unordered_map<net::IpAddress, std::size_t> pairing_;
};

}  // namespace lab
