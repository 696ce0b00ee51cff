#pragma once
// What the observations mean.

#include <string_view>
#include <vector>

#include "net/nat_behavior.h"
#include "probe/finding.h"
#include "probe/findings.h"
#include "probe/observation.h"

namespace probe {

struct Verdict {
  net::NatClass nat_class = net::NatClass::Unknown;
  net::ClassicName rfc3489 = net::ClassicName::Unknown;
  Finding<net::MappingBehavior> mapping;
  Finding<net::FilteringBehavior> filtering;
  std::vector<NamedFinding> findings;  // further ones, in the order of finding_kinds()

  [[nodiscard]] const NamedFinding* find(std::string_view name) const;
};

// The NatBehavior traversal works with.
[[nodiscard]] net::NatBehavior behavior_of(const Verdict& verdict);

// Pure: the same log gives the same verdict, so a saved report is classified again without a network.
[[nodiscard]] Verdict classify(const ObservationLog& log);

}  // namespace probe
