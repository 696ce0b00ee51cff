#include "probe/pooling_finding.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "probe/allocation_finding.h"
#include "probe/assist_answers.h"
#include "probe/determinism_answers.h"

namespace probe {
namespace {

using Addresses = std::set<net::IpAddress>;

// Once is what a NAT does whose external address was changed.
constexpr unsigned least_changes = 2;

unsigned changes(const SeenFlows& flows) {
  unsigned out = 0;
  for (std::size_t i = 1; i < flows.size(); ++i) {
    out += flows[i].external.address != flows[i - 1].external.address ? 1U : 0U;
  }
  return out;
}

template <typename Key>
std::map<net::IpAddress, SeenFlows> grouped(const SeenFlows& flows, Key key) {
  std::map<net::IpAddress, SeenFlows> out;
  for (const SeenFlow& flow : flows) out[key(flow).address].push_back(flow);
  return out;
}

Addresses externals(const SeenFlows& flows) {
  Addresses out;
  for (const SeenFlow& flow : flows) out.insert(flow.external.address);
  return out;
}

std::map<net::IpAddress, SeenFlows> by_local(const SeenFlows& flows) {
  return grouped(flows, [](const SeenFlow& flow) { return flow.local; });
}

std::string_view pooling_word(const SeenFlows& flows) {
  if (externals(flows).size() == 1) return "single";
  const auto locals = by_local(flows);
  const bool each_has_one =
      std::all_of(locals.begin(), locals.end(), [](const auto& local) { return externals(local.second).size() == 1; });
  if (each_has_one) return "paired";
  return takes_addresses_by_turns(flows) ? "arbitrary" : "";
}

std::string why_qualified(std::string_view word) {
  if (word.empty()) return "the external address changed during the run, or the reflectors disagree about it";
  return word == "single" ? "whether there are further external addresses takes more inside hosts" : "";
}

// Sockets that all fell on the same of two addresses, or by turns where an address was changed.
double chance_of_another(const SeenFlows& flows, std::string_view word) {
  const auto sockets = static_cast<double>(sockets_of(flows).size());
  return word == "arbitrary" ? std::exp2(-static_cast<double>(changes(flows))) : std::exp2(1 - sockets);
}

}  // namespace

bool takes_addresses_by_turns(const SeenFlows& flows) {
  for (const auto& [local, of_local] : by_local(flows)) {
    if (changes(in_certain_order(new_mappings(of_local))) < least_changes) continue;
    const auto reflectors = grouped(of_local, [](const SeenFlow& flow) { return flow.to; });
    const auto several = [](const auto& reflector) { return externals(reflector.second).size() > 1; };
    if (std::all_of(reflectors.begin(), reflectors.end(), several)) return true;
  }
  return false;
}

NamedFinding conclude_pooling(const ObservationLog& log) {
  NamedFinding out{.name = "pooling"};
  SeenFlows flows = seen_flows(log);
  const SeenFlows second = second_address_flows(log);
  flows.insert(flows.end(), second.begin(), second.end());
  if (out.finding.why = why_not_believed(log); !out.finding.why.empty()) return out;
  if (flows.empty()) {
    out.finding.why = "no external address was seen";
    return out;
  }
  std::string_view found = pooling_word(flows);
  out.figures["addresses"] = static_cast<double>(externals(flows).size());
  out.finding.why = why_qualified(found);
  if (const AssistPlace other = assist_place(log); other.external && found == "single") {
    if (other.same_nat()) out.figures["hosts"] = 2.0;
    if (other.word == "another-address") {
      found = {};
      out.finding.why = fmt::format("the assistant is seen at {}: this NAT has several addresses, or it is behind "
                                    "another NAT",
                                    net::to_string(other.external->address));
    }
  }
  if (found.empty()) return out;
  out.finding.value = std::string(found);
  out.finding.confidence = 1 - chance_of_another(flows, found);
  for (const SeenFlow& flow : flows) out.finding.evidence.push_back(flow.index);
  std::sort(out.finding.evidence.begin(), out.finding.evidence.end());
  return out;
}

}  // namespace probe
