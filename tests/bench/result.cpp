#include "tests/bench/result.h"

#include <fmt/format.h>

#include "lab/wire/namespace.h"
#include "net/cannot_work.h"

namespace bench {

namespace {

constexpr int skipped = 77;

bool have_namespaces() {
  try {
    const lab::Namespace one;
    return true;
  } catch (const net::CannotWork& e) {
    fmt::print("netns: {}\n", e.what());
    return false;
  }
}

}  // namespace

int run(const std::string& name, int argc, char** argv, const std::function<Outcome()>& measure) {
  if (!have_namespaces()) return skipped;
  return run_anywhere(name, argc, argv, measure);
}

}  // namespace bench
