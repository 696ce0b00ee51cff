#include "lab/wire/wired_events.h"

#include <algorithm>
#include <chrono>

namespace lab {

namespace {

using namespace std::chrono_literals;

constexpr net::Duration look_again = 2ms;  // at what gives no sign: a count of packets, what a program writes

net::Duration clock() { return std::chrono::steady_clock::now().time_since_epoch(); }

}  // namespace

WiredEvents::WiredEvents(const Scenario& scenario, WiredLab& lab, Programs& programs)
    : lab_(lab), programs_(programs), schedule_(scenario.events), effects_(lab.links()), up_at_(clock()) {
  effects_.count_for(scenario.events);
  if (!effects_.is_counting()) return;
  lab_.wire().with_network(
      [this](Network& network) { network.watch([this](const Sighting& sighting) { effects_.count(sighting); }); });
}

WiredEvents::~WiredEvents() {
  if (effects_.is_counting()) lab_.wire().with_network([](Network& network) { network.unwatch(); });
}

net::Duration WiredEvents::since_up() const { return clock() - up_at_; }

void WiredEvents::reached(Phase phase) {
  schedule_.reached(phase);
  carry_out_due();
}

void WiredEvents::carry_out_due() {
  const auto next = schedule_.next_time();
  if (!schedule_.waits_for_more() && (!next || *next > since_up())) return;
  std::vector<Act> acts;
  lab_.wire().with_network([&](Network& network) {
    acts = schedule_.take_due({.since_up = since_up(), .packets_through = [this](const std::string& node) {
                                 return effects_.packets_through(node);
                               }});
    for (const Act& act : acts) effects_.apply(act, network);
  });
  for (const Act& act : acts) programs_.apply(act);
}

// No longer than until the next event.
net::Duration WiredEvents::time_to_wait(net::Duration until) const {
  net::Duration out = until - since_up();
  if (const auto next = schedule_.next_time()) out = std::min(out, *next - since_up());
  if (schedule_.counts_packets()) out = std::min(out, look_again);
  return std::max(out, net::Duration::zero());
}

std::optional<int> WiredEvents::wait(const std::string& program, net::Duration limit) {
  const net::Duration until = since_up() + limit;
  while (true) {
    carry_out_due();
    const bool again = programs_.was_killed(program) && schedule_.will_restart(program);
    const auto status = programs_.at(program).wait(again ? net::Duration::zero() : time_to_wait(until));
    if (status && !(programs_.was_killed(program) && schedule_.will_restart(program))) return status;
    if (since_up() >= until) return std::nullopt;
    if (again) programs_.pause(look_again);
  }
}

bool WiredEvents::wait_for_line(const std::string& program, const std::string& words, net::Duration limit) {
  const net::Duration until = since_up() + limit;
  while (since_up() < until) {
    carry_out_due();
    Process& process = programs_.at(program);
    if (process.out().find(words) != std::string::npos) return true;
    if (!process.wait(look_again)) continue;
    if (process.out().find(words) != std::string::npos) return true;
    if (!programs_.was_killed(program) || !schedule_.will_restart(program)) return false;
    programs_.pause(look_again);
  }
  return false;
}

}  // namespace lab
