#pragma once
// SIGINT, SIGTERM and SIGHUP as an event instead of an end: while this object lives they are blocked (in the thread
// that made it and in threads made after) and wait_readable() throws Stopped, so that destructors undo everything.
// Make it before any thread. Processes started by lab::Process get them unblocked again.

#include <csignal>
#include <optional>
#include <stdexcept>

#include "net/file_descriptor.h"
#include "net/time.h"

namespace lab {

struct Stopped : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct StopSignal {
  int number = 0;
  bool by_terminal = false;  // Ctrl-C: the whole foreground group got it, not only us
};

class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // True as soon as `fd` is readable, false after `limit` (none: never). Throws Stopped on a signal.
  bool wait_readable(int fd, std::optional<net::Duration> limit) const;

  void check() const;  // throws Stopped when a signal has come

  // Waits for `fd` without limit; a signal that comes first is the answer.
  [[nodiscard]] std::optional<StopSignal> readable_or_signal(int fd) const;

 private:
  sigset_t before_{};
  net::FileDescriptor fd_;
};

}  // namespace lab
