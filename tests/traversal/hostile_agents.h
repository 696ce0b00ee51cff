#pragma once
// Hosts that lie: a rendezvous that gives a peer whatever orders a test wants, and a peer that registers whatever it
// likes. And an eye on what arrives at a victim.

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "lab/network.h"
#include "net/agent.h"
#include "traversal/signal_client.h"

namespace tests {

// Takes every registration, acknowledges every observation.
class HostileRendezvous final : public net::Agent {
 public:
  HostileRendezvous(const net::Endpoint& listen, const std::string& token, net::Random random);

  void order(const traversal::Signal& signal) { wanted_.push_back(signal); }  // goes out within 10 ms
  [[nodiscard]] bool has_peer() const { return peer_.has_value(); }
  [[nodiscard]] const traversal::Register& registration() const { return registration_; }
  [[nodiscard]] const std::optional<net::Endpoint>& observed() const { return observed_; }  // the latest punch socket
  [[nodiscard]] std::vector<traversal::SignalReply> take_replies();

  void start(net::TimePoint now) override;
  void handle(net::TimePoint now, const net::Input& input) override;
  void tick(net::TimePoint now) override;
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override;
  [[nodiscard]] std::vector<net::Output> take_outputs() override { return std::exchange(outputs_, {}); }
  [[nodiscard]] bool finished() const override { return false; }

 private:
  net::Endpoint listen_;
  traversal::Key key_;
  net::Random random_;
  traversal::Register registration_;
  std::optional<traversal::SignalClient> peer_;
  std::optional<net::Endpoint> observed_;
  std::vector<traversal::Signal> wanted_;
  net::TimePoint next_look_;
  std::vector<net::Output> outputs_;
};

// Registers with a stated local endpoint and ports, and says the same of each punch socket. Sends no check, and reports
// of each attempt that nothing came of it.
class LyingPeer final : public net::Agent {
 public:
  LyingPeer(const net::Endpoint& rendezvous, const std::string& token, traversal::Register lie, net::Random random);

  void start(net::TimePoint now) override;
  void handle(net::TimePoint now, const net::Input& input) override;
  void tick(net::TimePoint now) override;
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override;
  [[nodiscard]] std::vector<net::Output> take_outputs() override;
  [[nodiscard]] bool finished() const override { return false; }

 private:
  net::Endpoint rendezvous_;
  traversal::Key key_;
  traversal::Register lie_;
  net::Random random_;
  traversal::Id nonce_{};  // of the latest Prepare
  net::TimePoint next_registration_;
  std::map<net::SocketId, traversal::SignalClient> clients_;  // the first registers, the others are observed
  std::vector<net::Output> outputs_;
};

// Counts what is sent on to one address, whatever the port; not what comes from `but`.
class Victim {
 public:
  Victim(lab::Network& network, const net::IpAddress& address, const std::optional<net::IpAddress>& but = {});
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;

  [[nodiscard]] std::size_t packets() const { return arrivals_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::size_t most_within(net::Duration window) const;
  void forget();

 private:
  std::deque<net::TimePoint> arrivals_;
  std::size_t bytes_ = 0;
};

}  // namespace tests
