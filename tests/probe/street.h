#pragma once
// A host behind a gateway that speaks port mapping protocols, and two reflectors beyond: one probe session in it.
//
//   client 192.168.1.2 --- 192.168.1.1 [gateway] 203.0.113.9 --- reflectors stage::a and stage::b
//
// The gateway lets in what its mappings name and answers to its own requests, nothing else. It reads the protocols'
// bytes by itself, not with the probe's codecs.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "net/random.h"
#include "probe/probe_session.h"

namespace street {

using namespace std::chrono_literals;

inline const net::IpAddress gateway = net::address("192.168.1.1");
inline const net::IpAddress client = net::address("192.168.1.2");
inline const net::IpAddress outside = net::address("203.0.113.9");

// What becomes of a flow whose port is the external port of another one's mapping. Flows keep their ports otherwise.
enum class OnCollision : std::uint8_t {
  Shares,        // it keeps it all the same
  SharesAcross,  // it keeps it towards all but whoever has come in through the mapping, as with Linux
  Moves,         // another port, the same towards all
  MovesEachWay,  // another port towards each destination
};

struct GatewaySettings {
  bool pcp = false;
  bool nat_pmp = false;
  bool upnp = false;
  std::uint8_t pcp_result = 0;  // of every MAP that is no end
  std::uint16_t nat_pmp_result = 0;
  std::uint16_t upnp_error = 0;  // of every AddPortMapping
  OnCollision on_collision = OnCollision::Shares;
  unsigned taken_ports = 0;               // so many AddPortMapping find their port taken
  net::IpAddress told_outside = outside;  // another one: there is a second NAT beyond, where nothing is mapped
  std::string location = "http://192.168.1.1:5000/root.xml";
  std::string control = "/control";
  std::string vendor = "Example Networks";
  std::string model = "Router";
  std::size_t piece = 100;  // of HTTP answers, bytes
  bool chunked = false;
  // In place of all the above: what it answers, to anything.
  std::function<std::vector<net::Bytes>(const net::Bytes&)> says = {};
  std::function<std::string(const std::string&)> says_http = {};
};

struct StreetSettings {
  std::uint64_t seed = 1;
  double loss = 0;  // of each datagram, each way, everywhere
  GatewaySettings gateway = {};
  bool reflectors_answer = true;
  std::optional<unsigned> stop_after = std::nullopt;  // so many events: stopped, then driven on to its end
};

class Street {
 public:
  explicit Street(StreetSettings settings);

  probe::Report run();
  probe::Report run(probe::ProbeConfig config);

  std::map<std::uint16_t, std::uint16_t> mappings;  // external port to internal, as they are at the end
  unsigned made = 0;                                // mappings, in all
  net::Duration longest_lease{};
  std::set<net::Endpoint> sent_to;
  std::set<net::Endpoint> connected_to;
  unsigned events = 0;
  unsigned datagrams_to_gateway = 0;

 private:
  void drive(probe::ProbeSession& session);
  bool step(probe::ProbeSession& session);
  void carry_out(const net::Output& output);
  void send(const net::Send& send);
  void to_reflector(const net::Send& send, std::uint16_t local_port);
  void to_gateway(const net::Send& send);
  void to_client(net::SocketId socket, const net::Endpoint& from, net::Bytes payload);
  void answer_http(net::SocketId connection, const std::string& request);

  std::vector<net::Bytes> gateway_says(const net::Bytes& request);
  std::optional<net::Bytes> pcp(const net::Bytes& request);
  std::optional<net::Bytes> nat_pmp(const net::Bytes& request);
  std::string http_body(const std::string& request, unsigned& status);
  std::uint16_t map(std::uint16_t internal, std::uint16_t external, std::uint32_t seconds);
  void unmap_internal(std::uint16_t internal);
  [[nodiscard]] std::uint16_t external_port(std::uint16_t local_port, const net::Endpoint& to) const;
  [[nodiscard]] bool lost();

  StreetSettings settings_;
  net::Random random_;
  net::TimePoint now_;
  std::multimap<net::TimePoint, net::Input> due_;
  std::map<std::uint32_t, std::uint16_t> ports_;   // of the client's sockets
  std::map<std::uint32_t, std::string> requests_;  // on its connections
};

[[nodiscard]] probe::ProbeConfig config();

}  // namespace street
