#include "probe/path_mtu_discovery.h"

#include <algorithm>
#include <map>

#include "probe/connectivity_discovery.h"
#include "probe/ip_sizes.h"
#include "probe/log_reading.h"

namespace probe {
namespace {

constexpr unsigned tries_of_a_size = 3;  // while it is searched
constexpr unsigned most_mtu_asks = 40;   // of one size
constexpr std::uint16_t step_of_sizes = 4;
// Bytes of the IP packet: Ethernet, PPPoE, tunnels of several kinds, IPv6's least (RFC 8200 section 5).
constexpr std::array<std::uint16_t, 8> usual_mtus = {1500, 1492, 1480, 1472, 1460, 1440, 1420, 1280};

bool within(const MtuBounds& bounds, int size) { return size > bounds.passed && size < *bounds.stuck; }

std::uint16_t rounded(int size) { return static_cast<std::uint16_t>(size / step_of_sizes * step_of_sizes); }

// The next size worth asking between the bounds; nothing where they have met.
std::optional<std::uint16_t> next_size(const ObservationLog& log, const net::Endpoint& reflector,
                                       const MtuBounds& bounds) {
  if (!bounds.stuck) return largest_request;
  if (*bounds.stuck - bounds.passed <= step_of_sizes) return std::nullopt;
  const int overhead = ip_overhead(reflector.family());
  if (const auto told = told_mtu(log, reflector)) {
    const std::uint16_t fits = rounded(*told - overhead);
    for (const int size : {int{fits}, fits + step_of_sizes}) {
      if (within(bounds, size)) return static_cast<std::uint16_t>(size);
    }
  }
  std::vector<std::uint16_t> usual;
  for (const std::uint16_t mtu : usual_mtus) {
    const std::uint16_t fits = rounded(mtu - overhead);
    for (const int size : {fits + step_of_sizes, int{fits}}) {
      if (within(bounds, size)) usual.push_back(static_cast<std::uint16_t>(size));
    }
  }
  return usual.empty() ? rounded((bounds.passed + *bounds.stuck) / 2) : usual[usual.size() / 2];
}

Step ask_size(const RunSoFar& run, const net::Endpoint& reflector, std::uint16_t size, unsigned needed) {
  return ask_repeatedly(run, mtu_question(reflector, size), mtu_control(reflector), {needed, most_mtu_asks});
}

}  // namespace

Query mtu_question(const net::Endpoint& reflector, std::uint16_t size) {
  Query query = mtu_control(reflector);
  query.dont_fragment = true;
  query.size = size;
  return query;
}

Query mtu_control(const net::Endpoint& reflector) {
  return plain_control(names::path_mtu, sockets::path_mtu, reflector);
}

MtuBounds mtu_bounds(const ObservationLog& log, const net::Endpoint& reflector) {
  std::map<std::uint16_t, Repeats> by_size;
  for (const Observation& seen : log) {
    const std::uint16_t size = seen.query.size;
    const bool of_ours = seen.query.discovery == names::path_mtu && size != 0;
    if (of_ours && !by_size.contains(size)) by_size[size] = repeats(log, mtu_question(reflector, size));
  }
  MtuBounds bounds;
  for (const auto& [size, repeated] : by_size) {
    if (repeated.heard) bounds = {.passed = size};
    if (!repeated.heard && !bounds.stuck && repeated.counted.size() >= tries_of_a_size) bounds.stuck = size;
  }
  return bounds;
}

std::optional<std::uint16_t> told_mtu(const ObservationLog& log, const net::Endpoint& reflector) {
  const auto latest = std::find_if(log.rbegin(), log.rend(), [&](const Observation& seen) {
    const bool large = seen.query.discovery == names::path_mtu && seen.query.size != 0;
    return large && seen.query.to == reflector && seen.icmp && seen.icmp->mtu != 0;
  });
  return latest == log.rend() ? std::nullopt : std::optional(latest->icmp->mtu);
}

Step next_path_mtu(const RunSoFar& run) {
  const auto reflector = reflector_of_the_path(run);
  if (!reflector) return {.finished = connectivity_over(run) && !introduction_pending(run.log)};
  const MtuBounds bounds = mtu_bounds(run.log, *reflector);
  if (bounds.passed == largest_request) return {.finished = true};
  if (const auto size = next_size(run.log, *reflector, bounds)) {
    return ask_size(run, *reflector, *size, tries_of_a_size);
  }
  return ask_size(run, *reflector, *bounds.stuck, repeats_needed(round_trip_loss(run.log, run.elapsed).estimate()));
}

}  // namespace probe
