#pragma once
// Runs agents (net/agent.h) on the hosts of a Network, in memory, under a virtual clock that jumps from event to event.
// The same network, agents and seeds give the same events in the same order.
//
// An event is one call of an agent: a start, an input or a tick. At equal times inputs that are due go first, then
// packets, then ticks; so step() is exact enough to break something before every single event of a run.

#include <deque>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "lab/network.h"
#include "lab/reassembly.h"
#include "lab/socket_table.h"
#include "net/agent.h"
#include "net/random.h"

namespace lab {

struct SimulatorSettings {
  EphemeralPorts ephemeral;
  net::Duration connect_timeout = std::chrono::seconds(10);
  bool closed_port_errors = false;  // a datagram to a closed port draws an IcmpError, where no NAT is in its way
  std::uint64_t events_at_one_instant = 100'000;  // more: std::logic_error, some agent makes no progress
};

class Simulator {
 public:
  // `chance` picks ephemeral ports only: the network and the agents have their own.
  Simulator(Network& network, net::Random chance, SimulatorSettings settings = {});

  // The agent is borrowed and starts with the next event. Several agents may share a host.
  AgentId add_agent(HostId host, net::Agent& agent);

  void kill(AgentId id);     // as kill -9: told nothing more, its sockets closed, its streams reset
  void suspend(AgentId id);  // as SIGSTOP: what arrives waits in its sockets
  void resume(AgentId id);
  void restart(AgentId id, net::Agent& fresh);  // kills what still runs, then starts `fresh` in its place

  [[nodiscard]] net::TimePoint now() const { return now_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }                  // calls of agents so far
  [[nodiscard]] bool alive(AgentId id) const { return agents_[id.value].alive; }  // not killed, not finished

  // One event. False: nothing is left to happen.
  bool step();
  // All events at or before `until`; the clock then shows `until`.
  void run_until(net::TimePoint until);
  void run_for(net::Duration duration) { run_until(now_ + duration); }
  // Event by event until `done` (true), or until nothing is left at or before `limit` (false).
  bool run_until(const std::function<bool()>& done, net::TimePoint limit);
  // Until all of these agents are finished or killed.
  bool run_until_finished(std::initializer_list<AgentId> agents, net::TimePoint limit);

 private:
  struct Running {
    HostId host;
    net::Agent* agent = nullptr;
    bool alive = true;
    bool suspended = false;
    std::uint32_t life = 0;  // tells a restarted agent from its predecessor
    std::uint32_t next_accepted = net::first_accepted_id;
    std::optional<net::TimePoint> deadline;
    std::vector<std::optional<net::Input>> held;  // while suspended
  };
  struct Due {
    AgentId agent;
    std::uint32_t life = 0;
    std::optional<net::Input> input;  // empty: start
  };
  struct Timer {
    net::TimePoint time;
    std::uint64_t order = 0;
    AgentId agent;
    std::uint32_t life = 0;
    std::optional<net::SocketId> connecting;  // its time to connect; else the agent's deadline
  };

  // events: simulator.cpp
  bool step(net::TimePoint until);
  bool tell_next();
  bool still_open(const Due& due);
  bool fire_timer();
  template <typename Call>
  void call(AgentId id, Call&& call);
  void tell(AgentId id, std::optional<net::Input> input);
  void retire(AgentId id);
  void set_timer(AgentId id, net::TimePoint time, std::optional<net::SocketId> connecting = std::nullopt);
  bool holds(const Timer& timer);
  std::optional<net::TimePoint> next_timer();
  void count_event();

  // sockets: simulated_host.cpp
  void carry_out(AgentId id, net::OpenUdp request);
  void carry_out(AgentId id, net::Send send);
  void carry_out(AgentId id, net::Listen request);
  void carry_out(AgentId id, net::Connect request);
  void carry_out(AgentId id, net::SendStream send);
  void carry_out(AgentId id, net::Close close);
  void open(AgentId id, net::SocketId socket, Protocol protocol, const net::Endpoint& local,
            const std::optional<net::Endpoint>& towards);
  [[nodiscard]] std::size_t most_undivided(HostId host, const Packet& packet) const;
  void inject_in_parts(HostId host, const Packet& packet, const net::InFragments& how);
  void deliver(Delivery delivery);
  void deliver_datagram(HostId host, Packet packet);
  void deliver_icmp(HostId host, const Packet& packet);
  void deliver_segment(HostId host, const Packet& packet);
  void fail_to_connect(const Port& port);

  // streams: simulated_host.cpp
  void accept(const Port& port);
  void establish(SocketKey key, Socket& socket);
  void receive(SocketKey key, Socket& socket, Segment segment);
  void write(Socket& socket, net::Bytes data);
  void finish(SocketKey key, Socket& socket);
  void reset(SocketKey key);
  void abandon_sockets(AgentId id);
  void close_stream(SocketKey key, std::string reason);
  void send_segment(const Port& port, const Segment& segment);

  Network& network_;
  SimulatorSettings settings_;
  SocketTable sockets_;
  std::unordered_map<std::uint32_t, Reassembly> reassembly_;  // by HostId
  std::map<std::pair<std::uint32_t, net::IpAddress>, std::uint16_t> path_mtu_;  // told, of IPv6: by HostId, destination
  std::uint32_t fragment_id_ = 0x80008000;                                      // apart from those of routers
  net::TimePoint now_;
  std::uint64_t events_ = 0;
  net::TimePoint instant_;
  std::uint64_t events_at_instant_ = 0;
  std::uint64_t order_ = 0;
  std::vector<Running> agents_;
  std::deque<Due> due_;
  std::vector<Timer> timers_;  // a heap; entries that no longer hold are skipped
};

}  // namespace lab
