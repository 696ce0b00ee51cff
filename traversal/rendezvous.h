#pragma once
// The rendezvous: hosts register here, and every pair of them is made to try when a matrix is asked for. It tells hosts
// about each other only what it has seen itself: the reflexive endpoints of authenticated sockets that answered from
// there (their nonce proves it), and inside addresses only between hosts behind one reflexive address.
//
// An agent with one UDP socket; everything it sends but its requests to registered peers is the answer to a request,
// and no larger than 1,200 bytes. State is bounded: hosts, matrices, remembered responses.

#include <list>
#include <map>
#include <string>
#include <vector>

#include "net/agent.h"
#include "traversal/matrix_run.h"
#include "traversal/notes.h"
#include "traversal/registry.h"
#include "traversal/response_cache.h"
#include "traversal/secrets.h"
#include "traversal/signal_client.h"

namespace traversal {

inline constexpr std::uint16_t rendezvous_port = 3480;

struct RendezvousConfig {
  net::Endpoint listen;
  std::string token;  // empty: open to everyone
  Key secret{};       // 32 bytes of chance, new at each start
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
  [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }  // "bind ...: in use"
  [[nodiscard]] std::size_t registered_hosts() const { return registry_.size(); }
  [[nodiscard]] std::vector<Note> take_notes() { return notes_.take(); }

 private:
  using Answer = net::Result<Signal, Refusal>;
  struct RunningJob {
    Id matrix{};
    std::size_t index = 0;
    PairJob job;
    PerSide<SignalClient> clients;  // what is unanswered when the job ends, ends with it
  };

  RendezvousConfig config_;
  Key key_;
  net::Random random_;
  Secrets secrets_;
  Registry registry_;
  ResponseCache responses_;
  std::map<Id, MatrixRun> runs_;
  std::vector<Id> runs_by_age_;
  std::list<RunningJob> jobs_;
  bool schedule_changed_ = false;             // hosts or pairs came, went or became free
  std::optional<net::TimePoint> next_sweep_;  // for lapsed hosts
  std::vector<net::Output> outputs_;
  std::optional<net::Endpoint> listening_;
  std::optional<std::string> failure_;
  Notes notes_;

  void handle_datagram(net::TimePoint now, const net::Datagram& datagram);
  void handle_request(net::TimePoint now, const net::Datagram& datagram, const SignalMessage& message);
  void handle_response(net::TimePoint now, const net::Endpoint& from, const SignalMessage& message);
  void send(const net::Endpoint& to, net::Bytes payload);

  // One for each request.
  Answer answer(net::TimePoint now, const net::Endpoint& from, const Register& request);
  Answer answer(net::TimePoint now, const net::Endpoint& from, const Refresh& request);
  Answer answer(net::TimePoint now, const net::Endpoint& from, const Unregister& request);
  Answer answer(net::TimePoint now, const net::Endpoint& from, const ListRequest& request);
  Answer answer(net::TimePoint now, const net::Endpoint& from, const Observe& request);
  Answer answer(net::TimePoint now, const net::Endpoint& from, const Result& request);
  Answer answer(net::TimePoint now, const net::Endpoint& from, const MatrixRequest& request);
  Answer answer(net::TimePoint now, const net::Endpoint& from, const StatusRequest& request);
  Answer answer(net::TimePoint now, const net::Endpoint& from, const RowsRequest& request);
  template <typename NoRequest>
  Answer answer(net::TimePoint, const net::Endpoint&, const NoRequest&) {
    return net::Unexpected(Refusal{Malformed, "not a request to a rendezvous"});
  }

  net::Result<std::vector<NamePair>, Refusal> pairs_of(const MatrixRequest& request);
  bool make_room_for_a_run();

  void lose(const std::string& name, const std::string& why);
  void abandon_job_of(const std::string& name, const std::string& why);
  void sweep(net::TimePoint now);

  void advance(net::TimePoint now);  // everything that follows from what has happened
  void take_replies(net::TimePoint now);
  void handle_reply(net::TimePoint now, RunningJob& running, Side side, const SignalReply& reply);
  void close_finished_jobs(net::TimePoint now);
  void start_jobs(net::TimePoint now);
  void start_job(net::TimePoint now, const Id& matrix, MatrixRun& run, std::size_t index);
  RunningJob* job_of(const std::string& name);
};

}  // namespace traversal
