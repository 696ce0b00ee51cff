#include <fmt/core.h>

#include <cstdlib>

#include "tests/fuzz/target.h"

namespace fuzz {

void require(bool holds, const char* property, net::BytesView input) {
  if (holds) return;
  fmt::print(stderr, "property broken: {}\ninput: {}\n", property, net::to_hex(input));
  std::abort();
}

}  // namespace fuzz
