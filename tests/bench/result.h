#pragma once
// For benchmarks on real packets in namespaces: skipped where there are none.

#include "tests/bench/outcome.h"

namespace bench {

// As run_anywhere(); exit code 77 for skipped.
[[nodiscard]] int run(const std::string& name, int argc, char** argv, const std::function<Outcome()>& measure);

}  // namespace bench
