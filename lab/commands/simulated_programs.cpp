#include "lab/commands/simulated_programs.h"

namespace lab {

void SimulatedPrograms::start(const std::string& name, HostId host, std::function<net::Agent&()> make) {
  const AgentId id = simulator_.add_agent(host, make());
  programs_[name] = {.id = id, .make = std::move(make)};
}

void SimulatedPrograms::apply(const Act& act) {
  const auto found = programs_.find(act.target);
  if (found == programs_.end()) return;
  Program& program = found->second;
  switch (act.kind) {
    case Act::Kind::Kill:
      program.killed = program.killed || simulator_.alive(program.id);
      return simulator_.kill(program.id);
    case Act::Kind::Restart: program.killed = false; return simulator_.restart(program.id, program.make());
    case Act::Kind::Suspend: return simulator_.suspend(program.id);
    case Act::Kind::Resume: return simulator_.resume(program.id);
    default: return;
  }
}

bool SimulatedPrograms::running(const std::string& name) const {
  const auto found = programs_.find(name);
  return found != programs_.end() && simulator_.alive(found->second.id);
}

bool SimulatedPrograms::was_killed(const std::string& name) const {
  const auto found = programs_.find(name);
  return found != programs_.end() && found->second.killed;
}

}  // namespace lab
