#include "net/inherited_sockets.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "net/cannot_work.h"
#include "net/socket_address.h"

namespace net {
namespace {

constexpr int first_inherited = 3;  // sd_listen_fds(3): SD_LISTEN_FDS_START
constexpr int most_inherited = 64;

std::optional<int> number_in(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return std::nullopt;
  int number = 0;
  const char* end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, number);
  if (error != std::errc{} || stop != end) throw CannotWork(std::string(variable) + ": not a number");
  return number;
}

int option_of(int descriptor, int option) {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(descriptor, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

std::optional<InheritedSockets::Kind> kind_of(int descriptor) {
  const int domain = option_of(descriptor, SO_DOMAIN);
  if (domain != AF_INET && domain != AF_INET6) return std::nullopt;
  if (option_of(descriptor, SO_TYPE) == SOCK_DGRAM) return InheritedSockets::Kind::Udp;
  const bool listener = option_of(descriptor, SO_TYPE) == SOCK_STREAM && option_of(descriptor, SO_ACCEPTCONN) == 1;
  return listener ? std::optional(InheritedSockets::Kind::Tcp) : std::nullopt;
}

void adopt(int descriptor) {
  ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

}  // namespace

InheritedSockets InheritedSockets::from_environment() {
  InheritedSockets out;
  const auto process = number_in("LISTEN_PID");
  const int count = number_in("LISTEN_FDS").value_or(0);
  if (process != ::getpid() || count == 0) return out;
  if (count < 0 || count > most_inherited) throw CannotWork("LISTEN_FDS: not a number from 0 to 64");
  for (int descriptor = first_inherited; descriptor < first_inherited + count; ++descriptor) {
    const auto kind = kind_of(descriptor);
    if (!kind) {
      throw CannotWork("inherited socket " + std::to_string(descriptor) + ": no UDP socket or TCP listener");
    }
    adopt(descriptor);
    out.sockets_.push_back({FileDescriptor(descriptor), *kind, local_endpoint(descriptor)});
  }
  for (const char* variable : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(variable);
  return out;
}

FileDescriptor InheritedSockets::take(Kind kind, const Endpoint& local) {
  const auto found = std::find_if(sockets_.begin(), sockets_.end(),
                                  [&](const Socket& s) { return s.kind == kind && s.local == local; });
  if (found == sockets_.end()) return {};
  FileDescriptor taken = std::move(found->descriptor);
  sockets_.erase(found);
  return taken;
}

std::vector<std::string> InheritedSockets::untaken() const {
  std::vector<std::string> all;
  for (const Socket& socket : sockets_) {
    all.push_back((socket.kind == Kind::Udp ? "udp " : "tcp ") + to_string(socket.local));
  }
  return all;
}

}  // namespace net
