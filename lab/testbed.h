#pragma once
// The set-up that most tests need, in one call: the core, two public hosts for the reflectors, and sites, each a host
// behind a NAT of its own.
//
//   lab::Testbed bed({.seed = 7});
//   const lab::Site site = bed.add_site(*lab::find_profile("symmetric"), {.delay = 10ms});  // 20 ms round trip
//   bed.simulator.add_agent(bed.reflector_a.host, a);
//   bed.simulator.add_agent(site.host, probe);

#include "lab/network.h"
#include "lab/simulator.h"

namespace lab {

struct PublicHost {
  HostId host;
  net::IpAddress address;
};

struct Site {
  HostId host;
  NodeId nat;              // its link is the site's: for cut(), mend(), link()
  net::IpAddress inside;   // the host's own address
  net::IpAddress outside;  // what the world sees: the NAT's; the host's own where nothing translates
  std::uint8_t lan = 0;
};

struct TestbedSettings {
  std::uint64_t seed = 1;
  net::Family family = net::Family::V4;
  LinkProfile reflector_link = {};  // of each reflector, both ways
  SimulatorSettings simulator = {};
};

// At most 250 of each kind of thing: addresses end in one byte.
class Testbed {
 public:
  explicit Testbed(const TestbedSettings& settings = {});
  Testbed(const Testbed&) = delete;  // the simulator refers to the network
  Testbed& operator=(const Testbed&) = delete;

  // The link is the NAT's, both ways; between host and NAT the way is ideal.
  Site add_site(const NatProfile& profile, const LinkProfile& link = {});
  Site add_site_behind(const Site& outer, const NatProfile& profile, const LinkProfile& link = {});  // nested NATs
  Site add_neighbour(const Site& site);                                                              // same NAT
  PublicHost add_public_host(const LinkProfile& link = {});

 private:
  enum class Range : std::uint8_t;
  net::IpAddress make_address(Range range, std::uint8_t lan, std::uint8_t host) const;
  net::IpAddress next_inside(std::uint8_t lan);
  Site add_site_at(NodeId parent, const net::IpAddress& outside, const NatProfile& profile, const LinkProfile& link);

  net::Family family_;
  std::uint8_t public_hosts_ = 0;
  std::uint8_t firewalled_hosts_ = 0;
  std::vector<std::uint8_t> hosts_in_lan_;

 public:
  Network network;
  Simulator simulator;
  PublicHost reflector_a;
  PublicHost reflector_b;
};

}  // namespace lab
