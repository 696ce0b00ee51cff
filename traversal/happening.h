#pragma once
// What happens at a rendezvous, for whoever looks on: values in the order of happening. reports/live_view.h makes the
// run so far of them.

#include <string>
#include <variant>

#include "traversal/matrix_order.h"

namespace traversal {

struct HostCame {  // or has moved
  Host host;
  bool over_tcp = false;
  bool texts = false;  // a console
};
struct HostLeft {
  std::string name;
  std::string why;
};
struct MatrixBegun {  // or was found in the journal
  MatrixOrder order;
};
struct PairEnded {
  Id matrix{};
  std::uint32_t pair = 0;  // index into pairs_of(order)
  PairOutcome outcome;
};
struct MatrixForgotten {
  Id matrix{};
};
using Happening = std::variant<HostCame, HostLeft, MatrixBegun, PairEnded, MatrixForgotten>;

}  // namespace traversal
