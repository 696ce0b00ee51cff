#include "lab/simulator.h"

#include <fmt/core.h>

#include <algorithm>
#include <cassert>
#include <stdexcept>

namespace lab {
namespace {

constexpr auto later = [](const auto& a, const auto& b) {
  return a.time != b.time ? a.time > b.time : a.order > b.order;
};

}  // namespace

Simulator::Simulator(Network& network, net::Random chance, SimulatorSettings settings)
    : network_(network), settings_(settings), sockets_(network, chance, settings.ephemeral) {}

AgentId Simulator::add_agent(HostId host, net::Agent& agent) {
  const AgentId id{static_cast<std::uint32_t>(agents_.size())};
  agents_.push_back({.host = host, .agent = &agent});
  tell(id, std::nullopt);
  return id;
}

void Simulator::kill(AgentId id) {
  Running& running = agents_[id.value];
  if (!running.alive) return;
  running.alive = false;
  running.held.clear();
  abandon_sockets(id);
}

void Simulator::suspend(AgentId id) { agents_[id.value].suspended = true; }

void Simulator::resume(AgentId id) {
  Running& running = agents_[id.value];
  if (!running.suspended) return;
  running.suspended = false;
  for (auto& input : std::exchange(running.held, {})) tell(id, std::move(input));
  if (running.deadline) set_timer(id, *running.deadline);
}

void Simulator::restart(AgentId id, net::Agent& fresh) {
  kill(id);
  abandon_sockets(id);  // what a finished program left to the kernel
  Running& running = agents_[id.value];
  running = {.host = running.host, .agent = &fresh, .life = running.life + 1};
  tell(id, std::nullopt);
}

bool Simulator::step() { return step(net::TimePoint::max()); }

void Simulator::run_until(net::TimePoint until) {
  while (step(until)) {
  }
  now_ = std::max(now_, until);
}

bool Simulator::run_until(const std::function<bool()>& done, net::TimePoint limit) {
  while (!done()) {
    if (!step(limit)) return false;
  }
  return true;
}

bool Simulator::run_until_finished(std::initializer_list<AgentId> agents, net::TimePoint limit) {
  return run_until([&] { return std::none_of(agents.begin(), agents.end(), [this](AgentId id) { return alive(id); }); },
                   limit);
}

// ---- events --------------------------------------------------------------------------------------------------------

// Moves the world until one agent was called.
bool Simulator::step(net::TimePoint until) {
  while (true) {
    if (tell_next()) return true;
    if (!due_.empty()) continue;
    const std::optional<net::TimePoint> timer = next_timer();
    const net::TimePoint horizon = timer ? std::min(*timer, until) : until;
    std::optional<Delivery> delivery = network_.next_delivery(horizon);
    now_ = std::max(now_, network_.last_event());
    if (delivery) {
      deliver(std::move(*delivery));
    } else if (!timer || *timer > until) {
      return false;
    } else if (fire_timer()) {
      return true;
    }
  }
}

// Whether an agent was called: the dead hear nothing, the suspended later.
bool Simulator::tell_next() {
  if (due_.empty()) return false;
  Due due = std::move(due_.front());
  due_.pop_front();
  Running& running = agents_[due.agent.value];
  if (!running.alive || running.life != due.life || !still_open(due)) return false;
  if (running.suspended) {
    running.held.push_back(std::move(due.input));
    return false;
  }
  call(due.agent, [&](net::Agent& agent) {
    if (due.input) {
      agent.handle(now_, *due.input);
    } else {
      agent.start(now_);
    }
  });
  return true;
}

// A datagram that waited in a socket is gone with the socket.
bool Simulator::still_open(const Due& due) {
  const auto* datagram = due.input ? std::get_if<net::Datagram>(&*due.input) : nullptr;
  return datagram == nullptr || sockets_.find({due.agent, datagram->socket}) != nullptr;
}

bool Simulator::fire_timer() {
  std::pop_heap(timers_.begin(), timers_.end(), later);
  const Timer timer = timers_.back();
  timers_.pop_back();
  now_ = std::max(now_, timer.time);
  if (timer.connecting) {
    close_stream({timer.agent, *timer.connecting}, "timed out");
    return false;
  }
  agents_[timer.agent.value].deadline.reset();
  call(timer.agent, [this](net::Agent& agent) { agent.tick(now_); });
  return true;
}

template <typename Call>
void Simulator::call(AgentId id, Call&& call) {
  count_event();
  net::Agent& agent = *agents_[id.value].agent;
  call(agent);
  for (net::Output& output : agent.take_outputs()) {
    std::visit([&](auto& request) { carry_out(id, std::move(request)); }, output);
  }
  if (agent.finished()) return retire(id);
  const std::optional<net::TimePoint> deadline = agent.next_deadline();
  if (deadline == std::exchange(agents_[id.value].deadline, deadline)) return;
  if (deadline) set_timer(id, *deadline);
}

void Simulator::tell(AgentId id, std::optional<net::Input> input) {
  due_.push_back({.agent = id, .life = agents_[id.value].life, .input = std::move(input)});
}

// A finished program: its sockets are closed in order.
void Simulator::retire(AgentId id) {
  agents_[id.value].alive = false;
  for (const SocketKey key : sockets_.of(id)) carry_out(id, net::Close{key.socket});
}

void Simulator::set_timer(AgentId id, net::TimePoint time, std::optional<net::SocketId> connecting) {
  timers_.push_back({.time = std::max(time, now_),
                     .order = order_++,
                     .agent = id,
                     .life = agents_[id.value].life,
                     .connecting = connecting});
  std::push_heap(timers_.begin(), timers_.end(), later);
}

bool Simulator::holds(const Timer& timer) {
  const Running& running = agents_[timer.agent.value];
  if (running.life != timer.life) return false;
  if (timer.connecting) {
    const Socket* socket = sockets_.find({timer.agent, *timer.connecting});
    return socket != nullptr && !socket->stream.connected;
  }
  return running.alive && !running.suspended && running.deadline && *running.deadline <= timer.time;
}

std::optional<net::TimePoint> Simulator::next_timer() {
  while (!timers_.empty() && !holds(timers_.front())) {
    std::pop_heap(timers_.begin(), timers_.end(), later);
    timers_.pop_back();
  }
  if (timers_.empty()) return std::nullopt;
  return timers_.front().time;
}

void Simulator::count_event() {
  ++events_;
  if (std::exchange(instant_, now_) != now_) events_at_instant_ = 0;
  if (++events_at_instant_ > settings_.events_at_one_instant) {
    throw std::logic_error(
        fmt::format("no progress: {} events at {} ms", events_at_instant_, net::to_ms(now_.time_since_epoch())));
  }
}

}  // namespace lab
