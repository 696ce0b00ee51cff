#pragma once
// A matrix in the order a page shows it: hosts from the most open kind of NAT to the least, by name within a kind, each
// known by its place; pairs found by two places. Borrows the matrix.

#include <cstdint>
#include <span>
#include <vector>

#include "traversal/matrix.h"

namespace reports {

class PlacedMatrix {
 public:
  explicit PlacedMatrix(const traversal::Matrix& matrix);

  [[nodiscard]] std::size_t size() const { return hosts_.size(); }
  [[nodiscard]] const traversal::Host& host(std::size_t place) const { return *hosts_[place]; }
  [[nodiscard]] std::span<const traversal::Host* const> hosts() const { return hosts_; }

  // Above the diagonal, row by row; null where the document has no such pair.
  [[nodiscard]] std::span<const traversal::PairOutcome* const> pairs() const { return pairs_; }
  // Of two different places, in either order: into pairs().
  [[nodiscard]] std::size_t index(std::size_t one, std::size_t other) const;
  [[nodiscard]] const traversal::PairOutcome* pair(std::size_t one, std::size_t other) const {
    return one == other ? nullptr : pairs_[index(one, other)];
  }

 private:
  std::vector<const traversal::Host*> hosts_;
  std::vector<const traversal::PairOutcome*> pairs_;
};

}  // namespace reports
