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

#include <array>
#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "lab/icmp.h"
#include "lab/link.h"
#include "lab/nat.h"
#include "lab/packet.h"
#include "lab/sighting.h"
#include "net/random.h"
#include "net/time.h"

namespace lab {

using HostId = NodeId;  // a node that add_host() made: the host, and its first interface

inline constexpr NodeId core{0};

// From where the core answers: RFC 7600's dummy address, and one of RFC 6666's discard prefix.
[[nodiscard]] net::IpAddress core_address(net::Family family);

struct Delivery {
  HostId host;
  NodeId via;  // the interface by which it came
  Packet packet;
};

// What became of the packets. A packet of which a link doubled and lost one copy counts with the other copy only.
struct Dispositions {
  std::uint64_t delivered = 0;   // reached a host
  std::uint64_t lost = 0;        // by a link's chance
  std::uint64_t cut = 0;         // a link was cut
  std::uint64_t queue_full = 0;  // of a link with a rate
  std::uint64_t too_big = 0;     // for a link's MTU
  std::uint64_t blocked = 0;     // by block()
  std::uint64_t filtered = 0;    // a NAT dropped it
  std::uint64_t no_route = 0;
  std::uint64_t ttl_expired = 0;
};

class Network {
 public:
  explicit Network(net::Random chance);

  // Addresses are unique within a LAN (and within the core); an assertion otherwise. `parent` is the core or a NAT.
  HostId add_host(std::vector<net::IpAddress> addresses, NodeId parent = core, const Link& link = {});
  NodeId add_nat(NatProfile profile, NatAddresses addresses, NodeId parent = core, const Link& link = {});
  // One more interface of a host, on whichever LAN.
  NodeId add_interface(HostId host, std::vector<net::IpAddress> addresses, NodeId parent, const Link& link = {});

  // A packet leaves a host at `now`, by the interface that has its source address, else by the first; or leaves by
  // this very interface. Times never go back between calls of these.
  void inject(HostId from, Packet packet, net::TimePoint now);
  void inject_by(NodeId interface, Packet packet, net::TimePoint now);
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
  void flush(NodeId nat);                                            // all its mappings are gone
  void readdress(NodeId nat, std::vector<net::IpAddress> external);  // so they are, and the old addresses with them

  // Tells of every packet on every link. Observers leave the network alone; unwatch() ends them all.
  void watch(std::function<void(const Sighting&)> observer) { observers_.push_back(std::move(observer)); }
  void unwatch() { observers_.clear(); }

  [[nodiscard]] Nat& nat(NodeId node);
  // By which address what stands inside `parent` is known above it without a mapping; nothing behind a NAT.
  [[nodiscard]] std::optional<net::IpAddress> outside_address(NodeId parent, const net::IpAddress& inside) const;
  // Of a host all, those of its first interface first; of a further interface its own.
  [[nodiscard]] const std::vector<net::IpAddress>& addresses(NodeId node) const { return nodes_[node.value].addresses; }
  // Which of a host's addresses it shows to this destination: that of an interface on the same LAN, else the first.
  [[nodiscard]] std::optional<net::IpAddress> source_address(HostId host, const net::IpAddress& destination) const;
  [[nodiscard]] const Dispositions& dispositions() const { return dispositions_; }

 private:
  struct Node {
    NodeId parent;
    Link link;
    std::array<net::TimePoint, 2> line_free{};          // of the link, by Way
    std::optional<Nat> nat;                             // else an interface of a host, but for the core
    HostId host;                                        // of an interface
    std::vector<net::IpAddress> addresses;              // of an interface
    std::vector<NodeId> more_interfaces;                // of a host
    std::unordered_map<net::IpAddress, NodeId> routes;  // to the children, by destination address
  };
  struct Event {  // a packet arrives at the end of a link
    net::TimePoint time;
    std::uint64_t order = 0;  // equal times: first sent, first served
    std::uint32_t slot = 0;
    bool operator<(const Event& other) const {  // the heap's last is what comes first
      return time != other.time ? time > other.time : order > other.order;
    }
  };
  struct InFlight {
    Packet packet;
    NodeId link;
    Way way = Way::Up;
  };
  struct Origin {  // from where a router has a packet, and the endpoints it then had
    NodeId link;
    Way way = Way::Up;
    Flow flow;
  };
  struct Crossing {  // where and when a packet enters a link
    NodeId link;
    Way way = Way::Up;
    net::TimePoint now;
    const Origin* origin = nullptr;  // of the router that sends it; a host has it from nowhere
  };

  // the tree, the queue: network.cpp
  NodeId add_node(NodeId parent, const Link& link);
  void add_route(NodeId parent, const net::IpAddress& address, NodeId child);
  void remove_route(NodeId parent, const net::IpAddress& address);
  [[nodiscard]] NodeId interface_of(HostId host, const net::IpAddress& source) const;
  [[nodiscard]] NodeId end_of(NodeId link, Way way) const;

  void schedule(net::TimePoint time, InFlight traveller);
  InFlight pop();

  // what the core and the NATs do: network_routers.cpp
  std::optional<Delivery> arrive(InFlight arrival);
  void pass_core(Packet packet, const Origin& origin);
  void pass_nat(NodeId node, Packet packet, const Origin& origin);
  bool survives_hop(NodeId router, Packet& packet, const Origin& origin);
  void send_up(NodeId nat, Packet packet, const Origin& origin);
  void send_down(NodeId router, Packet packet, const Origin& origin);
  void answer(const Origin& origin, const Packet& about, IcmpError error, std::uint16_t mtu = 0);
  void drop_arrived(const Origin& origin, const Packet& packet, Fate fate, std::optional<Dropped> reason = {});
  [[nodiscard]] net::IpAddress router_address(NodeId router, Way arrived, net::Family family) const;

  // what the links do: network_links.cpp
  void cross(const Crossing& at, Packet packet);
  void cross_in_parts(const Crossing& at, const Packet& packet);
  void refuse_size(const Crossing& at, Packet packet);
  [[nodiscard]] std::optional<net::TimePoint> time_on_line(const Crossing& at, const Packet& packet);
  void drop(const Crossing& at, const Packet& packet, Fate fate, std::optional<Dropped> reason = {});
  void sight(const Crossing& at, const Packet& packet, Fate fate, std::optional<Dropped> reason = {});

  net::Random chance_;
  std::vector<Node> nodes_;
  std::vector<Event> queue_;  // a heap
  std::vector<InFlight> in_flight_;
  std::vector<std::uint32_t> free_slots_;
  std::uint64_t order_ = 0;
  net::TimePoint last_event_;
  std::uint32_t fragment_id_ = 0;
  std::vector<std::pair<net::IpAddress, net::IpAddress>> blocked_;
  Dispositions dispositions_;
  std::vector<std::function<void(const Sighting&)>> observers_;
};

}  // namespace lab
