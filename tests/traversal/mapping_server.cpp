#include "mapping_server.h"

#include <algorithm>

namespace tests {
namespace {

constexpr net::SocketId door{1};

}  // namespace

MappingServer::MappingServer(const net::IpAddress& own, lab::Network& network, lab::NodeId nat,
                             const net::IpAddress& told)
    : listen_{own, gateway::pcp_port}, network_(network), nat_(nat), told_(told) {}

void MappingServer::start(net::TimePoint) { outputs_.emplace_back(net::OpenUdp{door, listen_, std::nullopt}); }

void MappingServer::handle(net::TimePoint now, const net::Input& input) {
  const auto* datagram = std::get_if<net::Datagram>(&input);
  if (datagram == nullptr || silent || datagram->payload.size() != 60 || datagram->payload[1] != 1) return;
  net::Bytes reply = datagram->payload;
  const net::BytesView request = datagram->payload;
  const net::Endpoint inside{datagram->from.address, net::get_u16(request.subspan(40))};
  const std::uint32_t seconds = net::get_u32(request.subspan(4));
  reply[1] = 0x81;
  reply[3] = seconds == 0 ? std::uint8_t{0} : result;
  if (reply[3] == 0) end(inside);
  if (reply[3] == 0 && seconds != 0) {
    lab::PortForward forward{.first_port = net::get_u16(request.subspan(42)), .inside = inside};
    do {
      forward.last_port = ++forward.first_port;  // never the one wished for: it is ours to choose
    } while (!network_.nat(nat_).forward(forward, now));
    mappings.emplace(inside, forward);
    const auto given = net::u16_bytes(forward.first_port);
    std::ranges::copy(given, reply.begin() + 42);
    ++made;
    longest_lease = std::max<net::Duration>(longest_lease, std::chrono::seconds(seconds));
    reply[54] = reply[55] = 0xFF;
    std::ranges::copy(told_.bytes(), reply.begin() + 56);
  }
  outputs_.emplace_back(net::Send{door, datagram->from, std::move(reply)});
}

void MappingServer::end(const net::Endpoint& inside) {
  const auto known = mappings.find(inside);
  if (known == mappings.end()) return;
  network_.nat(nat_).end_forward(known->second);
  mappings.erase(known);
}

}  // namespace tests
