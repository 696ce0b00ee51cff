#pragma once
// A registered host: keeps its registration alive and takes part in the attempts the rendezvous asks for, each on a
// socket of its own that was never used before. Until stop().

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/port_mapping.h"
#include "net/agent.h"
#include "traversal/consent.h"
#include "traversal/gathering.h"
#include "traversal/notes.h"
#include "traversal/punch_attempt.h"
#include "traversal/response_cache.h"
#include "traversal/signal_client.h"
#include "traversal/stream_paths.h"

namespace traversal {

struct PeerConfig {
  net::Endpoint rendezvous;
  std::string name;
  net::NatBehavior behavior;
  std::string token;                           // empty for an open rendezvous
  Id session{};                                // 16 bytes of chance, new at each start
  Transport transport = Transport::Udp;        // Tcp: behind a StreamDialer; in pairs that punch over TCP
  bool tls = false;                            // over TCP: all its connections are, so it punches over none
  bool console = false;                        // takes texts, and keeps the paths it has proven
  std::optional<PortPattern> ports;            // as the own probe found it
  std::vector<net::Endpoint> reflectors = {};  // that tell what they see of each punch socket
  std::optional<gateway::Service> port_mapping = std::nullopt;  // of the own router, as the own probe found it
  PunchLimits limits;
};

// A proven way to another peer; the socket is the taker's from then on.
struct ProvenPath {
  std::string with;
  net::SocketId socket;
  net::Endpoint remote;  // where what is sent arrives
  Key key{};
};

class Peer final : public net::Agent {
 public:
  Peer(PeerConfig config, net::Random random);

  void start(net::TimePoint now) override;
  void handle(net::TimePoint now, const net::Input& input) override;
  void tick(net::TimePoint now) override;
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override;
  [[nodiscard]] std::vector<net::Output> take_outputs() override;
  [[nodiscard]] bool finished() const override { return finished_ && ended_mappings_.empty(); }

  // Unregisters and gives back a mapped port, then is finished(), at the latest after half a second; after two where
  // the router does not answer.
  void stop(net::TimePoint now);

  [[nodiscard]] const std::optional<net::Endpoint>& registered_as() const { return registered_as_; }  // reflexive
  [[nodiscard]] unsigned attempts() const { return attempts_; }                                       // taken part in
  [[nodiscard]] bool unheard() const { return unheard_; }  // its failure is silence before the first registration
  // Why it ended by itself, ready to print: silence before the first registration, a refusal.
  [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }
  [[nodiscard]] std::vector<Note> take_notes() { return notes_.take(); }
  [[nodiscard]] const UnusedCounts& unused() const { return unused_; }                      // messages to it
  [[nodiscard]] std::vector<ProvenPath> take_paths() { return std::exchange(paths_, {}); }  // a console's

 private:
  // The same rendezvous by its address of the other family, told in the answer to the registration. Where this host
  // has no such address there is no socket; where no answer comes there is no such way, for the time being.
  struct OtherPath {
    net::Endpoint rendezvous;
    net::SocketId socket;
    SignalClient client;
    std::optional<net::TimePoint> next_refresh = std::nullopt;
    bool works = false;
    bool proven = false;  // it has answered once
  };
  struct Punch {
    Prepare order;
    net::Endpoint rendezvous;  // in the family of the attempt
    net::SocketId socket;
    SignalClient observer;
    Gathering gathering;
    net::TimePoint prepared_at;
    std::optional<gateway::PortMapping> mapping = std::nullopt;  // of the socket, where the strategy needs one
    std::optional<StreamPaths> streams = std::nullopt;           // of an attempt over TCP, in place of the socket
    bool shown = false;                                          // to the rendezvous
    std::optional<net::Endpoint> local;
    std::uint32_t first_further = 0;  // SocketId of socket 1 of the plan; the others follow
    net::IpAddress target;
    std::optional<PunchAttempt> attempt;
    bool reported = false;
    ProvenPath path{};  // to be, until `kept`
    bool kept = false;
  };
  using Answer = net::Result<Signal, Refusal>;
  static constexpr net::Duration answers_after_the_end = std::chrono::seconds(1);  // the other side may begin later

  PeerConfig config_;
  Key key_;
  net::Random random_;
  SignalClient client_;
  ResponseCache responses_;
  PunchBudget budget_;
  TargetHistory history_;
  std::optional<net::Endpoint> local_;
  std::optional<net::Endpoint> registered_as_;
  std::optional<OtherPath> other_;
  std::optional<net::TimePoint> next_refresh_;
  std::optional<net::TimePoint> next_registration_;
  unsigned silences_ = 0;  // in a row
  net::Duration return_within_{};
  std::optional<Punch> punch_;
  std::vector<gateway::PortMapping> ended_mappings_;  // being given back
  std::uint32_t next_socket_ = 2;
  unsigned attempts_ = 0;
  std::optional<net::TimePoint> name_by_;  // the name is somebody else's: own old session's, until then
  std::optional<net::TimePoint> leave_by_;
  std::optional<std::string> failure_;
  bool unheard_ = false;
  bool finished_ = false;
  std::vector<ProvenPath> paths_;
  UnusedCounts unused_;
  Notes notes_;
  std::vector<net::Output> outputs_;

  void handle_opened(net::TimePoint now, const net::Opened& opened);
  void handle_datagram(net::TimePoint now, const net::Datagram& datagram);
  // Each gives why the message changed nothing, where it did not.
  std::optional<Unused> take(net::TimePoint now, const net::Datagram& datagram);
  std::optional<Unused> take_answer(net::TimePoint now, const net::Datagram& datagram, const net::Endpoint& rendezvous,
                                    SignalClient& client) const;
  std::optional<Unused> take_at_punch(net::TimePoint now, const net::Datagram& datagram, std::uint16_t index);
  std::optional<Unused> handle_request(net::TimePoint now, const SignalMessage& message);
  void handle_reply(net::TimePoint now, const SignalReply& reply);
  void open_other_path(const Registered& registered);
  void refresh_other_path(net::TimePoint now);
  void advance_other_path(net::TimePoint now);
  [[nodiscard]] std::optional<net::Endpoint> rendezvous_of(const Prepare& order) const;
  void handle_registered(net::TimePoint now, const Registered& registered, bool anew);
  void register_now(net::TimePoint now);
  void refresh(net::TimePoint now);
  void register_within(net::TimePoint now, net::Duration most);
  void ask_later(net::TimePoint now);
  void fail(net::TimePoint now, std::string why);

  Answer answer(net::TimePoint now, const Prepare& order);
  Answer answer(net::TimePoint now, const Start& order);
  Answer answer(net::TimePoint now, const Stop& order);
  template <typename NoOrder>
  Answer answer(net::TimePoint, const NoOrder&) {
    return net::Unexpected(Refusal{Malformed, "not a request to a peer"});
  }
  void keep_path();
  [[nodiscard]] std::string refuse(net::TimePoint now, const Start& order, const Description& remote);
  void open_further_sockets(std::uint16_t sockets);
  [[nodiscard]] std::optional<std::uint16_t> index_of(net::SocketId socket) const;  // among those of the punch
  [[nodiscard]] net::SocketId socket_at(std::uint16_t index) const;
  void handle_icmp(net::TimePoint now, const net::IcmpError& error);
  void close_punch(net::TimePoint now);
  void map_port(net::TimePoint now);
  void gather(net::TimePoint now);
  void handle_stream(net::TimePoint now, const net::Input& input);
  void send_from_punch(net::SocketId socket, net::Send send);
  void show_socket(net::TimePoint now);
  void advance_mappings(net::TimePoint now);
  void advance_punch(net::TimePoint now);
  void advance_attempt(net::TimePoint now);
  void advance(net::TimePoint now);
};

}  // namespace traversal
