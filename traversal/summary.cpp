#include "traversal/summary.h"

#include <algorithm>
#include <set>

namespace traversal {
namespace {

std::optional<ConnectTimes> connect_times(const std::vector<Attempt>& attempts) {
  std::vector<net::Duration> times;
  for (const Attempt& attempt : attempts) {
    if (connected(attempt.outcome) && attempt.time_to_connect) times.push_back(*attempt.time_to_connect);
  }
  if (times.empty()) return std::nullopt;
  std::sort(times.begin(), times.end());
  const std::size_t middle = times.size() / 2;
  const net::Duration median = times.size() % 2 == 1 ? times[middle] : (times[middle - 1] + times[middle]) / 2;
  return ConnectTimes{times.front(), median, times.back()};
}

}  // namespace

void summarize(PairOutcome& pair) {
  std::set<unsigned> trials;
  std::set<unsigned> connected_trials;
  for (const Attempt& attempt : pair.attempts) {
    if (attempt.outcome != Outcome::NotRun) trials.insert(attempt.trial);
    if (connected(attempt.outcome)) connected_trials.insert(attempt.trial);
  }
  pair.trials = static_cast<unsigned>(trials.size());
  pair.successes = static_cast<unsigned>(connected_trials.size());
  pair.connect = connect_times(pair.attempts);
  // The enumerators go from the best to the worst; of equals the last attempt speaks.
  const auto best = std::min_element(pair.attempts.rbegin(), pair.attempts.rend(),
                                     [](const Attempt& x, const Attempt& y) { return x.outcome < y.outcome; });
  if (best == pair.attempts.rend()) return;
  pair.outcome = best->outcome;
  pair.strategy = best->strategy;
  pair.why = best->why;
  if (pair.outcome != Outcome::OneWay) pair.direction.clear();
}

std::vector<MatrixRow> rows_of(const Matrix& matrix) {
  std::vector<MatrixRow> rows(matrix.hosts.begin(), matrix.hosts.end());
  for (const PairOutcome& pair : matrix.pairs) {
    PairOutcome header = pair;
    header.attempts.clear();
    rows.emplace_back(std::move(header));
    for (const Attempt& attempt : pair.attempts) {
      rows.emplace_back(attempt);
      std::get<Attempt>(rows.back()).timeline.clear();
      rows.insert(rows.end(), attempt.timeline.begin(), attempt.timeline.end());
    }
  }
  return rows;
}

Matrix matrix_of(const std::vector<MatrixRow>& rows) {
  Matrix matrix;
  for (const MatrixRow& row : rows) {
    if (const auto* host = std::get_if<Host>(&row)) matrix.hosts.push_back(*host);
    if (const auto* pair = std::get_if<PairOutcome>(&row)) matrix.pairs.push_back(*pair);
    if (matrix.pairs.empty()) continue;
    auto& attempts = matrix.pairs.back().attempts;
    if (const auto* attempt = std::get_if<Attempt>(&row)) attempts.push_back(*attempt);
    const auto* event = std::get_if<TimelineEvent>(&row);
    if (event != nullptr && !attempts.empty()) attempts.back().timeline.push_back(*event);
  }
  return matrix;
}

}  // namespace traversal
