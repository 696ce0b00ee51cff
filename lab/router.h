#pragma once
// A NAT as a router of two interfaces on a real network, where it is not alone: what is for the router itself it leaves
// to the system, fragments are put together before they are translated (RFC 4787 REQ-14), the hop limit goes down, and
// what is larger than the next link is cut or answered. Packets in, packets out; pure.

#include <array>
#include <map>
#include <vector>

#include "lab/icmp.h"
#include "lab/nat.h"
#include "lab/reassembly.h"

namespace lab {

// A port of the router's own that stays reachable; the NAT neither takes nor translates it.
struct LocalService {
  Protocol protocol = Protocol::Tcp;
  std::uint16_t port = 0;
  friend bool operator==(const LocalService&, const LocalService&) = default;
};

struct RouterSide {
  std::vector<net::IpAddress> addresses;
  std::uint16_t mtu = 1500;
};

struct Departure {
  Side side = Side::Outside;
  Packet packet;
};

class Router {
 public:
  Router(const NatProfile& profile, const NatAddresses& addresses, RouterSide inside, RouterSide outside,
         std::vector<LocalService> local, net::Random chance);

  // What leaves because this arrived. `segment_data`: how much of its data each segment had that was put together in
  // one packet; 0: it is as it was sent.
  [[nodiscard]] std::vector<Departure> pass(Side from, Packet packet, std::size_t segment_data, net::TimePoint now);

  struct Counts {  // of packets after cutting; dropped ones before
    std::uint64_t out = 0;
    std::uint64_t in = 0;
    std::uint64_t own = 0;  // left to the system
    std::uint64_t expired = 0;
    std::uint64_t too_big = 0;
    std::map<Dropped, std::uint64_t> dropped;
  };
  [[nodiscard]] const Counts& counts() const { return counts_; }
  [[nodiscard]] const NatProfile& profile() const { return nat_.profile(); }

 private:
  [[nodiscard]] const RouterSide& side(Side which) const { return which == Side::Inside ? inside_ : outside_; }
  [[nodiscard]] bool is_own(Side from, const Packet& packet) const;
  [[nodiscard]] bool is_local_service(const Packet& packet) const;
  [[nodiscard]] std::vector<Departure> answer(Side from, const Packet& about, IcmpError error, std::uint16_t mtu = 0);
  [[nodiscard]] std::vector<Departure> fit(Side to, Packet packet, std::size_t segment_data);

  RouterSide inside_;
  RouterSide outside_;
  std::vector<LocalService> local_;
  Nat nat_;
  std::array<Reassembly, 2> reassembly_;  // by side
  std::uint32_t next_fragment_id_;
  Counts counts_;
};

}  // namespace lab
