#include "probe/deciding_paths.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "probe/log_reading.h"

namespace probe {
namespace {

std::ptrdiff_t given_reflectors(const Report& path) {
  return std::count_if(path.reflectors.begin(), path.reflectors.end(), [&](const ReflectorSeen& seen) {
    return given_by_user(path.observations, seen.endpoint.address);
  });
}

bool is_overshadowed_by(const Report& other, const Report& path) {
  if (other.interface != path.interface || other.family() == path.family()) return false;
  if (!answered_over_udp(other.observations)) return false;
  return !answered_over_udp(path.observations) || given_reflectors(path) < given_reflectors(other);
}

}  // namespace

std::vector<const Report*> deciding_paths(const Report& report) {
  const auto all = paths_of(report);
  std::vector<const Report*> out;
  std::copy_if(all.begin(), all.end(), std::back_inserter(out), [&](const Report* path) {
    return std::none_of(all.begin(), all.end(), [&](const Report* other) { return is_overshadowed_by(*other, *path); });
  });
  return out;
}

bool answered_on_any_path(const Report& report) {
  const auto all = paths_of(report);
  return std::any_of(all.begin(), all.end(), [](const Report* path) { return answered_over_udp(path->observations); });
}

}  // namespace probe
