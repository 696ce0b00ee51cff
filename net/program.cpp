#include "net/program.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>

#include "net/cannot_work.h"
#include "net/write_out.h"

namespace net {
namespace {

void take_closed_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    (void)::open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY);  // gets the lowest free number: this one
  }
}

}  // namespace

int run_program(std::string_view name, const std::function<int()>& body) {
  take_closed_standard_streams();
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return body();
  } catch (const std::exception& error) {
    print_diagnostic(name, error.what());
  } catch (...) {  // Poco's and others' exceptions of no standard kind
    print_diagnostic(name, "unknown error");
  }
  return ExitCode::CannotDo;
}

int worse(int one, int other) {
  constexpr std::array order = {int{CannotDo}, int{ExpectationFailed}, int{NoReflector}, int{Partial}};
  const auto rank = [&](int code) { return std::find(order.begin(), order.end(), code); };
  return rank(other) < rank(one) ? other : one;
}

void announce(std::string_view name, std::string_view lines) {
  try {
    write_out(lines);
  } catch (const CannotWork& error) {
    print_diagnostic(name, error.what());
  }
}

void print_diagnostic(std::string_view name, std::string_view text) {
  std::string line = std::string(name) + ": " + std::string(text);
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  std::replace_if(line.begin(), line.end(), is_control, ' ');
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace net
