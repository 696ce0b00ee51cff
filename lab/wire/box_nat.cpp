#include "lab/wire/box_nat.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <chrono>

#include "lab/wire/system_call.h"

namespace lab {

namespace {

// Of one interface before the other has its turn.
constexpr int batch = 64;

void watch(const net::FileDescriptor& epoll, int fd) {
  epoll_event event{.events = EPOLLIN, .data = {}};
  checked(::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event), "watch a socket");
}

// One line for each family that has addresses.
std::string acceptance(const LocalService& service, const std::vector<net::IpAddress>& addresses) {
  std::string out;
  for (const auto& [family, word] : {std::pair(net::Family::V4, "ip"), std::pair(net::Family::V6, "ip6")}) {
    std::vector<std::string> ours;
    for (const auto& address : addresses)
      if (address.family() == family) ours.push_back(net::to_string(address));
    if (!ours.empty())
      out += fmt::format("    {} daddr {{ {} }} {} dport {} accept\n", word, fmt::join(ours, ", "),
                         service.protocol == Protocol::Tcp ? "tcp" : "udp", service.port);
  }
  return out;
}

}  // namespace

std::string box_rules(const std::string& table, int inside, int outside, const std::vector<net::IpAddress>& addresses,
                      const std::vector<LocalService>& local) {
  std::string services;
  for (const auto& service : local) services += acceptance(service, addresses);
  return fmt::format(R"(table inet {} {{
  flags owner
  chain prerouting {{
    type filter hook prerouting priority raw;
    iif != {{ {}, {} }} accept
    icmpv6 type {{ nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert }} accept
{}    drop
  }}
  chain output {{
    type filter hook output priority raw;
    meta mark {} notrack
  }}
}}
)",
                     table, inside, outside, services, box_mark);
}

BoxNat::BoxNat(Router router, BoxInterface& inside, BoxInterface& outside, const std::vector<LocalService>& local)
    : router_(std::move(router)), inside_(inside), outside_(outside) {
  std::vector<net::IpAddress> ours;
  for (const BoxInterface* interface : {&inside, &outside})
    for (const auto& entry : interface->addresses()) ours.push_back(entry.address);
  rules_.load(box_rules(fmt::format("natlab_{}", ::getpid()), inside.index(), outside.index(), ours, local));
}

void BoxNat::run(const StopSignals& stop) {
  const net::FileDescriptor epoll(checked(::epoll_create1(EPOLL_CLOEXEC), "make an epoll"));
  watch(epoll, inside_.fd());
  watch(epoll, outside_.fd());
  while (!stop.readable_or_signal(epoll.get())) {
    carry(Side::Inside);
    carry(Side::Outside);
  }
}

void BoxNat::carry(Side from) {
  const net::TimePoint now(std::chrono::steady_clock::now().time_since_epoch());
  for (int i = 0; i < batch; ++i) {
    auto arrived = interface_of(from).receive();
    if (!arrived) return;
    for (const auto& [side, packet] : router_.pass(from, std::move(arrived->packet), arrived->segment_data, now))
      interface_of(side).send(packet);
  }
}

}  // namespace lab
