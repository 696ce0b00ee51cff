#include "lab/wire/secret.h"

#include <sys/random.h>

#include <array>

#include "lab/wire/system_call.h"
#include "net/bytes.h"

namespace lab {
namespace {

std::string drawn_secret() {
  std::array<std::uint8_t, 32> bytes{};
  checked(static_cast<int>(::getrandom(bytes.data(), bytes.size(), 0)), "draw a secret");
  return net::to_hex(bytes);
}

}  // namespace

Secret::Secret() : file_(drawn_secret()) {}

}  // namespace lab
