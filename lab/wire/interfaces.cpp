#include "lab/wire/interfaces.h"

#include <fmt/format.h>
#include <linux/ethtool.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netlink/addr.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/veth.h>
#include <netlink/route/route.h>
#include <netlink/route/rule.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>

#include "lab/wire/system_call.h"

namespace lab {

namespace {

// libnl's objects, each with the function that lets go of it.
template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Socket = std::unique_ptr<nl_sock, Freed<nl_socket_free>>;
using LinkHandle = std::unique_ptr<rtnl_link, Freed<rtnl_link_put>>;
using VethLink = std::unique_ptr<rtnl_link, Freed<rtnl_link_veth_release>>;
using Address = std::unique_ptr<rtnl_addr, Freed<rtnl_addr_put>>;
using Route = std::unique_ptr<rtnl_route, Freed<rtnl_route_put>>;
using Rule = std::unique_ptr<rtnl_rule, Freed<rtnl_rule_put>>;
using NlAddress = std::unique_ptr<nl_addr, Freed<nl_addr_put>>;

void expect(int result, const std::string& attempt) {
  if (result < 0) throw net::CannotWork(fmt::format("{}: {}", attempt, nl_geterror(result)));
}

Socket route_socket() {
  Socket socket(nl_socket_alloc());
  expect(nl_connect(socket.get(), NETLINK_ROUTE), "open a netlink socket");
  return socket;
}

constexpr std::uint32_t before_main = 1000;    // priority of rules; that of the main table is 32766
constexpr std::uint32_t last_resort = 10'000;  // priority of routes; IPv6's default is 1024

int system_family(net::Family family) { return family == net::Family::V4 ? AF_INET : AF_INET6; }

NlAddress host_prefix(const net::IpAddress& address) {
  const auto bytes = address.bytes();
  NlAddress out(nl_addr_build(system_family(address.family()), bytes.data(), bytes.size()));
  nl_addr_set_prefixlen(out.get(), static_cast<int>(bytes.size() * 8));
  return out;
}

NlAddress everywhere(net::Family family) {
  const auto any = net::IpAddress::any(family);
  NlAddress out(nl_addr_build(system_family(family), any.bytes().data(), any.bytes().size()));
  nl_addr_set_prefixlen(out.get(), 0);
  return out;
}

// To be called inside the namespace.
int index_of(const std::string& interface) {
  const auto index = static_cast<int>(::if_nametoindex(interface.c_str()));
  if (index == 0) system_call_failed(fmt::format("find interface {}", interface));
  return index;
}

// Where a worker of the kernel has to finish what we began.
template <typename Done>
void wait_for_kernel(const std::string& attempt, Done&& done) {
  using Clock = std::chrono::steady_clock;
  constexpr auto look_again = std::chrono::microseconds(200);
  constexpr auto patience = std::chrono::seconds(10);
  for (const auto start = Clock::now(); !done(); std::this_thread::sleep_for(look_again)) {
    if (Clock::now() - start > patience)
      throw net::CannotWork(fmt::format("{}: the kernel has not done so in {} s", attempt, patience.count()));
  }
}

constexpr std::uint32_t offloads[] = {ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_STXCSUM};

void turn_off(int socket, const std::string& interface, std::uint32_t command) {
  ethtool_value value{command, 0};
  ifreq request{};
  interface.copy(request.ifr_name, IFNAMSIZ - 1);
  request.ifr_data = reinterpret_cast<char*>(&value);
  checked(::ioctl(socket, SIOCETHTOOL, &request), fmt::format("turn offloads of {} off", interface));
}

void turn_offloads_off(const LinkEnd& end) {
  end.where.run([&] {
    const net::FileDescriptor socket(checked(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "open a socket"));
    for (const std::uint32_t command : offloads) turn_off(socket.get(), end.name, command);
  });
}

// The end that came up first has a carrier only since the other did, and the kernel gives it its queue in a worker of
// its own; what is sent before is dropped in silence.
void wait_until_carrying(const LinkEnd& end) {
  end.where.run([&] {
    const Socket socket = route_socket();
    const auto has_queue = [&] {
      rtnl_link* found = nullptr;
      expect(rtnl_link_get_kernel(socket.get(), 0, end.name.c_str(), &found), fmt::format("look at {}", end.name));
      const LinkHandle link(found);
      const char* queue = rtnl_link_get_qdisc(link.get());
      return queue != nullptr && std::string_view(queue) != "noop";
    };
    wait_for_kernel(fmt::format("bring {} up", end.name), has_queue);
  });
}

void describe(rtnl_link* link, const LinkEnd& end) {
  const NlAddress mac(nl_addr_build(AF_LLC, link_address, sizeof link_address));
  rtnl_link_set_name(link, end.name.c_str());
  rtnl_link_set_ns_fd(link, end.where.fd());
  rtnl_link_set_addr(link, mac.get());
  rtnl_link_set_flags(link, IFF_NOARP);
}

// Where packets to this address go: RTN_LOCAL, RTN_UNICAST, ...; nothing where there is no route. To be called inside
// the namespace.
std::optional<int> route_type(const net::IpAddress& address) {
  const Socket socket = route_socket();
  const NlAddress destination = host_prefix(address);
  rtnl_route* found = nullptr;
  if (rtnl_route_lookup(socket.get(), destination.get(), &found) < 0) return std::nullopt;
  const Route entry(found);
  return rtnl_route_get_type(entry.get());
}

bool is_local(const net::IpAddress& address) { return route_type(address) == RTN_LOCAL; }

void add_address(const LinkEnd& end, const net::IpAddress& address) {
  end.where.run([&] {
    const Socket socket = route_socket();
    const Address entry(rtnl_addr_alloc());
    const NlAddress local = host_prefix(address);
    rtnl_addr_set_ifindex(entry.get(), index_of(end.name));
    expect(rtnl_addr_set_local(entry.get(), local.get()), "set an address");
    if (address.family() == net::Family::V6) rtnl_addr_set_flags(entry.get(), IFA_F_NODAD);  // usable at once
    const std::string attempt = fmt::format("add address {} to {}", net::to_string(address), end.name);
    expect(rtnl_addr_add(socket.get(), entry.get(), NLM_F_EXCL), attempt);
    wait_for_kernel(attempt, [&] { return is_local(address); });  // of IPv6
  });
}

struct Place {  // of a route
  std::uint32_t table = RT_TABLE_MAIN;
  std::uint32_t priority = 0;  // the least is taken; 0: the family's default
};

void add_route(const LinkEnd& end, NlAddress destination, net::Family family, Place place = {}) {
  end.where.run([&] {
    const Socket socket = route_socket();
    const Route entry(rtnl_route_alloc());
    rtnl_nexthop* hop = rtnl_route_nh_alloc();
    rtnl_route_nh_set_ifindex(hop, index_of(end.name));
    rtnl_route_add_nexthop(entry.get(), hop);  // takes the hop
    rtnl_route_set_family(entry.get(), static_cast<std::uint8_t>(system_family(family)));
    rtnl_route_set_scope(entry.get(), RT_SCOPE_LINK);
    rtnl_route_set_dst(entry.get(), destination.get());
    rtnl_route_set_table(entry.get(), place.table);
    rtnl_route_set_priority(entry.get(), place.priority);
    expect(rtnl_route_add(socket.get(), entry.get(), NLM_F_REPLACE), fmt::format("add a route through {}", end.name));
  });
}

// Packets from this address are routed by the end's own table.
void add_rule(const LinkEnd& end, const net::IpAddress& source) {
  end.where.run([&] {
    const Socket socket = route_socket();
    const Rule rule(rtnl_rule_alloc());
    const NlAddress from = host_prefix(source);
    rtnl_rule_set_family(rule.get(), system_family(source.family()));
    rtnl_rule_set_src(rule.get(), from.get());
    rtnl_rule_set_table(rule.get(), end.table);
    rtnl_rule_set_action(rule.get(), FR_ACT_TO_TBL);
    rtnl_rule_set_prio(rule.get(), before_main);
    expect(rtnl_rule_add(socket.get(), rule.get(), NLM_F_CREATE | NLM_F_EXCL),
           fmt::format("add a rule for {}", net::to_string(source)));
  });
}

}  // namespace

void connect(const LinkEnd& one, const LinkEnd& other) {
  one.where.run([&] {  // asked from inside, where we may, even if not where we came from
    const Socket socket = route_socket();
    const VethLink link(rtnl_link_veth_alloc());
    const LinkHandle peer(rtnl_link_veth_get_peer(link.get()));
    describe(link.get(), one);
    describe(peer.get(), other);
    expect(rtnl_link_add(socket.get(), link.get(), NLM_F_CREATE | NLM_F_EXCL),
           fmt::format("make a veth pair {} - {}", one.name, other.name));
  });
  for (const LinkEnd* end : {&one, &other}) {
    turn_offloads_off(*end);
    set_up(end->where, end->name);  // only now: an end without a peer refuses
  }
  for (const LinkEnd* end : {&one, &other}) wait_until_carrying(*end);
}

void set_up(const Namespace& where, const std::string& interface) {
  where.run([&] {
    const Socket socket = route_socket();
    const LinkHandle now(rtnl_link_alloc());
    const LinkHandle wanted(rtnl_link_alloc());
    rtnl_link_set_ifindex(now.get(), index_of(interface));
    rtnl_link_set_flags(wanted.get(), IFF_UP);
    expect(rtnl_link_change(socket.get(), now.get(), wanted.get(), 0), fmt::format("set {} up", interface));
  });
}

void give_address(const LinkEnd& end, const net::IpAddress& address) {
  const net::Family family = address.family();
  add_address(end, address);
  if (end.table == 0) return add_route(end, everywhere(family), family);
  add_route(end, everywhere(family), family, {.table = end.table});
  add_route(end, everywhere(family), family, {.priority = last_resort + end.table});
  add_rule(end, address);
}

bool has_way_out(const Namespace& where, const net::IpAddress& address) {
  // RFC 5737, RFC 3849: addresses nobody has.
  const auto far_away = *net::parse_address(address.family() == net::Family::V4 ? "192.0.2.255" : "2001:db8::ffff");
  bool out = false;
  where.run([&] { out = is_local(address) && route_type(far_away) == RTN_UNICAST; });
  return out;
}

void add_route(const LinkEnd& end, const net::IpAddress& destination) {
  add_route(end, host_prefix(destination), destination.family());
}

}  // namespace lab
