#pragma once
// What a matrix adds up to, with denominators: totals, whether theory held, how each kind of NAT did with each other.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "reports/placed_matrix.h"

namespace reports {

[[nodiscard]] bool was_run(const traversal::PairOutcome& pair);  // neither left out nor cut short

enum class Agreement : std::uint8_t { AsPredicted, Disagrees, NotComparable };  // not run, or nothing was predicted
[[nodiscard]] Agreement agreement(const traversal::PairOutcome& pair);

struct Ratio {
  std::size_t part = 0;
  std::size_t whole = 0;
};
[[nodiscard]] std::string text(const Ratio& ratio);  // "2 of 3"

struct MatrixTotals {
  Ratio run;           // pairs with an outcome, of all pairs
  Ratio connected;     // of the pairs run
  Ratio as_predicted;  // of the pairs that can be compared
  Ratio trials;        // successful trials, of all trials
};
[[nodiscard]] MatrixTotals totals(const traversal::Matrix& matrix);

// "full cone", "symmetric", "EIM/?": the shortest name that tells one behaviour from another.
[[nodiscard]] std::string kind_of(const net::NatBehavior& behavior);

// Open kinds first, unknown ones last: the order of the enumerators, no translation before all.
[[nodiscard]] std::tuple<bool, bool, int, int> openness(const net::NatBehavior& behavior);

// How often each kind of NAT connected with each other kind. kinds.size() squared ratios, symmetric, row by row.
struct KindTable {
  std::vector<std::string> kinds;  // from the most open to the least
  std::vector<std::size_t> hosts;  // of each kind
  std::vector<Ratio> connected;

  [[nodiscard]] const Ratio& at(std::size_t row, std::size_t column) const {
    return connected[row * kinds.size() + column];
  }
};
[[nodiscard]] KindTable kind_table(const PlacedMatrix& placed);

// Of the pairs of each host that were run, by place.
[[nodiscard]] std::vector<Ratio> connected_of_hosts(const PlacedMatrix& placed);

// Pairs by the names of their hosts, in either order.
class PairIndex {
 public:
  explicit PairIndex(const traversal::Matrix& matrix);
  [[nodiscard]] std::optional<std::size_t> find(const std::string& a, const std::string& b) const;  // into pairs

 private:
  std::map<std::pair<std::string, std::string>, std::size_t> pairs_;
};

// One character an outcome, so that nothing rests on colour: connected, both ways on two paths, one way, failed ...
[[nodiscard]] std::string_view symbol(traversal::Outcome outcome);

}  // namespace reports
