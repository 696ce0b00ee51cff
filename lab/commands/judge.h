#pragma once
// What a scenario expects beside what was found. Pure.

#include <string>
#include <vector>

#include "lab/scenario.h"
#include "reports/matrix_json.h"

namespace lab {

struct Judgement {
  std::string subject;   // "host a", "pair a - b"
  std::string expected;  // "class=cone mapping=endpoint-independent", "direct"
  std::string found;     // the same keys
  [[nodiscard]] bool met() const { return expected == found; }
};

// One for each host, and, where the scenario has a rendezvous or names pairs, one for each pair, in the scenario's
// order. What the scenario leaves open is expected as theory has it.
[[nodiscard]] std::vector<Judgement> judge(const Scenario& scenario, const reports::MatrixDocument& document);

// A table, differences first: "pair b - c  direct  failed  differs"; the last line counts: "5 of 6 as expected".
[[nodiscard]] std::string to_text(std::vector<Judgement> judgements);

}  // namespace lab
