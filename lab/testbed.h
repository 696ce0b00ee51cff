#pragma once
// The set-up that most tests need, in one call: the core, two public hosts for the reflectors, and sites, each a host
// behind a NAT of its own.
//
//   lab::Testbed bed({.seed = 7});
//   lab::Site site = bed.add_site(*lab::find_profile("symmetric"), {.delay = 10ms});   // 20 ms round trip
//   bed.simulator.add_agent(bed.reflector_a, a);  bed.simulator.add_agent(bed.reflector_b, b);
//   bed.simulator.add_agent(site.host, probe);

#include "lab/network.h"
#include "lab/simulator.h"

namespace lab {

struct TestbedSettings {
  std::uint64_t seed = 1;
  net::Family family = net::Family::V4;
  LinkProfile reflector_link;  // of each reflector, both ways; ideal by default
  SimulatorSettings simulator;
};

struct Site {
  NodeId nat;  // the core where there is none
  HostId host;
  net::IpAddress inside;   // the host's own address
  net::IpAddress outside;  // what the world sees; the same without translation
  NodeId uplink;           // the node whose link is `link`: for cut(), mend(), link()
};

class Testbed {
 public:
  explicit Testbed(const TestbedSettings& settings = {});

  // Each site has its own NAT, its own external address and its own inside range; the link is the NAT's, both ways.
  // A profile without translation and without filter ("no-nat") puts the host straight at the core.
  Site add_site(const NatProfile& profile, const LinkProfile& link = {});
  HostId add_public_host(const LinkProfile& link = {});
  HostId add_neighbour(const Site& site);  // another host on the inside of a site

  Network network;
  Simulator simulator;
  net::IpAddress address_a;
  net::IpAddress address_b;
  HostId reflector_a;
  HostId reflector_b;

 private:
  net::IpAddress public_address();

  net::Family family_;
  std::uint8_t sites_ = 0;
  std::uint8_t neighbours_ = 0;
  std::uint8_t public_hosts_ = 0;
};

}  // namespace lab
