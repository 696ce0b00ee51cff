#pragma once
// The rendezvous: hosts register here, and every pair of them is made to try when a matrix is asked for. It tells hosts
// about each other only what it has seen itself: the reflexive endpoints of authenticated sockets that answered from
// there (their nonce proves it), and inside addresses only between hosts behind one reflexive address. How much may be
// sent towards one address is bounded over all jobs (traversal/target_caps.h).
//
// An agent with one UDP socket; what comes on another socket (traversal/stream_door.h) is answered there, and a host
// that registers so takes part in no pair, as its UDP cannot be seen. Everything it sends but its requests to
// registered peers is the answer to a request, and no larger than 1,200 bytes. State is bounded: hosts, matrices,
// remembered responses.
//
// With a journal a matrix outlives the rendezvous: a pair that is finished is written down before anybody is told, and
// the next rendezvous on the same journal goes on where this one ended, as soon as the hosts are back.

#include <map>
#include <span>
#include <string>
#include <vector>

#include "net/agent.h"
#include "traversal/forecast.h"
#include "traversal/happening.h"
#include "traversal/job_table.h"
#include "traversal/journal.h"
#include "traversal/matrix_run.h"
#include "traversal/notes.h"
#include "traversal/registry.h"
#include "traversal/relay_desk.h"
#include "traversal/rendezvous_status.h"
#include "traversal/response_cache.h"
#include "traversal/secrets.h"
#include "traversal/signal_client.h"
#include "traversal/target_caps.h"
#include "traversal/token_ring.h"

namespace traversal {

inline constexpr std::uint16_t rendezvous_port = 3480;

struct RendezvousConfig {
  net::Endpoint listen;
  std::optional<net::Endpoint> listen_other = std::nullopt;  // of the other address family, over UDP
  bool tcp = false;                                          // behind a StreamDoor, and that not behind TLS
  std::string token;  // the one there is (set_tokens() gives several); empty: open to everyone
  std::size_t hosts_per_token = 100;
  Key secret{};                // 32 bytes of chance, new at each start
  Journal* journal = nullptr;  // lives as long as the rendezvous; none: matrices end with it
  bool watched = false;        // what happens is kept until it is taken
};

class Rendezvous final : public net::Agent {
 public:
  Rendezvous(RendezvousConfig config, net::Random random);

  void start(net::TimePoint now) override;
  void handle(net::TimePoint now, const net::Input& input) override;
  void tick(net::TimePoint now) override;
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override;
  [[nodiscard]] std::vector<net::Output> take_outputs() override;
  [[nodiscard]] bool finished() const override { return failure_.has_value(); }

  [[nodiscard]] const std::optional<net::Endpoint>& listening() const { return listening_; }
  [[nodiscard]] const std::optional<net::Endpoint>& listening_other() const { return listening_other_; }
  [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }  // "bind ...: in use"
  [[nodiscard]] std::size_t registered_hosts() const { return registry_.size(); }
  [[nodiscard]] std::vector<Note> take_notes() { return notes_.take(); }
  [[nodiscard]] std::vector<Happening> take_happenings() { return std::exchange(happenings_, {}); }
  [[nodiscard]] RendezvousStatus status() const;

  // Which tokens there are from now on. Hosts of one that is gone are lost, and what they play.
  void set_tokens(net::TimePoint now, TokenRing tokens);

  // Begins a matrix for somebody who did not ask by a signal (parse_matrix_order); whoever asks must know the token. An
  // open rendezvous takes no such orders.
  [[nodiscard]] net::Result<Accepted, Refusal> order_matrix(net::TimePoint now, std::string_view token,
                                                            std::string_view json);

 private:
  using Answer = net::Result<Signal, Refusal>;
  using Request = std::pair<net::Endpoint, stun::TransactionId>;
  struct Asker {  // where a request came from
    net::SocketId socket;
    net::Endpoint from;
    Key key;                     // that signed it, and signs the answer
    net::Duration round_trip{};  // at most: since its nonce was given to it
  };
  static constexpr net::SocketId server_socket{1};
  static constexpr net::SocketId other_socket{2};  // of the other address family

  RendezvousConfig config_;
  TokenRing tokens_;
  net::Random random_;
  Secrets secrets_;
  Key key_for_strangers_;
  Registry registry_;
  ResponseCache responses_;
  std::map<Id, MatrixRun> runs_;
  std::vector<Id> runs_by_age_;
  JobTable jobs_;
  TargetCaps caps_;
  RelayDesk relays_;
  std::optional<net::TimePoint> next_sweep_;  // for lapsed hosts
  std::optional<net::TimePoint> patience_;    // for the hosts of matrices that were begun before the start
  std::vector<FinishedPair> unwritten_;
  std::optional<net::TimePoint> write_at_;
  std::optional<net::TimePoint> next_news_;  // of others on the same journal
  std::vector<std::string> busy_elsewhere_;
  std::optional<std::string> unable_;  // to write: why, the last time
  bool hold_response_ = false;         // the one being made, until what it acknowledges is written
  std::map<Request, net::Bytes> held_;
  std::vector<net::Output> outputs_;
  std::optional<net::Endpoint> listening_;
  std::optional<net::Endpoint> listening_other_;
  std::optional<std::string> failure_;
  Notes notes_;
  std::vector<Happening> happenings_;
  RendezvousStatus counted_;  // what is not counted elsewhere

  void handle_datagram(net::TimePoint now, const net::Datagram& datagram);
  void handle_request(net::TimePoint now, const net::Datagram& datagram, const SignalMessage& message);
  void handle_response(net::TimePoint now, const net::Endpoint& from, const SignalMessage& message);
  void send(const Asker& to, net::Bytes payload);
  void send_refusal(const Asker& to, const stun::TransactionId& id, const Refusal& refusal, const std::string& nonce);
  void happened(Happening happening);

  // One for each request.
  Answer answer(net::TimePoint now, const Asker& asker, const Register& request);
  Answer answer(net::TimePoint now, const Asker& asker, const Refresh& request);
  Answer answer(net::TimePoint now, const Asker& asker, const Unregister& request);
  Answer answer(net::TimePoint now, const Asker& asker, const ListRequest& request);
  Answer answer(net::TimePoint now, const Asker& asker, const Observe& request);
  Answer answer(net::TimePoint now, const Asker& asker, const Result& request);
  Answer answer(net::TimePoint now, const Asker& asker, const MatrixRequest& request);
  Answer answer(net::TimePoint now, const Asker& asker, const StatusRequest& request);
  Answer answer(net::TimePoint now, const Asker& asker, const RowsRequest& request);
  Answer answer(net::TimePoint now, const Asker& asker, const PeersRequest& request);
  Answer answer(net::TimePoint now, const Asker& asker, const Relay& request);
  template <typename NoRequest>
  Answer answer(net::TimePoint, const Asker&, const NoRequest&) {
    return net::Unexpected(Refusal{Malformed, "not a request to a rendezvous"});
  }
  net::Result<Accepted, Refusal> begin_matrix(net::TimePoint now, const MatrixRequest& request);
  net::Result<MatrixOrder, Refusal> order_of(const MatrixRequest& request);
  bool make_room_for_a_run();

  // Hosts.
  void lose(net::TimePoint now, const std::string& name, const std::string& why);
  void abandon_job_of(const std::string& name, const std::string& why);
  void set_state(const std::string& name, HostState state);
  void give_up(net::TimePoint now, const std::string& name);  // on it, in every matrix
  void sweep(net::TimePoint now);
  void lose_those_without_token(net::TimePoint now);
  void end_patience(net::TimePoint now);

  // Jobs.
  void advance(net::TimePoint now);  // everything that follows from what has happened
  void look_at(net::TimePoint now, RunningJob& running);
  void handle_reply(net::TimePoint now, RunningJob& running, Side side, const SignalReply& reply);
  void carry_out_orders(net::TimePoint now, RunningJob& running);
  [[nodiscard]] bool count_attempt(net::TimePoint now, RunningJob& running, bool spray);
  void close_job(net::TimePoint now, RunningJob& running);
  void free_host(const std::string& name);  // it is registered and plays nothing
  // Or they stay as they are, and those that play elsewhere are taken for busy until the next news.
  [[nodiscard]] bool claim(const Id& matrix, MatrixRun& run, std::uint32_t pair);
  bool start_jobs(net::TimePoint now);  // whether there were any
  void start_job(net::TimePoint now, const Id& matrix, const MatrixRun& run, std::uint32_t pair);
  [[nodiscard]] JobOutline outline(const MatrixRun& run, std::uint32_t pair) const;
  [[nodiscard]] std::optional<std::string> blocked(const MatrixRun& run, std::uint32_t pair) const;
  // What keeps the pair from being run at all: a host without UDP, or a cap.
  [[nodiscard]] std::optional<std::string> obstacle(net::TimePoint now, const Id& matrix, const MatrixRun& run,
                                                    std::uint32_t pair) const;
  [[nodiscard]] std::optional<std::string> cap_against(net::TimePoint now, const Id& matrix,
                                                       const JobOutline& job) const;

  // Outcomes.
  void load(net::TimePoint now);
  void add_run(net::TimePoint now, const MatrixOrder& order, HostState absent);
  void conclude(net::TimePoint now, const Id& matrix, std::uint32_t pair, PairOutcome outcome);
  void write(net::TimePoint now);
  void publish(net::TimePoint now, FinishedPair& finished);
  void take_news(net::TimePoint now);
  [[nodiscard]] Registered registered(const Asker& asker) const;
  [[nodiscard]] bool shared() const { return config_.journal != nullptr && config_.journal->shared(); }
  void note_unable(std::optional<std::string> why);
};

}  // namespace traversal
