#pragma once
// What the answers of the mapping discovery mean.
//
//   same reflector address, other port, another external endpoint    -> address-and-port-dependent
//   else another reflector address, another external endpoint        -> address-dependent, where ports were compared
//   else the same seen from two addresses and from every port asked  -> endpoint-independent
//   and where that is the local endpoint itself                      -> none
//
// One address of reflectors proves at most the first. Answers that contradict each other prove nothing: then the value
// is unknown and `why` names the contradiction.

#include "probe/verdict.h"

namespace probe {

struct MappingConclusion {
  Finding<net::MappingBehavior> finding;
  bool symmetric = false;  // it depends on the destination, also where it is unknown how
};
[[nodiscard]] MappingConclusion conclude_mapping(const ObservationLog& log);

}  // namespace probe
