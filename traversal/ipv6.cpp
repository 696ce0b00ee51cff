#include "traversal/ipv6.h"

#include "traversal/ordinary_punch.h"

namespace traversal {

Plan ipv6_direct(const Description& local, const Description& remote, net::Random&) {
  const bool calls =
      find_candidate(local, CandidateType::ServerReflexive) > find_candidate(remote, CandidateType::ServerReflexive);
  return ordinary_punch(calls ? places_of(remote) : std::vector<net::Endpoint>{});
}

Plan ipv6_firewall(const Description&, const Description& remote, net::Random&) {
  return ordinary_punch(places_of(remote));
}

std::string not_both_over_ipv6(const Pairing& pair) {
  const auto& [a, b] = pair.families.values;
  const int without = (a.has(net::Family::V6) ? 0 : 1) + (b.has(net::Family::V6) ? 0 : 1);
  if (without == 0) return {};
  return without == 2 ? "neither host reaches the rendezvous over IPv6"
                      : "one host does not reach the rendezvous over IPv6";
}

}  // namespace traversal
