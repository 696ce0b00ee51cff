#pragma once
// The lab's network: a tree of nodes with the public core at its root, NATs (nested as deep as one likes) and hosts
// below, each joined to its parent by a link. It moves packets and knows nobody who sends or receives them: the
// simulator drives it under a virtual clock, the wire drives it under the steady clock with real hosts attached.
//
//   host --link-- NAT --link-- core --link-- host
//
// The inside of a NAT is a switched LAN: its hosts (and the outsides of NATs nested in it) reach each other by their
// addresses without passing the NAT. The core routes to the addresses of its hosts, to the external addresses of its
// NATs, and to the hosts behind its firewalls, which keep their own addresses.

#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "lab/link.h"
#include "lab/nat.h"
#include "lab/packet.h"
#include "net/random.h"
#include "net/time.h"

namespace lab {

struct NodeId {
  std::uint32_t value = 0;
  friend auto operator<=>(const NodeId&, const NodeId&) = default;
};
using HostId = NodeId;  // a node that add_host() made

inline constexpr NodeId core{0};

struct Delivery {
  HostId host;
  Packet packet;
};

// What became of the packets. A packet of which a link doubled and lost one copy counts with the other copy only.
struct Dispositions {
  std::uint64_t delivered = 0;  // reached a host
  std::uint64_t lost = 0;       // by a link's chance
  std::uint64_t cut = 0;        // a link was cut
  std::uint64_t blocked = 0;    // by block()
  std::uint64_t filtered = 0;   // a NAT dropped it
  std::uint64_t no_route = 0;
  std::uint64_t ttl_expired = 0;
};

class Network {
 public:
  explicit Network(net::Random chance);

  // Addresses are unique within a LAN (and within the core); an assertion otherwise. `parent` is the core or a NAT.
  HostId add_host(std::vector<net::IpAddress> addresses, NodeId parent = core, const Link& link = {});
  NodeId add_nat(NatProfile profile, NatAddresses addresses, NodeId parent = core, const Link& link = {});

  // A packet leaves a host at `now`. Times never go back between calls of these three.
  void inject(HostId from, Packet packet, net::TimePoint now);
  [[nodiscard]] std::optional<net::TimePoint> next_event() const;
  // Moves packets, in order of time, until one reaches a host, at or before `until`; its time is last_event().
  [[nodiscard]] std::optional<Delivery> next_delivery(net::TimePoint until);
  // All that reach hosts at or before `now`, in order.
  [[nodiscard]] std::vector<Delivery> advance(net::TimePoint now);
  [[nodiscard]] net::TimePoint last_event() const { return last_event_; }

  // Faults. A node's link is the one towards its parent: cutting a host's link takes the host off the network. Packets
  // already under way on a link still arrive.
  [[nodiscard]] Link& link(NodeId node) { return nodes_[node.value].link; }
  void cut(NodeId node) { link(node).cut = true; }
  void mend(NodeId node) { link(node).cut = false; }
  // The core drops what goes from one address to the other, this direction only.
  void block(const net::IpAddress& from, const net::IpAddress& to);
  void unblock(const net::IpAddress& from, const net::IpAddress& to);

  [[nodiscard]] Nat& nat(NodeId node);
  [[nodiscard]] const std::vector<net::IpAddress>& addresses(HostId host) const { return nodes_[host.value].addresses; }
  [[nodiscard]] const Dispositions& dispositions() const { return dispositions_; }

 private:
  enum class From : std::uint8_t { Parent, Child };
  struct Node {
    NodeId parent;
    Link link;
    std::optional<Nat> nat;
    std::vector<net::IpAddress> addresses;              // of a host
    std::unordered_map<net::IpAddress, NodeId> routes;  // to the children, by destination address
  };
  struct Event {  // a packet arrives at a node
    net::TimePoint time;
    std::uint64_t order = 0;  // equal times: first sent, first served
    std::uint32_t slot = 0;
  };
  struct InFlight {
    Packet packet;
    NodeId node;
    From from = From::Parent;
  };

  NodeId add_node(NodeId parent, const Link& link);
  void add_route(NodeId parent, const net::IpAddress& address, NodeId child);

  std::optional<Delivery> arrive(InFlight arrival);
  void pass_core(Packet packet);
  void pass_nat_inwards(NodeId node, Packet packet);
  void pass_nat_outwards(NodeId node, Packet packet);
  void pass_on(NodeId nat, Passage passage);
  bool survives_hop(Packet& packet);

  void send_up(NodeId node, Packet packet, net::TimePoint now);
  void send_down(NodeId parent, Packet packet);
  void cross(const Link& link, const LinkProfile& direction, InFlight traveller, net::TimePoint now);

  void schedule(net::TimePoint time, InFlight traveller);
  InFlight pop();
  static bool later(const Event& a, const Event& b);

  net::Random chance_;
  std::vector<Node> nodes_;
  std::vector<Event> queue_;  // a heap
  std::vector<InFlight> in_flight_;
  std::vector<std::uint32_t> free_slots_;
  std::uint64_t order_ = 0;
  net::TimePoint last_event_;
  std::vector<std::pair<net::IpAddress, net::IpAddress>> blocked_;
  Dispositions dispositions_;
};

}  // namespace lab
