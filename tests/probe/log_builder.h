#pragma once
// Logs for the tests of what is concluded from them: two reflectors A and B, a client, and what came back.

#include "probe/discovery.h"
#include "probe/filtering_evidence.h"

namespace logs {

using namespace std::chrono_literals;

inline const net::Endpoint a = net::endpoint("198.51.100.1:3478");
inline const net::Endpoint a_alternate = net::endpoint("198.51.100.1:3479");
inline const net::Endpoint b = net::endpoint("198.51.100.2:3478");
inline const net::Endpoint b_alternate = net::endpoint("198.51.100.2:3479");
inline const net::Endpoint local = net::endpoint("192.168.1.5:5000");
inline const net::Endpoint external = net::endpoint("203.0.113.9:7000");

class LogBuilder {
 public:
  // One exchange over UDP; without `mapped`: silence.
  LogBuilder& exchange(std::string discovery, std::uint32_t socket, const net::Endpoint& to,
                       const std::optional<net::Endpoint>& mapped);

  // A answered and named B; B answered.
  LogBuilder& pair();

  // `count` requests of a filtering question, silent, each with a control; `controls_answered` of these came back.
  LogBuilder& silent_asks(const probe::FilteringQuestion& question, unsigned count, unsigned controls_answered);
  LogBuilder& heard(const probe::FilteringQuestion& question);
  LogBuilder& let_in(const probe::FilteringQuestion& question);  // heard on both its sockets
  // The sender's answer how many it sent; `sent` empty: it answers, but does not count. `counted`: of the controls.
  LogBuilder& confirmation(const probe::FilteringQuestion& question, std::optional<unsigned> sent);
  LogBuilder& controls_counted(unsigned sent);

  probe::Observation& last() { return log.back(); }

  probe::ObservationLog log;

 private:
  probe::Observation& add(probe::Query query);
  net::Duration clock_{};
};

}  // namespace logs
