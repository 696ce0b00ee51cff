#pragma once
// A journal in memory: what survives a rendezvous that is killed. Can be told to fail, as a full disk does.

#include <map>

#include "traversal/journal.h"

namespace tests {

class MemoryJournal final : public traversal::Journal {
 public:
  [[nodiscard]] Loaded load() override;
  [[nodiscard]] Written begin(const traversal::MatrixOrder& order) override;
  [[nodiscard]] Written finish(std::span<const traversal::FinishedPair> pairs) override;
  [[nodiscard]] Written forget(const traversal::Id& matrix) override;

  bool full = false;             // nothing can be written
  unsigned second_outcomes = 0;  // of pairs that had one
  std::vector<traversal::WrittenRun> runs;
};

}  // namespace tests
