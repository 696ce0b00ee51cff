#include "probe/discovery.h"

#include <algorithm>

namespace probe {

Step side_by_side(Step one, const Step& two) {
  one.ask.insert(one.ask.end(), two.ask.begin(), two.ask.end());
  if (two.look_again) one.look_again = std::min(one.look_again.value_or(*two.look_again), *two.look_again);
  one.finished = one.finished && two.finished;
  return one;
}

std::uint16_t port_offset(std::uint32_t socket) {
  constexpr std::uint32_t ports_of_a_discovery = 16;
  constexpr std::uint32_t many_at = 20 * ports_of_a_discovery;
  if (socket >= sockets::many) return static_cast<std::uint16_t>(many_at + socket - sockets::many);
  const std::uint32_t range = socket / 100 - 1;
  return static_cast<std::uint16_t>(range * ports_of_a_discovery + socket % 100);
}

net::Duration first_rto(net::Duration timeout) {
  return std::max<net::Duration>(std::chrono::milliseconds(200), timeout / first_requests);
}

}  // namespace probe
