#pragma once
// The one order that matters: a side with endpoint-independent mapping and address-dependent filtering must have sent
// to the other's address before a side whose mapping depends on the destination sends to it. So the former, the
// responder, begins, and the latter a little later. Simultaneous-open reaches the same by sending again.

#include "traversal/strategy.h"

namespace traversal {

[[nodiscard]] Plan responder_first(const Description& local, const Description& remote, net::Random& random);
[[nodiscard]] std::string order_does_not_matter(const Pairing& pair);

}  // namespace traversal
