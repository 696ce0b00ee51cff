#include "net/udp_options.h"

#include <netinet/in.h>
#include <sys/socket.h>

namespace net {
namespace {

constexpr int queue_bytes = 4 << 20;
constexpr int least_ipv6_mtu = 1'280;  // RFC 8200 section 5

void set_option(int descriptor, int level, int option, int value) {
  ::setsockopt(descriptor, level, option, &value, sizeof value);
}

int ip_level(Family family) { return family == Family::V4 ? IPPROTO_IP : IPPROTO_IPV6; }

}  // namespace

void ask_for_ttl(int descriptor, Family family) {
  set_option(descriptor, ip_level(family), family == Family::V4 ? IP_RECVTTL : IPV6_RECVHOPLIMIT, 1);
}

void ask_for_icmp_errors(int descriptor, Family family) {
  set_option(descriptor, ip_level(family), family == Family::V4 ? IP_RECVERR : IPV6_RECVERR, 1);
}

void ask_for_long_queue(int descriptor) { set_option(descriptor, SOL_SOCKET, SO_RCVBUF, queue_bytes); }

void insist_on_long_queues(int descriptor) {
  for (const int option : {SO_RCVBUF, SO_RCVBUFFORCE, SO_SNDBUF, SO_SNDBUFFORCE}) {
    set_option(descriptor, SOL_SOCKET, option, queue_bytes);
  }
}

void set_dont_fragment(int descriptor, Family family, bool on) {
  const int option = family == Family::V4 ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER;
  set_option(descriptor, ip_level(family), option, on ? IP_PMTUDISC_PROBE : IP_PMTUDISC_DONT);
}

void set_divides_early(int descriptor, bool on) {
  set_option(descriptor, IPPROTO_IPV6, IPV6_MTU, on ? least_ipv6_mtu : 0);
}

}  // namespace net
