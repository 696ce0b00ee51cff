#pragma once
// A command inside a network namespace, in a PID namespace of its own: all that it starts ends with it. It ends with
// this object (SIGTERM, after a second SIGKILL) and, should we be killed, with us. Make it in the thread that lives as
// long as it shall: the kernel ties the child to that thread.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lab/wire/namespace.h"
#include "lab/wire/stop_signals.h"

namespace lab {

struct Command {
  std::vector<std::string> words;                  // the program (looked up in PATH) and its arguments
  std::map<std::string, std::string> environment;  // added to ours
  // Variables of ours whose names begin so are not passed on: what is set for natlab is not meant for what it starts.
  std::string hidden = "NATSCOPE_";
  // Inherit stdin, stdout and stderr and stay in our process group, which gets Ctrl-C; else stdin is empty and what it
  // writes is kept.
  bool foreground = false;
  int inherited = -1;  // a descriptor of ours that the command has too, under the same number
};

class Process {
 public:
  // Throws CannotWork naming the command when it cannot be started.
  Process(const Namespace& where, const Command& command, const StopSignals& stop);
  Process(Process&&) = default;
  ~Process();

  // Exit status as a shell tells it (128 + signal), or nothing after `limit`. Throws Stopped on a signal.
  std::optional<int> wait(net::Duration limit);
  // The same without limit, passing on to the command the signals that only we got.
  int wait_and_forward_signals();

  // Until it has written a complete line that contains `words`, to stdout or stderr. Throws CannotWork with its stderr
  // when the process ends or `limit` passes first.
  void wait_for_line(const std::string& words, net::Duration limit);

  // Told to the command itself, past the first process of its PID namespace: SIGKILL, SIGSTOP, SIGCONT too.
  void signal_program(int number) const;

  [[nodiscard]] std::string out() const;  // captured so far
  [[nodiscard]] std::string err() const;

 private:
  void signal(int number) const;
  int reap();

  std::string name_;
  const StopSignals* stop_;
  net::FileDescriptor out_;  // memory files: nobody has to read for the child to go on
  net::FileDescriptor err_;
  net::FileDescriptor pidfd_;
  int pid_ = -1;
  std::optional<int> status_;
};

}  // namespace lab
