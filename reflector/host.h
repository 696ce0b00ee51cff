#pragma once
// One address family of a reflector: its sockets and what happens on them. The wiring between sockets and the pure
// parts: limiter, respond(), partner link, counts.

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/agent.h"
#include "reflector/connections.h"
#include "reflector/counts.h"
#include "reflector/delayed_replies.h"
#include "reflector/limiter.h"
#include "reflector/partner_link.h"
#include "reflector/reflector_config.h"
#include "reflector/respond.h"
#include "reflector/status.h"

namespace reflector {

inline constexpr std::uint32_t sockets_of_a_host = 16;  // ids it may use, from its first

class Host {
 public:
  // `secret`: 32 bytes, different in every life. Sockets get ids from `first` on.
  Host(const HostConfig& host, const ReflectorConfig& config, net::BytesView secret, net::SocketId first);

  void start();
  void handle(net::TimePoint now, const net::Input& input);  // of a socket it owns()
  void tick(net::TimePoint now);
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const;
  void move_outputs_to(std::vector<net::Output>& outputs);
  void close_all();

  // What may change while it runs: everything but its sockets, which must be those it has. Requests go on.
  void reconfigure(const HostConfig& host, const ReflectorConfig& config, const ReflectorConfig& before,
                   net::BytesView secret, net::TimePoint now);

  // No new TCP connections; those in the midst of a message, and delayed replies, are what it still owes.
  void stop_accepting();
  [[nodiscard]] bool owes(net::TimePoint until) const;

  [[nodiscard]] bool owns(net::SocketId socket) const;
  [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }
  [[nodiscard]] bool listening() const;
  [[nodiscard]] std::vector<std::string> listening_on() const;
  [[nodiscard]] bool partner_usable(net::TimePoint now) const { return link_ && link_->up(now); }
  [[nodiscard]] const std::string& link_problem() const;
  [[nodiscard]] net::Family family() const { return config_.listen.family(); }
  [[nodiscard]] Counts counts() const;
  [[nodiscard]] HostStatus status(net::TimePoint now) const;

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
  Mode mode_;
  Topology topology_;
  DestinationRule destinations_;
  TokenKeeper tokens_;
  SentRing sent_;
  std::optional<SourceLimiter> sources_;
  DestinationLimiter ordered_destinations_;  // of replies sent for the partner, and of delayed ones
  DelayedReplies delayed_;
  std::vector<LinkKey> link_keys_;
  std::uint64_t session_;        // of the partner link; another one each time it begins anew
  std::uint32_t links_made_ = 0;
  std::optional<PartnerLink> link_;
  Connections connections_;
  std::vector<Socket> sockets_;
  bool accepting_ = true;
  std::optional<std::string> failure_;
  Counts counts_;
  net::Bytes reply_bytes_;  // re-used
  std::vector<net::Output> outputs_;

  void add_sockets(const ReflectorConfig& config, net::SocketId first);
  [[nodiscard]] const Socket* find(net::SocketId id) const;
  [[nodiscard]] const Socket* find(Kind kind, SocketRole role) const;
  [[nodiscard]] Standpoint standpoint(net::TimePoint now) const;
  [[nodiscard]] bool proven(const std::optional<stun::ReturnToken>& token, const net::IpAddress& source,
                            net::TimePoint now) const;

  Response answer(net::BytesView request, Arrived arrived);
  void receive(const net::Datagram& datagram, net::TimePoint now);
  void receive_from_partner(const net::Datagram& datagram, net::TimePoint now);
  void send_for_partner(const Reply& reply, net::TimePoint now);
  void send_delayed(net::TimePoint now);
  void send_reply(const Reply& reply);
  void end_link();
  void open_link(net::TimePoint now);
  void greet(net::TimePoint now);
};

}  // namespace reflector
