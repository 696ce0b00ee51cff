#include "lab/link.h"

namespace lab {

Link both_ways(const LinkProfile& profile) { return {.up = profile, .down = profile}; }

Arrivals arrivals(const LinkProfile& profile, net::Random& chance) {
  const std::size_t copies = profile.duplication > 0 && chance.chance(profile.duplication) ? 2 : 1;
  Arrivals out;
  for (std::size_t copy = 0; copy < copies; ++copy) {
    if (profile.loss > 0 && chance.chance(profile.loss)) continue;
    net::Duration delay = profile.delay;
    if (profile.jitter > net::Duration::zero()) {
      delay += net::Duration(
          static_cast<net::Duration::rep>(chance.between(0, static_cast<std::uint64_t>(profile.jitter.count()))));
    }
    if (profile.reordering > 0 && chance.chance(profile.reordering)) delay += profile.reordering_delay;
    out.delays[out.count++] = delay;
  }
  return out;
}

net::Duration serialization(const LinkProfile& profile, std::size_t bytes) {
  if (profile.rate == 0) return net::Duration::zero();
  constexpr std::uint64_t second = std::chrono::nanoseconds(std::chrono::seconds(1)).count();
  return net::Duration(static_cast<net::Duration::rep>(bytes * 8 * second / profile.rate));
}

}  // namespace lab
