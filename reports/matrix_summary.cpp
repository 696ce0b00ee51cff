#include "reports/matrix_summary.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "reports/plain_words.h"

namespace reports {
namespace {

using traversal::Outcome;

bool was_run(const traversal::PairOutcome& pair) {
  return pair.outcome != Outcome::NotRun && pair.outcome != Outcome::AgentLost;
}

void count(Ratio& ratio, bool part) {
  ++ratio.whole;
  if (part) ++ratio.part;
}

// Open kinds first, unknown ones last: the order of the enumerators, no translation before all.
auto openness(const net::NatBehavior& behavior) {
  constexpr int last = 9;
  const bool translated = behavior.mapping != net::MappingBehavior::None;
  return std::tuple(behavior.udp_blocked, translated, behavior.mapping ? static_cast<int>(*behavior.mapping) : last,
                    behavior.filtering ? static_cast<int>(*behavior.filtering) : last);
}

// The distinct kinds of a matrix, most open first.
std::vector<std::string> kinds_of(const traversal::Matrix& matrix) {
  std::vector<net::NatBehavior> behaviors;
  behaviors.reserve(matrix.hosts.size());
  for (const auto& host : matrix.hosts) behaviors.push_back(host.behavior);
  std::stable_sort(behaviors.begin(), behaviors.end(),
                   [](const auto& a, const auto& b) { return openness(a) < openness(b); });
  std::vector<std::string> kinds;
  kinds.reserve(behaviors.size());
  for (const auto& behavior : behaviors) kinds.push_back(kind_of(behavior));
  kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
  return kinds;
}

}  // namespace

Agreement agreement(const traversal::PairOutcome& pair) {
  if (!was_run(pair) || pair.predicted == traversal::Prediction::Unknown) return Agreement::NotComparable;
  return traversal::disagrees(pair) ? Agreement::Disagrees : Agreement::AsPredicted;
}

std::string text(const Ratio& ratio) { return fmt::format("{} of {}", ratio.part, ratio.whole); }

MatrixTotals totals(const traversal::Matrix& matrix) {
  MatrixTotals out;
  for (const auto& pair : matrix.pairs) {
    count(out.run, was_run(pair));
    if (was_run(pair)) count(out.connected, traversal::connected(pair.outcome));
    if (agreement(pair) != Agreement::NotComparable) count(out.as_predicted, agreement(pair) == Agreement::AsPredicted);
    out.trials.whole += pair.trials;
    out.trials.part += pair.successes;
  }
  return out;
}

std::string kind_of(const net::NatBehavior& behavior) {
  if (net::nat_class(behavior) == net::NatClass::Unknown && !behavior.filtering) return "unknown";
  const net::ClassicName name = net::classic_name(behavior);
  const bool named = name != net::ClassicName::NoClassicName && name != net::ClassicName::Unknown;
  return named ? std::string(plain(name)) : net::short_name(behavior);
}

KindTable kind_table(const traversal::Matrix& matrix) {
  KindTable table{.kinds = kinds_of(matrix)};
  table.connected.resize(table.kinds.size() * table.kinds.size());
  std::map<std::string, std::size_t> kind_of_host;
  for (const auto& host : matrix.hosts) {
    const auto kind = std::find(table.kinds.begin(), table.kinds.end(), kind_of(host.behavior));
    kind_of_host[host.name] = static_cast<std::size_t>(kind - table.kinds.begin());
  }
  for (const auto& pair : matrix.pairs) {
    if (!was_run(pair)) continue;
    const auto [low, high] = std::minmax(kind_of_host[pair.a], kind_of_host[pair.b]);
    count(table.connected[low * table.kinds.size() + high], traversal::connected(pair.outcome));
    if (low != high) count(table.connected[high * table.kinds.size() + low], traversal::connected(pair.outcome));
  }
  return table;
}

PairIndex::PairIndex(const traversal::Matrix& matrix) {
  for (std::size_t i = 0; i < matrix.pairs.size(); ++i) {
    pairs_[std::minmax(matrix.pairs[i].a, matrix.pairs[i].b)] = i;
  }
}

std::optional<std::size_t> PairIndex::find(const std::string& a, const std::string& b) const {
  const auto found = pairs_.find(std::minmax(a, b));
  return found == pairs_.end() ? std::nullopt : std::optional(found->second);
}

std::string_view symbol(Outcome outcome) {
  constexpr std::array<std::string_view, 6> symbols = {"●", "◐", "◔", "✕", "?", "·"};
  return symbols[static_cast<std::size_t>(outcome)];
}

}  // namespace reports
