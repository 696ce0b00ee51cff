#pragma once
// One address family of a reflector: its sockets and what happens on them. Requests are its responder's, which threads
// of the packet path may share (reflector/packet_path.h); then none of them comes here. Streams, the partner link and
// what waits for its time are dealt with here, by one thread.

#include <array>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "net/agent.h"
#include "reflector/counts.h"
#include "reflector/limiter.h"
#include "reflector/partner_link.h"
#include "reflector/reflector_config.h"
#include "reflector/responder.h"
#include "reflector/status.h"
#include "stun/stream_connections.h"

namespace reflector {

inline constexpr std::uint32_t sockets_of_a_host = 16;  // ids it may use, from its first

class Host {
 public:
  // `secret`: 32 bytes, different in every life. Sockets get ids from `first` on.
  Host(const HostConfig& host, const ReflectorConfig& config, net::BytesView secret, net::SocketId first);

  void start();

  // Another configuration, of the same sockets; what is kept of clients stays. No thread of the packet path is at work.
  void reconfigure(const HostConfig& host, const ReflectorConfig& config, const ReflectorConfig& before,
                   net::BytesView secret, net::TimePoint now);

  // No new TCP connection, and an end to those that are not in the midst of a message.
  void stop_accepting();
  [[nodiscard]] bool owes(net::TimePoint until);  // something to a client

  void handle(net::TimePoint now, const net::Input& input);  // of a socket it owns()
  void tick(net::TimePoint now);
  [[nodiscard]] std::optional<net::TimePoint> next_deadline();
  void move_outputs_to(std::vector<net::Output>& outputs);
  void close_all();

  [[nodiscard]] bool owns(net::SocketId socket) const;
  [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }
  [[nodiscard]] bool listening() const;
  [[nodiscard]] std::vector<std::string> listening_on() const;
  [[nodiscard]] bool partner_usable(net::TimePoint now) const { return responder_.partner_usable(now); }
  [[nodiscard]] const std::string& link_problem() const;
  [[nodiscard]] net::Family family() const { return config_.listen.family(); }
  [[nodiscard]] const HostConfig& config() const { return config_; }

  // For the packet path: the responder, and for each of its threads, before they start, counts of its own. Where the
  // path begins anew its threads go on counting.
  [[nodiscard]] Responder& responder() { return responder_; }
  [[nodiscard]] LiveCounts& counts_of_thread(std::size_t number);

  [[nodiscard]] Counts counts() const;  // of all threads; from any
  [[nodiscard]] HostStatus status(net::TimePoint now);

 private:
  enum class Kind : std::uint8_t { Udp, Tcp, Link };
  struct Socket {
    net::SocketId id;
    Kind kind = Kind::Udp;
    SocketRole role;
    net::Endpoint local;
    bool open = false;
  };

  HostConfig config_;
  std::uint32_t links_made_ = 0;
  std::optional<PartnerLink> link_;
  std::array<std::uint64_t, link_fault_count> faults_of_earlier_links_{};
  Responder responder_;
  DestinationLimiter ordered_destinations_;  // of replies sent for the partner, and of delayed ones
  stun::StreamConnections connections_;
  std::vector<Socket> sockets_;
  bool accepting_ = true;
  std::optional<std::string> failure_;
  std::deque<LiveCounts> counts_;  // the first is this thread's
  std::array<std::uint8_t, stun::max_message_size> out_bytes_;
  std::vector<net::Output> outputs_;

  void add_sockets(const ReflectorConfig& config, net::SocketId first);
  void begin_link_anew(const ReflectorConfig& config, net::BytesView secret, net::TimePoint now);
  [[nodiscard]] const Socket* find(net::SocketId id) const;
  [[nodiscard]] const Socket* find(Kind kind, SocketRole role) const;

  void receive(const net::Datagram& datagram, net::TimePoint now);
  void receive_from_partner(const net::Datagram& datagram, net::TimePoint now);
  void send_for_partner(const Reply& reply, net::TimePoint now);
  void send_delayed(net::TimePoint now);
  void carry_out(const Action& action, net::BytesView bytes);
  void greet(net::TimePoint now);
};

}  // namespace reflector
