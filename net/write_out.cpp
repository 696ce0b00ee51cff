#include "net/write_out.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "net/cannot_work.h"

namespace net {

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void write_out(std::string_view text) {
  if (!write_all(STDOUT_FILENO, text))
    throw CannotWork(std::string("write to standard output: ") + std::strerror(errno));
}

}  // namespace net
