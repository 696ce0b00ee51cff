#include "net/route_watch.h"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "net/cannot_work.h"
#include "net/socket_address.h"

namespace net {
namespace {

constexpr std::array groups = {RTNLGRP_LINK,        RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV4_RULE,
                               RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV6_ROUTE,  RTNLGRP_IPV6_RULE};

constexpr unsigned most_notices = 4096;  // at a time: the rest is taken when the socket is readable again

}  // namespace

RouteWatch::RouteWatch() : socket_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE)) {
  // Without a name of its own it would count as the kernel's, which is told nothing.
  const sockaddr_nl any{.nl_family = AF_NETLINK, .nl_pad = 0, .nl_pid = 0, .nl_groups = 0};
  if (!socket_ || ::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any) != 0) {
    throw CannotWork("watch the routes: " + reason(errno));
  }
  for (const int group : groups) {
    if (::setsockopt(socket_.get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) == 0) continue;
    const bool without_ipv6 = group == RTNLGRP_IPV6_IFADDR || group == RTNLGRP_IPV6_ROUTE || group == RTNLGRP_IPV6_RULE;
    if (!without_ipv6) throw CannotWork("watch the routes: " + reason(errno));
  }
}

bool RouteWatch::take_notices() {
  bool any = false;
  for (unsigned i = 0; i < most_notices; ++i) {
    std::array<char, 1> notice{};
    const ssize_t size = ::recv(socket_.get(), notice.data(), notice.size(), MSG_DONTWAIT);
    const bool overflowed = size < 0 && errno == ENOBUFS;
    if (size < 0 && !overflowed && errno != EINTR) break;
    any = true;
  }
  return any;
}

}  // namespace net
