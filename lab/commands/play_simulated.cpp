#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <deque>

#include "lab/capture.h"
#include "lab/commands/play.h"
#include "lab/simulator.h"
#include "net/cannot_work.h"
#include "probe/probe_session.h"
#include "reflector/reflector_agent.h"
#include "traversal/matrix_client.h"
#include "traversal/peer.h"
#include "traversal/rendezvous.h"

namespace lab {

namespace {

using namespace std::chrono_literals;

// Virtual time, so patience costs nothing.
constexpr net::Duration probe_patience = 10min;
constexpr net::Duration matrix_patience = 24h;
constexpr net::Duration partners_meet = 1s;

class SimulatedPlay {
 public:
  SimulatedPlay(const Scenario& scenario, const CaptureFolder& pcap)
      : scenario_(scenario),
        random_(scenario.seed),
        layout_(build(scenario)),
        simulator_(layout_.network, random_.fork()) {
    if (!pcap) return;
    capture_.emplace(*pcap, link_names(layout_), net::Duration::zero());
    layout_.network.watch([this](const Sighting& sighting) { capture_->take(sighting); });
  }

  [[nodiscard]] reports::MatrixDocument play() {
    start_reflectors();
    Probes probes = probe_all();
    traversal::Matrix matrix{.started_at = std::chrono::system_clock::now()};
    if (scenario_.rendezvous) matrix = run_matrix(probes);
    if (capture_) capture_->finish();
    return whole_document(scenario_, std::move(probes), std::move(matrix));
  }

 private:
  template <std::size_t Size>
  [[nodiscard]] std::array<std::uint8_t, Size> drawn() {
    std::array<std::uint8_t, Size> out{};
    random_.fill(out);
    return out;
  }

  [[nodiscard]] net::Endpoint endpoint_of(const std::string& reflector) const {
    return {layout_.reflectors.at(reflector).addresses.front(), reflector::default_port};
  }

  [[nodiscard]] reflector::ReflectorConfig config_of(const ScenarioReflector& own, net::BytesView key) const {
    const net::Endpoint address = endpoint_of(own.name);
    if (!own.partner.empty()) return reflector::pair_config(address, endpoint_of(own.partner).address, key);
    if (own.alternate_address) return reflector::two_addresses_config(address, *own.alternate_address);
    return reflector::plain_config(address);
  }

  void start_reflectors() {
    const auto key = drawn<32>();
    for (const auto& own : scenario_.reflectors) {
      auto& agent = reflectors_.emplace_back(config_of(own, key), drawn<32>());
      simulator_.add_agent(*layout_.reflectors.at(own.name).node, agent);
    }
    simulator_.run_for(partners_meet);
  }

  [[nodiscard]] bool run_until_finished(const std::vector<const net::Agent*>& agents, net::Duration limit) {
    const auto all_finished = [&] {
      return std::ranges::all_of(agents, [](const net::Agent* agent) { return agent->finished(); });
    };
    return simulator_.run_until(all_finished, simulator_.now() + limit);
  }

  [[nodiscard]] Probes probe_all() {
    std::vector<probe::GivenReflector> given;
    for (const auto& reflector : scenario_.reflectors) {
      const net::Endpoint endpoint = endpoint_of(reflector.name);
      given.push_back({net::to_string(endpoint.address), endpoint});
    }
    std::vector<const net::Agent*> running;
    std::deque<probe::ProbeSession> sessions;
    for (const auto& host : scenario_.hosts) {
      auto& session = sessions.emplace_back(probe::ProbeConfig{.reflectors = given}, random_.fork());
      simulator_.add_agent(*layout_.hosts.at(host.name).node, session);
      running.push_back(&session);
    }
    if (!run_until_finished(running, probe_patience)) throw net::CannotWork("simulate probes: they do not end");
    Probes out;
    for (std::size_t i = 0; i < sessions.size(); ++i) {
      auto& report = out[scenario_.hosts[i].name] = sessions[i].report();
      report.started_at = std::chrono::system_clock::now();
    }
    return out;
  }

  [[nodiscard]] traversal::Matrix run_matrix(const Probes& probes) {
    const net::Endpoint address{layout_.rendezvous->addresses.front(), traversal::rendezvous_port};
    const HostId place = *layout_.rendezvous->node;
    traversal::Rendezvous rendezvous({.listen = address, .secret = drawn<32>()}, random_.fork());
    simulator_.add_agent(place, rendezvous);

    std::deque<traversal::Peer> peers;
    for (const auto& [name, probe] : probes) {
      if (!can_take_part(probe)) continue;
      const auto behavior = probe::behavior_of(probe.verdict);
      const traversal::PeerConfig config{
          .rendezvous = address, .name = name, .behavior = behavior, .session = drawn<16>()};
      simulator_.add_agent(*layout_.hosts.at(name).node, peers.emplace_back(config, random_.fork()));
    }
    const auto started_at = std::chrono::system_clock::now();
    if (peers.size() < 2) return {.started_at = started_at};
    traversal::MatrixClient client({.rendezvous = address, .request = request(), .wait_for = peers.size()},
                                   random_.fork());
    simulator_.add_agent(place, client);
    if (!run_until_finished({&client}, matrix_patience)) throw net::CannotWork("simulate the matrix: it does not end");
    if (!client.matrix()) throw net::CannotWork(fmt::format("simulate the matrix: {}", *client.failure()));
    traversal::Matrix matrix = *client.matrix();
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
  std::deque<reflector::ReflectorAgent> reflectors_;
};

}  // namespace

reports::MatrixDocument play_simulated(const Scenario& scenario, const CaptureFolder& pcap) {
  return SimulatedPlay(scenario, pcap).play();
}

}  // namespace lab
