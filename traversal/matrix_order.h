#pragma once
// What a matrix was asked for, with all that is needed to run it, later or by another process too.

#include <vector>

#include "traversal/pair_job.h"
#include "traversal/schedule.h"
#include "traversal/signal_message.h"

namespace traversal {

struct MatrixOrder {
  Id id{};
  MatrixRequest request;
  std::vector<Host> hosts;  // as registered when it was asked for, by name; all the request speaks of
};

// How each of its pairs is to be played, or why such a request makes no sense.
[[nodiscard]] net::Result<JobPlan, Refusal> plan_of(const MatrixRequest& request);

// The pairs in the order of starting, as indices into the hosts of the order: those named, each once, or every one.
[[nodiscard]] std::vector<IndexPair> pairs_of(const MatrixOrder& order);

}  // namespace traversal
