#pragma once
// A NAT that gives every destination a port of its own, in a sequence: the port towards this side is the one after the
// port that the rendezvous saw. Each side also sends to the next ports of the other in turn, where the other's are
// predictable. The order is the same on both sides: where both take a new port for every check, the k-th of one meets
// the k-th of the other.

#include "traversal/strategy.h"

namespace traversal {

[[nodiscard]] Plan port_prediction(const Description& local, const Description& remote, net::Random& random);
[[nodiscard]] std::string not_predictable(const Pairing& pair);

}  // namespace traversal
