#include "lab/commands/tally.h"

namespace lab {

Tally::Tally(const Population& population, const Sample& sample)
    : hosts_of_kind_(population.kinds.size()), successes_(sample.hosts.size()) {
  for (const DrawnHost& host : sample.hosts) {
    kind_of_host_.push_back(sample.nats[host.nat].kind);
    ++hosts_of_kind_[kind_of_host_.back()];
  }
  const std::size_t kinds = population.kinds.size();
  cell_of_.resize(kinds * kinds);
  for (std::size_t a = 0; a < kinds; ++a) {
    for (std::size_t b = a; b < kinds; ++b) {
      cell_of_[a * kinds + b] = cell_of_[b * kinds + a] = kind_pairs_.size();
      kind_pairs_.push_back({.a = a, .b = b});
    }
  }
}

void Tally::add(const PairedOutcome& pair) {
  const traversal::PairOutcome& outcome = pair.outcome;
  KindPair& cell = kind_pairs_[cell_of_[kind_of_host_[pair.a] * hosts_of_kind_.size() + kind_of_host_[pair.b]]];
  const bool connected = traversal::connected(outcome.outcome);
  for (reports::Ratio* ratio : {&connected_, &cell.connected}) {
    ++ratio->whole;
    ratio->part += connected ? 1 : 0;
  }
  for (const std::size_t host : {pair.a, pair.b}) successes_[host] += connected ? 1 : 0;
  ++outcomes_[static_cast<std::size_t>(outcome.outcome)];
  ++cell.predicted[static_cast<std::size_t>(outcome.predicted)];
  if (!traversal::disagrees(outcome)) return;
  ++cell.disagreements;
  ++disagreements_;
}

}  // namespace lab
