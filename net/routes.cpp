#include "net/routes.h"

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "net/cannot_work.h"
#include "net/file_descriptor.h"
#include "net/socket_address.h"

namespace net {
namespace {

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

// As bound to; an unspecified one binds nothing, and one of the other family is of no concern.
std::optional<IpAddress> source_for(const IpAddress& destination, const RouteLimits& limits) {
  const auto& source = limits.source;
  return source && source->family() == destination.family() && !source->unspecified() ? source : std::nullopt;
}

std::uint8_t bits(const IpAddress& address) { return static_cast<std::uint8_t>(8 * address.bytes().size()); }

// What is looked up: the entry of the table (RTM_F_FIB_MATCH), or what packets will really do. Of IPv4 only the former
// tells that there is none: a device alone makes any destination count as on its link.
enum class LookUp : std::uint16_t { Use = 0, Entry = RTM_F_FIB_MATCH };

RouteQuestion question_about(const IpAddress& destination, const RouteLimits& limits, LookUp what) {
  RouteQuestion question;
  question.header = {
      .nlmsg_len = NLMSG_LENGTH(sizeof(rtmsg)), .nlmsg_type = RTM_GETROUTE, .nlmsg_flags = NLM_F_REQUEST};
  question.route.rtm_family = destination.family() == Family::V4 ? AF_INET : AF_INET6;
  question.route.rtm_flags = static_cast<unsigned>(what);
  question.route.rtm_dst_len = bits(destination);
  add(question, RTA_DST, destination.bytes());
  if (const auto source = source_for(destination, limits)) {
    question.route.rtm_src_len = bits(*source);
    add(question, RTA_SRC, source->bytes());
  }
  if (limits.interface.empty()) return question;
  const unsigned index = ::if_nametoindex(limits.interface.c_str());
  std::array<std::uint8_t, sizeof index> bytes{};
  std::memcpy(bytes.data(), &index, bytes.size());
  add(question, RTA_OIF, bytes);
  return question;
}

Bytes ask(const RouteQuestion& question) {
  const FileDescriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!socket || ::send(socket.get(), &question, question.header.nlmsg_len, 0) < 0) {
    throw CannotWork("ask for routes: " + reason(errno));
  }
  Bytes answer(8192);
  answer.resize(static_cast<std::size_t>(std::max<ssize_t>(0, ::recv(socket.get(), answer.data(), answer.size(), 0))));
  return answer;
}

// A route that says where to, as opposed to an error or a route that refuses.
bool is_route(BytesView answer) {
  nlmsghdr header{};
  rtmsg route{};
  if (answer.size() < NLMSG_LENGTH(sizeof route)) return false;
  std::memcpy(&header, answer.data(), sizeof header);
  std::memcpy(&route, answer.data() + NLMSG_HDRLEN, sizeof route);
  return header.nlmsg_type == RTM_NEWROUTE && header.nlmsg_len <= answer.size() &&
         (route.rtm_type == RTN_UNICAST || route.rtm_type == RTN_LOCAL);
}

std::optional<IpAddress> address_in(BytesView bytes) {
  std::array<std::uint8_t, 4> v4{};
  std::array<std::uint8_t, 16> v6{};
  if (bytes.size() == v4.size()) {
    std::copy(bytes.begin(), bytes.end(), v4.begin());
    return IpAddress::v4(v4);
  }
  if (bytes.size() != v6.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), v6.begin());
  return IpAddress::v6(v6);
}

std::string interface_in(BytesView bytes) {
  unsigned index = 0;
  if (bytes.size() != sizeof index) return {};
  std::memcpy(&index, bytes.data(), sizeof index);
  std::array<char, IF_NAMESIZE> name{};
  return ::if_indextoname(index, name.data()) != nullptr ? name.data() : "";
}

void take_attribute(Route& route, std::uint16_t type, BytesView value) {
  switch (type) {
    case RTA_OIF: route.interface = interface_in(value); break;
    case RTA_GATEWAY: route.gateway = address_in(value); break;
    case RTA_PREFSRC: route.source = address_in(value); break;
    case RTA_VIA:  // a gateway of the other family, behind its family
      if (value.size() > sizeof(rtvia)) route.gateway = address_in(value.subspan(sizeof(rtvia)));
      break;
    default: break;
  }
}

Route read_route(BytesView answer) {
  Route out;
  BytesView rest = answer.subspan(NLMSG_LENGTH(sizeof(rtmsg)));
  while (rest.size() >= sizeof(rtattr)) {
    rtattr attribute{};
    std::memcpy(&attribute, rest.data(), sizeof attribute);
    if (attribute.rta_len < sizeof attribute || attribute.rta_len > rest.size()) break;
    take_attribute(out, attribute.rta_type, rest.first(attribute.rta_len).subspan(RTA_LENGTH(0)));
    rest = rest.subspan(std::min<std::size_t>(RTA_ALIGN(attribute.rta_len), rest.size()));
  }
  return out;
}

bool has_entry(const IpAddress& destination, const RouteLimits& limits) {
  const bool interface_is_there = limits.interface.empty() || ::if_nametoindex(limits.interface.c_str()) != 0;
  return interface_is_there && is_route(ask(question_about(destination, limits, LookUp::Entry)));
}

}  // namespace

std::optional<Route> find_route(const IpAddress& destination, const RouteLimits& limits) {
  if (!has_entry(destination, limits)) return std::nullopt;
  const Bytes answer = ask(question_about(destination, limits, LookUp::Use));
  if (!is_route(answer)) return std::nullopt;
  Route route = read_route(answer);
  if (!route.source) route.source = source_for(destination, limits);  // which the system does not repeat
  return route;
}

bool has_route(const IpAddress& destination, const std::string& interface, const IpAddress& source) {
  return has_entry(destination, {.interface = interface, .source = source});
}

bool has_route(const IpAddress& destination) { return has_entry(destination, {}); }

std::optional<IpAddress> gateway_towards(const IpAddress& destination, const std::optional<IpAddress>& source) {
  const auto route = find_route(destination, {.source = source});
  return route ? route->gateway : std::nullopt;
}

}  // namespace net
