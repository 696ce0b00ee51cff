#include "lab/commands/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "traversal/matrix_order.h"
#include "traversal/predict.h"
#include "traversal/strategy.h"
#include "traversal/tries.h"

namespace lab {

namespace {

constexpr std::string_view nothing = "nothing";

ExpectedHost by_theory(const Scenario& scenario, const std::string& host) {
  const net::NatBehavior behavior = theory(scenario, host);
  return {.host = host,
          .nat_class = net::nat_class(behavior),
          .mapping = behavior.mapping,
          .filtering = behavior.filtering,
          .rfc3489 = net::classic_name(behavior)};
}

ExpectedHost expected_of(const Scenario& scenario, const std::string& host) {
  const auto named = std::ranges::find(scenario.expected_hosts, host, &ExpectedHost::host);
  return named == scenario.expected_hosts.end() ? by_theory(scenario, host) : *named;
}

// Adds "key=word" to both texts, where the key is compared at all.
template <typename T>
void compare(Judgement& into, std::string_view key, const std::optional<T>& expected, const std::optional<T>& found) {
  if (!expected) return;
  const std::string_view blank = into.expected.empty() ? "" : " ";
  into.expected += fmt::format("{}{}={}", blank, key, net::to_string(*expected));
  into.found += fmt::format("{}{}={}", blank, key, found ? net::to_string(*found) : "unknown");
}

Judgement judge_host(const Scenario& scenario, const std::string& host, const reports::MatrixDocument& document) {
  const ExpectedHost expected = expected_of(scenario, host);
  Judgement out{.subject = fmt::format("host {}", host)};
  const auto probe = document.probes.find(host);
  probe::Verdict verdict;
  if (probe != document.probes.end()) verdict = probe->second.verdict;
  compare(out, "class", expected.nat_class, std::optional(verdict.nat_class));
  compare(out, "rfc3489", expected.rfc3489, std::optional(verdict.rfc3489));
  compare(out, "mapping", expected.mapping, verdict.mapping.value);
  compare(out, "filtering", expected.filtering, verdict.filtering.value);
  return out;
}

// What the rendezvous would try for this pair, with what its hosts' probes tell it.
std::vector<traversal::Try> tries_of(const Scenario& scenario, const net::NatBehavior& a, const net::NatBehavior& b) {
  auto plan = traversal::plan_of({.strategies = scenario.strategies}).value_or(traversal::JobPlan{});
  plan.sprays = scenario.sprays;
  return traversal::tries_for({.behaviors = {{a, b}}}, plan);
}

// A port that has to be guessed is found by a prediction where it follows, by a search where the odds are good.
bool guesses(const traversal::Try& one) {
  return one.strategy == "port-prediction" || traversal::find_strategy(one.strategy)->search;
}

traversal::Outcome outcome_by_theory(const Scenario& scenario, const ScenarioHost& a, const ScenarioHost& b) {
  using traversal::Outcome;
  if (!a.behind.empty() && a.behind == b.behind) return Outcome::Direct;  // by their own addresses
  const net::NatBehavior behavior_a = theory(scenario, a.name);
  const net::NatBehavior behavior_b = theory(scenario, b.name);
  const traversal::Theory both = traversal::predict(behavior_a, behavior_b);
  if (both.result == traversal::Prediction::Impossible) return Outcome::NotRun;
  if (both.result != traversal::Prediction::Direct) {
    auto tries = tries_of(scenario, behavior_a, behavior_b);
    std::erase_if(tries, [](const traversal::Try& one) { return !one.obstacle.empty(); });
    if (tries.empty()) return Outcome::NotRun;
    if (std::ranges::any_of(tries, guesses)) return Outcome::Direct;
    return both.one_way == "none" ? Outcome::Failed : Outcome::OneWay;
  }
  return both.path == traversal::Path::TwoFiveTuples ? Outcome::Asymmetric : Outcome::Direct;
}

bool is_pair(std::string_view a, std::string_view b, std::string_view x, std::string_view y) {
  return (a == x && b == y) || (a == y && b == x);
}

// Theory is about UDP: a pair without it that connects over TCP does not contradict theory.
traversal::Outcome expected_outcome(const Scenario& scenario, const ScenarioHost& a, const ScenarioHost& b,
                                    const traversal::PairOutcome* found) {
  const traversal::Outcome by_theory = outcome_by_theory(scenario, a, b);
  if (by_theory != traversal::Outcome::NotRun || found == nullptr) return by_theory;
  const traversal::Strategy* strategy = traversal::find_strategy(found->strategy);
  return strategy != nullptr && strategy->tcp ? found->outcome : by_theory;
}

Judgement judge_pair(const Scenario& scenario, const ScenarioHost& a, const ScenarioHost& b,
                     const reports::MatrixDocument& document) {
  const auto expected = std::ranges::find_if(
      scenario.expected_pairs, [&](const ExpectedPair& pair) { return is_pair(pair.a, pair.b, a.name, b.name); });
  const auto place = std::ranges::find_if(document.matrix.pairs, [&](const traversal::PairOutcome& pair) {
    return is_pair(pair.a, pair.b, a.name, b.name);
  });
  const traversal::PairOutcome* found = place == document.matrix.pairs.end() ? nullptr : &*place;
  return {.subject = fmt::format("pair {} - {}", a.name, b.name),
          .expected = expected != scenario.expected_pairs.end()
                          ? expected->outcome
                          : std::string(traversal::to_string(expected_outcome(scenario, a, b, found))),
          .found = std::string(found != nullptr ? traversal::to_string(found->outcome) : nothing)};
}

using Row = std::array<std::string, 4>;

// Columns as wide as they need, two blanks between them.
std::string table(const std::vector<Row>& rows) {
  std::array<std::size_t, 4> width{};
  for (const Row& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) width[i] = std::max(width[i], row[i].size());
  std::string out;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += fmt::format("{:{}}  ", row[i], width[i]);
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

}  // namespace

std::string to_text(std::vector<Judgement> judgements) {
  const auto first_met = std::stable_partition(judgements.begin(), judgements.end(), std::not_fn(&Judgement::met));
  std::vector<Row> rows{{"", "expected", "found", ""}};
  for (const auto& one : judgements)
    rows.push_back({one.subject, one.expected, one.met() ? "the same" : one.found, one.met() ? "ok" : "differs"});
  return table(rows) + fmt::format("{} of {} as expected\n", judgements.end() - first_met, judgements.size());
}

std::vector<Judgement> judge(const Scenario& scenario, const reports::MatrixDocument& document) {
  std::vector<Judgement> out;
  for (const auto& host : scenario.hosts) out.push_back(judge_host(scenario, host.name, document));
  if (!scenario.rendezvous && scenario.expected_pairs.empty()) return out;
  for (auto a = scenario.hosts.begin(); a != scenario.hosts.end(); ++a)
    for (auto b = a + 1; b != scenario.hosts.end(); ++b) out.push_back(judge_pair(scenario, *a, *b, document));
  return out;
}

}  // namespace lab
