#include "net/udp_port.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "net/cannot_work.h"
#include "net/socket_address.h"
#include "net/udp_options.h"

namespace net {
namespace {

void set(int descriptor, int level, int option) {
  const int yes = 1;
  if (::setsockopt(descriptor, level, option, &yes, sizeof yes) != 0)
    throw CannotWork("set up a socket: " + reason(errno));
}

void prepare(int descriptor, Family family) {
  ask_for_ttl(descriptor, family);
  insist_on_long_queues(descriptor);
  set_dont_fragment(descriptor, family, false);
}

FileDescriptor new_socket(Family family) {
  FileDescriptor out(::socket(family == Family::V4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!out) throw CannotWork("open a UDP socket: " + reason(errno));
  if (family == Family::V6) set(out.get(), IPPROTO_IPV6, IPV6_V6ONLY);
  prepare(out.get(), family);
  return out;
}

void bind(int descriptor, const Endpoint& local) {
  SystemAddress address;
  const socklen_t size = to_system(local, address);
  if (::bind(descriptor, &address.any, size) != 0) throw CannotWork("bind " + to_string(local) + ": " + reason(errno));
}

}  // namespace

// The first is bound before it is allowed to share, so that it fails where anybody else has the port, sharing or not.
std::vector<FileDescriptor> open_udp_port(const Endpoint& local, std::size_t sockets) {
  std::vector<FileDescriptor> all;
  all.push_back(new_socket(local.family()));
  bind(all.front().get(), local);
  if (sockets > 1) set(all.front().get(), SOL_SOCKET, SO_REUSEPORT);
  const Endpoint bound = local_endpoint(all.front().get());
  while (all.size() < sockets) {
    all.push_back(new_socket(local.family()));
    set(all.back().get(), SOL_SOCKET, SO_REUSEPORT);
    bind(all.back().get(), bound);
  }
  return all;
}

std::vector<FileDescriptor> adopt_udp_port(FileDescriptor socket) {
  const int flags = ::fcntl(socket.get(), F_GETFL);
  ::fcntl(socket.get(), F_SETFL, flags & ~O_NONBLOCK);
  prepare(socket.get(), local_endpoint(socket.get()).family());
  std::vector<FileDescriptor> all;
  all.push_back(std::move(socket));
  return all;
}

}  // namespace net
