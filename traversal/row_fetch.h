#pragma once
// The rows of a finished matrix, which come a page at a time and so a round trip at a time: the rows behind the first
// page are cut into parts that are fetched side by side. How many rows a page holds is the rendezvous's affair.

#include <cstdint>
#include <vector>

#include "traversal/signal.h"

namespace traversal {

inline constexpr std::uint64_t first_row = 0;  // to be asked for to begin with

class RowFetch {
 public:
  // The answer to the question for the rows from `from` on. Gives the rows to ask for next, each the first of a page.
  [[nodiscard]] std::vector<std::uint64_t> take(std::uint64_t from, const Rows& page);

  [[nodiscard]] bool complete() const;
  [[nodiscard]] bool broken() const { return broken_; }  // a page without rows, or more rows than any matrix has
  [[nodiscard]] std::vector<MatrixRow> rows() const;     // in their order

 private:
  struct Part {
    std::uint64_t next = 0;
    std::uint64_t end = 0;
    std::vector<MatrixRow> rows;
  };

  std::vector<Part> parts_;
  bool broken_ = false;

  std::vector<std::uint64_t> divide(const Rows& first_page);
};

}  // namespace traversal
