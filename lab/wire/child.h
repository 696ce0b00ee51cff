#pragma once
// What becomes of a process between clone and exec: the first process of a PID namespace, tied to our life, that starts
// the command and waits for it. When it ends, by itself or because we did, the kernel ends all that the command
// started, however it hid. Only async-signal-safe calls: other threads of ours may have held any lock.

#include <sys/types.h>

#include <array>
#include <optional>

namespace lab {

// All made beforehand; borrowed.
struct Start {
  int where = -1;                             // the network namespace
  std::optional<std::array<int, 3>> streams;  // stdin, stdout, stderr; empty: inherited, and our process group too
  char* const* words = nullptr;
  char* const* environment = nullptr;
  int started_read = -1;  // a pipe: closed without a byte once the command runs, else errno comes through it
  int started_write = -1;
  int inherited = -1;  // a descriptor that the command has too, under the same number
};

// The new process, in this thread's name: it is killed when this thread ends. Its exit status is the command's, 128 + n
// where signal n ended that; signals sent to it go on to the command and all that it started, except those that the
// terminal sends to the whole foreground anyway. -1 and errno where the system refuses.
[[nodiscard]] pid_t start_child(const Start& start);

}  // namespace lab
