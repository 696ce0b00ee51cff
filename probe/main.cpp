// natprobe: parses, wires, prints.

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "net/all_tried.h"
#include "net/cannot_work.h"
#include "net/program.h"
#include "probe/assist_command.h"
#include "probe/deciding_paths.h"
#include "probe/discovery.h"
#include "probe/log_reading.h"
#include "probe/network_run.h"
#include "probe/options.h"
#include "probe/running_time.h"
#include "reports/changes.h"
#include "reports/document_file.h"
#include "reports/history.h"
#include "reports/plain_words.h"
#include "reports/probe_capture.h"
#include "reports/probe_report_json.h"
#include "reports/probe_report_text.h"
#include "reports/redaction.h"
#include "reports/timestamp.h"

namespace {

using probe::Options;

constexpr std::string_view program = "natprobe";

using Ink = reports::Ink;

// ---- what there is to report ---------------------------------------------------------------------------------------

probe::Report replay(const Options& options) {
  auto report = reports::parse_probe_report(reports::read_document(*options.replay));
  if (!report) throw net::CannotWork(fmt::format("replay {}: {}", *options.replay, report.error()));
  const auto again = [&](probe::Report& path) {
    path.verdict = probe::classify(path.observations);
    for (const auto& [key, value] : options.labels) path.labels[key] = value;
  };
  again(*report);
  std::for_each(report->paths.begin(), report->paths.end(), again);
  return *report;
}

// Everything that leaves the program has passed here.
struct Shown {
  probe::Report report;
  std::vector<probe::PathPackets> packets;
};

Shown as_shown(probe::NetworkRun run, const Options& options) {
  if (!options.redact) return {std::move(run.report), std::move(run.packets)};
  reports::Redaction redaction = reports::fresh_redaction();
  Shown shown{redaction(run.report), std::move(run.packets)};
  for (probe::PathPackets& path : shown.packets) path.packets = redaction(path.packets);
  return shown;
}

// ---- what is said of it --------------------------------------------------------------------------------------------

std::string explanation(const probe::Report& path, const std::string& finding, Ink ink) {
  const auto explained = reports::explain(path, finding, ink);
  return explained ? *explained : fmt::format("  {} was not asked\n", finding);
}

// Parts of each path, with its name above where there are several.
template <typename Part>
std::string for_each_path(const probe::Report& report, Part part) {
  std::string out;
  for (const probe::Report* path : probe::paths_of(report)) {
    out += "\n";
    if (!report.paths.empty()) out += reports::printable(reports::path_name(*path)) + "\n";
    out += part(*path);
  }
  return out;
}

std::string text_of(const probe::Report& report, const Options& options) {
  const Ink ink = net::colored(options.common.color, STDOUT_FILENO) ? Ink::Color : Ink::Plain;
  std::string text = options.common.quiet ? reports::verdict_lines(report, ink) : reports::to_text(report, ink);
  if (options.explain) {
    text += for_each_path(report, [&](const auto& path) { return explanation(path, *options.explain, ink); });
  }
  if (options.common.verbose && !options.common.quiet) {
    text += for_each_path(report, [&](const auto& path) { return reports::observations_text(path, ink); });
  }
  return text;
}

void write_capture(const std::string& file, const Shown& shown) {
  std::vector<reports::CapturedPath> paths;
  const auto reported = probe::paths_of(shown.report);
  for (std::size_t i = 0; i < reported.size(); ++i) {
    paths.push_back({*reported[i], shown.packets[i].packets, shown.packets[i].left_out});
  }
  const net::Bytes bytes = reports::capture_file(paths);
  reports::write_document(file, net::as_text(bytes));
}

enum class Text { Whole, None };

// A document that cannot be written takes nothing from the text, and the other way round. `history`: null for none.
void write(const Shown& shown, const Options& options, reports::History* history, Text text = Text::Whole) {
  const auto& json_file = options.common.json_file;
  net::AllTried outputs;
  if (history != nullptr) {
    outputs.attempt([&] { history->keep(reports::to_json(shown.report), std::chrono::system_clock::now()); });
  }
  if (json_file) outputs.attempt([&] { reports::write_document(*json_file, reports::to_json(shown.report)); });
  if (options.pcap) outputs.attempt([&] { write_capture(*options.pcap, shown); });
  if (json_file != "-" && text == Text::Whole) reports::write_document("-", text_of(shown.report, options));
  outputs.done();
}

// ---- what it was worth ---------------------------------------------------------------------------------------------

// Mapping and filtering, or all findings of the discoveries --only names.
std::vector<std::string_view> asked_for(const Options& options) {
  std::vector<std::string_view> findings{probe::names::mapping, probe::names::filtering};
  std::erase_if(findings, [&](std::string_view finding) { return !options.wants(finding); });
  for (const probe::FindingKind& row : probe::finding_kinds()) {
    if (!options.only.empty() && options.wants(row.discovery)) findings.push_back(row.name);
  }
  return findings;
}

int exit_code_of_path(const probe::Report& path, const Options& options, std::string_view name) {
  const auto mismatches = probe::unmet(path.verdict, options.expect);
  for (const std::string& line : mismatches) net::print_diagnostic(program, fmt::format("{}{}", name, line));
  if (!mismatches.empty()) return net::ExitCode::ExpectationFailed;
  if (!options.expect.empty()) return net::ExitCode::Done;
  return probe::exit_code(path.verdict, path.observations, asked_for(options));
}

int exit_code(const probe::Report& report, const Options& options) {
  int worst = net::ExitCode::Done;
  for (const probe::Report* path : probe::deciding_paths(report)) {
    const std::string name = report.paths.empty() ? "" : reports::path_name(*path) + ": ";
    worst = net::worse(worst, exit_code_of_path(*path, options, name));
  }
  const bool partly = worst == net::ExitCode::NoReflector && probe::answered_on_any_path(report);
  return partly ? int{net::ExitCode::Partial} : worst;
}

// ---- the commands --------------------------------------------------------------------------------------------------

void say_how_long(const Options& options) {
  if (options.common.quiet) return;
  const std::string words =
      probe::estimate_words([&](std::string_view discovery) { return options.runs(discovery); }, options.full);
  if (!words.empty()) net::print_diagnostic(program, "this takes " + words);
}

// A line about the network, which names addresses.
std::string told(const std::string& line, const Options& options) {
  return options.redact ? reports::fresh_redaction().text(line) : line;
}

constexpr std::string_view offer =
    ": its answers would be of two paths and are not told; run it again, or let --watch do so";

// The paths on which nothing could be sent, and those that changed, are told beside what was found on the others.
int judged(const probe::NetworkRun& run, const Options& options) {
  for (const std::string& line : run.failed) net::print_diagnostic(program, told(line, options));
  for (const std::string& line : run.changed) {
    net::print_diagnostic(program, told(line, options) + std::string(offer));
  }
  const int code = exit_code(run.report, options);
  const auto deciding = probe::deciding_paths(run.report);
  const bool all_worked = run.changed.empty() && std::none_of(deciding.begin(), deciding.end(), [](const auto* path) {
                            return probe::nothing_sent(path->observations).has_value();
                          });
  return all_worked ? code : net::worse(code, net::ExitCode::CannotDo);
}

int run_once(const Options& options, reports::History* history) {
  say_how_long(options);
  probe::Network network(options);
  auto run = network.run();
  if (!run) {
    throw net::CannotWork(told(run.error().why, options) + std::string(run.error().by_signal ? "" : offer));
  }
  const int code = judged(*run, options);
  write(as_shown(std::move(*run), options), options, history);
  return code;
}

// One line a change, each with the time of the run that showed it.
void tell_changes(const probe::Report& before, const probe::Report& after, const Options& options) {
  std::string text;
  reports::Redaction redaction = reports::fresh_redaction();
  redaction.learn(before);
  redaction.learn(after);
  const auto then = probe::paths_of(before);
  for (const probe::Report* path : probe::paths_of(after)) {
    const auto same = std::find_if(then.begin(), then.end(), [&](const probe::Report* other) {
      return other->family() == path->family() && other->nat64() == path->nat64() &&
             other->interface == path->interface;
    });
    const std::string name = reports::path_name(*path) + ": ";
    const std::vector<std::string> lines =
        same == then.end() ? std::vector<std::string>{"a further path"} : reports::changes(**same, *path);
    for (const std::string& line : lines) {
      const std::string whole = (after.paths.empty() ? "" : name) + line;
      text += fmt::format("{}  {}\n", reports::timestamp(after.started_at),
                          reports::printable(options.redact ? redaction.text(whole) : whole));
    }
  }
  if (!text.empty() && options.common.json_file != "-") reports::write_document("-", text);
}

// A watch: what it has found last, and what that was worth.
struct Watch {
  std::optional<probe::Report> last;
  int code = net::ExitCode::CannotDo;
  bool changed = false;  // the network, and no run since was whole
};

void take_run(Watch& watch, probe::NetworkRun run, const Options& options, reports::History* history) {
  watch.changed = false;
  watch.code = judged(run, options);
  if (watch.last) tell_changes(*watch.last, run.report, options);
  const Text text = watch.last ? Text::None : Text::Whole;
  watch.last = run.report;
  write(as_shown(std::move(run), options), options, history, text);
}

constexpr net::Duration settling = std::chrono::seconds(1);      // of a network that has just changed
constexpr net::Duration coming_back = std::chrono::seconds(10);  // from one try to the next while it is gone

// When to run next, at the latest. A run whose path changed is begun anew.
net::TimePoint watch_once(probe::Network& network, Watch& watch, const Options& options, reports::History* history) {
  auto run = network.run();
  if (run) {
    take_run(watch, std::move(*run), options, history);
  } else if (!run.error().by_signal) {
    net::print_diagnostic(program, told(run.error().why, options) + ": beginning anew");
    watch.changed = true;
    return network.now() + settling;
  }
  return net::TimePoint::max();
}

// A network that is gone for a while is what one watches for: only the first run has to work.
int watch(const Options& options, reports::History* history) {
  say_how_long(options);
  probe::Network network(options);
  Watch watch;
  bool first = true;
  net::TimePoint next = network.now();
  do {
    next = std::max(next, network.now()) + *options.watch;
    try {
      next = std::min(next, watch_once(network, watch, options, history));
    } catch (const net::CannotWork& cannot) {
      if (first) throw;
      net::print_diagnostic(program, told(cannot.what(), options));
      watch.code = net::ExitCode::CannotDo;
      if (watch.changed) next = std::min(next, network.now() + coming_back);
    }
    first = false;
  } while (network.wait_until(next));
  if (!watch.last) throw net::CannotWork(std::string(probe::stopped_by_signal));
  return watch.code;
}

int replay_once(const Options& options, reports::History* history) {
  probe::NetworkRun saved{.report = replay(options)};
  const int code = exit_code(saved.report, options);
  write(as_shown(std::move(saved), options), options, history);
  return code;
}

std::string_view when_text(probe::When when) {
  switch (when) {
    case probe::When::Always: return " (always)";
    case probe::When::Default: return "";
    case probe::When::Full: return " (--full)";
  }
  return {};
}

int list_discoveries() {
  std::string text;
  for (const probe::Discovery& discovery : probe::catalog()) {
    text += fmt::format("{:<19}{}{}\n", discovery.name, discovery.what, when_text(discovery.when));
  }
  reports::write_document("-", text);
  return net::ExitCode::Done;
}

int natprobe(int argc, char** argv) {
  const auto parsed = probe::parse_options(argc, argv);
  if (const int* code = std::get_if<int>(&parsed)) return *code;
  const auto& options = std::get<Options>(parsed);
  if (options.assisting) return probe::assist(options);
  if (options.list) return list_discoveries();
  for (const auto& file : {options.common.json_file, options.pcap}) {
    if (file) reports::check_writable(*file);
  }
  // Before the run, so that it is not done in vain.
  std::optional<reports::History> kept;
  if (options.store) kept.emplace(*options.store);
  reports::History* history = kept ? &*kept : nullptr;
  if (options.replay) return replay_once(options, history);
  return options.watch ? watch(options, history) : run_once(options, history);
}

}  // namespace

int main(int argc, char** argv) {
  return net::run_program(program, [&] { return natprobe(argc, argv); });
}
