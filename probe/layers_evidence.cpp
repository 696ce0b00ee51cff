#include "probe/layers_evidence.h"

#include <algorithm>
#include <cmath>

#include "net/address_scope.h"
#include "probe/log_reading.h"

namespace probe {
namespace {

using namespace std::chrono_literals;

constexpr unsigned shortest_time = 10;
constexpr unsigned longest_time = 300;
constexpr double time_ratio = 1.4;
constexpr std::uint32_t first_layer_trial = 10;
constexpr net::Duration scan_lasts = 1s;
constexpr unsigned silent_trials = 2;  // one mapping may end because its keep-alives were lost

std::vector<unsigned> make_times() {
  std::vector<unsigned> out;
  for (double seconds = shortest_time; seconds <= longest_time; seconds *= time_ratio) {
    out.push_back(static_cast<unsigned>(std::lround(seconds)));
  }
  return out;
}

double middle(const LifetimeBracket& bracket) {
  const double expired = std::chrono::duration<double>(bracket.expired).count();
  return std::round((bracket.safe + expired) / 2);
}

// Ended, and proven so; `expired` is the shortest trial that was silent.
bool ended(const LifetimeBracket& bracket) { return bracket.decided && !bracket.longer; }

// It lived on for a step of the times after the other had ended: neighbours may differ by a hair.
bool outlives(const LifetimeBracket& longer, const LifetimeBracket& shorter) {
  const double end = std::chrono::duration<double>(shorter.expired).count();
  return longer.safe > end * (1 + time_ratio) / 2;
}

// Behind a NAT64 hops are IPv4 that the NAT64 made IPv6 of; in front of it public addresses say nothing.
Hop hop_of(const Observation& seen, unsigned ttl, std::size_t index) {
  Hop out{.ttl = ttl, .from = seen.icmp->from, .evidence = index};
  if (!out.from) return out;
  out.from = as_known_there(seen, *out.from);
  out.before_nat64 = nat64_of(seen) && out.from->family() == net::Family::V6;
  return out;
}

}  // namespace

std::uint32_t scan_socket(unsigned ttl) { return sockets::layers + ttl; }

std::uint32_t layer_socket(unsigned ttl, std::size_t trial) {
  const auto row = static_cast<std::uint32_t>(layer_times().size());
  return sockets::layers + first_layer_trial + (ttl - 1) * row + static_cast<std::uint32_t>(trial);
}

std::span<const unsigned> layer_times() {
  static const std::vector<unsigned> times = make_times();
  return times;
}

TrialLog layers_log(const ObservationLog& log, net::Duration elapsed) {
  return {log, names::layers, sockets::layers, elapsed};
}

// 192.0.0.8 is whoever has no address (RFC 7600): Linux answers by it.
bool Hop::in_public() const {
  static const net::IpAddress dummy = net::address("192.0.0.8");
  return from && !before_nat64 && from != dummy && net::scope(*from) == net::AddressScope::Public;
}

const Hop* HopPath::at(unsigned ttl) const {
  const auto found = std::find_if(hops.begin(), hops.end(), [ttl](const Hop& hop) { return hop.ttl == ttl; });
  return found == hops.end() ? nullptr : &*found;
}

unsigned HopPath::deepest_keep_alive() const {
  unsigned out = most_keep_alive_ttl;
  if (reflector_at) out = std::min(out, *reflector_at - 1);
  const auto outside = std::find_if(hops.begin(), hops.end(), [](const Hop& hop) { return hop.in_public(); });
  if (outside != hops.end()) out = std::min(out, outside->ttl);
  return std::max(out, 1U);
}

HopPath path_of(const TrialLog& log) {
  HopPath out;
  for (unsigned ttl = 1; ttl <= scanned_hops; ++ttl) {
    for (const std::size_t index : log.of(scan_socket(ttl))) {
      const Observation& seen = log[index];
      const bool exceeded = seen.icmp && seen.icmp->time_exceeded(seen.query.to.family());
      if (exceeded && out.at(ttl) == nullptr) out.hops.push_back(hop_of(seen, ttl, index));
      if (answered(seen) && !out.reflector_at) out.reflector_at = ttl;
    }
  }
  for (const std::size_t index : log.of(log.control_socket())) {
    if (!answered(log[index])) continue;
    out.translated = log[index].mapped;
    out.local = log[index].local;
  }
  out.scanned = log.began() && log.now() >= *log.began() + scan_lasts + log.patience();
  return out;
}

LayerEvidence layer_evidence(const TrialLog& log, const HopPath& path) {
  LayerEvidence out;
  out.loss = trial_loss(log);
  for (unsigned ttl = 1; ttl <= path.deepest_keep_alive(); ++ttl) {
    LayerRow row{.ttl = ttl};
    for (std::size_t i = 0; i < layer_times().size(); ++i) {
      const std::uint32_t socket = layer_socket(ttl, i);
      row.trials.push_back(trial_on(log, socket, answered_times(log, socket).has_value()));
    }
    out.rows.push_back(std::move(row));
  }
  for (LayerRow& row : out.rows) {
    row.bracket = bracket(row.trials, layer_times(), out.loss.one_way(), silent_trials);
  }
  return out;
}

std::optional<TwoLayers> LayerEvidence::two() const {
  if (rows.empty() || !ended(rows.front().bracket)) return std::nullopt;
  const LayerRow& none = rows.front();  // its keep-alives leave the host, and pass no NAT
  for (const LayerRow& inner : rows) {
    if (!ended(inner.bracket) || !outlives(inner.bracket, none.bracket)) continue;
    for (const LayerRow& outer : rows) {
      if (outer.ttl <= inner.ttl || !outlives(outer.bracket, inner.bracket)) continue;
      TwoLayers out{.inner_reach = inner.ttl,
                    .outer_reach = outer.ttl,
                    .inner_lifetime = middle(none.bracket),
                    .outer_lifetime = middle(inner.bracket),
                    .chance = none.bracket.chance + inner.bracket.chance};
      for (const LayerRow* row : {&none, &inner, &outer}) {
        out.evidence.insert(out.evidence.end(), row->bracket.evidence.begin(), row->bracket.evidence.end());
      }
      return out;
    }
  }
  return std::nullopt;
}

std::optional<unsigned> LayerEvidence::outer_reach() const {
  const LifetimeBracket* shorter = nullptr;
  for (const LayerRow& row : rows) {
    if (shorter != nullptr && outlives(row.bracket, *shorter)) return row.ttl;
    if (ended(row.bracket)) shorter = &row.bracket;
  }
  return std::nullopt;
}

// The last row lives as long as it is kept: it is not waited for. That it outlived the others is seen by then.
bool LayerEvidence::decided() const {
  if (two()) return true;
  if (rows.size() < 2) return true;
  const auto over = [](const LayerRow& row) { return row.bracket.over(); };
  const bool all_over = std::all_of(rows.begin(), rows.end() - 1, over);
  return all_over && (outer_reach() || rows.back().bracket.over());
}

net::Duration longest_layers_run() { return std::chrono::seconds(longest_time + 20); }

}  // namespace probe
