#pragma once
// Whose packet a hairpinned one looks like (RFC 4787 REQ-9), for one host and for two.

#include <string_view>

#include "probe/observation.h"

namespace probe {

// "external-source" or "internal-source": from the external address of who wrote it, or from its inside endpoint; empty
// for any other source.
[[nodiscard]] std::string_view hairpin_source(const Observation& heard, const net::Endpoint& inside,
                                              const net::Endpoint& external);

}  // namespace probe
