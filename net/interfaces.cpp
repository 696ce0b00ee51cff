#include "net/interfaces.h"

#include <ifaddrs.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "net/cannot_work.h"
#include "net/file_descriptor.h"
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

// RTM_GETROUTE (rtnetlink(7)): the question and the place its attributes grow into.
struct RouteQuestion {
  nlmsghdr header{};
  rtmsg route{};
  std::array<std::uint8_t, 64> attributes{};
};

void add(RouteQuestion& question, std::uint16_t type, BytesView value) {
  const rtattr attribute{.rta_len = static_cast<std::uint16_t>(RTA_LENGTH(value.size())), .rta_type = type};
  std::uint8_t* const at = question.attributes.data() + (question.header.nlmsg_len - NLMSG_LENGTH(sizeof(rtmsg)));
  std::memcpy(at, &attribute, sizeof attribute);
  std::memcpy(at + sizeof attribute, value.data(), value.size());
  question.header.nlmsg_len += static_cast<std::uint32_t>(RTA_SPACE(value.size()));
}

struct Through {
  unsigned interface = 0;
  IpAddress source;
};

// RTM_F_FIB_MATCH: a device alone would make any destination count as on its link (IPv4).
RouteQuestion question_about(const IpAddress& destination, const std::optional<Through>& through) {
  RouteQuestion question;
  question.header = {
      .nlmsg_len = NLMSG_LENGTH(sizeof(rtmsg)), .nlmsg_type = RTM_GETROUTE, .nlmsg_flags = NLM_F_REQUEST};
  question.route.rtm_family = destination.family() == Family::V4 ? AF_INET : AF_INET6;
  question.route.rtm_flags = RTM_F_FIB_MATCH;
  question.route.rtm_dst_len = static_cast<std::uint8_t>(destination.bytes().size() * 8);
  add(question, RTA_DST, destination.bytes());
  if (!through) return question;
  question.route.rtm_src_len = static_cast<std::uint8_t>(through->source.bytes().size() * 8);
  add(question, RTA_SRC, through->source.bytes());
  std::array<std::uint8_t, sizeof through->interface> index{};
  std::memcpy(index.data(), &through->interface, index.size());
  add(question, RTA_OIF, index);
  return question;
}

// A route that says where to, as opposed to an error or a route that refuses ("unreachable", "blackhole").
bool is_route(BytesView answer) {
  nlmsghdr header{};
  rtmsg route{};
  if (answer.size() < NLMSG_LENGTH(sizeof route)) return false;
  std::memcpy(&header, answer.data(), sizeof header);
  std::memcpy(&route, answer.data() + NLMSG_HDRLEN, sizeof route);
  return header.nlmsg_type == RTM_NEWROUTE && (route.rtm_type == RTN_UNICAST || route.rtm_type == RTN_LOCAL);
}

bool ask(const RouteQuestion& question) {
  const FileDescriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!socket) throw CannotWork("ask for routes: " + reason(errno));
  if (::send(socket.get(), &question, question.header.nlmsg_len, 0) < 0) {
    throw CannotWork("ask for routes: " + reason(errno));
  }
  Bytes answer(8192);
  const ssize_t size = ::recv(socket.get(), answer.data(), answer.size(), 0);
  return size > 0 && is_route(BytesView(answer).first(static_cast<std::size_t>(size)));
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

bool has_route(const IpAddress& destination, const std::string& interface, const IpAddress& source) {
  const unsigned index = ::if_nametoindex(interface.c_str());
  return index != 0 && ask(question_about(destination, Through{.interface = index, .source = source}));
}

bool has_route(const IpAddress& destination) { return ask(question_about(destination, std::nullopt)); }

}  // namespace net
