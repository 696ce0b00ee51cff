#pragma once
// What a run sent and received over UDP, for a capture: an agent around the session that keeps copies. It changes
// nothing of what passes.

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "net/agent.h"
#include "probe/probe_session.h"

namespace probe {

struct Packet {
  net::Duration at{};  // since the run began
  bool outbound = false;
  std::optional<net::Endpoint> local;  // empty: its socket was never opened
  net::Endpoint remote;
  std::optional<std::uint8_t> ttl;  // as sent or received; empty: the system's, or not told
  bool dont_fragment = false;
  net::Bytes payload;
  std::optional<std::size_t> observation;  // which question it belongs to; empty: none
};

class RecordedSession final : public net::Agent {
 public:
  // A flood is not kept whole: beyond these a packet is only counted.
  static constexpr std::size_t most_packets = 20'000;
  static constexpr std::size_t most_bytes = 8U << 20;

  explicit RecordedSession(ProbeSession& session) : session_(session) {}  // borrowed

  void start(net::TimePoint now) override;
  void handle(net::TimePoint now, const net::Input& input) override;
  void tick(net::TimePoint now) override;
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override { return session_.next_deadline(); }
  [[nodiscard]] std::vector<net::Output> take_outputs() override;
  [[nodiscard]] bool finished() const override { return session_.finished(); }

  [[nodiscard]] const std::vector<Packet>& packets() const { return packets_; }
  [[nodiscard]] std::size_t left_out() const { return left_out_; }

 private:
  void keep(std::uint32_t socket, Packet packet);
  void opened(std::uint32_t socket, const net::Endpoint& local);

  ProbeSession& session_;
  net::TimePoint began_;
  net::TimePoint now_;
  std::map<std::uint32_t, net::Endpoint> locals_;
  std::vector<Packet> packets_;
  std::vector<std::uint32_t> sockets_;  // of the packets, in their order
  std::size_t bytes_ = 0;
  std::size_t left_out_ = 0;
};

}  // namespace probe
