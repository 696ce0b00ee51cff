#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <vector>

#include "lab/commands/play.h"
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

class WiredPlay {
 public:
  explicit WiredPlay(const Scenario& scenario)
      : scenario_(scenario), lab_(scenario), services_(scenario, lab_, programs_, stop_) {}

  [[nodiscard]] reports::MatrixDocument play() {
    auto probes = probe_all();
    reports::MatrixDocument document = scenario_.rendezvous ? run_matrix() : hosts_only(probes);
    document.probes = std::move(probes);
    return document;
  }

 private:
  using Probes = std::map<std::string, probe::Report>;

  [[nodiscard]] Process start(const Station& station, std::vector<std::string> words) {
    words.front() = programs_ / words.front();
    return {station.where,
            {.words = std::move(words), .environment = {{"NATSCOPE_REFLECTORS", services_.reflectors()}}},
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

  [[nodiscard]] reports::MatrixDocument hosts_only(const Probes& probes) const {
    reports::MatrixDocument out;
    for (const auto& host : scenario_.hosts)
      out.matrix.hosts.push_back({.name = host.name, .behavior = probe::behavior_of(probes.at(host.name).verdict)});
    return out;
  }

  [[nodiscard]] reports::MatrixDocument run_matrix() {
    const auto rendezvous = net::to_string(lab_.rendezvous().addresses.front());
    std::vector<Process> peers;
    for (const auto& host : scenario_.hosts)
      peers.push_back(
          start(lab_.host(host.name), {"natpunch", "peer", "--rendezvous", rendezvous, "--name", host.name}));
    for (auto& peer : peers) peer.wait_for_line("registered", registration_patience);

    std::vector<std::string> words = {
        "natpunch", "matrix", "--rendezvous", rendezvous, "--trials", std::to_string(scenario_.trials), "--json", "-"};
    if (!scenario_.strategies.empty()) {
      words.emplace_back("--strategies");
      words.push_back(fmt::format("{}", fmt::join(scenario_.strategies, ",")));
    }
    Process matrix = start(lab_.rendezvous(), std::move(words));
    auto document = reports::parse_matrix(result_of(matrix, "natpunch matrix", matrix_patience));
    if (!document) throw net::CannotWork(fmt::format("natpunch matrix: {}", document.error()));
    return *std::move(document);
  }

  const Scenario& scenario_;
  StopSignals stop_;
  std::filesystem::path programs_ = own_folder();
  WiredLab lab_;
  Services services_;
};

}  // namespace

reports::MatrixDocument play_wired(const Scenario& scenario) { return WiredPlay(scenario).play(); }

}  // namespace lab
