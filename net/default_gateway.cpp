#include "net/default_gateway.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "net/file_descriptor.h"

namespace net {
namespace {

struct Question {
  nlmsghdr header{};
  rtmsg route{};
  std::array<std::uint8_t, 64> attributes{};
};

std::uint8_t system_family(Family family) { return family == Family::V4 ? AF_INET : AF_INET6; }

void add(Question& question, std::uint16_t type, const IpAddress& address) {
  const BytesView bytes = address.bytes();
  const rtattr attribute{.rta_len = static_cast<std::uint16_t>(RTA_LENGTH(bytes.size())), .rta_type = type};
  std::uint8_t* at = question.attributes.data() + question.header.nlmsg_len - NLMSG_LENGTH(sizeof(rtmsg));
  std::memcpy(at, &attribute, sizeof attribute);
  std::copy(bytes.begin(), bytes.end(), at + RTA_LENGTH(0));
  question.header.nlmsg_len += static_cast<std::uint32_t>(RTA_SPACE(bytes.size()));
}

Question question_for(const IpAddress& destination, const std::optional<IpAddress>& source) {
  Question question;
  question.header = {
      .nlmsg_len = NLMSG_LENGTH(sizeof(rtmsg)), .nlmsg_type = RTM_GETROUTE, .nlmsg_flags = NLM_F_REQUEST};
  question.route.rtm_family = system_family(destination.family());
  question.route.rtm_dst_len = static_cast<std::uint8_t>(8 * destination.bytes().size());
  add(question, RTA_DST, destination);
  if (source && source->family() == destination.family() && !source->unspecified()) {
    question.route.rtm_src_len = static_cast<std::uint8_t>(8 * source->bytes().size());
    add(question, RTA_SRC, *source);
  }
  return question;
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

std::optional<IpAddress> gateway_in(BytesView answer) {
  nlmsghdr header{};
  if (answer.size() < NLMSG_LENGTH(sizeof(rtmsg))) return std::nullopt;
  std::memcpy(&header, answer.data(), sizeof header);
  if (header.nlmsg_type != RTM_NEWROUTE) return std::nullopt;
  BytesView rest =
      answer.first(std::min<std::size_t>(answer.size(), header.nlmsg_len)).subspan(NLMSG_LENGTH(sizeof(rtmsg)));
  while (rest.size() >= sizeof(rtattr)) {
    rtattr attribute{};
    std::memcpy(&attribute, rest.data(), sizeof attribute);
    if (attribute.rta_len < sizeof attribute || attribute.rta_len > rest.size()) return std::nullopt;
    if (attribute.rta_type == RTA_GATEWAY) return address_in(rest.first(attribute.rta_len).subspan(RTA_LENGTH(0)));
    rest = rest.subspan(std::min<std::size_t>(RTA_ALIGN(attribute.rta_len), rest.size()));
  }
  return std::nullopt;
}

}  // namespace

std::optional<IpAddress> gateway_towards(const IpAddress& destination, const std::optional<IpAddress>& source) {
  const FileDescriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  const Question question = question_for(destination, source);
  if (::send(socket.get(), &question, question.header.nlmsg_len, 0) < 0) return std::nullopt;
  std::array<std::uint8_t, 4096> answer{};
  const ssize_t size = ::recv(socket.get(), answer.data(), answer.size(), 0);
  return size > 0 ? gateway_in(BytesView(answer).first(static_cast<std::size_t>(size))) : std::nullopt;
}

}  // namespace net
