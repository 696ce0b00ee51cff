#pragma once
// What the attempts of a pair amount to, and a matrix as rows that fit into datagrams, and back.

#include <vector>

#include "traversal/matrix.h"
#include "traversal/signal.h"

namespace traversal {

// Fills trials, successes, outcome (the best that happened), strategy, connect times and why from `pair.attempts`.
void summarize(PairOutcome& pair);

[[nodiscard]] std::vector<MatrixRow> rows_of(const Matrix& matrix);
[[nodiscard]] Matrix matrix_of(const std::vector<MatrixRow>& rows);

}  // namespace traversal
