#include "probe/layers_discovery.h"

#include "probe/connectivity_discovery.h"
#include "probe/layers_evidence.h"
#include "probe/log_reading.h"
#include "probe/trial_step.h"

namespace probe {
namespace {

using namespace std::chrono_literals;

constexpr unsigned scan_requests = 3;
constexpr net::Duration layer_trials_begin = 1500ms;  // when the path is known
constexpr net::Duration between_keep_alives = 4s;     // of no NAT that is of any use the lifetime is so short
constexpr net::Duration after_a_trial = 50ms;         // the next begins, for each three answers of one

void scan(TrialStep& step) {
  for (unsigned ttl = 1; ttl <= scanned_hops; ++ttl) {
    if (!step.log().of(scan_socket(ttl)).empty()) continue;
    Query query = step.query(scan_socket(ttl));
    query.ttl = static_cast<std::uint8_t>(ttl);
    query.most_requests = scan_requests;
    step.ask(query);
  }
}

// The reflector answers the exchange that makes the mapping, and when the time has come; in between it hears nothing.
void keep_alive(TrialStep& step, const LayerRow& row, std::size_t number) {
  const DelayedTrial& trial = row.trials[number];
  if (trial.result != TrialResult::Open || trial.asked == 0) return;
  const std::uint32_t socket = layer_socket(row.ttl, number);
  const net::Duration last = step.log()[step.log().of(socket).back()].sent_at;
  const net::Duration next = last + between_keep_alives;
  if (next + between_keep_alives / 2 > trial.due || !step.reached_at(next)) return;
  Query query = step.query(socket);
  query.ttl = static_cast<std::uint8_t>(row.ttl);
  step.ask(query);
}

void ask_row(TrialStep& step, const LayerRow& row, unsigned copies) {
  for (std::size_t i = 0; i < layer_times().size(); ++i) {
    const net::Duration length = std::chrono::seconds(layer_times()[i]);
    const std::size_t earlier = i * most_keep_alive_ttl + row.ttl - 1;
    const net::Duration begins = layer_trials_begin + earlier * after_a_trial * copies / 3;
    const std::uint32_t socket = layer_socket(row.ttl, i);
    step.exchange(socket, begins);
    step.ask_copies(step.delayed(socket, length), begins, copies);
    step.confirm(row.trials[i]);
    keep_alive(step, row, i);
  }
}

bool untranslated(const HopPath& path) { return path.translated && path.local && *path.translated == *path.local; }

}  // namespace

Step next_layers(const RunSoFar& run) {
  if (!connectivity_over(run)) return {};
  const Observation* reflector = reflector_for_trials(run.log);
  if (reflector == nullptr) return {.finished = true};
  const TrialLog log = layers_log(run.log, run.elapsed);
  TrialStep step(run, log, names::layers, reflector->query.to);
  step.begin_controls();
  scan(step);
  step.reached(longest_layers_run());
  const HopPath path = path_of(log);
  if (!path.scanned) {
    step.reached(layer_trials_begin);
    return step.take(false);
  }
  const bool hopeless = !reflector->return_token || !log.why_no_delays().empty();
  const bool over_time = run.elapsed >= *log.began() + longest_layers_run();
  if (over_time || hopeless || untranslated(path)) return {.finished = true};
  const LayerEvidence evidence = layer_evidence(log, path);
  if (evidence.decided() && run.elapsed > *log.began() + layer_trials_begin) return {.finished = true};
  for (const LayerRow& row : evidence.rows) {
    if (!row.bracket.over()) ask_row(step, row, answers_of_a_trial(evidence.loss));
  }
  return step.take(false);
}

}  // namespace probe
