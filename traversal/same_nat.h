#pragma once
// Two hosts behind one NAT: by their inside addresses, or through the NAT's outside and back (RFC 4787 section 6).

#include "traversal/strategy.h"

namespace traversal {

[[nodiscard]] Plan lan(const Description& local, const Description& remote, net::Random& random);
[[nodiscard]] Plan hairpin(const Description& local, const Description& remote, net::Random& random);
[[nodiscard]] std::string not_behind_one_nat(const Pairing& pair);

}  // namespace traversal
