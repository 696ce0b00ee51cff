#include "tests/bench/outcome.h"

#include <algorithm>
#include <fstream>
#include <string_view>

#include "net/program.h"

namespace bench {

int run_anywhere(const std::string& name, int argc, char** argv, const std::function<Outcome()>& measure) {
  return net::run_program(name, [&]() -> int {
    const Outcome outcome = measure();
    if (argc == 3 && std::string_view(argv[1]) == "--json") std::ofstream(argv[2]) << outcome.document.dump(2) << "\n";
    return outcome.within_bars ? net::Done : net::ExpectationFailed;
  });
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace bench
