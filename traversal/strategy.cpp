#include "traversal/strategy.h"

#include <algorithm>
#include <array>

#include "traversal/birthday_spray.h"
#include "traversal/low_ttl_primer.h"
#include "traversal/ordinary_punch.h"
#include "traversal/port_prediction.h"
#include "traversal/predict.h"
#include "traversal/responder_first.h"
#include "traversal/same_nat.h"
#include "traversal/simultaneous_open.h"

namespace traversal {
namespace {

using namespace std::chrono_literals;

std::string no_obstacle(const Pairing&) { return {}; }

constexpr net::Duration ordinary_time = ordinary_length + 500ms;

constexpr std::array table = {
    Strategy{"lan", lan, not_behind_one_nat, ordinary_time},
    Strategy{"hairpin", hairpin, not_behind_one_nat, ordinary_time},
    Strategy{"simultaneous-open", simultaneous_open, no_obstacle, ordinary_time},
    Strategy{"responder-first", responder_first, order_does_not_matter, ordinary_time},
    Strategy{"low-ttl-primer", low_ttl_primer, no_obstacle, ordinary_time},
    Strategy{"port-prediction", port_prediction, not_predictable, ordinary_time},
    Strategy{"birthday-spray", birthday_spray, spray_is_hopeless, spray_length, true},
};

using Names = std::vector<std::string>;

Names by_effort(std::optional<Effort> needed) {
  if (!needed) return {"simultaneous-open"};
  switch (*needed) {
    case Effort::Direct: return {"simultaneous-open", "responder-first", "low-ttl-primer"};
    case Effort::Predict:
    case Effort::PredictBoth: return {"port-prediction", "simultaneous-open", "port-prediction"};
    case Effort::Spray:
    case Effort::SprayTwice: return {"simultaneous-open", "birthday-spray", "birthday-spray"};
    case Effort::Costly:
    case Effort::Impractical: return {"birthday-spray"};  // which refuses, with the odds
  }
  return {};
}

}  // namespace

std::optional<net::Endpoint> find_candidate(const Description& side, CandidateType type) {
  const auto found = std::find_if(side.candidates.begin(), side.candidates.end(),
                                  [type](const Candidate& candidate) { return candidate.type == type; });
  return found == side.candidates.end() ? std::nullopt : std::optional(found->endpoint);
}

std::span<const Strategy> strategies() { return table; }

const Strategy* find_strategy(std::string_view name) {
  const auto* found = std::find_if(table.begin(), table.end(), [name](const auto& row) { return row.name == name; });
  return found == table.end() ? nullptr : found;
}

std::vector<std::string> best_strategies(const Pairing& pair) {
  const auto& [a, b] = pair.behaviors.values;
  Names names = by_effort(effort(a, b));
  if (pair.same_nat) names = {"simultaneous-open", "lan", "hairpin"};
  Names useful = names;
  std::erase_if(useful, [&](const std::string& name) { return !find_strategy(name)->obstacle(pair).empty(); });
  return useful.empty() ? names : useful;
}

}  // namespace traversal
