#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <vector>

#include "lab/capture.h"
#include "lab/commands/play.h"
#include "lab/wire/privileges.h"
#include "lab/wire/services.h"
#include "net/cannot_work.h"
#include "net/program.h"
#include "reports/probe_report_json.h"

namespace lab {

namespace {

using namespace std::chrono_literals;

// Far beyond what a program needs that works at all.
constexpr net::Duration probe_patience = 2min;
constexpr net::Duration registration_patience = 1min;
constexpr net::Duration matrix_patience = 1h;

std::optional<Capture> make_capture(const Scenario& scenario, const CaptureFolder& folder) {
  if (!folder) return std::nullopt;
  const net::Duration epoch =
      std::chrono::system_clock::now().time_since_epoch() - std::chrono::steady_clock::now().time_since_epoch();
  return std::optional<Capture>(std::in_place, *folder, link_names(build(scenario, KernelNats::Attach)), epoch);
}

class WiredPlay {
 public:
  WiredPlay(const Scenario& scenario, const CaptureFolder& pcap)
      : scenario_(scenario), capture_(make_capture(scenario, pcap)), lab_(scenario) {
    if (capture_)
      lab_.wire().with_network(
          [this](Network& network) { network.watch([this](const Sighting& sighting) { capture_->take(sighting); }); });
    services_.emplace(scenario, lab_, programs_, stop_);
  }

  [[nodiscard]] reports::MatrixDocument play() {
    Probes probes = probe_all();
    traversal::Matrix matrix{.started_at = std::chrono::system_clock::now()};
    if (scenario_.rendezvous) matrix = run_matrix(probes);
    finish_capture();
    return whole_document(scenario_, std::move(probes), std::move(matrix));
  }

 private:
  [[nodiscard]] Process start(const Station& station, std::vector<std::string> words) {
    words.front() = programs_ / words.front();
    return {station.where,
            {.words = std::move(words), .environment = {{"NATSCOPE_REFLECTORS", services_->reflectors()}}},
            stop_};
  }

  // What it printed; CannotWork when it ends with a code that says there is no document.
  [[nodiscard]] static std::string result_of(Process& process, std::string_view what, net::Duration patience) {
    const auto status = process.wait(patience);
    if (!status) throw net::CannotWork(fmt::format("{}: not done within {} s", what, net::to_seconds(patience)));
    if (*status != net::Done && *status != net::NoReflector && *status != net::Partial)
      throw net::CannotWork(fmt::format("{}: status {}: {}", what, *status, process.err()));
    return process.out();
  }

  [[nodiscard]] Probes probe_all() {
    std::map<std::string, Process> running;
    for (const auto& host : scenario_.hosts)
      running.try_emplace(host.name, start(lab_.host(host.name), {"natprobe", "--json", "-"}));
    Probes out;
    for (auto& [name, process] : running) {
      const auto what = fmt::format("natprobe on host {}", name);
      auto report = reports::parse_probe_report(result_of(process, what, probe_patience));
      if (!report) throw net::CannotWork(fmt::format("{}: {}", what, report.error()));
      out.emplace(name, *std::move(report));
    }
    return out;
  }

  [[nodiscard]] std::vector<Process> register_peers(const std::string& rendezvous, const Probes& probes) {
    std::vector<Process> out;
    for (const auto& [name, probe] : probes) {
      if (!can_take_part(probe)) continue;
      const auto behavior = net::short_name(probe::behavior_of(probe.verdict));
      out.push_back(start(lab_.host(name),
                          {"natpunch", "peer", "--rendezvous", rendezvous, "--name", name, "--behavior", behavior}));
    }
    for (auto& peer : out) peer.wait_for_line("registered", registration_patience);
    return out;
  }

  [[nodiscard]] traversal::Matrix run_matrix(const Probes& probes) {
    const auto rendezvous = net::to_string(lab_.rendezvous().addresses.front());
    const auto peers = register_peers(rendezvous, probes);
    if (peers.size() < 2) return {.started_at = std::chrono::system_clock::now()};
    std::vector<std::string> words = {"natpunch", "matrix", "--rendezvous", rendezvous, "--json", "-"};
    words.insert(words.end(), {"--trials", std::to_string(scenario_.trials)});
    if (!scenario_.strategies.empty())
      words.insert(words.end(), {"--strategies", fmt::format("{}", fmt::join(scenario_.strategies, ","))});
    Process matrix = start(lab_.rendezvous(), std::move(words));
    auto document = reports::parse_matrix(result_of(matrix, "natpunch matrix", matrix_patience));
    if (!document) throw net::CannotWork(fmt::format("natpunch matrix: {}", document.error()));
    return std::move(document->matrix);
  }

  void finish_capture() {
    if (!capture_) return;
    lab_.wire().with_network([](Network& network) { network.watch({}); });
    capture_->finish();
  }

  const Scenario& scenario_;
  StopSignals stop_;
  std::optional<Capture> capture_;  // before the lab, whose thread fills it
  std::filesystem::path programs_ = own_folder();
  WiredLab lab_;
  std::optional<Services> services_;
};

}  // namespace

reports::MatrixDocument play_wired(const Scenario& scenario, const CaptureFolder& pcap) {
  be_allowed_namespaces();
  return WiredPlay(scenario, pcap).play();
}

}  // namespace lab
