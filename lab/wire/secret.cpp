#include "lab/wire/secret.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <array>

#include "lab/wire/system_call.h"
#include "net/bytes.h"

namespace lab {

Secret::Secret() : file_(checked(::memfd_create("secret", MFD_CLOEXEC), "make a memory file")) {
  std::array<std::uint8_t, 32> bytes{};
  checked(static_cast<int>(::getrandom(bytes.data(), bytes.size(), 0)), "draw a secret");
  const std::string text = net::to_hex(bytes);
  checked(::fchmod(file_.get(), 0600), "protect a secret");
  checked(static_cast<int>(::write(file_.get(), text.data(), text.size())), "write a secret");
}

std::string Secret::path() const { return fmt::format("/proc/{}/fd/{}", ::getpid(), file_.get()); }

}  // namespace lab
