#pragma once
// A small world for the probe: two cooperating reflectors at the core, sites behind NATs, and runs of natprobe in it.

#include <string>
#include <vector>

#include "lab/testbed.h"
#include "probe/probe_session.h"
#include "reflector/reflector_agent.h"

namespace world {

using namespace std::chrono_literals;

struct WorldSettings {
  std::uint64_t seed = 1;
  net::Family family = net::Family::V4;
  reflector::Mode mode = reflector::Mode::Compatible;
};

class World {
 public:
  explicit World(const WorldSettings& settings = {});  // returns when the partner link is up on both sides

  [[nodiscard]] net::Endpoint a() const { return {bed.reflector_a.address, 3478}; }
  [[nodiscard]] net::Endpoint b() const { return {bed.reflector_b.address, 3478}; }

  // A run with both reflectors given, until it is finished.
  probe::Report run(const lab::Site& site) { return run(site, {a(), b()}); }
  probe::Report run(const lab::Site& site, const std::vector<net::Endpoint>& given);
  probe::Report run(lab::HostId host, probe::ProbeConfig config);

  lab::Testbed bed;

 private:
  net::Random chance_;
  reflector::ReflectorAgent agent_a_;
  reflector::ReflectorAgent agent_b_;

 public:
  lab::AgentId id_a;
  lab::AgentId id_b;
};

[[nodiscard]] probe::ProbeConfig config_for(const std::vector<net::Endpoint>& given);

// Both link directions: 20 ms round trip, and what makes a network unpleasant.
[[nodiscard]] lab::LinkProfile calm(net::Duration round_trip = 20ms);
[[nodiscard]] lab::LinkProfile rough(double loss);  // each way; 20 % duplication, 25 % reordering

// The kinds of NAT there are: nine behaviours with three allocations each, Linux, no NAT, firewall, blocked.
[[nodiscard]] const std::vector<lab::NatProfile>& all_kinds();
// The nine behaviours with random allocation, and no NAT.
[[nodiscard]] const std::vector<lab::NatProfile>& ten_kinds();

enum class Judgement { Right, Unknown, Wrong };
[[nodiscard]] Judgement judge(const probe::Verdict& verdict, const net::NatBehavior& truth);

// For the message of a failed test.
[[nodiscard]] std::string describe(const probe::Report& report);

}  // namespace world
