// Which changes of links, addresses and routes concern a path.

#include "probe/path_change.h"

#include <gmock/gmock.h>

namespace path_change_test {

using probe::PathState;
using testing::HasSubstr;
using testing::Optional;

const net::IpAddress a = net::address("198.51.100.1");
const net::IpAddress b = net::address("198.51.100.2");

net::Interface up(std::string name, const std::vector<const char*>& addresses) {
  net::Interface out{.name = std::move(name), .up = true, .carrier = true};
  for (const char* address : addresses) out.addresses.push_back(net::address(address));
  return out;
}

// A host with two interfaces, which sends to both reflectors by the first.
PathState two_homed() {
  const net::Route route{.interface = "eth0", .gateway = net::address("10.0.1.1"), .source = net::address("10.0.1.2")};
  return {.ways = {{a, route}, {b, route}},
          .interfaces = {up("lo", {"127.0.0.1"}), up("eth0", {"10.0.1.2", "fe80::1"}), up("eth1", {"10.0.2.2"})}};
}

struct Change {
  const char* name;
  void (*make)(PathState& now);
  const char* words;  // nullptr: it does not concern the path
};

const Change changes[] = {
    {"Nothing", [](PathState&) {}, nullptr},
    {"LinkDown", [](PathState& now) { now.interfaces[1].up = false; }, "interface eth0 went down"},
    {"CableOut", [](PathState& now) { now.interfaces[1].carrier = false; }, "interface eth0 lost its connection"},
    {"InterfaceGone", [](PathState& now) { now.interfaces.erase(now.interfaces.begin() + 1); },
     "interface eth0 is gone"},
    {"AddressGone", [](PathState& now) { now.interfaces[1].addresses.erase(now.interfaces[1].addresses.begin()); },
     "this host's address 10.0.1.2 is gone"},
    {"AddressGone_RoutesNotYet",
     [](PathState& now) {
       now.interfaces[1].addresses.clear();
       now.ways[0].route.reset();
     },
     "this host's address 10.0.1.2 is gone"},
    {"RouteGone", [](PathState& now) { now.ways[0].route.reset(); }, "the route to 198.51.100.1 is gone"},
    {"OtherGateway", [](PathState& now) { now.ways[0].route->gateway = net::address("10.0.1.254"); },
     "the route to 198.51.100.1 is another one: through eth0 by 10.0.1.254 from 10.0.1.2, before through eth0 by "
     "10.0.1.1 from 10.0.1.2"},
    {"OtherInterface",
     [](PathState& now) {
       now.ways[1].route = net::Route{.interface = "eth1", .gateway = {}, .source = net::address("10.0.2.2")};
     },
     "the route to 198.51.100.2 is another one: through eth1 from 10.0.2.2"},
    {"OtherSource", [](PathState& now) { now.ways[0].route->source = net::address("10.0.1.3"); }, "from 10.0.1.3"},
    {"AnotherInterfaceComes", [](PathState& now) { now.interfaces.push_back(up("vpn0", {"10.9.0.2"})); }, nullptr},
    {"AnotherInterfaceGoes", [](PathState& now) { now.interfaces.pop_back(); }, nullptr},
    {"AnotherLinkDown", [](PathState& now) { now.interfaces[2].up = now.interfaces[2].carrier = false; }, nullptr},
    {"AnotherAddressComes", [](PathState& now) { now.interfaces[1].addresses.push_back(net::address("10.0.1.99")); },
     nullptr},
    {"AnotherAddressGoes", [](PathState& now) { now.interfaces[1].addresses.pop_back(); }, nullptr},
};

TEST(PathChange, IsWhatConcernsThePath) {
  for (const Change& row : changes) {
    PathState now = two_homed();
    row.make(now);
    const auto change = path_change(two_homed(), now);
    if (row.words == nullptr) {
      EXPECT_EQ(change, std::nullopt) << row.name;
    } else {
      EXPECT_THAT(change, Optional(HasSubstr(row.words))) << row.name;
    }
  }
}

TEST(PathChange, OfAPathThatHadNoRoute_IsThatThereIsOne) {
  PathState before = two_homed();
  before.ways[0].route.reset();
  EXPECT_EQ(path_change(before, before), std::nullopt);
  EXPECT_THAT(path_change(before, two_homed()), Optional(HasSubstr("a route to 198.51.100.1 has come")));
}

// Towards an address of our own the route leads through the loopback, the address is another interface's.
TEST(PathChange, TowardsOurselves_IsOfTheAddress) {
  PathState before = two_homed();
  for (auto& way : before.ways)
    way = {a, net::Route{.interface = "lo", .gateway = {}, .source = net::address("10.0.2.2")}};
  PathState now = before;
  now.interfaces[2].addresses.clear();
  EXPECT_THAT(path_change(before, now), Optional(HasSubstr("address 10.0.2.2 is gone")));
}

}  // namespace path_change_test
