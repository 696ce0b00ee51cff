#pragma once
// A home router's port mapping service in memory: PCP (RFC 6887) on a host of the LAN, which leads ports of the lab's
// NAT inside. It reads the bytes by itself, not with our codec.

#include <map>

#include "gateway/question.h"
#include "lab/network.h"
#include "net/agent.h"

namespace tests {

class MappingServer final : public net::Agent {
 public:
  // `told`: the outside address it answers; another one than the NAT's where that NAT is behind another.
  MappingServer(const net::IpAddress& own, lab::Network& network, lab::NodeId nat, const net::IpAddress& told);

  [[nodiscard]] gateway::Service service() const { return {.act = gateway::Act::PcpMap, .to = listen_}; }

  void start(net::TimePoint now) override;
  void handle(net::TimePoint now, const net::Input& input) override;
  void tick(net::TimePoint) override {}
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override { return std::nullopt; }
  [[nodiscard]] std::vector<net::Output> take_outputs() override { return std::exchange(outputs_, {}); }
  [[nodiscard]] bool finished() const override { return false; }

  std::uint8_t result = 0;  // of every request but an end
  bool silent = false;
  unsigned made = 0;                                   // mappings, in all
  std::map<net::Endpoint, lab::PortForward> mappings;  // as they are
  net::Duration longest_lease{};

 private:
  net::Endpoint listen_;
  lab::Network& network_;
  lab::NodeId nat_;
  net::IpAddress told_;
  std::vector<net::Output> outputs_;

  void end(const net::Endpoint& inside);
};

}  // namespace tests
