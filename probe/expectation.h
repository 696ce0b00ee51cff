#pragma once
// --expect KEY=VALUE, and the exit code of a run. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "net/result.h"
#include "probe/verdict.h"

namespace probe {

struct Expectation {
  std::string key;    // "class", "rfc3489", "mapping", "filtering", or the name of a further finding
  std::string value;  // a word of the JSON document
};

// The error says what is wrong with the text: no such key, or no such value for it.
[[nodiscard]] net::Result<Expectation, std::string> parse_expectation(std::string_view text);

// One line for each that is not met: "expected class=cone, found symmetric".
[[nodiscard]] std::vector<std::string> unmet(const Verdict& verdict, const std::vector<Expectation>& expectations);

// Of a run without expectations: 0 when all findings asked for have values, 3 when no reflector answered over UDP, 4
// when a finding asked for is unknown.
[[nodiscard]] int exit_code(const Verdict& verdict, const ObservationLog& log,
                            const std::vector<std::string_view>& findings);

}  // namespace probe
