#pragma once
// A NAT poked at by plain packets, one at a time: the same script for every NAT and every world, and what became of
// each packet as a line of text. No STUN, none of the probe's code. In memory the world is a lab::Network; on real
// packets (tests/netns) it is made of namespaces. Times are not part of the lines.

#include <map>
#include <string>
#include <vector>

#include "lab/scenario.h"

namespace stimulus {

// Hosts "h" and "n" behind NAT "nat" of this profile; "r1" and "r2" in the open.
[[nodiscard]] lab::Scenario stage(const lab::NatProfile& profile, lab::Families family = lab::Families::V4);

// The same with hosts that have only IPv6, reflectors that have only IPv4, and a NAT64 between.
[[nodiscard]] lab::Scenario stage_of_nat64();

struct Arrival {
  std::string station;
  lab::Packet packet;
};

class World {
 public:
  virtual ~World() = default;
  // All that arrives anywhere because of this packet, in no particular order.
  [[nodiscard]] virtual std::vector<Arrival> send(const std::string& station, const lab::Packet& packet) = 0;
  virtual void wait(net::Duration duration) = 0;
  [[nodiscard]] virtual net::IpAddress address(const std::string& station) const = 0;
};

class SimulatedWorld : public World {
 public:
  explicit SimulatedWorld(const lab::Scenario& scenario);
  [[nodiscard]] std::vector<Arrival> send(const std::string& station, const lab::Packet& packet) override;
  void wait(net::Duration duration) override { now_ += duration; }
  [[nodiscard]] net::IpAddress address(const std::string& station) const override {
    return addresses_.at(station).front();
  }

 private:
  lab::Layout layout_;
  std::map<std::string, lab::HostId> hosts_;
  std::map<std::string, std::vector<net::IpAddress>> addresses_;
  net::TimePoint now_;
};

// "h udp 10.0.1.2:40000 > 198.51.100.1:3478 : r1 203.0.113.1:40000 > 198.51.100.1:3478 ttl 62 'x'", "... : nothing"
using Lines = std::vector<std::string>;

// The whole script. Lifetimes are waited for where they are shorter than `patience`.
[[nodiscard]] Lines play(World& world, const lab::NatProfile& profile, net::Duration patience);

// The profiles to be poked at: every named one that the model runs, and for every setting each of its words, both of
// its flags, and small numbers, by themselves on a dependent and on an independent NAT, with lifetimes short enough to
// wait for.
[[nodiscard]] std::vector<lab::NatProfile> all_profiles();

// Those of them whose IPv6 differs, and one that does not.
[[nodiscard]] std::vector<lab::NatProfile> ipv6_profiles();

}  // namespace stimulus
