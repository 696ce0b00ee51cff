#pragma once
// The hosts that are registered at a rendezvous. A name belongs to one session, another one gets it when that has not
// been heard for two heartbeats; an entry lapses after three missed ones.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "net/time.h"
#include "traversal/signal.h"
#include "traversal/stream_door.h"

namespace traversal {

inline constexpr net::Duration heartbeat = std::chrono::milliseconds(2500);
inline constexpr net::Duration lapse_after = heartbeat * 7 / 2;  // the third one has had time to arrive
inline constexpr net::Duration name_is_held = heartbeat * 2;     // after the last one, against another session
inline constexpr std::size_t most_hosts = 100'000;
inline constexpr unsigned returns_a_second = 400;  // of hosts that a restarted rendezvous has forgotten

struct RegisteredHost {
  std::string name;
  Id session{};
  net::NatBehavior behavior;
  std::optional<net::Endpoint> local;
  std::optional<PortPattern> ports;
  std::string port_mapping;  // the protocol its router maps ports by
  net::Endpoint external;    // reflexive: where it is spoken to
  net::SocketId socket;      // on which of the rendezvous's sockets: a connection, where its UDP is blocked
  Key key{};                 // of its token
  net::TimePoint last_seen;
  std::optional<net::Duration> round_trip;  // to here, the least that was seen
  std::optional<net::Endpoint> other;       // reflexive, in the other address family
  net::TimePoint other_seen;
  bool texts = false;                // takes relayed ones
  net::TimePoint relays_used_until;  // see may_relay

  [[nodiscard]] Families families() const { return {external.family(), other.has_value()}; }
  [[nodiscard]] bool maps_ports() const { return !port_mapping.empty(); }
  [[nodiscard]] bool over_tcp() const { return is_stream(socket); }
};

// Takes one of the sender's five relayed texts a second.
[[nodiscard]] bool may_relay(RegisteredHost& sender, net::TimePoint now);

// Behind one translator, so that only inside addresses are sure to work. Two hosts on one untranslated machine are not.
[[nodiscard]] bool same_nat(const RegisteredHost& a, const RegisteredHost& b);

class Registry {
 public:
  enum class Session : std::uint8_t { Current, Replaced, NotKnown };
  [[nodiscard]] Session session_of(const std::string& name, const Id& session) const;

  [[nodiscard]] RegisteredHost* find(const std::string& name);
  [[nodiscard]] const RegisteredHost* find(const std::string& name) const;
  [[nodiscard]] bool full() const { return hosts_.size() >= most_hosts; }
  void put(RegisteredHost host);
  void remove(const std::string& name);
  [[nodiscard]] std::size_t of_key(const Key& key) const;  // how many hosts have this token

  // Sorted names from the given place on, as long as the page `fits`; at least one.
  [[nodiscard]] HostPage page(std::uint64_t from, const std::function<bool(const HostPage&)>& fits) const;
  [[nodiscard]] PeerPage peers(std::uint64_t from, const std::function<bool(const PeerPage&)>& fits) const;
  [[nodiscard]] std::size_t size() const { return hosts_.size(); }
  [[nodiscard]] net::Duration return_within() const {
    return static_cast<std::int64_t>(hosts_.size()) * net::Duration(std::chrono::seconds(1)) / returns_a_second;
  }
  [[nodiscard]] const std::map<std::string, RegisteredHost>& hosts() const { return hosts_; }

  [[nodiscard]] std::vector<std::string> lapsed(net::TimePoint now) const;
  void forget_other_paths(net::TimePoint now);  // of the other address family, that lapsed alone

 private:
  std::map<std::string, RegisteredHost> hosts_;
  std::map<Key, std::size_t> of_key_;
};

}  // namespace traversal
