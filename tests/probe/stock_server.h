#pragma once
// A STUN server that knows nothing of natscope, as an agent: RFC 5780 on one host with two addresses, or plain STUN.

#include "lab/simulator.h"
#include "net/agent.h"

namespace stock {

enum class Changes {
  Sent,         // as CHANGE-REQUEST says
  FromPrimary,  // CHANGE-REQUEST is ignored
  Refused,      // 420
};

struct ServerSettings {
  net::Endpoint primary;
  std::optional<net::IpAddress> second_address;  // none: plain STUN, without OTHER-ADDRESS
  std::optional<net::Endpoint> announced;        // as OTHER-ADDRESS, whatever is true
  Changes changes = Changes::Sent;
  bool second_address_dead = false;  // announced, but nothing comes from there
};

class StockServer final : public net::Agent {
 public:
  explicit StockServer(const ServerSettings& settings);

  void start(net::TimePoint now) override;
  void handle(net::TimePoint now, const net::Input& input) override;
  void tick(net::TimePoint) override {}
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override { return std::nullopt; }
  [[nodiscard]] std::vector<net::Output> take_outputs() override { return std::exchange(outputs_, {}); }
  [[nodiscard]] bool finished() const override { return false; }

 private:
  ServerSettings settings_;
  std::vector<net::Endpoint> sockets_;  // SocketId is the index; bit 0: alternate port, bit 1: second address
  std::vector<net::Output> outputs_;
};

}  // namespace stock
