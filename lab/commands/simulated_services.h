#pragma once
// The programs that stand in the open in memory: one reflector agent a reflector, partners sharing a key, and a
// rendezvous where the scenario has one.

#include <deque>

#include "lab/commands/simulated_programs.h"
#include "lab/scenario.h"
#include "reflector/reflector_agent.h"
#include "traversal/rendezvous.h"
#include "traversal/stream_door.h"

namespace lab {

class SimulatedServices {
 public:
  // Starts them. All is borrowed.
  SimulatedServices(const Scenario& scenario, const Layout& layout, SimulatedPrograms& programs, net::Random& random);

  [[nodiscard]] const std::string& token() const { return token_; }  // empty: the rendezvous is open
  [[nodiscard]] net::Endpoint rendezvous(Reach reach, const net::Nat64Prefix& nat64 = net::well_known_nat64()) const;

 private:
  [[nodiscard]] reflector::ReflectorConfig config_of(const ScenarioReflector& own) const;
  void start_reflectors(const Scenario& scenario);
  void start_rendezvous();

  const Layout& layout_;
  SimulatedPrograms& programs_;
  net::Random& random_;
  std::array<std::uint8_t, 32> key_{};
  std::string token_;
  std::deque<reflector::ReflectorAgent> reflectors_;
  std::deque<traversal::Rendezvous> rendezvous_;
  std::deque<traversal::StreamDoor> doors_;
};

}  // namespace lab
