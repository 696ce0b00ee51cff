#pragma once
// A stage for one probe session: whatever it sends is handed to a function that plays the reflectors, and what that
// answers arrives one round trip later, from any source it likes. No NAT, no network: a stage can lie as it pleases.

#include <functional>
#include <map>
#include <vector>

#include "net/agent.h"
#include "probe/probe_session.h"

namespace stage {

using namespace std::chrono_literals;

struct Heard {
  net::Endpoint client;  // the local endpoint: the stage translates nothing
  net::Endpoint to;
  net::Bytes request;
  unsigned earlier = 0;  // requests heard before, of the same transaction id
};
struct Reply {
  net::Endpoint from;
  net::Bytes payload;
};
using Answer = std::function<std::vector<Reply>(const Heard&)>;

class Stage {
 public:
  explicit Stage(Answer answer, net::Duration round_trip = 20ms);

  bool tcp_works = false;                      // else every connection is refused
  bool sockets_can_open = true;                // else no bind succeeds
  bool icmp_for_silence = false;               // a request that draws no reply draws "port unreachable"
  unsigned icmp_errors_a_request = 0;          // "host unreachable", whatever else it draws
  std::optional<std::uint32_t> broken_socket;  // this one cannot be opened

  probe::Report run(probe::ProbeConfig config);

  std::vector<Heard> heard;                // all of it, in order
  std::optional<std::string> cannot_work;  // of the session
  [[nodiscard]] unsigned heard_at(const net::IpAddress& address) const;

 private:
  void carry_out(const net::Output& output, net::TimePoint now);
  void carry_out_send(const net::Send& send, net::TimePoint now);

  Answer answer_;
  net::Duration round_trip_;
  std::multimap<net::TimePoint, net::Input> events_;  // equal times: in the order they were caused
  std::vector<std::pair<net::SocketId, net::Endpoint>> locals_;
};

// Two cooperating reflectors that tell the truth, for a host without NAT and without filter.
inline const net::Endpoint a = net::endpoint("198.51.100.1:3478");
inline const net::Endpoint b = net::endpoint("198.51.100.2:3478");
[[nodiscard]] std::vector<Reply> honest(const Heard& heard);

// A success response to this request, as a stock server writes it. `mapped` is what it claims to see.
[[nodiscard]] net::Bytes success(const Heard& heard, const net::Endpoint& mapped,
                                 const std::optional<net::Endpoint>& other = std::nullopt);
[[nodiscard]] net::Bytes error(const Heard& heard, std::uint16_t code);
[[nodiscard]] std::optional<stun::ChangeRequest> change_in(const Heard& heard);
[[nodiscard]] stun::TransactionId id_of(const Heard& heard);

[[nodiscard]] probe::ProbeConfig config_for(const std::vector<net::Endpoint>& given);

}  // namespace stage
