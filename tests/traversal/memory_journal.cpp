#include "memory_journal.h"

#include <algorithm>

namespace tests {
namespace {

traversal::Journal::Written disk(bool full) {
  if (full) return net::Unexpected<std::string>("database test: disk is full");
  return {};
}

}  // namespace

MemoryJournal::Loaded MemoryJournal::load() { return runs; }

MemoryJournal::Written MemoryJournal::begin(const traversal::MatrixOrder& order) {
  if (!full) runs.push_back({order, {}});
  return disk(full);
}

MemoryJournal::Written MemoryJournal::finish(std::span<const traversal::FinishedPair> pairs) {
  if (full) return disk(full);
  for (const auto& pair : pairs) {
    for (auto& run : runs) {
      if (run.order.id != pair.matrix) continue;
      const bool known = std::any_of(run.finished.begin(), run.finished.end(),
                                     [&](const auto& finished) { return finished.pair == pair.pair; });
      second_outcomes += known ? 1 : 0;
      if (!known) run.finished.push_back(pair);
    }
  }
  return {};
}

MemoryJournal::Written MemoryJournal::forget(const traversal::Id& matrix) {
  std::erase_if(runs, [&](const auto& run) { return run.order.id == matrix; });
  return disk(full);
}

}  // namespace tests
