#pragma once
// Every unordered pair of a sample, each simulated in a world of its own under a seed of its own, by several threads.
// Outcomes are handed out in one order, (0, 1), (0, 2) ... (1, 2) ..., and are the same whatever the number of threads.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "lab/population.h"
#include "traversal/matrix.h"

namespace lab {

[[nodiscard]] constexpr std::size_t pairs_of(std::size_t hosts) { return hosts * (hosts - 1) / 2; }

// The hosts as a matrix lists them: "h0001" ..., described as their probes would describe them.
[[nodiscard]] std::vector<traversal::Host> matrix_hosts(const Population& population, const Sample& sample);

struct PairedOutcome {
  std::size_t a = 0;  // of Sample::hosts
  std::size_t b = 0;
  traversal::PairOutcome outcome;
};

struct PlayedHow {
  std::vector<std::string> strategies;  // tried until one connects; empty: what the rendezvous would try for each pair
  std::uint64_t seed = 1;
  unsigned threads = 1;
};

// `take` is called by one thread at a time, with some pairs at a time; what it throws ends the work and is thrown here.
void simulate_pairs(const Population& population, const Sample& sample, const PlayedHow& how,
                    const std::function<void(const std::vector<PairedOutcome>&)>& take);

}  // namespace lab
