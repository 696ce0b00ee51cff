#pragma once
// Expectations and whether they were met, as JUnit XML: what build servers read.

#include <optional>
#include <string>
#include <vector>

namespace reports {

struct JunitCase {
  std::string name;
  std::optional<std::string> failure;  // what was expected and what was found; empty: met
  double seconds = 0;
  std::optional<std::string> skipped;  // why it could not be judged
};

struct JunitSuite {
  std::string name;
  std::vector<JunitCase> cases;
};

// No case failed.
[[nodiscard]] bool passed(const JunitSuite& suite);

// Control characters, which XML 1.0 cannot hold, become U+FFFD.
[[nodiscard]] std::string to_junit(const JunitSuite& suite);
[[nodiscard]] std::string to_junit(const std::vector<JunitSuite>& suites);

}  // namespace reports
