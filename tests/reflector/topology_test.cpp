#include "reflector/topology.h"

#include <gtest/gtest.h>

namespace reflector {
namespace topology_test {

constexpr SocketRole own_primary{false, false};
constexpr SocketRole own_alternate{false, true};
constexpr SocketRole partner_primary{true, false};
constexpr SocketRole partner_alternate{true, true};

TEST(SocketRole, ChangeRequestFlipsItsBits) {
  struct Row {
    SocketRole arrival;
    stun::ChangeRequest change;
    SocketRole sender;
  };
  for (const Row& row : {
           Row{own_primary, {false, false}, own_primary},
           Row{own_primary, {false, true}, own_alternate},
           Row{own_primary, {true, false}, partner_primary},
           Row{own_primary, {true, true}, partner_alternate},
           Row{own_alternate, {false, true}, own_primary},
           Row{own_alternate, {true, false}, partner_alternate},
           Row{own_alternate, {true, true}, partner_primary},
           Row{partner_primary, {true, true}, own_alternate},
           Row{partner_alternate, {true, true}, own_primary},
           Row{partner_alternate, {true, false}, own_alternate},
       }) {
    EXPECT_EQ(flipped(row.arrival, row.change), row.sender);
  }
}

TEST(SocketRole, IndexesAreDistinct) {
  for (std::size_t i = 0; i < all_roles.size(); ++i) EXPECT_EQ(all_roles[i].index(), i);
}

TEST(Topology, SaysWhatIsHereAndWhatCanBeChangedTo) {
  struct Row {
    Arrangement arrangement;
    bool alternate_port;
    bool partner_usable;
    std::array<bool, 4> here;
    std::array<bool, 4> reachable;
    bool other_address;
  };
  for (const Row& row : {
           Row{Arrangement::Plain, false, false, {true, false, false, false}, {true, false, false, false}, false},
           Row{Arrangement::Plain, true, false, {true, true, false, false}, {true, true, false, false}, false},
           Row{Arrangement::TwoAddresses, true, false, {true, true, true, true}, {true, true, true, true}, true},
           Row{Arrangement::Pair, true, true, {true, true, false, false}, {true, true, true, true}, true},
           Row{Arrangement::Pair, true, false, {true, true, false, false}, {false, false, false, false}, false},
       }) {
    const Topology topology{.arrangement = row.arrangement, .alternate_port_open = row.alternate_port};
    for (const SocketRole role : all_roles) {
      EXPECT_EQ(topology.here(role), row.here[role.index()]);
      EXPECT_EQ(topology.can_change_to(role, row.partner_usable), row.reachable[role.index()]);
      EXPECT_EQ(topology.other_address(role, row.partner_usable).has_value(), row.other_address);
    }
  }
}

}  // namespace topology_test
}  // namespace reflector
