#include "traversal/simultaneous_open.h"

#include "traversal/ordinary_punch.h"

namespace traversal {

Plan simultaneous_open(const Description&, const Description& remote, net::Random&) {
  return ordinary_punch(places_of(remote));
}

}  // namespace traversal
