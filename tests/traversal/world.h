#pragma once
// A rendezvous and its peers on hosts of the lab's network, in memory: what the stories of this folder are played on.

#include <deque>
#include <map>
#include <string>

#include "lab/testbed.h"
#include "mapping_server.h"
#include "traversal/matrix_client.h"
#include "traversal/peer.h"
#include "traversal/rendezvous.h"

namespace tests {

using namespace std::chrono_literals;

struct WorldSettings {
  std::uint64_t seed = 1;
  lab::LinkProfile link = {.delay = 10ms};  // of every host, both ways
  std::string token = "correct horse";
  net::Family family = net::Family::V4;
  bool dual_stack = false;  // the rendezvous has an IPv6 address, too; hosts as they are added
};

class World {
 public:
  explicit World(const WorldSettings& settings = {});

  // A host behind a NAT of its own, with a peer that states the NAT's behaviour. The agent id is for kill() and such.
  lab::AgentId add_peer(const std::string& name, const lab::NatProfile& nat);
  lab::AgentId add_neighbour(const std::string& name, const std::string& of);  // behind the same NAT
  // Behind a NAT that leaves IPv6 alone, but for filtering it as the profile says: with an address of each family
  // given.
  lab::AgentId add_peer_of(const std::string& name, const lab::NatProfile& nat, std::vector<net::Family> families);
  // Behind a router that maps ports when asked; `told`: the outside address it names, if not its own.
  MappingServer& add_mapped_peer(const std::string& name, const lab::NatProfile& nat,
                                 std::optional<net::IpAddress> told = std::nullopt);
  lab::AgentId add_peer_at(const std::string& name, lab::HostId host, const net::NatBehavior& behavior,
                           std::string token, std::optional<gateway::Service> port_mapping = std::nullopt,
                           net::Family registers_over = net::Family::V4);

  traversal::MatrixClient& ask(traversal::MatrixRequest request = {});
  // Asks once all peers are registered, and waits.
  traversal::Matrix matrix(traversal::MatrixRequest request = {}, net::Duration limit = 30min);
  void wait_until_registered();
  // Until all pairs of it have ended: how long that took. Its rows are still to be fetched.
  net::Duration wait_until_played(const traversal::MatrixClient& client, net::Duration limit = 30min);

  [[nodiscard]] net::Endpoint rendezvous_endpoint(net::Family family = net::Family::V4) const;
  traversal::Peer& peer(const std::string& name) { return *peers_.at(name); }

  lab::Testbed bed;
  traversal::Rendezvous rendezvous;
  lab::AgentId rendezvous_agent;
  std::map<std::string, lab::Site> sites;

 private:
  WorldSettings settings_;
  net::Random random_;
  std::deque<traversal::Peer> all_peers_;
  std::deque<MappingServer> servers_;
  std::map<std::string, traversal::Peer*> peers_;
  std::deque<traversal::MatrixClient> clients_;
  lab::HostId client_host_;
  std::uint8_t sites_of_both_ = 0;
};

[[nodiscard]] const traversal::PairOutcome& pair_of(const traversal::Matrix& matrix, const std::string& a,
                                                    const std::string& b);
// "eim-apdf-random" from "EIM/APDF".
[[nodiscard]] lab::NatProfile nat(const std::string& short_name,
                                  net::PortAllocation allocation = net::PortAllocation::Random);

}  // namespace tests
