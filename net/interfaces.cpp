#include "net/interfaces.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "net/cannot_work.h"
#include "net/socket_address.h"

namespace net {
namespace {

Interface& named(std::vector<Interface>& all, const ifaddrs& entry) {
  const auto known =
      std::find_if(all.begin(), all.end(), [&](const Interface& one) { return one.name == entry.ifa_name; });
  if (known != all.end()) return *known;
  all.push_back(
      {.name = entry.ifa_name, .up = (entry.ifa_flags & IFF_UP) != 0, .carrier = (entry.ifa_flags & IFF_RUNNING) != 0});
  return all.back();
}

}  // namespace

std::vector<Interface> interfaces() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) throw CannotWork("list the interfaces: " + reason(errno));
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(list, &::freeifaddrs);
  std::vector<Interface> all;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    Interface& one = named(all, *entry);
    const sockaddr* address = entry->ifa_addr;
    if (address == nullptr || (address->sa_family != AF_INET && address->sa_family != AF_INET6)) continue;
    one.addresses.push_back(from_system(address).address);
  }
  return all;
}

}  // namespace net
