#pragma once
// Runs agents (net/agent.h) on the hosts of a Network, in memory, under a virtual clock that jumps from event to event.
// The same network, agents and seeds give the same events in the same order.
//
// An event is one call of an agent: a start, an input or a tick. At equal times inputs that are due go first, then
// packets, then ticks; so step() is exact enough to break something before every single event of a run.

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "lab/network.h"
#include "lab/stream.h"
#include "net/agent.h"

namespace lab {

struct AgentId {
  std::uint32_t value = 0;
  friend auto operator<=>(const AgentId&, const AgentId&) = default;
};

// A driver of one host's sockets would do the same; these are its figures.
struct SimulatorSettings {
  std::uint16_t first_ephemeral_port = 32768;  // Linux ip_local_port_range
  std::uint16_t last_ephemeral_port = 60999;
  net::Duration connect_timeout = std::chrono::seconds(10);
  std::uint64_t events_at_one_instant = 100'000;  // more: std::logic_error, some agent makes no progress
};

class Simulator {
 public:
  // `chance` picks ephemeral ports only: the network has its own.
  Simulator(Network& network, net::Random chance, SimulatorSettings settings = {});

  // The agent is borrowed and starts with the next event. Several agents may share a host.
  AgentId add_agent(HostId host, net::Agent& agent);

  void kill(AgentId agent);     // as kill -9: told nothing more, its sockets closed, its streams reset
  void suspend(AgentId agent);  // as SIGSTOP: what arrives waits in its sockets
  void resume(AgentId agent);
  void restart(AgentId agent, net::Agent& fresh);  // kills what still runs, then starts `fresh` in its place

  [[nodiscard]] net::TimePoint now() const { return now_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }  // calls of agents so far
  [[nodiscard]] std::uint64_t events(AgentId agent) const { return agents_[agent.value].events; }
  [[nodiscard]] bool alive(AgentId agent) const { return agents_[agent.value].alive; }  // not killed, not finished

  // One event. False: nothing is left to happen.
  bool step();
  // All events at or before `until`; the clock then shows `until`.
  void run_until(net::TimePoint until);
  void run_for(net::Duration duration) { run_until(now_ + duration); }
  // Events one by one until `done` (true is returned), or nothing is left at or before `limit` (false).
  bool run_until(const std::function<bool()>& done, net::TimePoint limit);
  // Until all agents given are finished or killed.
  bool run_until_finished(std::initializer_list<AgentId> agents, net::TimePoint limit);

 private:
  struct Running {
    HostId host;
    net::Agent* agent = nullptr;
    bool alive = true;
    bool started = false;
    bool suspended = false;
    std::uint32_t life = 0;  // distinguishes a restarted agent from its predecessor
    std::uint32_t next_accepted = net::first_accepted_id;
    std::uint64_t events = 0;
    std::optional<net::TimePoint> deadline;
    std::deque<net::Input> held;  // while suspended
  };
  struct SocketKey {
    AgentId agent;
    net::SocketId socket;
    friend bool operator==(const SocketKey&, const SocketKey&) = default;
  };
  struct Port {  // a place where packets to a host arrive
    HostId host;
    Protocol protocol = Protocol::Udp;
    net::Endpoint local;
    net::Endpoint remote;  // of a stream; empty for a UDP socket and a listener
    friend bool operator==(const Port&, const Port&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const SocketKey& key) const noexcept;
    std::size_t operator()(const Port& port) const noexcept;
  };
  struct Socket {
    Port port;
    std::optional<Stream> stream;  // of a connection
  };
  struct PendingInput {
    AgentId agent;
    std::uint32_t life = 0;
    std::optional<net::Input> input;  // empty: start
  };
  struct Timer {
    net::TimePoint time;
    AgentId agent;
    std::uint32_t life = 0;
    std::optional<net::SocketId> connecting;  // else the agent's own deadline
  };

  // events
  bool step(net::TimePoint until);
  void call(AgentId id, const std::function<void(net::Agent&)>& what);
  void tell(AgentId id, net::Input input);
  bool fire_timer();
  void add_timer(const Timer& timer);
  std::optional<net::TimePoint> next_timer();
  void count_event(AgentId id);
  void retire(AgentId id, bool orderly);

  // outputs
  void carry_out(AgentId id, net::OpenUdp open);
  void carry_out(AgentId id, net::Send send);
  void carry_out(AgentId id, net::Listen listen);
  void carry_out(AgentId id, net::Connect connect);
  void carry_out(AgentId id, net::SendStream send);
  void carry_out(AgentId id, net::Close close);

  // sockets
  std::optional<net::IpAddress> local_address(HostId host, net::Family family) const;
  net::Result<net::Endpoint, std::string> bind(AgentId id, net::SocketId socket, Protocol protocol, net::Endpoint local,
                                               const std::optional<net::Endpoint>& towards);
  bool port_taken(HostId host, Protocol protocol, const net::Endpoint& local) const;
  const SocketKey* receiver(HostId host, Protocol protocol, const net::Endpoint& local) const;
  void remove_socket(const SocketKey& key);

  // packets
  void deliver(Delivery delivery);
  void deliver_segment(HostId host, Packet packet);
  void send_segment(HostId host, const net::Endpoint& from, const net::Endpoint& to, const Segment& segment);

  Network& network_;
  net::Random chance_;
  SimulatorSettings settings_;
  net::TimePoint now_;
  net::TimePoint instant_;
  std::uint64_t events_ = 0;
  std::uint64_t events_at_instant_ = 0;
  std::vector<Running> agents_;
  std::deque<PendingInput> pending_;
  std::vector<Timer> timers_;  // a heap; entries that no longer hold are skipped
  std::unordered_map<SocketKey, Socket, KeyHash> sockets_;
  std::unordered_map<Port, SocketKey, KeyHash> ports_;
};

}  // namespace lab
