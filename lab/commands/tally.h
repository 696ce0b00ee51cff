#pragma once
// What the pairs of a drawn population add up to, with denominators: over all, host by host, and kind with kind.

#include <array>
#include <vector>

#include "lab/commands/all_pairs.h"
#include "lab/population.h"
#include "reports/matrix_summary.h"

namespace lab {

struct KindPair {
  std::size_t a = 0;  // of Population::kinds, a <= b
  std::size_t b = 0;
  reports::Ratio connected;
  std::array<std::size_t, 7> predicted{};  // pairs by traversal::Prediction
  std::size_t disagreements = 0;
};

class Tally {
 public:
  Tally(const Population& population, const Sample& sample);

  void add(const PairedOutcome& pair);

  [[nodiscard]] const reports::Ratio& connected() const { return connected_; }
  [[nodiscard]] std::size_t disagreements() const { return disagreements_; }
  [[nodiscard]] std::size_t count(traversal::Outcome outcome) const {
    return outcomes_[static_cast<std::size_t>(outcome)];
  }
  [[nodiscard]] const std::vector<std::size_t>& hosts_of_kind() const { return hosts_of_kind_; }
  [[nodiscard]] const std::vector<std::size_t>& successes_of_host() const { return successes_; }
  [[nodiscard]] const std::vector<KindPair>& kind_pairs() const { return kind_pairs_; }  // also those with no pair

 private:
  std::vector<std::size_t> kind_of_host_;
  std::vector<std::size_t> hosts_of_kind_;
  std::vector<std::size_t> successes_;
  std::vector<std::size_t> cell_of_;  // of two kinds, row by row: into kind_pairs_
  std::vector<KindPair> kind_pairs_;
  std::array<std::size_t, 6> outcomes_{};
  reports::Ratio connected_;
  std::size_t disagreements_ = 0;
};

}  // namespace lab
