#pragma once
// Runs of the discoveries of the path in a small world: a kind of NAT with one more setting, a link, --only.

#include <functional>
#include <set>

#include "tests/probe/world.h"

namespace path_world {

using namespace world;

struct PathRun {
  lab::NatProfile profile;
  lab::LinkProfile link = calm();
  std::uint64_t seed = 1;
  std::vector<std::string> only;
  bool full = false;
  reflector::Mode mode = reflector::Mode::Compatible;
  net::Family family = net::Family::V4;
};

inline probe::Report play(const PathRun& run) {
  World world({.seed = run.seed, .family = run.family, .mode = run.mode});
  probe::ProbeConfig config = config_for({world.a(), world.b()});
  config.only = run.only;
  config.full = run.full;
  if (run.full) {
    config.budget = probe::full_budget;
    config.after_timeout = 60s;
  }
  return world.run(world.bed.add_site(run.profile, run.link).host, config);
}

inline lab::NatProfile with(lab::NatProfile profile, const std::function<void(lab::NatProfile&)>& change) {
  change(profile);
  return profile;
}

// "none", "external-source"; "?" where unknown.
inline std::string value_of(const probe::Report& report, std::string_view finding) {
  const probe::NamedFinding* found = report.verdict.find(finding);
  return found == nullptr || !found->finding.value ? "?" : probe::to_string(*found->finding.value);
}

inline std::string figure_of(const probe::Report& report, std::string_view finding, const std::string& figure) {
  const probe::NamedFinding* found = report.verdict.find(finding);
  if (found == nullptr || !found->figures.contains(figure)) return "?";
  return probe::to_string(found->figures.at(figure));
}

inline std::string why_of(const probe::Report& report, std::string_view finding) {
  const probe::NamedFinding* found = report.verdict.find(finding);
  return found == nullptr ? "not concluded" : found->finding.why;
}

// Traffic of one discovery.
inline probe::Traffic traffic_of(const probe::Report& report, std::string_view discovery) {
  probe::Traffic out;
  std::set<std::pair<std::uint32_t, net::Endpoint>> flows;
  for (const auto& seen : report.observations) {
    if (seen.query.discovery != discovery) continue;
    out.packets += seen.requests;
    flows.insert({seen.query.socket, seen.query.to});
  }
  out.flows = static_cast<unsigned>(flows.size());
  return out;
}

}  // namespace path_world
