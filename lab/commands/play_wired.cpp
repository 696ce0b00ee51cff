#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <vector>

#include "lab/capture.h"
#include "lab/commands/play.h"
#include "lab/wire/memory_file.h"
#include "lab/wire/privileges.h"
#include "lab/wire/services.h"
#include "lab/wire/wired_events.h"
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
      : scenario_(scenario),
        capture_(make_capture(scenario, pcap)),
        lab_(scenario),
        services_(scenario, captured(lab_), folder_, stop_),
        programs_(services_.programs()),
        events_(scenario, lab_, programs_) {}

  [[nodiscard]] reports::MatrixDocument play() {
    Probes probes = probe_all();
    events_.reached(Phase::Probed);
    traversal::Matrix matrix{.started_at = std::chrono::system_clock::now()};
    if (scenario_.rendezvous) matrix = run_matrix(probes);
    finish_capture();
    return whole_document(scenario_, std::move(probes), std::move(matrix), absences_);
  }

 private:
  // From before the first program on.
  const WiredLab& captured(WiredLab& lab) {
    if (capture_)
      lab.wire().with_network(
          [this](Network& network) { network.watch([this](const Sighting& sighting) { capture_->take(sighting); }); });
    return lab;
  }

  void start(const std::string& name, const Station& station, std::vector<std::string> words,
             std::map<std::string, std::string> environment = {}) {
    words.front() = folder_ / words.front();
    Command command{.words = std::move(words), .environment = std::move(environment)};
    programs_.start(name, station.where, std::move(command));
  }

  // ---- probes -------------------------------------------------------------------------------------------------------

  [[nodiscard]] probe::Report report_of(const std::string& host) {
    const std::string name = "probe " + host;
    const auto what = fmt::format("natprobe on host {}", host);
    const auto status = events_.wait(name, probe_patience);
    if (!status) throw net::CannotWork(fmt::format("{}: not done within {} s", what, net::to_seconds(probe_patience)));
    if (programs_.was_killed(name)) return report_without_answers("natprobe was killed");
    const Process& process = programs_.at(name);
    if (*status != net::Done && *status != net::NoReflector && *status != net::Partial)
      throw net::CannotWork(fmt::format("{}: status {}: {}", what, *status, process.err()));
    auto report = reports::parse_probe_report(process.out());
    if (!report) throw net::CannotWork(fmt::format("{}: {}", what, report.error()));
    return *std::move(report);
  }

  [[nodiscard]] Probes probe_all() {
    const std::string asked = scenario_.rendezvous ? "mapping,filtering,allocation" : "mapping,filtering";
    const std::vector<std::string> natprobe = {"natprobe", "--only", asked, "--json", "-"};
    for (const auto& host : scenario_.hosts)
      start("probe " + host.name, lab_.host(host.name), natprobe, services_.environment(host.name));
    Probes out;
    for (const auto& host : scenario_.hosts) out.emplace(host.name, report_of(host.name));
    return out;
  }

  // ---- peers and the matrix -----------------------------------------------------------------------------------------

  [[nodiscard]] std::vector<std::string> with_token(std::vector<std::string> words) const {
    const auto token = services_.token_options();
    words.insert(words.end(), token.begin(), token.end());
    return words;
  }

  // Those whose peers were started.
  [[nodiscard]] std::vector<std::string> start_peers(const Probes& probes) {
    std::vector<std::string> out;
    for (const auto& [name, probe] : probes) {
      const auto rendezvous = services_.rendezvous(name);
      if (!rendezvous) {
        absences_.unreachable[name] = "the rendezvous is of the other address family";
        continue;
      }
      const MemoryFile& report = reports_.try_emplace(name, reports::to_json(probe)).first->second;
      start("peer " + name, lab_.host(name),
            with_token({"natpunch", "peer", "--rendezvous", *rendezvous, "--name", name, "--behavior", report.path()}),
            services_.environment(name));
      out.push_back(name);
    }
    return out;
  }

  [[nodiscard]] std::string why_lost(const std::string& program) {
    if (programs_.was_killed(program)) return "its peer was killed before it registered";
    const auto text = programs_.at(program).err();
    return text.empty() ? "it did not register" : text.substr(0, text.find('\n'));
  }

  // How many are registered in the end.
  [[nodiscard]] std::size_t register_peers(const Probes& probes) {
    std::size_t registered = 0;
    for (const auto& name : start_peers(probes)) {
      const std::string program = "peer " + name;
      if (events_.wait_for_line(program, "registered", registration_patience)) {
        ++registered;
      } else {
        absences_.lost[name] = why_lost(program);
      }
    }
    events_.reached(Phase::Registered);
    return registered;
  }

  [[nodiscard]] std::vector<std::string> matrix_command() const {
    const auto rendezvous = net::to_string(lab_.rendezvous().addresses.front());
    std::vector<std::string> words = {"natpunch", "matrix", "--rendezvous", rendezvous,
                                      "--hold",   "200ms",  "--json",       "-"};
    words.insert(words.end(), {"--trials", std::to_string(scenario_.trials)});
    if (!scenario_.strategies.empty())
      words.insert(words.end(), {"--strategies", fmt::format("{}", fmt::join(scenario_.strategies, ","))});
    return with_token(std::move(words));
  }

  [[nodiscard]] traversal::Matrix run_matrix(const Probes& probes) {
    const traversal::Matrix none{.started_at = std::chrono::system_clock::now()};
    if (register_peers(probes) < 2) return none;
    start("matrix", lab_.rendezvous(), matrix_command());
    const auto status = events_.wait("matrix", matrix_patience);
    if (!status) throw net::CannotWork("natpunch matrix: it does not end");
    const Process& process = programs_.at("matrix");
    if (*status != net::Done && *status != net::Partial) {
      absences_.whole = fmt::format("natpunch matrix: status {}: {}", *status, process.err());
      if (scenario_.events.empty()) throw net::CannotWork(absences_.whole);
      return none;
    }
    auto document = reports::parse_matrix(process.out());
    if (!document) throw net::CannotWork(fmt::format("natpunch matrix: {}", document.error()));
    return std::move(document->matrix);
  }

  void finish_capture() {
    if (!capture_) return;
    lab_.wire().with_network([](Network& network) { network.unwatch(); });
    capture_->finish();
  }

  const Scenario& scenario_;
  StopSignals stop_;
  std::optional<Capture> capture_;  // before the lab, whose thread fills it
  std::filesystem::path folder_ = own_folder();
  WiredLab lab_;
  Services services_;
  Programs& programs_;
  WiredEvents events_;
  std::map<std::string, MemoryFile> reports_;  // of the probes, for the peers to register with
  Absences absences_;
};

}  // namespace

reports::MatrixDocument play_wired(const Scenario& scenario, const CaptureFolder& pcap) {
  be_allowed_namespaces();
  return WiredPlay(scenario, pcap).play();
}

}  // namespace lab
