#pragma once
// What one pair will try in each trial, and what it will not and why.

#include <string>
#include <vector>

#include "net/time.h"
#include "traversal/strategy.h"

namespace traversal {

struct JobPlan {
  std::vector<std::string> strategies;  // tried in this order in every trial; empty: the best for each pair
  bool every_strategy = false;          // also after one has connected
  unsigned trials = 1;
  net::Duration hold{};  // how long a proven path is watched
  bool sprays = true;    // whether searches may be asked for
  bool tcp = true;       // whether the rendezvous can see connections that are to be punched
};

struct Try {
  std::string strategy;
  std::string obstacle;  // why it will not be run
};

[[nodiscard]] std::vector<Try> tries_for(const Pairing& pair, const JobPlan& plan);

}  // namespace traversal
