#include "traversal/tcp_simultaneous_open.h"

#include "traversal/ordinary_punch.h"

namespace traversal {

Plan tcp_simultaneous_open(const Description&, const Description& remote, net::Random&) {
  return ordinary_punch(places_of(remote));
}

}  // namespace traversal
