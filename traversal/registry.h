#pragma once
// The hosts that are registered at a rendezvous. A name belongs to the session that registered it last; an entry lapses
// after three missed heartbeats.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "net/time.h"
#include "traversal/signal.h"

namespace traversal {

inline constexpr net::Duration heartbeat = std::chrono::milliseconds(2500);
inline constexpr net::Duration lapse_after = heartbeat * 7 / 2;  // the third one has had time to arrive
inline constexpr std::size_t most_hosts = 100'000;

struct RegisteredHost {
  std::string name;
  Id session{};
  net::NatBehavior behavior;
  std::optional<net::Endpoint> local;
  net::Endpoint external;  // reflexive: where it is spoken to
  net::TimePoint last_seen;
};

// Behind one translator, so that only inside addresses are sure to work. Two hosts on one untranslated machine are not.
[[nodiscard]] bool same_nat(const RegisteredHost& a, const RegisteredHost& b);

class Registry {
 public:
  enum class Session : std::uint8_t { Current, Replaced, NotKnown };
  [[nodiscard]] Session session_of(const std::string& name, const Id& session) const;

  [[nodiscard]] RegisteredHost* find(const std::string& name);
  [[nodiscard]] const RegisteredHost* find(const std::string& name) const;
  [[nodiscard]] bool full() const { return hosts_.size() >= most_hosts; }
  void put(RegisteredHost host) { hosts_.insert_or_assign(host.name, std::move(host)); }
  void remove(const std::string& name) { hosts_.erase(name); }

  // Sorted names from the given place on, as long as the page `fits`; at least one.
  [[nodiscard]] HostPage page(std::uint64_t from, const std::function<bool(const HostPage&)>& fits) const;
  [[nodiscard]] std::size_t size() const { return hosts_.size(); }
  [[nodiscard]] const std::map<std::string, RegisteredHost>& hosts() const { return hosts_; }

  [[nodiscard]] std::vector<std::string> lapsed(net::TimePoint now) const;

 private:
  std::map<std::string, RegisteredHost> hosts_;
};

}  // namespace traversal
