#include "reports/matrix_summary.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "reports/plain_words.h"

namespace reports {
namespace {

using traversal::Outcome;

void count(Ratio& ratio, bool part) {
  ++ratio.whole;
  if (part) ++ratio.part;
}

}  // namespace

bool was_run(const traversal::PairOutcome& pair) {
  return pair.outcome != Outcome::NotRun && pair.outcome != Outcome::AgentLost;
}

Agreement agreement(const traversal::PairOutcome& pair) {
  if (!was_run(pair) || pair.predicted == traversal::Prediction::Unknown) return Agreement::NotComparable;
  return traversal::disagrees(pair) ? Agreement::Disagrees : Agreement::AsPredicted;
}

std::string text(const Ratio& ratio) { return fmt::format("{} of {}", grouped(ratio.part), grouped(ratio.whole)); }

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

std::tuple<bool, bool, int, int> openness(const net::NatBehavior& behavior) {
  constexpr int last = 9;
  const bool translated = behavior.mapping != net::MappingBehavior::None;
  return {behavior.udp_blocked, translated, behavior.mapping ? static_cast<int>(*behavior.mapping) : last,
          behavior.filtering ? static_cast<int>(*behavior.filtering) : last};
}

KindTable kind_table(const PlacedMatrix& placed) {
  KindTable table;
  std::vector<std::size_t> kind_of_place;
  for (const traversal::Host* host : placed.hosts()) {
    std::string kind = kind_of(host->behavior);
    if (table.kinds.empty() || kind != table.kinds.back()) {
      table.kinds.push_back(std::move(kind));
      table.hosts.push_back(0);
    }
    ++table.hosts.back();
    kind_of_place.push_back(table.kinds.size() - 1);
  }
  table.connected.resize(table.kinds.size() * table.kinds.size());
  for (std::size_t row = 0; row < placed.size(); ++row) {
    for (std::size_t column = row + 1; column < placed.size(); ++column) {
      const traversal::PairOutcome* pair = placed.pair(row, column);
      if (pair == nullptr || !was_run(*pair)) continue;
      const std::size_t low = kind_of_place[row];
      const std::size_t high = kind_of_place[column];
      count(table.connected[low * table.kinds.size() + high], traversal::connected(pair->outcome));
      if (low != high) count(table.connected[high * table.kinds.size() + low], traversal::connected(pair->outcome));
    }
  }
  return table;
}

std::vector<Ratio> connected_of_hosts(const PlacedMatrix& placed) {
  std::vector<Ratio> out(placed.size());
  for (std::size_t row = 0; row < placed.size(); ++row) {
    for (std::size_t column = row + 1; column < placed.size(); ++column) {
      const traversal::PairOutcome* pair = placed.pair(row, column);
      if (pair == nullptr || !was_run(*pair)) continue;
      for (const std::size_t place : {row, column}) {
        ++out[place].whole;
        out[place].part += traversal::connected(pair->outcome) ? 1U : 0U;
      }
    }
  }
  return out;
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
