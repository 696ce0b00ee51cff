#pragma once
// What every main() is made of: the exit codes, and the one place where an exception becomes a line on stderr.
//
//   int main(int argc, char** argv) {
//     return net::run_program("natprobe", [&] { return probe::natprobe(argc, argv); });
//   }

#include <functional>
#include <string_view>

namespace net {

// The same for all programs; where several apply, 2 before 1 before 3 before 4.
enum ExitCode : int {
  Done = 0,
  ExpectationFailed = 1,
  CannotDo = 2,     // usage error, or unable to work: one line on stderr names the attempt
  NoReflector = 3,  // no reflector answered over UDP
  Partial = 4,      // something asked for is unknown, was not run or was lost
};

// Of two that both apply, the one to end with.
[[nodiscard]] int worse(int one, int other);

// Runs `body` and returns its exit code. Whatever is thrown becomes one line on stderr, "natprobe: <what>", and 2.
// SIGPIPE is ignored first: a peer or a pipe that goes away is an error to handle, not a death. A standard stream that
// is closed stays taken, so that no socket or file gets its number: reading gives nothing, writing to stdout fails.
int run_program(std::string_view name, const std::function<int()>& body);

// What a service says of itself on stdout, at once. It goes on where that cannot be written: one line on stderr says
// so.
void announce(std::string_view name, std::string_view lines);

// "natprobe: <text>" and a newline on stderr; control characters in `text` become blanks, so it is one line always.
void print_diagnostic(std::string_view name, std::string_view text);

}  // namespace net
