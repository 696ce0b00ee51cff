#include "probe/layers_finding.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "net/address_scope.h"
#include "probe/layers_evidence.h"
#include "probe/log_reading.h"

namespace probe {
namespace {

constexpr double sure_by_address = 0.9;  // a network of one's own may use 100.64/10, though it should not

// What proves a second NAT without a trial: an address that only stands between two.
struct AddressProof {
  std::size_t evidence;
  std::string why;
};

// A hop behind the first whose address is the carriers' own, seen from a private one.
std::optional<AddressProof> carrier_between(const ObservationLog&, const HopPath& path) {
  if (!path.local || net::scope(path.local->address) != net::AddressScope::Private) return std::nullopt;
  const auto hop = std::find_if(path.hops.begin(), path.hops.end(), [](const Hop& one) {
    return one.ttl > 1 && one.from && net::scope(*one.from) == net::AddressScope::SharedNat;
  });
  if (hop == path.hops.end()) return std::nullopt;
  return AddressProof{hop->evidence, fmt::format("hop {} is {}, between a home router and a carrier's NAT (RFC 6598)",
                                                 hop->ttl, net::to_string(*hop->from))};
}

// One row each; another discovery that learns of such an address adds its own.
constexpr std::array proofs_by_address = {carrier_between};

std::optional<AddressProof> proof_by_address(const ObservationLog& log, const HopPath& path) {
  for (const auto prove : proofs_by_address) {
    if (auto proof = prove(log, path)) return proof;
  }
  return std::nullopt;
}

// A NAT that looks at the TTL first, as RFC 1812 has it, is passed by a larger one alone: it stands a hop in front of
// the first that keeps its mapping. Linux refreshes before it looks; then that hop itself answers from inside.
double hop_of(const HopPath& path, unsigned reach) {
  const Hop* here = path.at(reach);
  const Hop* next = path.at(reach + 1);
  const bool last_inside = here != nullptr && here->from && !here->in_public() && next != nullptr && next->in_public();
  return last_inside ? reach : reach - 1;
}

void conclude_two(NamedFinding& out, const TwoLayers& two, const HopPath& path) {
  out.finding.value = "two-or-more";
  out.finding.confidence = 1 - two.chance;
  out.finding.evidence = two.evidence;
  out.finding.why = fmt::format("keep-alives that end at hop {} keep one mapping, not the other", two.inner_reach);
  out.figures["inner_hop"] = static_cast<double>(two.inner_reach - 1);
  out.figures["outer_hop"] = hop_of(path, two.outer_reach);
  out.figures["inner_lifetime"] = two.inner_lifetime;
  out.figures["outer_lifetime"] = two.outer_lifetime;
}

void conclude_one(NamedFinding& out, const LayerEvidence& evidence, const HopPath& path) {
  out.finding.value = "one-or-more";
  out.finding.confidence = 1;
  out.finding.why = "an inner NAT whose mappings live longer than the outer one's cannot be seen";
  if (const auto reach = evidence.outer_reach()) out.figures["outermost_hop"] = hop_of(path, *reach);
  for (const LayerRow& row : evidence.rows) {
    const auto& of_row = row.bracket.evidence;
    out.finding.evidence.insert(out.finding.evidence.end(), of_row.begin(), of_row.end());
  }
}

}  // namespace

NamedFinding conclude_layers(const ObservationLog& log) {
  NamedFinding out{.name = "layers"};
  const TrialLog of_layers = layers_log(log);
  const HopPath path = path_of(of_layers);
  if (path.reflector_at) out.figures["reflector_hop"] = static_cast<double>(*path.reflector_at);
  auto& finding = out.finding;
  if (!path.translated || !path.local) {
    finding.why = "no question was answered";
    return out;
  }
  finding.evidence.assign(of_layers.of(of_layers.control_socket()).begin(),
                          of_layers.of(of_layers.control_socket()).begin() + 1);
  if (*path.translated == *path.local) {
    finding.value = "none";
    finding.confidence = 1;
    return out;
  }
  const LayerEvidence evidence = layer_evidence(of_layers, path);
  if (const auto two = evidence.two()) {
    conclude_two(out, *two, path);
  } else if (auto proof = proof_by_address(log, path)) {
    finding.value = "two-or-more";
    finding.confidence = sure_by_address;
    finding.evidence.push_back(proof->evidence);
    finding.why = std::move(proof->why);
  } else {
    conclude_one(out, evidence, path);
  }
  std::sort(finding.evidence.begin(), finding.evidence.end());
  finding.evidence.erase(std::unique(finding.evidence.begin(), finding.evidence.end()), finding.evidence.end());
  return out;
}

}  // namespace probe
