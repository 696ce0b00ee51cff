#include "tests/probe/world.h"

#include <fmt/core.h>

#include <cassert>

namespace world {
namespace {

const net::Bytes link_key(32, 0x5A);

reflector::ReflectorConfig reflector_config(const net::Endpoint& own, const net::IpAddress& partner,
                                            reflector::Mode mode) {
  auto config = reflector::pair_config(own, partner, link_key);
  config.mode = mode;
  return config;
}

reflector::Secret secret(std::uint8_t byte) {
  reflector::Secret out{};
  out.fill(byte);
  return out;
}

}  // namespace

World::World(const WorldSettings& settings)
    : bed({.seed = settings.seed, .family = settings.family}),
      chance_(settings.seed),
      agent_a_(reflector_config(a(), bed.reflector_b.address, settings.mode), secret(1)),
      agent_b_(reflector_config(b(), bed.reflector_a.address, settings.mode), secret(2)),
      id_a(bed.simulator.add_agent(bed.reflector_a.host, agent_a_)),
      id_b(bed.simulator.add_agent(bed.reflector_b.host, agent_b_)) {
  const auto linked = [&] {
    return agent_a_.partner_usable(settings.family, bed.simulator.now()) &&
           agent_b_.partner_usable(settings.family, bed.simulator.now());
  };
  const bool up = bed.simulator.run_until(linked, bed.simulator.now() + 10s);
  assert(up);
  static_cast<void>(up);
}

probe::Report World::run(const lab::Site& site, const std::vector<net::Endpoint>& given) {
  return run(site.host, config_for(given));
}

probe::Report World::run(lab::HostId host, probe::ProbeConfig config) {
  probe::ProbeSession session(std::move(config), chance_.fork());
  const lab::AgentId id = bed.simulator.add_agent(host, session);
  const bool finished = bed.simulator.run_until_finished({id}, bed.simulator.now() + 20min);
  assert(finished);
  static_cast<void>(finished);
  return session.report();
}

probe::ProbeConfig config_for(const std::vector<net::Endpoint>& given) {
  probe::ProbeConfig config;
  for (const net::Endpoint& reflector : given) config.reflectors.push_back({net::to_string(reflector), reflector});
  return config;
}

lab::LinkProfile calm(net::Duration round_trip) { return {.delay = round_trip / 2}; }

lab::LinkProfile rough(double loss) {
  return {.delay = 10ms, .jitter = 5ms, .loss = loss, .duplication = 0.2, .reordering = 0.25};
}

const std::vector<lab::NatProfile>& all_kinds() {
  static const std::vector<lab::NatProfile> kinds = [] {
    const auto grid = lab::grid_profiles();
    std::vector<lab::NatProfile> out(grid.begin(), grid.end());
    for (const char* name : {"linux-masquerade", "no-nat", "udp-firewall", "udp-blocked"}) {
      out.push_back(*lab::find_profile(name));
    }
    return out;
  }();
  return kinds;
}

const std::vector<lab::NatProfile>& ten_kinds() {
  static const std::vector<lab::NatProfile> kinds = [] {
    std::vector<lab::NatProfile> out;
    for (const lab::NatProfile& kind : all_kinds()) {
      const bool translates = kind.mapping != net::MappingBehavior::None;
      const bool of_the_nine = translates && kind.allocation == net::PortAllocation::Random;
      if (of_the_nine || kind.name == "no-nat") out.push_back(kind);
    }
    return out;
  }();
  return kinds;
}

Judgement judge(const probe::Verdict& verdict, const net::NatBehavior& truth) {
  const net::NatBehavior seen = probe::behavior_of(verdict);
  const bool classified = verdict.nat_class == net::nat_class(truth);
  if (classified && seen.mapping == truth.mapping && seen.filtering == truth.filtering) return Judgement::Right;
  const bool wrong_class = !classified && verdict.nat_class != net::NatClass::Unknown;
  const bool wrong_mapping = seen.mapping && seen.mapping != truth.mapping;
  const bool wrong_filtering = seen.filtering && seen.filtering != truth.filtering;
  return wrong_class || wrong_mapping || wrong_filtering ? Judgement::Wrong : Judgement::Unknown;
}

std::string describe(const probe::Report& report) {
  std::string out =
      fmt::format("{} {} (mapping: {}; filtering: {}), {:.1f} ms\n", net::to_string(report.verdict.nat_class),
                  net::short_name(probe::behavior_of(report.verdict)), report.verdict.mapping.why,
                  report.verdict.filtering.why, net::to_ms(report.duration));
  for (const auto& seen : report.observations) {
    const auto& query = seen.query;
    out += fmt::format("  {:6.1f} {:12} {:3} to {:20} {:>6} {:9} {:6.1f} x{} {} {} {}\n", net::to_ms(seen.sent_at),
                       query.discovery, query.socket, net::to_string(query.to),
                       query.question ? fmt::format("q{}", *query.question) : "", probe::to_string(seen.outcome),
                       net::to_ms(seen.answered_at), seen.requests, seen.mapped ? net::to_string(*seen.mapped) : "",
                       seen.sent_count ? fmt::format("sent {}", seen.sent_count->sent) : "", seen.note);
  }
  return out;
}

}  // namespace world
