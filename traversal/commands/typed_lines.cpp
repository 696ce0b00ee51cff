#include "traversal/commands/typed_lines.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "net/cannot_work.h"

namespace traversal {
namespace {

constexpr std::size_t longest_line = 64 * 1024;  // what is longer is cut: no command is nearly so long

}  // namespace

TypedLines::TypedLines(net::SocketDriver& driver) : driver_(driver) {
  try {
    driver_.watch(STDIN_FILENO, [this] { read(); });
  } catch (const net::CannotWork&) {
    watched_ = false;
    while (read()) {
    }
  }
}

bool TypedLines::read() {
  std::array<char, 4096> buffer;
  const auto n = ::read(STDIN_FILENO, buffer.data(), buffer.size());
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (n <= 0) {
    if (watched_) driver_.unwatch(STDIN_FILENO);
    if (!rest_.empty()) lines_.push_back(std::exchange(rest_, {}));
    ended_now_ = true;
    return false;
  }
  for (const char c : std::string_view(buffer.data(), static_cast<std::size_t>(n))) {
    if (c == '\n') {
      lines_.push_back(std::exchange(rest_, {}));
    } else if (rest_.size() < longest_line) {
      rest_ += c;
    }
  }
  return true;
}

}  // namespace traversal
