#pragma once
// Against routers that are spoilt by a packet nobody asked for (a Linux box whose own input chain takes it keeps state
// for that remote, and gives the later punch another port): each side first opens its own NAT with checks that expire
// on the way, and sends what arrives only when the other has had time to do the same.

#include "traversal/strategy.h"

namespace traversal {

[[nodiscard]] Plan low_ttl_primer(const Description& local, const Description& remote, net::Random& random);

}  // namespace traversal
