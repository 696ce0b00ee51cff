// Signals over TCP, in memory: hosts whose UDP is blocked, broken connections, connections that are too slow.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <set>

#include "traversal/stream_dialer.h"
#include "traversal/stream_door.h"
#include "world.h"

namespace stream_test {

using namespace tests;
using traversal::Outcome;
using traversal::Transport;

// The rendezvous of World, reached over TCP too.
class TcpStory : public testing::Test {
 protected:
  static constexpr const char* token = "correct horse";
  static constexpr net::Duration link = 10ms;

  TcpStory() : rendezvous_(std::make_unique<Rendezvous>(place(), 1)) {
    agent_ = bed_.simulator.add_agent(bed_.reflector_a.host, rendezvous_->door);
  }

  struct Rendezvous {
    Rendezvous(const net::Endpoint& listen, std::uint64_t seed, std::optional<net::Endpoint> listen_other = {})
        : rendezvous({.listen = listen,
                      .listen_other = listen_other,
                      .tcp = true,
                      .token = token,
                      .secret = {static_cast<std::uint8_t>(seed)}},
                     net::Random(seed)),
          door(rendezvous, 1000) {}
    traversal::Rendezvous rendezvous;
    traversal::StreamDoor door;
  };

  net::Endpoint place() { return {bed_.reflector_a.address, traversal::rendezvous_port}; }

  traversal::Peer& add_peer(const std::string& name, lab::NatProfile nat, Transport transport) {
    nat.udp_blocked = transport == Transport::Tcp;
    auto& peer = peers_.emplace_back(traversal::PeerConfig{.rendezvous = place(),
                                                           .name = name,
                                                           .behavior = lab::declared(nat),
                                                           .token = token,
                                                           .session = {static_cast<std::uint8_t>(peers_.size() + 1)},
                                                           .transport = transport},
                                     net::Random(peers_.size() + 7));
    run(bed_.add_site(nat, {.delay = link}).host, peer, transport);
    return peer;
  }
  void run(lab::HostId host, net::Agent& agent, Transport transport) {
    if (transport == Transport::Udp) {
      bed_.simulator.add_agent(host, agent);
    } else {
      bed_.simulator.add_agent(host, dialers_.emplace_back(agent, traversal::signal_socket));
    }
  }
  traversal::Matrix matrix(Transport transport, traversal::MatrixRequest request = {}) {
    auto& client = clients_.emplace_back(
        traversal::MatrixClientConfig{
            .rendezvous = place(), .token = token, .request = std::move(request), .transport = transport},
        net::Random(99));
    run(bed_.add_public_host({.delay = link}).host, client, transport);
    EXPECT_TRUE(bed_.simulator.run_until([&] { return client.finished(); }, bed_.simulator.now() + 10min));
    EXPECT_EQ(client.failure().value_or(""), "");
    return client.matrix().value_or(traversal::Matrix{});
  }
  bool registered() {
    const auto all = [this] {
      return std::all_of(peers_.begin(), peers_.end(), [](const auto& peer) { return peer.registered_as(); });
    };
    return bed_.simulator.run_until(all, bed_.simulator.now() + 10s);
  }

  lab::Testbed bed_{{.seed = 5}};
  std::unique_ptr<Rendezvous> rendezvous_;
  lab::AgentId agent_{};
  std::deque<traversal::Peer> peers_;
  std::deque<traversal::StreamDialer> dialers_;
  std::deque<traversal::MatrixClient> clients_;
};

TEST_F(TcpStory, AHostWhoseUdpIsBlocked_StandsInTheMatrix_AsSuch) {
  add_peer("a", nat("EIM/APDF"), Transport::Udp);
  add_peer("b", nat("EIM/APDF"), Transport::Udp);
  add_peer("blocked", nat("EIM/APDF"), Transport::Tcp);
  ASSERT_TRUE(registered());
  const auto found = matrix(Transport::Udp);
  ASSERT_EQ(found.pairs.size(), 3U);
  EXPECT_EQ(pair_of(found, "a", "b").outcome, Outcome::Direct);
  for (const char* other : {"a", "b"}) {
    const auto& pair = pair_of(found, other, "blocked");
    EXPECT_EQ(pair.predicted, traversal::Prediction::Impossible);
    EXPECT_EQ(pair.outcome, Outcome::Direct) << pair.why;
    EXPECT_EQ(pair.strategy, "tcp-simultaneous-open");
  }
  const auto host =
      std::find_if(found.hosts.begin(), found.hosts.end(), [](const auto& h) { return h.name == "blocked"; });
  ASSERT_NE(host, found.hosts.end());
  EXPECT_TRUE(host->behavior.udp_blocked);
  EXPECT_EQ(host->external, "");
}

TEST_F(TcpStory, OverUdp_AHostWithoutIt_IsInNoPair) {
  add_peer("a", nat("EIM/APDF"), Transport::Udp);
  add_peer("blocked", nat("EIM/APDF"), Transport::Tcp);
  ASSERT_TRUE(registered());
  const auto found = matrix(Transport::Udp, {.strategies = {"simultaneous-open", "port-mapped"}});
  EXPECT_EQ(pair_of(found, "a", "blocked").outcome, Outcome::NotRun);
  EXPECT_EQ(pair_of(found, "a", "blocked").why, "blocked reaches the rendezvous over TCP alone: its UDP is blocked");
}

// As theory has it for UDP, but that a mapping for each destination shows the other side a port that nobody connects
// to.
TEST_F(TcpStory, SimultaneousOpen_ConnectsWhereMappingsAreEndpointIndependent) {
  const char* const kinds[] = {"EIM/EIF", "EIM/ADF", "EIM/APDF", "APDM/APDF"};
  for (const char* kind : kinds) {
    std::string name = kind;
    std::replace(name.begin(), name.end(), '/', '-');
    add_peer(name, nat(kind), Transport::Tcp);
  }
  ASSERT_TRUE(registered());
  const auto found = matrix(Transport::Tcp, {.trials = 2});
  ASSERT_EQ(found.pairs.size(), 6U);
  for (const auto& pair : found.pairs) {
    const bool serves = pair.a.starts_with("EIM") && pair.b.starts_with("EIM");
    EXPECT_EQ(pair.successes, serves ? 2U : 0U) << pair.a << " " << pair.b << ": " << pair.why;
  }
}

TEST_F(TcpStory, AMatrixOfManyRows_ComesOverTcpInPages) {
  for (int i = 0; i < 8; ++i) add_peer("host-" + std::to_string(i), nat("EIM/EIF"), Transport::Udp);
  ASSERT_TRUE(registered());
  EXPECT_EQ(matrix(Transport::Tcp).pairs.size(), 28U);
}

TEST_F(TcpStory, TheRegistrationOverTcp_IsKeptAlive_AndEndsWithTheLastHeartbeats) {
  add_peer("blocked", nat("EIM/APDF"), Transport::Tcp);
  ASSERT_TRUE(registered());
  bed_.simulator.run_for(5min);
  EXPECT_EQ(rendezvous_->rendezvous.registered_hosts(), 1U);
  EXPECT_EQ(rendezvous_->door.connections().size(), 1U);
  bed_.network.cut(bed_.reflector_a.host);
  bed_.simulator.run_for(11s);
  EXPECT_EQ(rendezvous_->rendezvous.registered_hosts(), 0U);
}

TEST_F(TcpStory, ARestartedRendezvous_GetsItsPeerBack_OnANewConnection) {
  traversal::Peer& peer = add_peer("blocked", nat("EIM/APDF"), Transport::Tcp);
  ASSERT_TRUE(registered());
  bed_.simulator.kill(agent_);
  bed_.simulator.run_for(20s);
  Rendezvous fresh(place(), 2);
  bed_.simulator.restart(agent_, fresh.door);
  bed_.simulator.run_for(120s);
  EXPECT_EQ(fresh.rendezvous.registered_hosts(), 1U);
  EXPECT_FALSE(peer.finished());
}

TEST_F(TcpStory, EachAddressOfTheRendezvous_ServesIt) {
  const net::Endpoint over_ipv6{net::address("2001:db8:ffff::1"), traversal::rendezvous_port};
  bed_.simulator.kill(agent_);
  bed_.network.add_interface(bed_.reflector_a.host, {over_ipv6.address}, lab::core);
  Rendezvous both(place(), 2, over_ipv6);
  bed_.simulator.restart(agent_, both.door);
  traversal::Peer six({.rendezvous = over_ipv6,
                       .name = "six",
                       .behavior = *net::parse_short("udp-blocked"),
                       .token = token,
                       .session = {6},
                       .transport = Transport::Tcp},
                      net::Random(6));
  run(bed_.network.add_host({net::address("2001:db8:9::2")}, lab::core), six, Transport::Tcp);
  add_peer("four", nat("EIM/APDF"), Transport::Tcp);
  ASSERT_TRUE(registered());
  ASSERT_TRUE(bed_.simulator.run_until([&] { return six.registered_as().has_value(); }, bed_.simulator.now() + 10s));
  EXPECT_EQ(six.registered_as()->address, net::address("2001:db8:9::2"));
  EXPECT_EQ(both.rendezvous.registered_hosts(), 2U);
  EXPECT_EQ(both.door.listening(), (std::vector{place(), over_ipv6}));
  EXPECT_THAT(pair_of(matrix(Transport::Tcp), "four", "six").why, testing::HasSubstr("no address family in common"));
}

TEST_F(TcpStory, NobodyListens_IsSaidAtOnce) {
  bed_.simulator.kill(agent_);
  traversal::Peer& peer = add_peer("blocked", nat("EIM/APDF"), Transport::Tcp);
  bed_.simulator.run_for(1s);
  ASSERT_TRUE(peer.failure());
  EXPECT_EQ(peer.failure()->find("connect " + net::to_string(place()) + ": "), 0U) << *peer.failure();
}

// ---- row 19: slow and idle connections -----------------------------------------------------------------------------

// Opens a connection and sends one byte a second of a message, for ever.
class SlowStranger final : public net::Agent {
 public:
  SlowStranger(const net::Endpoint& to, std::size_t connections) : to_(to), open_(connections) {}
  void start(net::TimePoint now) override {
    for (std::size_t i = 0; i < open_; ++i) {
      outputs_.emplace_back(net::Connect{.connection = {static_cast<std::uint32_t>(i + 1)}, .to = to_});
    }
    next_ = now + 1s;
  }
  void handle(net::TimePoint, const net::Input& input) override {
    if (const auto* closed = std::get_if<net::Closed>(&input)) ended_.insert(closed->connection);
    if (const auto* finished = std::get_if<net::PeerFinished>(&input)) ended_.insert(finished->connection);
  }
  void tick(net::TimePoint now) override {
    // Of a request of the method Signal, with 64 bytes to come.
    const std::array<std::uint8_t, 8> header = {0x3C, 0x00, 0x00, 0x40, 0x21, 0x12, 0xA4, 0x42};
    for (std::size_t i = 0; i < open_; ++i) {
      outputs_.emplace_back(net::SendStream{{static_cast<std::uint32_t>(i + 1)}, {header[sent_ % header.size()]}});
    }
    ++sent_;
    next_ = now + 1s;
  }
  std::optional<net::TimePoint> next_deadline() const override { return next_; }
  std::vector<net::Output> take_outputs() override { return std::exchange(outputs_, {}); }
  bool finished() const override { return false; }
  [[nodiscard]] std::size_t closed() const { return ended_.size(); }

 private:
  net::Endpoint to_;
  std::size_t open_;
  std::size_t sent_ = 0;
  std::set<net::SocketId> ended_;
  std::optional<net::TimePoint> next_;
  std::vector<net::Output> outputs_;
};

TEST_F(TcpStory, SlowConnections_AreClosedWithin15Seconds_AndHonestHostsRegisterMeanwhile) {
  std::deque<SlowStranger> strangers;
  for (int i = 0; i < 6; ++i) {
    auto& stranger = strangers.emplace_back(place(), 100);  // 36 more than one address may have
    bed_.simulator.add_agent(bed_.add_public_host({.delay = link}).host, stranger);
  }
  bed_.simulator.run_for(5s);
  EXPECT_EQ(rendezvous_->door.connections().size(), 6U * 64);
  const auto before = bed_.simulator.now();
  add_peer("udp", nat("EIM/APDF"), Transport::Udp);
  add_peer("tcp", nat("EIM/APDF"), Transport::Tcp);
  ASSERT_TRUE(registered());
  EXPECT_LT(bed_.simulator.now() - before, 500ms);
  bed_.simulator.run_for(10s);
  EXPECT_EQ(rendezvous_->door.connections().size(), 1U);
  for (const auto& stranger : strangers) EXPECT_EQ(stranger.closed(), 100U);
}

TEST_F(TcpStory, WhatIsNoStun_IsClosedWithoutAnAnswer) {
  class Visitor final : public net::Agent {
   public:
    explicit Visitor(const net::Endpoint& to) : to_(to) {}
    void start(net::TimePoint) override {
      outputs_.emplace_back(net::Connect{.connection = {1}, .to = to_});
      const std::string get = "GET / HTTP/1.1\r\nHost: rendezvous\r\n\r\n";
      outputs_.emplace_back(net::SendStream{{1}, {get.begin(), get.end()}});
    }
    void handle(net::TimePoint, const net::Input& input) override {
      if (std::holds_alternative<net::StreamBytes>(input)) ++answers;
      if (std::holds_alternative<net::PeerFinished>(input) || std::holds_alternative<net::Closed>(input)) ++ends;
    }
    void tick(net::TimePoint) override {}
    std::optional<net::TimePoint> next_deadline() const override { return std::nullopt; }
    std::vector<net::Output> take_outputs() override { return std::exchange(outputs_, {}); }
    bool finished() const override { return false; }
    int answers = 0;
    int ends = 0;

   private:
    net::Endpoint to_;
    std::vector<net::Output> outputs_;
  };
  Visitor visitor(place());
  bed_.simulator.add_agent(bed_.add_public_host({.delay = link}).host, visitor);
  bed_.simulator.run_for(1s);
  EXPECT_EQ(visitor.answers, 0);
  EXPECT_EQ(visitor.ends, 1);
}

}  // namespace stream_test
