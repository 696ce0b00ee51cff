#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <deque>

#include "lab/capture.h"
#include "lab/commands/play.h"
#include "lab/commands/simulated_programs.h"
#include "lab/commands/simulated_services.h"
#include "lab/event_effects.h"
#include "lab/simulator.h"
#include "net/cannot_work.h"
#include "probe/probe_session.h"
#include "traversal/commands/port_findings.h"
#include "traversal/matrix_client.h"
#include "traversal/peer.h"
#include "traversal/stream_dialer.h"

namespace lab {

namespace {

using namespace std::chrono_literals;

// Virtual time, so patience costs nothing.
constexpr net::Duration virtual_probe_patience = 10min;
constexpr net::Duration virtual_registration_patience = 2min;
constexpr net::Duration virtual_matrix_patience = 24h;
constexpr net::Duration partners_meet = 1s;

class SimulatedPlay {
 public:
  SimulatedPlay(const Scenario& scenario, const CaptureFolder& pcap)
      : scenario_(scenario),
        random_(scenario.seed),
        layout_(build(scenario)),
        simulator_(layout_.network, random_.fork()),
        programs_(simulator_),
        services_(scenario, layout_, programs_, random_),
        effects_(named_links(scenario, layout_)),
        schedule_(scenario.events) {
    effects_.count_for(scenario.events);
    if (effects_.is_counting()) layout_.network.watch([this](const Sighting& sighting) { effects_.count(sighting); });
    if (!pcap) return;
    capture_.emplace(*pcap, link_names(layout_), net::Duration::zero());
    layout_.network.watch([this](const Sighting& sighting) { capture_->take(sighting); });
  }

  [[nodiscard]] reports::MatrixDocument play() {
    simulator_.run_for(partners_meet);
    up_at_ = simulator_.now();
    Probes probes = probe_all();
    reached(Phase::Probed);
    traversal::Matrix matrix{.started_at = std::chrono::system_clock::now()};
    if (scenario_.rendezvous) matrix = run_matrix(probes);
    if (capture_) capture_->finish();
    return whole_document(scenario_, std::move(probes), std::move(matrix), absences_);
  }

 private:
  // ---- time and events ----------------------------------------------------------------------------------------------

  [[nodiscard]] Moment moment() const {
    return {.since_up = simulator_.now() - up_at_,
            .packets_through = [this](const std::string& node) { return effects_.packets_through(node); }};
  }

  void carry_out_due() {
    for (const Act& act : schedule_.take_due(moment())) {
      effects_.apply(act, layout_.network);
      programs_.apply(act);
    }
  }

  void reached(Phase phase) {
    schedule_.reached(phase);
    carry_out_due();
  }

  // With the events that fall into it; false: not done within `patience`.
  bool run_until(const std::function<bool()>& done, net::Duration patience) {
    const net::TimePoint limit = simulator_.now() + patience;
    while (true) {
      carry_out_due();
      if (done()) return true;
      const auto next = schedule_.next_time();
      const net::TimePoint horizon = next ? std::min(limit, up_at_ + *next) : limit;
      if (simulator_.run_until([&] { return done() || schedule_.is_due(moment()); }, horizon)) continue;
      if (horizon == limit) return false;
      simulator_.run_until(horizon);
    }
  }

  // Ended for good: not killed to be restarted.
  [[nodiscard]] bool ended(const std::string& program) const {
    if (programs_.running(program)) return false;
    return !programs_.was_killed(program) || !schedule_.will_restart(program);
  }

  // ---- probes -------------------------------------------------------------------------------------------------------

  [[nodiscard]] std::vector<probe::GivenReflector> given_to(const ScenarioHost& host) const {
    const Reach reach = *reach_of(scenario_, host.name, families_of_reflectors(scenario_));
    std::vector<probe::GivenReflector> given;
    for (const auto& reflector : scenario_.reflectors) {
      const net::IpAddress address =
          address_by(reach, layout_.reflectors.at(reflector.name).addresses, nat64_prefix_of(scenario_, host.name));
      given.push_back({net::to_string(address), {address, reflector::default_port}});
    }
    return given;
  }

  [[nodiscard]] std::vector<net::Endpoint> reflectors_of(const std::string& host) const {
    std::vector<net::Endpoint> out;
    for (const auto& given : given_to(*std::ranges::find(scenario_.hosts, host, &ScenarioHost::name)))
      out.push_back(given.endpoint);
    return out;
  }

  [[nodiscard]] Probes probe_all() {
    for (const auto& host : scenario_.hosts) {
      programs_.start("probe " + host.name, *layout_.hosts.at(host.name).node, [this, &host]() -> net::Agent& {
        auto config = probe::behavior_only(given_to(host));
        config.nat64 = nat64_prefix_of(scenario_, host.name);
        if (scenario_.rendezvous) config.only.emplace_back("allocation");
        auto& session = sessions_.emplace_back(std::move(config), random_.fork());
        latest_sessions_[host.name] = &session;
        return session;
      });
    }
    const auto all_ended = [&] {
      return std::ranges::all_of(scenario_.hosts, [&](const auto& host) { return ended("probe " + host.name); });
    };
    if (!run_until(all_ended, virtual_probe_patience)) throw net::CannotWork("simulate probes: they do not end");
    Probes out;
    for (const auto& [name, session] : latest_sessions_) {
      const bool killed = programs_.was_killed("probe " + name);
      auto& report = out[name] = killed ? report_without_answers("natprobe was killed") : session->report();
      report.started_at = std::chrono::system_clock::now();
    }
    return out;
  }

  // ---- peers and the matrix -----------------------------------------------------------------------------------------

  void start_peer(const std::string& host, const probe::Report& probe, const net::Endpoint& rendezvous) {
    traversal::PeerConfig config{.rendezvous = rendezvous,
                                 .name = host,
                                 .behavior = probe::behavior_of(probe.verdict),
                                 .token = services_.token(),
                                 .session = {},
                                 .ports = traversal::port_pattern_of(probe.verdict),
                                 .reflectors = reflectors_of(host)};
    if (config.behavior.udp_blocked) config.transport = traversal::Transport::Tcp;
    programs_.start("peer " + host, *layout_.hosts.at(host).node, [this, host, config]() mutable -> net::Agent& {
      random_.fill(config.session);
      auto& peer = peers_.emplace_back(config, random_.fork());
      latest_peers_[host] = &peer;
      if (config.transport == traversal::Transport::Udp) return peer;
      return dialers_.emplace_back(peer, traversal::signal_socket);
    });
  }

  [[nodiscard]] bool is_registered(const std::string& host) const {
    return latest_peers_.at(host)->registered_as().has_value();
  }

  // How many are registered in the end.
  [[nodiscard]] std::size_t register_peers(const Probes& probes) {
    for (const auto& [name, probe] : probes) {
      if (const auto reach = reach_of(scenario_, name, families_of_rendezvous(scenario_))) {
        start_peer(name, probe, services_.rendezvous(*reach, nat64_prefix_of(scenario_, name)));
      } else {
        absences_.unreachable[name] = "the rendezvous is of the other address family";
      }
    }
    run_until(
        [&] {
          return std::ranges::all_of(latest_peers_, [&](const auto& peer) {
            return is_registered(peer.first) || ended("peer " + peer.first);
          });
        },
        virtual_registration_patience);
    std::size_t registered = 0;
    for (const auto& [name, peer] : latest_peers_) {
      if (programs_.was_killed("peer " + name)) {
        absences_.lost[name] = "its peer was killed before it registered";
      } else if (is_registered(name)) {
        ++registered;
      } else {
        absences_.lost[name] = peer->failure().value_or("it did not register");
      }
    }
    reached(Phase::Registered);
    return registered;
  }

  [[nodiscard]] traversal::Matrix run_matrix(const Probes& probes) {
    const std::size_t registered = register_peers(probes);
    const auto started_at = std::chrono::system_clock::now();
    traversal::Matrix matrix{.started_at = started_at};
    if (registered < 2) return matrix;
    const Reach own = scenario_.family == Families::V6 ? Reach::V6 : Reach::V4;
    traversal::MatrixClient client(
        {.rendezvous = services_.rendezvous(own), .token = services_.token(), .request = request()}, random_.fork());
    simulator_.add_agent(*layout_.rendezvous->node, client);
    if (!run_until([&] { return client.finished(); }, virtual_matrix_patience))
      throw net::CannotWork("simulate the matrix: it does not end");
    if (client.matrix()) matrix = *client.matrix();
    if (client.failure()) absences_.whole = *client.failure();
    if (client.failure() && scenario_.events.empty())
      throw net::CannotWork(fmt::format("simulate the matrix: {}", *client.failure()));
    matrix.started_at = started_at;
    return matrix;
  }

  [[nodiscard]] traversal::MatrixRequest request() const {
    traversal::MatrixRequest out;
    out.trials = scenario_.trials;
    out.strategies = scenario_.strategies;
    return out;
  }

  const Scenario& scenario_;
  net::Random random_;
  std::optional<Capture> capture_;
  Layout layout_;
  Simulator simulator_;
  SimulatedPrograms programs_;
  SimulatedServices services_;
  EventEffects effects_;
  EventSchedule schedule_;
  net::TimePoint up_at_;
  std::deque<probe::ProbeSession> sessions_;
  std::map<std::string, probe::ProbeSession*> latest_sessions_;
  std::deque<traversal::Peer> peers_;
  std::deque<traversal::StreamDialer> dialers_;  // of those whose UDP is blocked
  std::map<std::string, traversal::Peer*> latest_peers_;
  Absences absences_;
};

}  // namespace

reports::MatrixDocument play_simulated(const Scenario& scenario, const CaptureFolder& pcap) {
  return SimulatedPlay(scenario, pcap).play();
}

}  // namespace lab
