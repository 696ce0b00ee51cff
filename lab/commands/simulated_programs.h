#pragma once
// The programs of a scenario in memory: named agents on hosts, to which events may happen.

#include <functional>
#include <map>
#include <string>

#include "lab/event_schedule.h"
#include "lab/simulator.h"

namespace lab {

class SimulatedPrograms {
 public:
  explicit SimulatedPrograms(Simulator& simulator) : simulator_(simulator) {}

  // `make` gives a fresh agent that lives as long as the simulator, each time the program starts.
  void start(const std::string& name, HostId host, std::function<net::Agent&()> make);

  // The acts on programs; nothing happens to one that has not been started.
  void apply(const Act& act);

  [[nodiscard]] bool running(const std::string& name) const;
  [[nodiscard]] bool was_killed(const std::string& name) const;  // in its last life

 private:
  struct Program {
    AgentId id;
    std::function<net::Agent&()> make;
    bool killed = false;
  };

  Simulator& simulator_;
  std::map<std::string, Program> programs_;
};

}  // namespace lab
