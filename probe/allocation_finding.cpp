#include "probe/allocation_finding.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "probe/assist_sequence.h"
#include "probe/determinism_answers.h"
#include "probe/discovery.h"
#include "probe/filtering_finding.h"
#include "probe/log_reading.h"
#include "probe/mapping_answers.h"
#include "probe/pooling_finding.h"
#include "probe/port_sequence.h"

namespace probe {
namespace {

constexpr double whole_pool = 64512;  // the ports from 1024 on
constexpr double sure = 1e-4;         // what may be chance at most, where one word is told from another
constexpr std::size_t fewest_ports = 5;
constexpr unsigned largest_block = 4096;  // RFC 7422 and the field: 64 to 4,096 ports a host
constexpr unsigned smallest_block = 64;
constexpr unsigned unprivileged = 1024;  // where pools begin, and blocks are counted from

struct Block {
  unsigned first = 0;
  unsigned size = 0;
};

// What the flows of a run show of ports.
struct Ports {
  SeenFlows flows;
  SeenFlows made;                    // the mappings
  std::vector<std::uint16_t> known;  // different external ports, rising
  std::vector<std::uint16_t> order;  // in certain order
  PortSteps steps;                   // from one mapping to the next, with nothing between

  [[nodiscard]] unsigned span() const { return 1U + known.back() - known.front(); }
};

std::vector<std::uint16_t> ports_of(const SeenFlows& flows) {
  std::vector<std::uint16_t> out;
  for (const SeenFlow& flow : flows) out.push_back(flow.external.port);
  return out;
}

// Flows between that share the mapping of an earlier one change nothing.
PortSteps undisturbed_steps(const OwnFlows& own) {
  PortSteps out;
  const SeenFlows made = new_mappings(own.flows);
  const SeenFlow* before = nullptr;
  for (std::size_t i = 0; i < own.flows.size(); ++i) {
    const SeenFlow& flow = own.flows[i];
    if (!own.straight_after[i]) before = nullptr;
    const bool made_one =
        std::any_of(made.begin(), made.end(), [&](const SeenFlow& other) { return other.index == flow.index; });
    if (!made_one) continue;
    if (before != nullptr) out.push_back(flow.external.port - before->external.port);
    before = &flow;
  }
  return out;
}

Ports ports_in(const ObservationLog& log) {
  Ports out{.flows = seen_flows(log)};
  out.made = new_mappings(out.flows);
  out.known = ports_of(out.made);
  std::sort(out.known.begin(), out.known.end());
  out.known.erase(std::unique(out.known.begin(), out.known.end()), out.known.end());
  out.order = ports_of(in_certain_order(out.made));
  out.steps = undisturbed_steps(own_flows(log));
  return out;
}

// ---- one word each -------------------------------------------------------------------------------------------------

struct AllocationConclusion {
  std::string word;
  double confidence = 0;
  std::string why;
  std::map<std::string, Figure> figures;
};

// Of all sockets, those with an external port like their local one.
std::size_t sockets_that_keep(const Ports& ports) {
  const auto sockets = sockets_of(ports.flows);
  return static_cast<std::size_t>(std::count_if(sockets.begin(), sockets.end(), [&](std::uint32_t socket) {
    const SeenFlows own = flows_of(ports.flows, socket);
    return std::any_of(own.begin(), own.end(), [](const SeenFlow& flow) { return flow.keeps_port(); });
  }));
}

bool each_destination_has_its_own(const SeenFlows& flows) {
  std::size_t several = 0;
  std::size_t compared = 0;
  for (const std::uint32_t socket : sockets_of(flows)) {
    const SeenFlows own = flows_of(flows, socket);
    if (own.size() < 2) continue;
    ++compared;
    several += new_mappings(own).size() > 1 ? 1U : 0U;
  }
  return 2 * several > compared;
}

// Whether two inside endpoints may share an external port; empty: cannot be told.
std::optional<bool> overloads(const ObservationLog& log, const Ports& ports) {
  if (const auto shared = shares_a_port(log)) return shared;
  // One endpoint would rather share its port with itself; and where everybody is let in, nobody can share.
  if (each_destination_has_its_own(ports.flows)) return false;
  if (conclude_filtering(log).value == net::FilteringBehavior::EndpointIndependent) return false;
  return std::nullopt;
}

std::optional<AllocationConclusion> preserving(const ObservationLog& log, const Ports& ports) {
  const std::size_t keep = sockets_that_keep(ports);
  if (keep < 2) return std::nullopt;
  AllocationConclusion out{.word = "preserving", .confidence = 1 - std::pow(1 / whole_pool, static_cast<double>(keep))};
  const std::size_t sockets = sockets_of(ports.flows).size();
  if (keep < sockets) out.why = fmt::format("{} of {} sockets kept their port", keep, sockets);
  const auto overloading = overloads(log, ports);
  if (overloading) out.figures["overloading"] = *overloading;
  if (overloading == true) out.word = "preserving-overloading";
  if (!overloading) {
    out.why += std::string(out.why.empty() ? "" : "; ") +
               "whether two inside hosts may share a port takes a second one to tell";
  }
  out.figures["entropy"] = 0.0;
  return out;
}

// The same everywhere, so nothing is known of other local ports.
std::optional<AllocationConclusion> constant_offset(const Ports& ports) {
  std::set<int> offsets;
  const auto sockets = sockets_of(ports.flows);
  if (sockets.size() < 3) return std::nullopt;
  for (const std::uint32_t socket : sockets) {
    const SeenFlow flow = flows_of(ports.flows, socket).front();
    offsets.insert(flow.external.port - flow.local.port);
  }
  if (offsets.size() > 1) return std::nullopt;
  return AllocationConclusion{
      .why = fmt::format("each external port is the local one {:+}: it may follow the local port, or count "
                         "as the local ports do",
                         *offsets.begin())};
}

// All ports of a sequence lie whole steps apart, those of other questions of the run as well.
std::optional<int> step_of(const Ports& ports) {
  const auto rough = common_step(ports.steps);
  if (!rough) return std::nullopt;
  PortSteps apart;
  for (std::size_t i = 1; i < ports.known.size(); ++i) apart.push_back(ports.known[i] - ports.known[i - 1]);
  for (const int step : ports.steps) {
    if ((step > 0) == (*rough > 0)) apart.push_back(std::abs(step));
  }
  const int step = common_step(apart).value_or(*rough);
  return *rough < 0 ? -step : step;
}

std::optional<AllocationConclusion> sequential(const Ports& ports) {
  if (ports.steps.empty()) return std::nullopt;
  const double chance = std::min(chance_of_steps(ports.steps, ports.span()), chance_of_order(ports.order));
  const auto step = step_of(ports);
  if (chance > sure || !step) return std::nullopt;
  AllocationConclusion out{.word = "sequential", .confidence = 1 - chance};
  const bool others = std::any_of(ports.steps.begin(), ports.steps.end(),
                                  [&](int seen) { return seen != *step && seen % *step == 0 && seen / *step > 0; });
  out.figures["step"] = static_cast<double>(*step);
  out.figures["entropy"] = entropy(ports.steps);
  if (others) {
    out.figures["shared_sequence"] = true;
  } else {
    out.why = "nobody else drew from it meanwhile: whether other hosts share the sequence takes a second one to tell";
  }
  return out;
}

// Too few to tell a sequence from chance.
std::optional<AllocationConclusion> too_few(const Ports& ports) {
  if (ports.known.size() < fewest_ports || ports.order.size() < fewest_ports) {
    return AllocationConclusion{.why = fmt::format("only {} external port{} seen in a known order", ports.order.size(),
                                                   ports.order.size() == 1 ? "" : "s")};
  }
  const double mean_step = ports.span() / static_cast<double>(ports.known.size());
  if (turns(ports.order) > 1 || mean_step > unprivileged) return std::nullopt;
  return AllocationConclusion{.why = "the ports rise as in a sequence, but they are too few to tell"};
}

// The smallest of the usual sizes that holds all ports, counted from 0 or from where pools begin.
std::optional<Block> block_around(const Ports& ports) {
  for (unsigned size = smallest_block; size <= largest_block; size *= 2) {
    for (const unsigned base : {unprivileged % size, 0U}) {
      if (ports.known.front() < base) continue;
      const unsigned number = (ports.known.front() - base) / size;
      if ((ports.known.back() - base) / size == number) return Block{base + number * size, size};
    }
  }
  return std::nullopt;
}

// n ports at random out of the whole pool within such a span (the range of a uniform sample).
double chance_of_span(const Ports& ports) {
  const double share = std::min(1.0, ports.span() / whole_pool);
  const auto n = static_cast<double>(ports.known.size());
  return std::min(1.0, n * std::pow(share, n - 1) - (n - 1) * std::pow(share, n));
}

AllocationConclusion block(const Ports& ports, const Block& around) {
  AllocationConclusion out{.word = "block", .confidence = 1 - chance_of_span(ports)};
  out.why = "whether other hosts draw from it too takes a second one to tell";
  const double all_in_one_half = std::exp2(1 - static_cast<double>(ports.known.size()));
  if (all_in_one_half > 0.01) return out;  // then it may be larger
  out.figures["block"] = fmt::format("{} to {}", around.first, around.first + around.size - 1);
  out.figures["block_size"] = static_cast<double>(around.size);
  out.figures["entropy"] = std::log2(around.size);
  return out;
}

AllocationConclusion random(const Ports& ports) {
  const auto n = static_cast<double>(ports.known.size());
  const bool limited = chance_of_span(ports) < sure;
  const double range = limited ? std::min(whole_pool, ports.span() * (n + 1) / (n - 1)) : whole_pool;
  return {.word = "random",
          .confidence = 1 - std::exp2(n) * std::exp(-std::lgamma(n + 1)),  // that a sequence ends so often
          .figures = {{"entropy", std::log2(range)}, {"range_limited", limited}}};
}

AllocationConclusion at_random(const Ports& ports) {
  const auto around = block_around(ports);
  return around && chance_of_span(ports) < sure ? block(ports, *around) : random(ports);
}

// RFC 4787 REQ-4. Half of all ports keep the parity by chance.
std::optional<bool> keeps_parity(const Ports& ports) {
  const bool all = std::all_of(ports.made.begin(), ports.made.end(),
                               [](const SeenFlow& flow) { return flow.external.port % 2 == flow.local.port % 2; });
  if (!all) return false;
  return std::exp2(-static_cast<double>(ports.made.size())) < 1e-3 ? std::optional(true) : std::nullopt;
}

AllocationConclusion conclude_from(const ObservationLog& log, const Ports& ports) {
  const auto untranslated = [](const SeenFlow& flow) { return flow.untranslated(); };
  if (std::all_of(ports.flows.begin(), ports.flows.end(), untranslated)) return {.word = "none", .confidence = 1};
  if (auto found = preserving(log, ports)) return *found;
  if (auto found = constant_offset(ports)) return *found;
  if (auto found = sequential(ports)) return *found;
  if (auto found = too_few(ports)) return *found;
  return at_random(ports);
}

}  // namespace

namespace {

// An assistant was there to draw from it as well.
void say_whose(AllocationConclusion& found, const ObservationLog& log, const Ports& ports) {
  const bool in_block = found.word == "block";
  if (!in_block && found.word != "sequential") return;
  const AssistScope scope = in_block ? assist_block_scope(log, ports.known.front(), ports.known.back())
                                     : assist_sequence_scope(log);
  if (!scope.shared) return;
  found.figures[in_block ? "shared_block" : "shared_sequence"] = *scope.shared;
  found.why.clear();
}

}  // namespace

NamedFinding conclude_allocation(const ObservationLog& log) {
  NamedFinding out{.name = "allocation"};
  if (out.finding.why = why_not_believed(log); !out.finding.why.empty()) return out;
  const Ports ports = ports_in(log);
  if (ports.flows.empty()) {
    out.finding.why = "no external port was seen";
    return out;
  }
  AllocationConclusion found = conclude_from(log, ports);
  say_whose(found, log, ports);
  out.figures = std::move(found.figures);
  out.figures["first"] = static_cast<double>(ports.known.front());
  out.figures["last"] = static_cast<double>(ports.known.back());
  out.figures["ports"] = static_cast<double>(ports.known.size());
  if (const auto parity = keeps_parity(ports)) out.figures["parity"] = *parity;
  out.finding.why = std::move(found.why);
  for (const SeenFlow& flow : ports.flows) out.finding.evidence.push_back(flow.index);
  std::sort(out.finding.evidence.begin(), out.finding.evidence.end());
  if (found.word.empty()) return out;
  out.finding.value = std::move(found.word);
  out.finding.confidence = found.confidence;
  return out;
}

OwnFlows own_flows(const ObservationLog& log) {
  OwnFlows out;
  const auto busy = disturbances(log, names::allocation);
  const Observation* before = nullptr;  // the question before, answered or not
  const SeenFlows all = seen_flows(log);
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (log[i].query.discovery != names::allocation) continue;
    const auto flow = std::find_if(all.begin(), all.end(), [i](const SeenFlow& seen) { return seen.index == i; });
    if (flow != all.end()) {
      const bool known = before != nullptr && answered(*before) && before->mapped;
      out.straight_after.push_back(known && !disturbed(busy, before->sent_at, flow->answered_at));
      out.flows.push_back(*flow);
    }
    before = &log[i];
  }
  return out;
}

std::string why_not_believed(const ObservationLog& log) {
  const MappingAnswers answers = latest_mapping_answers(log);
  if (!changed_during_the_test(answers).empty() || takes_addresses_by_turns(seen_flows(log))) return {};
  return contradiction(answers);
}

}  // namespace probe
