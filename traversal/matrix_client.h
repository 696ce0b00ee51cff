#pragma once
// Asks a rendezvous for a matrix, watches it grow, fetches it. Finished with a matrix() or a failure().

#include <optional>
#include <string>
#include <vector>

#include "net/agent.h"
#include "traversal/row_fetch.h"
#include "traversal/signal_client.h"
#include "traversal/summary.h"

namespace traversal {

struct MatrixClientConfig {
  net::Endpoint rendezvous;
  std::string token;
  MatrixRequest request;
  std::uint64_t wait_for = 0;                        // registered hosts, before asking
  net::Duration patience = std::chrono::minutes(2);  // for them to come
  Transport transport = Transport::Udp;              // Tcp: behind a StreamDialer
};

class MatrixClient final : public net::Agent {
 public:
  MatrixClient(MatrixClientConfig config, net::Random random);

  void start(net::TimePoint now) override;
  void handle(net::TimePoint now, const net::Input& input) override;
  void tick(net::TimePoint now) override;
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override;
  [[nodiscard]] std::vector<net::Output> take_outputs() override;
  [[nodiscard]] bool finished() const override { return matrix_.has_value() || failure_.has_value(); }

  struct Progress {
    std::uint64_t hosts = 0;  // seen while waiting for them
    Status pairs;
  };
  [[nodiscard]] const Progress& progress() const { return progress_; }
  [[nodiscard]] const std::optional<Accepted>& accepted() const { return accepted_; }  // with what was announced
  [[nodiscard]] const std::optional<Matrix>& matrix() const { return matrix_; }
  [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }  // ready to print
  [[nodiscard]] bool unheard() const { return unheard_; }  // its failure is silence from the first question on

 private:
  MatrixClientConfig config_;
  Key key_;
  SignalClient client_;
  net::TimePoint start_;
  net::TimePoint asked_;
  std::optional<Id> id_;
  std::optional<Accepted> accepted_;
  std::optional<Signal> next_;  // asked at next_time_
  net::TimePoint next_time_;
  RowFetch fetch_;
  Progress progress_;
  std::optional<Matrix> matrix_;
  std::optional<std::string> failure_;
  bool heard_ = false;
  bool unheard_ = false;
  std::vector<net::Output> outputs_;

  void handle_reply(net::TimePoint now, const SignalReply& reply);
  [[nodiscard]] bool hosts_may_come_back(net::TimePoint now, const Signal& request, const Refusal& refusal) const;
  void take(net::TimePoint now, const HostPage& page);
  void take(net::TimePoint now, const Accepted& accepted);
  void take(net::TimePoint now, const Status& status);
  void take(net::TimePoint now, const RowsRequest& asked, const Rows& page);
  template <typename Unasked>
  void take(net::TimePoint, const Unasked&) {}
  void ask(net::TimePoint now, const Signal& signal);
  void ask_later(net::TimePoint now, const Signal& signal);
  void fail(const std::string& why);
};

}  // namespace traversal
