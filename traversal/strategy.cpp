#include "traversal/strategy.h"

#include <algorithm>
#include <array>

#include "traversal/birthday_spray.h"
#include "traversal/ipv6.h"
#include "traversal/low_ttl_primer.h"
#include "traversal/ordinary_punch.h"
#include "traversal/port_mapped.h"
#include "traversal/port_prediction.h"
#include "traversal/predict.h"
#include "traversal/responder_first.h"
#include "traversal/same_nat.h"
#include "traversal/simultaneous_open.h"
#include "traversal/tcp_simultaneous_open.h"

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
    Strategy{.name = "ipv6-direct",
             .plan = ipv6_direct,
             .obstacle = not_both_over_ipv6,
             .longest = ordinary_time,
             .family = net::Family::V6},
    Strategy{.name = "ipv6-firewall",
             .plan = ipv6_firewall,
             .obstacle = not_both_over_ipv6,
             .longest = ordinary_time,
             .family = net::Family::V6},
    Strategy{.name = "tcp-simultaneous-open",
             .plan = tcp_simultaneous_open,
             .obstacle = no_obstacle,
             .longest = ordinary_time,
             .tcp = true},
    Strategy{"port-mapped", port_mapped, no_router_maps_ports, ordinary_time, false, CandidateType::Mapped},
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

bool over_tcp_alone(const Pairing& pair) { return pair.tcp_only[Side::A] || pair.tcp_only[Side::B]; }

// Ways round the NATs come before all that is guessed, and after an ordinary punch that may do without.
void add_way_round(Names& names, const char* strategy) {
  names.insert(names.begin() + (names.front() == "simultaneous-open" ? 1 : 0), strategy);
}

// Over IPv6 as the path of its own that it is beside IPv4.
bool has_ipv6_beside(const Pairing& pair) {
  return not_both_over_ipv6(pair).empty() && common_family(pair.families) != net::Family::V6;
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

std::optional<net::Family> family_of(const Strategy& strategy, const Pairing& pair) {
  if (!strategy.family) return common_family(pair.families);
  const auto& [a, b] = pair.families.values;
  return a.has(*strategy.family) && b.has(*strategy.family) ? strategy.family : std::nullopt;
}

std::string obstacle_to(const Strategy& strategy, const Pairing& pair) {
  if (!common_family(pair.families)) {
    return "no address family in common: one host reaches the rendezvous over IPv4 alone, the other over IPv6 alone";
  }
  if (!strategy.tcp && over_tcp_alone(pair))
    return "one host reaches the rendezvous over TCP alone: its UDP is blocked";
  return strategy.obstacle(pair);
}

std::vector<std::string> best_strategies(const Pairing& pair) {
  const auto& [a, b] = pair.behaviors.values;
  const bool measured = pair.families[Side::A].first == pair.families[Side::B].first;
  Names names = by_effort(measured ? effort(a, b) : std::nullopt);
  if (over_tcp_alone(pair)) return {"tcp-simultaneous-open"};
  if (pair.same_nat) {
    names = {"simultaneous-open", "lan", "hairpin"};
  } else {
    if (no_router_maps_ports(pair).empty()) add_way_round(names, "port-mapped");
    if (has_ipv6_beside(pair)) add_way_round(names, "ipv6-firewall");
  }
  Names useful = names;
  std::erase_if(useful, [&](const std::string& name) { return !obstacle_to(*find_strategy(name), pair).empty(); });
  return useful.empty() ? names : useful;
}

}  // namespace traversal
