#include "lab/wire/programs.h"

#include <csignal>

namespace lab {

namespace {

constexpr net::Duration at_once{};
constexpr net::Duration time_to_die =
    std::chrono::seconds(5);  // nothing outlives SIGKILL; a busy machine takes its time

}  // namespace

Programs::~Programs() {
  for (const auto& [name, program] : programs_) program.process->signal_program(SIGTERM);
}

Process& Programs::start(const std::string& name, const Namespace& where, Command command) {
  Program& program = programs_.try_emplace(name, Program{.where = &where, .command = std::move(command)}).first->second;
  return program.process.emplace(where, program.command, stop_);
}

void Programs::apply(const Act& act) {
  const auto found = programs_.find(act.target);
  if (found == programs_.end()) return;
  Program& program = found->second;
  switch (act.kind) {
    case Act::Kind::Kill: return kill(program);
    case Act::Kind::Restart:
      kill(program);
      program.killed = false;
      program.process.emplace(*program.where, program.command, stop_);
      return;
    case Act::Kind::Suspend: return program.process->signal_program(SIGSTOP);
    case Act::Kind::Resume: return program.process->signal_program(SIGCONT);
    default: return;
  }
}

void Programs::pause(net::Duration duration) const { stop_.wait_readable(-1, duration); }

void Programs::kill(Program& program) {
  if (program.process->wait(at_once)) return;
  program.process->signal_program(SIGKILL);
  program.process->wait(time_to_die);
  program.killed = true;
}

}  // namespace lab
