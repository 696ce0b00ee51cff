#pragma once
// What somebody says of a NAT: a behaviour in words, or the probe report of a host behind it.

#include <optional>
#include <string>
#include <string_view>

#include "gateway/question.h"
#include "net/nat_behavior.h"
#include "net/result.h"
#include "traversal/port_pattern.h"

namespace traversal {

struct OwnNat {
  net::NatBehavior behavior;
  std::optional<PortPattern> ports = std::nullopt;  // how its ports follow each other, where that was probed
  std::optional<gateway::Service> port_mapping = std::nullopt;  // of the own router, where it granted one
};

// Of "EIM/APDF", "APDM/APDF/random", or the name of a file; else why not.
[[nodiscard]] net::Result<OwnNat, std::string> stated_nat(std::string_view text);

}  // namespace traversal
