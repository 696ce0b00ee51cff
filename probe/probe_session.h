#pragma once
// A probe run as an agent (net/agent.h): asks the discoveries what they need, opens each socket they name fresh, sends,
// retransmits, matches replies to questions, keeps the log, and asks again; finished when no discovery wants more.
//
//   probe::ProbeSession session({.reflectors = {{"192.0.2.1", net::endpoint("192.0.2.1:3478")}}}, net::Random(seed));
//   driver.run(session);
//   probe::Report report = session.report();
//
// Nobody but the given reflectors, the partner one of them named, our own gateway and the given assistant is ever sent
// anything. The run is
// bounded in time, packets and memory whatever comes in. However it ends, what it made in the network is removed
// before: where it must end early, call stop() and drive it on until it is finished.

#include <map>
#include <set>
#include <unordered_map>

#include "gateway/codec.h"
#include "net/agent.h"
#include "net/random.h"
#include "probe/assist_key.h"
#include "probe/assist_message.h"
#include "probe/discovery.h"
#include "probe/log_reading.h"
#include "probe/report.h"
#include "stun/client_transaction.h"
#include "stun/stream_framer.h"

namespace probe {

struct GivenReflector {
  std::string given;  // as the user wrote it
  net::Endpoint endpoint;
};

// `natprobe assist` on another host behind the same NAT.
struct Assistant {
  net::Endpoint endpoint;
  AssistKey key{};
};

struct ProbeConfig {
  std::vector<GivenReflector> reflectors;                  // at least one, all of one family
  net::Duration timeout = std::chrono::seconds(5);         // for a first answer
  std::optional<net::Endpoint> bind;                       // local address; a port moves by port_offset()
  std::string interface;                                   // the only one packets may take; empty: as routed
  std::vector<std::string> only;                           // discoveries by name; empty: all
  std::vector<std::string> skip;                           // discoveries by name
  bool follow_other_address = false;                       // whatever its scope
  bool full = false;                                       // the slow discoveries too
  std::vector<net::IpAddress> own_addresses;               // of the interface the run uses, as far as known
  net::Duration after_timeout = std::chrono::seconds(25);  // the run lasts at most `timeout` and this
  Traffic budget = default_budget;
  std::optional<net::IpAddress> gateway = std::nullopt;  // the router this host sends through, where it is known
  std::optional<net::Nat64Prefix> nat64 = std::nullopt;  // under which the reflectors are, where it is not well known
  std::optional<Assistant> assistant = std::nullopt;
};

// What traversal and scenarios go by: mapping and filtering alone.
[[nodiscard]] ProbeConfig behavior_only(std::vector<GivenReflector> reflectors);

inline constexpr net::Duration winding_down_at_most = std::chrono::seconds(2);

class ProbeSession final : public net::Agent {
 public:
  // `random` picks transaction ids and the run nonce: seed it from the system's generator, so that nobody off the path
  // can guess an id.
  ProbeSession(ProbeConfig config, net::Random random);

  void start(net::TimePoint now) override;
  void handle(net::TimePoint now, const net::Input& input) override;
  void tick(net::TimePoint now) override;
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override;
  [[nodiscard]] std::vector<net::Output> take_outputs() override;
  [[nodiscard]] bool finished() const override { return finished_; }

  // Asks no more, but removes what was made; mostly one round trip or nothing.
  void stop(net::TimePoint now, net::Duration at_most = winding_down_at_most);

  [[nodiscard]] const ObservationLog& log() const { return log_; }
  [[nodiscard]] Traffic traffic() const;  // so far

  // Which observation a message belongs to, request or response: its index in the log.
  [[nodiscard]] std::optional<std::size_t> question_of(net::BytesView message) const;

  // Whole once finished: verdict, observations, reflectors, duration. Labels and the wall clock are the caller's.
  [[nodiscard]] Report report() const;

  // No socket towards any reflector could be opened: the first attempt, ready to print.
  [[nodiscard]] std::optional<std::string> cannot_work() const { return nothing_sent(log_); }

 private:
  struct Exchange {  // of the observation with the same index
    net::Bytes request;
    stun::ClientTransaction transaction;
  };
  struct Socket {
    std::optional<net::Endpoint> local;
    std::optional<stun::StreamFramer> stream;  // of a TCP connection
    std::string failure;                       // why it could not be opened: nothing is sent on it
    net::Bytes received;                       // of a TCP connection to the gateway
    unsigned pieces = 0;                       // in which that came
  };
  struct IdHash {
    std::size_t operator()(const stun::TransactionId& id) const noexcept;
  };

  void opened(std::uint32_t socket, const net::Endpoint& local);
  void not_opened(std::uint32_t socket, std::string_view attempt);
  void failed(std::uint32_t socket, Outcome outcome, std::string_view note);
  void send_over_stream(std::uint32_t socket);
  struct Arriving {
    std::uint32_t socket;
    net::Endpoint from;
    net::BytesView payload;
    std::optional<std::uint8_t> ttl = std::nullopt;
  };
  void take_datagram(const Arriving& datagram);
  void take_own_request(std::size_t index, const Arriving& datagram);
  void take_stream(std::uint32_t socket, net::BytesView payload);
  void take_icmp(const net::IcmpError& error);
  bool take_gateway_datagram(const Arriving& datagram);
  bool take_gateway_stream(std::uint32_t socket, net::BytesView payload, bool ended);
  void take_gateway_reply(Observation& seen, const gateway::Reply& reply);
  void take_assist_reply(std::size_t index, const Arriving& datagram);
  bool take_assist_proof(const stun::Message& message, const Arriving& datagram);
  [[nodiscard]] net::Bytes request_bytes(const Query& query, const stun::TransactionId& id) const;

  void ask_discoveries();
  void ask(const Query& query);
  void open(const Query& query);
  void send_due();
  void send(std::size_t index);
  void settle(Observation& seen, Outcome outcome);
  void give_up(std::size_t index);
  void wind_down(net::Duration at_most = winding_down_at_most);
  void finish();

  [[nodiscard]] Step next_of(const Discovery& discovery) const;
  [[nodiscard]] std::string why_not_allowed(const Query& query) const;
  [[nodiscard]] RunSoFar run_so_far() const;
  [[nodiscard]] stun::RetransmissionSchedule schedule(const Query& query) const;
  [[nodiscard]] bool over_budget() const;
  [[nodiscard]] net::Duration ends_at() const;  // whatever is still to come
  [[nodiscard]] bool affordable(const Query& query) const;
  [[nodiscard]] bool enabled(const Discovery& discovery) const;

  ProbeConfig config_;
  net::Random random_;
  std::uint64_t run_nonce_;
  gateway::pcp::Nonce pcp_nonce_{};
  std::optional<stun::AssistNonce> assist_nonce_;  // of the latest greeting
  std::vector<std::string_view> discoveries_;      // that take part
  std::vector<net::Endpoint> given_;

  net::TimePoint began_;
  net::Duration elapsed_{};
  ObservationLog log_;
  std::vector<Exchange> exchanges_;
  std::unordered_map<stun::TransactionId, std::size_t, IdHash> by_id_;
  std::map<std::uint32_t, Socket> sockets_;
  std::set<std::string_view> finished_discoveries_;  // asked no more
  std::optional<net::Duration> look_again_;
  unsigned packets_ = 0;
  std::set<std::pair<std::uint32_t, net::Endpoint>> flows_;  // each may be a mapping of its own
  unsigned strays_ = 0;
  bool changed_ = false;  // something happened that may make a discovery want more
  std::optional<net::Duration> winding_down_until_;
  bool finished_ = false;
  std::vector<net::Output> outputs_;
};

}  // namespace probe
