#pragma once
// One NAT, or firewall: packets in, translated packets out, or the reason why not. One table of mappings and two
// trimmed keys: what the mapping behaviour keeps of the destination picks the mapping, what the filtering behaviour
// keeps of the remote endpoint says who may answer (RFC 4787). Time is an argument, chance is seeded; each protocol is
// on its own.

#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lab/address_translation.h"
#include "lab/mapping_table.h"
#include "lab/nat_profile.h"
#include "lab/packet.h"
#include "lab/port_allocator.h"
#include "lab/reassembly.h"
#include "net/nat64.h"
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
  NoAddress,     // there is no external address of this family
  Untranslated,  // ICMP that is not translated
  OwnInput,      // the router took it for itself
  Fragment,
  Held,  // a fragment that waits for the others
};
[[nodiscard]] std::string_view to_string(Dropped reason);

using Passage = net::Result<Forwarded, Dropped>;

struct NatAddresses {
  std::vector<net::IpAddress> external;  // at least one of each family that shall be translated; none for a firewall
  std::vector<net::IpAddress> inside;    // its own on the LAN, for what it answers there; may be missing
  std::optional<PrefixPair> prefixes;    // of Ipv6Service::Nptv6
  net::Nat64Prefix nat64 = net::well_known_nat64();  // of Ipv6Service::Nat64
  friend bool operator==(const NatAddresses&, const NatAddresses&) = default;
};

class Nat {
 public:
  Nat(NatProfile profile, NatAddresses addresses, net::Random chance);

  [[nodiscard]] Passage outbound(Packet packet, net::TimePoint now);
  [[nodiscard]] Passage inbound(Packet packet, net::TimePoint now);

  void forget();                                         // flush, reboot: all state is gone
  void readdress(std::vector<net::IpAddress> external);  // other external addresses: the old mappings are gone

  // What a port mapping protocol asks of it: from now on this one port leads inside, until it is asked back. False: it
  // is in use.
  [[nodiscard]] bool forward(const PortForward& port, net::TimePoint now);
  void end_forward(const PortForward& ports) { std::erase(profile_.forwards, ports); }

  // By which address the outside knows this inside host without a mapping: its own behind a firewall, the translated
  // one behind a prefix translation; nothing behind a NAT.
  [[nodiscard]] std::optional<net::IpAddress> outside_address(const net::IpAddress& inside) const;

  [[nodiscard]] const NatProfile& profile() const { return profile_; }
  [[nodiscard]] const NatAddresses& addresses() const { return addresses_; }

 private:
  // What is done to a packet: its port and address translated; nothing, as by a firewall; its prefix translated; its
  // family changed.
  enum class Service : std::uint8_t { Translate, Pass, Prefix, ToIpv4 };
  [[nodiscard]] Service service_outbound(const net::IpAddress& destination) const;
  [[nodiscard]] Service service_inbound(const net::IpAddress& destination) const;
  [[nodiscard]] net::Endpoint remote_of(net::Endpoint destination, Service service) const;  // as the outside names it

  [[nodiscard]] net::Result<Packet, Dropped> whole(Packet packet, Side from, net::TimePoint now);
  Passage send_out(Packet packet, Service service, net::TimePoint now);
  Passage let_in(Packet packet, Service service, net::TimePoint now);
  Passage turn_round(Passage sent, const net::Endpoint& internal, net::TimePoint now);
  Passage error_out(Packet error, Service service, net::TimePoint now);
  Passage error_in(Packet error, Service service, net::TimePoint now);
  Passage react(const Packet& packet, Dropped reason, net::TimePoint now);

  using Found = net::Result<Mapping*, Dropped>;
  Found mapping_for(const FlowKey& key, const net::Endpoint& remote, Service service, net::TimePoint now);
  Found new_mapping(FlowKey key, const net::Endpoint& remote, Service service, net::TimePoint now);
  Found accepting(const PortKey& at, const net::Endpoint& remote, net::TimePoint now);
  [[nodiscard]] bool permits(const Mapping& mapping, const net::Endpoint& remote, net::TimePoint now);
  [[nodiscard]] FlowKey flow_key(Protocol protocol, const net::Endpoint& internal, const net::Endpoint& remote,
                                 Service service) const;

  net::Result<net::Endpoint, Dropped> allocate(const FlowKey& key, const net::Endpoint& remote, Service service,
                                               net::TimePoint now);
  [[nodiscard]] std::uint16_t preserved_port(const FlowKey& key, net::TimePoint now);
  [[nodiscard]] bool usable(const net::Endpoint& external, const FlowKey& key, const net::Endpoint& remote,
                            net::TimePoint now);
  [[nodiscard]] bool overloadable(const Mapping& holder, const FlowKey& key) const;
  [[nodiscard]] const PortForward* forward_from(Protocol protocol, const net::Endpoint& internal) const;
  [[nodiscard]] const PortForward* forward_at(Protocol protocol, std::uint16_t external_port) const;
  [[nodiscard]] std::vector<net::IpAddress> external_of(net::Family family) const;

  [[nodiscard]] net::MappingBehavior mapping_of(Protocol protocol) const;
  [[nodiscard]] net::FilteringBehavior filtering_of(Protocol protocol) const;
  [[nodiscard]] bool lets_all_in(Service service, Protocol protocol) const;
  [[nodiscard]] bool is_external(const net::IpAddress& address) const;
  [[nodiscard]] bool blocks(const Packet& packet) const {
    return profile_.udp_blocked && packet.protocol == Protocol::Udp;
  }
  [[nodiscard]] bool shares_ports() const { return profile_.allocation == net::PortAllocation::PreservingOverloading; }

  struct OwnFlow {  // that the router took for itself
    net::Endpoint external;
    net::Endpoint remote;
    net::TimePoint expires;
  };

  NatProfile profile_;
  NatAddresses addresses_;
  PortAllocator allocator_;
  MappingTable table_;
  std::array<Reassembly, 2> reassembly_;  // by Side
  std::vector<OwnFlow> own_flows_;
  std::set<std::pair<Protocol, net::Endpoint>> collided_;  // inside endpoints whose mappings have become dependent
};

}  // namespace lab
