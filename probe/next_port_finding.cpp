#include "probe/next_port_finding.h"

#include <algorithm>
#include <cmath>

#include "probe/allocation_finding.h"
#include "probe/discovery.h"
#include "probe/seen_flows.h"

namespace probe {
namespace {

constexpr std::size_t fewest_trials = 3;
constexpr net::Duration at_once_is = std::chrono::milliseconds(5);
constexpr double confidence_of_the_interval = 0.95;

double percent(double share) { return std::round(1000 * share) / 10; }

bool new_destination(const SeenFlows& earlier, const SeenFlow& flow, bool by_port) {
  return by_port || std::none_of(earlier.begin(), earlier.end(), [&](const SeenFlow& other) {
           return other.socket == flow.socket && other.to.address == flow.to.address;
         });
}

// The port of a fresh socket follows from the one before as that of a new destination does.
bool sockets_do_not_matter(const OwnFlows& own) {
  std::size_t compared = 0;
  std::size_t changed = 0;
  for (std::size_t i = 0; i < own.flows.size(); ++i) {
    if (own.flows[i].keeps_port()) return false;
    if (i == 0 || own.flows[i].socket != own.flows[i - 1].socket) continue;
    ++compared;
    changed += own.flows[i].external != own.flows[i - 1].external ? 1U : 0U;
  }
  return 2 * changed > compared;
}

}  // namespace

PortStepsSeen port_steps_seen(const ObservationLog& log) {
  const OwnFlows own = own_flows(log);
  const bool by_port = depends_on_port(own.flows);
  const bool any_socket = sockets_do_not_matter(own);
  PortStepsSeen out;
  SeenFlows earlier;
  for (std::size_t i = 0; i < own.flows.size(); ++i) {
    const SeenFlow& flow = own.flows[i];
    const bool same_socket = i > 0 && flow.socket == own.flows[i - 1].socket;
    const bool at_once = i > 0 && any_socket && flow.asked_at - own.flows[i - 1].answered_at <= at_once_is;
    if (own.straight_after[i] && (same_socket ? new_destination(earlier, flow, by_port) : at_once)) {
      out.push_back({.index = flow.index, .seen = own.flows[i - 1].external, .next = flow.external});
    }
    earlier.push_back(flow);
  }
  return out;
}

NamedFinding conclude_next_port(const ObservationLog& log) {
  NamedFinding out{.name = "next-port"};
  if (out.finding.why = why_not_believed(log); !out.finding.why.empty()) return out;
  const PortStepsSeen steps = port_steps_seen(log);
  const HitRate rate = measure(steps);
  out.figures["guesses"] = static_cast<double>(port_guesses);
  out.figures["trials"] = static_cast<double>(rate.trials);
  if (rate.trials < fewest_trials) {
    out.finding.why = "too few flows of one socket to two addresses, undisturbed by other questions";
    return out;
  }
  const ShareInterval interval = rate.interval();
  out.figures["hit_rate"] = percent(rate.estimate());
  out.figures["low"] = percent(interval.low);
  out.figures["high"] = percent(interval.high);
  out.figures["offsets"] = to_string(learn(steps));
  out.finding.value = percent(rate.estimate());
  out.finding.confidence = confidence_of_the_interval;
  for (const PortStep& step : steps) out.finding.evidence.push_back(step.index);
  return out;
}

}  // namespace probe
