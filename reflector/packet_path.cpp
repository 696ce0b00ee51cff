#include "reflector/packet_path.h"

#include "net/udp_port.h"
#include "reflector/host.h"

namespace reflector {
namespace {

constexpr std::size_t link_sender = all_roles.size();

// Answers the requests of one socket.
class RoleAnswerer final : public net::Answerer {
 public:
  RoleAnswerer(Host& host, SocketRole role, std::size_t thread)
      : responder_(host.responder()), counts_(host.counts_of_thread(thread)), role_(role) {
    if (const auto& partner = host.config().partner) link_ = partner->link;
  }

  std::optional<Destination> answer(const net::Packet& packet, net::TimePoint now, net::ByteRoom& room) override {
    const Arrived arrived{.role = role_, .from = packet.from, .ttl = packet.ttl, .at = now};
    const Action action = responder_.answer(packet.bytes, arrived, counts_, room);
    switch (action.kind) {
      case Action::Kind::Send: return Destination{action.from.index(), action.to};
      case Action::Kind::Relay: return Destination{link_sender, link_};
      case Action::Kind::None: break;
    }
    return std::nullopt;
  }

 private:
  Responder& responder_;
  LiveCounts& counts_;
  SocketRole role_;
  net::Endpoint link_;
};

std::vector<net::BatchDriver::Post> posts(const PacketPorts& ports, ReflectorAgent& agent,
                                          const std::function<void()>& wake) {
  std::vector<net::BatchDriver::Post> all;
  for (const auto& host : agent.hosts()) {
    host->responder().wake = wake;
    std::size_t threads = 0;
    for (std::size_t worker = 0; worker < ports.workers(); ++worker) {
      const auto senders = ports.senders(host->family(), worker);
      for (const SocketRole role : all_roles) {
        const int socket = senders[role.index()];
        if (socket < 0) continue;
        all.push_back({socket, senders, std::make_unique<RoleAnswerer>(*host, role, threads++)});
      }
    }
  }
  return all;
}

}  // namespace

std::size_t udp_sockets_of(const ReflectorConfig& config) {
  std::size_t all = 0;
  for (const HostConfig& host : config.hosts) {
    all += stun_sockets_of(host).size() * config.workers + (link_socket_of(host) ? 1 : 0);
  }
  return all;
}

PacketPorts::PacketPorts(const ReflectorConfig& config, net::InheritedSockets& inherited) : workers_(config.workers) {
  const auto open = [&](const net::Endpoint& local, std::size_t sockets) {
    net::FileDescriptor given = inherited.take(net::InheritedSockets::Kind::Udp, local);
    return given ? net::adopt_udp_port(std::move(given)) : net::open_udp_port(local, sockets);
  };
  for (const HostConfig& host : config.hosts) {
    for (const auto& [role, local] : stun_sockets_of(host)) {
      ports_.push_back({host.listen.family(), role.index(), open(local, workers_)});
    }
    if (const auto link = link_socket_of(host)) {
      ports_.push_back({host.listen.family(), link_sender, open(*link, 1)});
    }
  }
}

void PacketPorts::lend_to(net::SocketDriver& driver) const {
  using Reader = net::SocketDriver::Reader;
  for (const Port& port : ports_) {
    driver.lend(port.sockets.front().get(), port.sender == link_sender ? Reader::ThisDriver : Reader::SomebodyElse);
  }
}

std::vector<int> PacketPorts::senders(net::Family family, std::size_t worker) const {
  std::vector<int> out(link_sender + 1, -1);
  for (const Port& port : ports_) {
    if (port.family == family) out[port.sender] = port.sockets[worker % port.sockets.size()].get();
  }
  return out;
}

PacketPath::PacketPath(const PacketPorts& ports, ReflectorAgent& agent, std::function<void()> wake)
    : driver_(posts(ports, agent, wake)) {}

}  // namespace reflector
