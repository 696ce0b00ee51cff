#include "tests/bench/result.h"

#include <fmt/format.h>

#include <fstream>
#include <string_view>

#include "lab/wire/namespace.h"
#include "net/cannot_work.h"
#include "net/program.h"

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
  return net::run_program(name, [&]() -> int {
    if (!have_namespaces()) return skipped;
    const Outcome outcome = measure();
    if (argc == 3 && std::string_view(argv[1]) == "--json") std::ofstream(argv[2]) << outcome.document.dump(2) << "\n";
    return outcome.within_bars ? net::Done : net::ExpectationFailed;
  });
}

}  // namespace bench
