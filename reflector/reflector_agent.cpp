#include "reflector/reflector_agent.h"

#include <fmt/core.h>

#include <algorithm>
#include <cassert>

#include "reflector/counts.h"
#include "reflector/host.h"

namespace reflector {
namespace {

net::SocketId socket_of(const net::Input& input) {
  return std::visit(net::Overloaded{
                        [](const net::Accepted& event) { return event.listener; },
                        [](const net::Connected& event) { return event.connection; },
                        [](const net::StreamBytes& event) { return event.connection; },
                        [](const net::PeerFinished& event) { return event.connection; },
                        [](const net::Closed& event) { return event.connection; },
                        [](const auto& event) { return event.socket; },
                    },
                    input);
}

}  // namespace

ReflectorAgent::ReflectorAgent(const ReflectorConfig& config, const Secret& secret)
    : config_(config), secret_(secret) {
  assert(!config.hosts.empty());
  for (const HostConfig& host : config.hosts) {
    const auto number = static_cast<std::uint32_t>(hosts_.size());
    hosts_.push_back(std::make_unique<Host>(host, config, secret, net::SocketId{1 + number * sockets_of_a_host}));
  }
}

ReflectorAgent::~ReflectorAgent() = default;

void ReflectorAgent::start(net::TimePoint) {
  for (const auto& host : hosts_) host->start();
}

void ReflectorAgent::handle(net::TimePoint now, const net::Input& input) {
  const net::SocketId socket = socket_of(input);
  const auto owner = std::find_if(hosts_.begin(), hosts_.end(), [&](const auto& host) { return host->owns(socket); });
  if (owner == hosts_.end()) return;
  (*owner)->handle(now, input);
  if (failure_ || !(*owner)->failure()) return;
  failure_ = (*owner)->failure();
  for (const auto& host : hosts_) host->close_all();
}

void ReflectorAgent::tick(net::TimePoint now) {
  for (const auto& host : hosts_) host->tick(now);
  if (!draining_since_) return;
  const net::TimePoint last = *draining_since_ + drain_most;
  const bool owes = std::any_of(hosts_.begin(), hosts_.end(), [&](const auto& host) { return host->owes(last); });
  drained_ = now >= last || (now >= *draining_since_ + drain_least && !owes);
  drain_step_ = now + drain_least;
}

void ReflectorAgent::reconfigure(net::TimePoint now, const ReflectorConfig& config) {
  for (const HostConfig& host : config.hosts) {
    const auto same = [&](const auto& h) { return h->family() == host.listen.family(); };
    const auto found = std::find_if(hosts_.begin(), hosts_.end(), same);
    assert(found != hosts_.end());
    (*found)->reconfigure(host, config, config_, secret_, now);
  }
  config_ = config;
}

void ReflectorAgent::drain(net::TimePoint now) {
  draining_since_ = now;
  drain_step_ = now + drain_least;
  for (const auto& host : hosts_) host->stop_accepting();
}

Status ReflectorAgent::status(net::TimePoint now) const {
  Status out{.listening = listening() && !draining_since_};
  for (const auto& host : hosts_) out.hosts.push_back(host->status(now));
  return out;
}

std::optional<net::TimePoint> ReflectorAgent::next_deadline() const {
  std::optional<net::TimePoint> earliest = draining_since_ ? std::optional(drain_step_) : std::nullopt;
  for (const auto& host : hosts_) {
    const auto deadline = host->next_deadline();
    if (deadline && (!earliest || *deadline < *earliest)) earliest = deadline;
  }
  return earliest;
}

std::vector<net::Output> ReflectorAgent::take_outputs() {
  std::vector<net::Output> outputs;
  for (const auto& host : hosts_) host->move_outputs_to(outputs);
  return outputs;
}

bool ReflectorAgent::listening() const {
  return std::all_of(hosts_.begin(), hosts_.end(), [](const auto& host) { return host->listening(); });
}

std::vector<std::string> ReflectorAgent::listening_on() const {
  std::vector<std::string> all;
  for (const auto& host : hosts_) {
    for (std::string& line : host->listening_on()) all.push_back(std::move(line));
  }
  return all;
}

std::vector<std::string> ReflectorAgent::link_problems() const {
  std::vector<std::string> all;
  for (const auto& host : hosts_) {
    if (!host->link_problem().empty()) all.push_back(host->link_problem());
  }
  return all;
}

std::vector<std::string> ReflectorAgent::summary() const {
  std::vector<std::string> all;
  for (const auto& host : hosts_) {
    const std::string_view family = host->family() == net::Family::V4 ? "IPv4" : "IPv6";
    for (const auto& [what, count] : in_words(host->counts())) {
      if (count > 0) all.push_back(fmt::format("{} {}: {}", family, what, count));
    }
  }
  return all;
}

bool ReflectorAgent::partner_usable(net::Family family, net::TimePoint now) const {
  return std::any_of(hosts_.begin(), hosts_.end(),
                     [&](const auto& host) { return host->family() == family && host->partner_usable(now); });
}

}  // namespace reflector
