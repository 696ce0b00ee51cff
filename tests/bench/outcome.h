#pragma once
// What the main() of every benchmark does: measure, write the figures down, and say by the exit code whether the bars
// were held.

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace bench {

struct Outcome {
  nlohmann::ordered_json document;
  bool within_bars = false;
};

// `argv` may have "--json FILE". Exit code 0 within the bars, 1 beyond, 2 when it cannot be measured.
[[nodiscard]] int run_anywhere(const std::string& name, int argc, char** argv, const std::function<Outcome()>& measure);

[[nodiscard]] double median(std::vector<double> values);  // of at least one

}  // namespace bench
