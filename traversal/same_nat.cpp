#include "traversal/same_nat.h"

#include "traversal/ordinary_punch.h"

namespace traversal {

Plan lan(const Description&, const Description& remote, net::Random&) {
  return ordinary_punch(places_of(remote, CandidateType::Host));
}

Plan hairpin(const Description&, const Description& remote, net::Random&) {
  return ordinary_punch(places_of(remote, CandidateType::ServerReflexive));
}

std::string not_behind_one_nat(const Pairing& pair) { return pair.same_nat ? "" : "the hosts are not behind one NAT"; }

}  // namespace traversal
