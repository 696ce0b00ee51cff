#pragma once
// The state of a NAT: its mappings, found from inside by flow and from outside by external port, and the permissions
// each gives (RFC 4787 sections 4 and 5). An ended mapping is never found; it is taken out when somebody comes across
// it.

#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "lab/packet.h"
#include "net/endpoint.h"
#include "net/nat_behavior.h"
#include "net/time.h"

namespace lab {

// What a behaviour keeps of an endpoint: the two keys that make a NAT what it is.
[[nodiscard]] net::Endpoint trimmed(const net::Endpoint& destination, net::MappingBehavior keep);
[[nodiscard]] net::Endpoint trimmed(const net::Endpoint& remote, net::FilteringBehavior keep);

struct FlowKey {  // finds a mapping from inside
  Protocol protocol = Protocol::Udp;
  net::Endpoint internal;
  net::Endpoint destination;  // trimmed by the mapping behaviour
  friend bool operator==(const FlowKey&, const FlowKey&) = default;
};

struct PortKey {  // an endpoint of one protocol: finds mappings from outside
  Protocol protocol = Protocol::Udp;
  net::Endpoint endpoint;
  friend bool operator==(const PortKey&, const PortKey&) = default;
};

struct FlowHash {
  std::size_t operator()(const FlowKey& key) const noexcept;
  std::size_t operator()(const PortKey& key) const noexcept;
};

struct TcpSession {  // of one mapping: what was seen of a connection with one remote
  net::Endpoint remote;
  bool seen_out = false;
  bool seen_in = false;
  bool fin_out = false;
  bool fin_in = false;
  bool reset = false;
};

struct Mapping {
  FlowKey key;
  net::Endpoint external;
  net::TimePoint created;
  net::TimePoint last_refresh;
  net::TimePoint expires;
  bool repeated = false;                        // more than one outbound packet
  bool answered = false;                        // an inbound packet came
  bool two_way = false;                         // and it has lasted
  std::unordered_set<net::Endpoint> permitted;  // remote endpoints, trimmed by the filtering behaviour
  std::vector<TcpSession> sessions;             // of TCP
};

class MappingTable {
 public:
  // By internal endpoint too, which not every NAT needs.
  explicit MappingTable(bool by_internal_endpoint) : by_internal_endpoint_(by_internal_endpoint) {}

  [[nodiscard]] Mapping* find(const FlowKey& key, net::TimePoint now);
  // Those at this external port; several only where ports are overloaded.
  [[nodiscard]] const std::vector<Mapping*>& at(const PortKey& external, net::TimePoint now);
  // Those of this inside endpoint, the oldest first; nothing where the table was not told to know.
  [[nodiscard]] const std::vector<Mapping*>& of(const PortKey& internal, net::TimePoint now);

  Mapping& insert(Mapping mapping, net::TimePoint now);  // its flow has none
  void erase(const Mapping& mapping);
  void clear();

  // Counted after the ended ones are taken out, where the number matters.
  [[nodiscard]] std::size_t size_below(std::size_t limit, net::TimePoint now);
  [[nodiscard]] std::size_t of_host_below(const net::IpAddress& host, std::size_t limit, net::TimePoint now);

 private:
  using Index = std::unordered_map<PortKey, std::vector<Mapping*>, FlowHash>;
  const std::vector<Mapping*>& live_in(Index& index, const PortKey& key, net::TimePoint now);
  static void remove_from(Index& index, const PortKey& key, const Mapping& mapping);
  void sweep(net::TimePoint now);

  bool by_internal_endpoint_;
  std::size_t sweep_at_ = 1024;  // mappings; then twice what was left, so that sweeping costs nothing per packet
  std::unordered_map<FlowKey, Mapping, FlowHash> mappings_;
  Index by_port_;
  Index by_internal_;
  std::unordered_map<net::IpAddress, std::size_t> of_host_;
};

}  // namespace lab
