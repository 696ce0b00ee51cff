#pragma once
// The programs of a scenario on real packets, by name, each in its station's namespace; events may happen to them.

#include <map>
#include <optional>
#include <string>

#include "lab/event_schedule.h"
#include "lab/wire/process.h"

namespace lab {

class Programs {
 public:
  explicit Programs(const StopSignals& stop) : stop_(stop) {}
  ~Programs();  // all are told to end before any is waited for
  Programs(const Programs&) = delete;
  Programs& operator=(const Programs&) = delete;

  // `where` is borrowed. Throws CannotWork.
  Process& start(const std::string& name, const Namespace& where, Command command);
  [[nodiscard]] Process& at(const std::string& name) { return *programs_.at(name).process; }

  // The acts on programs; nothing happens to one that has not been started.
  void apply(const Act& act);
  [[nodiscard]] bool was_killed(const std::string& name) const {
    return programs_.at(name).killed;
  }  // in its last life

  // Nothing but time passes. Throws Stopped on a signal.
  void pause(net::Duration duration) const;

 private:
  struct Program {
    const Namespace* where;
    Command command;
    std::optional<Process> process;
    bool killed = false;
  };
  void kill(Program& program);

  const StopSignals& stop_;
  std::map<std::string, Program> programs_;
};

}  // namespace lab
