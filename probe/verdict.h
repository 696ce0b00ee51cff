#pragma once
// What the observations mean. Unknown is an answer: then `value` is empty and `why` says why; a guess is never a value.

#include <optional>
#include <string>
#include <vector>

#include "net/nat_behavior.h"
#include "probe/observation.h"

namespace probe {

template <typename T>
struct Finding {
  std::optional<T> value;
  double confidence = 0;  // 1 minus the chance of this evidence under the next likely value, at the loss seen
  std::vector<std::size_t> evidence;  // indices into the log, ascending
  std::string why;                    // why unknown, or what qualifies the value; empty otherwise
};

struct Verdict {
  net::NatClass nat_class = net::NatClass::Unknown;
  net::ClassicName rfc3489 = net::ClassicName::Unknown;
  Finding<net::MappingBehavior> mapping;
  Finding<net::FilteringBehavior> filtering;
};

// The NatBehavior traversal works with.
[[nodiscard]] net::NatBehavior behavior_of(const Verdict& verdict);

// Pure: the same log gives the same verdict, so a saved report is classified again without a network.
[[nodiscard]] Verdict classify(const ObservationLog& log);

}  // namespace probe
