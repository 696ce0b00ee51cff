#include "net/udp_sockets.h"

#include <Poco/Net/DatagramSocketImpl.h>
#include <linux/errqueue.h>
#include <netinet/in.h>

#include <algorithm>
#include <cassert>
#include <cstring>

#include "net/socket_address.h"

namespace net {
namespace {

using Poco::Net::DatagramSocket;
using Poco::Net::DatagramSocketImpl;

constexpr int receive_buffer = 4 << 20;  // for bursts; the system may grant less
constexpr int least_ipv6_mtu = 1'280;    // RFC 8200 section 5
constexpr std::size_t usual_mtu = 1'500;
constexpr std::size_t ipv6_udp_headers = 48;

DatagramSocket make_socket(Family family) {
  DatagramSocket socket(family == Family::V4 ? Poco::Net::SocketAddress::IPv4 : Poco::Net::SocketAddress::IPv6);
  if (family == Family::V6) socket.impl()->setOption(IPPROTO_IPV6, IPV6_V6ONLY, 1);
  socket.setBlocking(false);
  return socket;
}

// Without these options a datagram has no TTL and ICMP errors are lost; neither is a reason to refuse the socket.
void ask_for_details(int descriptor, Family family) {
  const auto set = [&](int level, int option, int value) {
    ::setsockopt(descriptor, level, option, &value, sizeof value);
  };
  const bool v4 = family == Family::V4;
  const int level = v4 ? IPPROTO_IP : IPPROTO_IPV6;
  set(level, v4 ? IP_RECVTTL : IPV6_RECVHOPLIMIT, 1);
  set(level, v4 ? IP_RECVERR : IPV6_RECVERR, 1);
  set(SOL_SOCKET, SO_RCVBUF, receive_buffer);
}

// PROBE sets DF and leaves the path MTU to the sender; DONT lets routers, and this host, fragment.
void set_dont_fragment(int descriptor, Family family, bool on) {
  const bool v4 = family == Family::V4;
  const int value = on ? IP_PMTUDISC_PROBE : IP_PMTUDISC_DONT;
  ::setsockopt(descriptor, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER, &value,
               sizeof value);
}

// Before a link does. No router divides IPv6 (RFC 8200 section 5), so who hears no "packet too big" would send in vain.
void set_divides_early(int descriptor, bool on) {
  const int most = on ? least_ipv6_mtu : 0;
  ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_MTU, &most, sizeof most);
}

bool larger_than_usual(const Output& output) {
  return std::get<Send>(output).payload.size() > usual_mtu - ipv6_udp_headers;
}

// The address of this host that the route to `destination` starts from. Connecting a UDP socket sends nothing.
IpAddress source_towards(const Endpoint& destination, const std::string& interface) {
  DatagramSocket socket = make_socket(destination.family());
  bind_to_interface(socket.impl()->sockfd(), interface);
  const std::uint16_t port = destination.port == 0 ? 9 : destination.port;  // port 0 cannot be connected to
  socket.connect(to_poco(with_port(destination, port)));
  return local_endpoint(socket.impl()->sockfd()).address;
}

// The address that follows the error in its control message (ip(7), SO_EE_OFFENDER).
std::optional<IpAddress> offender(const sock_extended_err& error, const unsigned char* at) {
  sockaddr_storage address{};
  const bool v4 = error.ee_origin == SO_EE_ORIGIN_ICMP;
  std::memcpy(&address, at, v4 ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
  if (address.ss_family != (v4 ? AF_INET : AF_INET6)) return std::nullopt;
  return from_system(reinterpret_cast<const sockaddr*>(&address)).address;
}

std::uint16_t told_mtu(const sock_extended_err& error) {
  return error.ee_errno == EMSGSIZE ? static_cast<std::uint16_t>(std::min(error.ee_info, 0xFFFFU)) : std::uint16_t{0};
}

std::optional<IcmpError> icmp_error(SocketId socket, msghdr& header) {
  for (cmsghdr* item = CMSG_FIRSTHDR(&header); item != nullptr; item = CMSG_NXTHDR(&header, item)) {
    const bool v4 = item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_RECVERR;
    const bool v6 = item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_RECVERR;
    if (!v4 && !v6) continue;
    sock_extended_err error{};
    std::memcpy(&error, CMSG_DATA(item), sizeof error);
    if (error.ee_origin != SO_EE_ORIGIN_ICMP && error.ee_origin != SO_EE_ORIGIN_ICMP6) continue;
    return IcmpError{.socket = socket,
                     .destination = from_system(static_cast<const sockaddr*>(header.msg_name)),
                     .type = error.ee_type,
                     .code = error.ee_code,
                     .from = offender(error, CMSG_DATA(item) + sizeof error),
                     .mtu = told_mtu(error)};
  }
  return std::nullopt;
}

}  // namespace

Input UdpSockets::open(const OpenUdp& request) {
  assert(!is_open(request.socket));
  Endpoint local = request.local;
  std::string attempt;
  try {
    if (request.towards && local.address.unspecified()) {
      attempt = "find a route to " + to_string(*request.towards);
      local.address = source_towards(*request.towards, request.interface);
    }
    attempt = "bind " + to_string(local) + (request.interface.empty() ? "" : " on " + request.interface);
    FileDescriptor ours = inherited_.take(InheritedSockets::Kind::Udp, local);
    const bool bound = static_cast<bool>(ours);
    DatagramSocket socket = bound ? DatagramSocket(AdoptedSocket<DatagramSocketImpl>(ours)) : make_socket(local.family());
    const int descriptor = socket.impl()->sockfd();
    ask_for_details(descriptor, local.family());
    set_dont_fragment(descriptor, local.family(), false);
    if (!bound) {
      bind_to_interface(descriptor, request.interface);
      socket.bind(to_poco(local), false);
    }
    Socket entry{socket, local.family()};
    if (request.own_fragments) {
      attempt = local.family() == Family::V4 ? "make IP fragments" : "make IPv6 fragments past connection tracking";
      entry.fragments.emplace(local.family(), request.interface);
    }
    poll_.add(descriptor, request.socket.value, EPOLLIN);
    sockets_.emplace(request.socket.value, std::move(entry));
    return Opened{request.socket, local_endpoint(descriptor)};
  } catch (const Poco::Exception& error) {
    return OpenFailed{request.socket, attempt + ": " + reason(error)};
  }
}

void UdpSockets::close(SocketId socket) { sockets_.erase(socket.value); }

void UdpSockets::close_all() { sockets_.clear(); }

std::size_t UdpSockets::send(std::span<const Output> run) {
  const auto& first = std::get<Send>(run.front());
  Socket& socket = sockets_.at(first.socket.value);
  const int descriptor = socket.socket.impl()->sockfd();
  if (first.in_fragments) {
    return socket.fragments && socket.fragments->send(local_endpoint(descriptor), first) ? 1 : 0;
  }
  prepare(socket, run);
  return to_send_.send(descriptor, run);
}

void UdpSockets::prepare(Socket& socket, std::span<const Output> run) const {
  const int descriptor = socket.socket.impl()->sockfd();
  const bool dont_fragment = std::get<Send>(run.front()).dont_fragment;
  if (socket.dont_fragment != dont_fragment) {
    socket.dont_fragment = dont_fragment;
    set_dont_fragment(descriptor, socket.family, dont_fragment);
  }
  if (socket.family != Family::V6) return;
  const bool divides_early = !dont_fragment && std::any_of(run.begin(), run.end(), larger_than_usual);
  if (socket.divides_early == divides_early) return;
  socket.divides_early = divides_early;
  set_divides_early(descriptor, divides_early);
}

std::size_t UdpSockets::receive(SocketId socket) {
  const auto found = sockets_.find(socket.value);
  return found == sockets_.end() ? 0 : received_.receive(found->second.socket.impl()->sockfd());
}

void UdpSockets::take_errors(SocketId socket, std::vector<Input>& into) {
  const auto found = sockets_.find(socket.value);
  if (found == sockets_.end()) return;
  const int descriptor = found->second.socket.impl()->sockfd();
  int pending = 0;
  socklen_t size = sizeof pending;
  ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &pending, &size);  // reading it clears it

  for (std::size_t n = 0; n < batch_size; ++n) {
    sockaddr_storage destination{};
    alignas(cmsghdr) std::array<char, 512> control{};
    msghdr header{.msg_name = &destination,
                  .msg_namelen = sizeof destination,
                  .msg_control = control.data(),
                  .msg_controllen = control.size()};
    if (::recvmsg(descriptor, &header, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return;
    if (const auto error = icmp_error(socket, header)) into.emplace_back(*error);
  }
}

}  // namespace net
