#include "tests/probe/neighbours.h"

#include <algorithm>

namespace neighbours {
namespace {

lab::LinkProfile lossy(double loss) { return loss > 0 ? rough(loss) : calm(); }

lab::LinkProfile on_the_lan(double loss) { return {.delay = 200us, .loss = loss}; }

}  // namespace

probe::AssistConfig assist_config(const std::vector<net::Endpoint>& reflectors, const net::IpAddress& listen) {
  probe::AssistConfig out{.reflectors = reflectors, .listen = {listen, probe::default_assist_port}};
  out.key = *probe::assist_key(code);
  out.secret.fill(0x33);
  return out;
}

Neighbours::Neighbours(const lab::NatProfile& profile, const NeighbourSettings& settings)
    : world({.seed = settings.seed}),
      nat(world.bed.network.add_nat(profile,
                                    profile.mapping == net::MappingBehavior::None
                                        ? lab::NatAddresses{}
                                        : lab::NatAddresses{.external = settings.external,
                                                            .inside = {net::address("10.9.0.1")}},
                                    lab::core, lab::both_ways(lossy(settings.loss)))),
      prober_host(world.bed.network.add_host({prober}, nat, lab::both_ways(on_the_lan(settings.lan_loss)))),
      helper_host(world.bed.network.add_host({helper}, nat, lab::both_ways(on_the_lan(settings.lan_loss)))),
      settings_(settings),
      assistant_(assist_config({world.a(), world.b()})) {
  world.bed.network.watch([this](const lab::Sighting& seen) {
    if (seen.link == helper_host && seen.way == lab::Way::Up && lab::enters(seen.fate)) ++written_to[seen.packet.destination];
  });
  world.bed.simulator.add_agent(helper_host, assistant_);
}

probe::ProbeConfig Neighbours::config() const {
  probe::ProbeConfig config = world::config_for({world.a(), world.b()});
  config.only = settings_.only;
  config.full = settings_.full;
  config.budget = probe::full_budget;
  config.assistant = {.endpoint = assistant_at(), .key = *probe::assist_key(settings_.prober_code)};
  return config;
}

probe::Report Neighbours::run() { return run(config()); }

probe::Report Neighbours::run(const probe::ProbeConfig& config) { return world.run(prober_host, config); }

std::string figure(const probe::Verdict& verdict, std::string_view finding, const std::string& figure) {
  const probe::NamedFinding* found = verdict.find(finding);
  if (found == nullptr || !found->figures.contains(figure)) return {};
  return probe::to_string(found->figures.at(figure));
}

std::string word(const probe::Verdict& verdict, std::string_view finding) {
  const probe::NamedFinding* found = verdict.find(finding);
  return found != nullptr && found->finding.value ? probe::to_string(*found->finding.value) : std::string();
}

std::string why(const probe::Verdict& verdict, std::string_view finding) {
  const probe::NamedFinding* found = verdict.find(finding);
  return found != nullptr ? found->finding.why : std::string();
}

}  // namespace neighbours
