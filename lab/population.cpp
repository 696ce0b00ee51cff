#include "lab/population.h"

#include <fmt/core.h>

#include <algorithm>
#include <cassert>
#include <cmath>

namespace lab {
namespace {

// The NATs of one kind, filled one after the other: where its next host or NAT goes.
struct Filling {
  std::size_t current = 0;
  std::size_t left = 0;  // places in it
};

// Makes a new one by `make` where the current one is full.
template <typename Make>
std::size_t place_in(Filling& filling, std::size_t capacity, Make make) {
  if (filling.left == 0) filling = {.current = make(), .left = capacity};
  --filling.left;
  return filling.current;
}

std::size_t drawn_kind(const Population& population, net::Random& random) {
  double left = random.unit();
  for (std::size_t kind = 0; kind < population.kinds.size(); ++kind) {
    left -= population.kinds[kind].share;
    if (left < 0) return kind;
  }
  // The sum of the shares fell short by rounding.
  const auto last = std::find_if(population.kinds.rbegin(), population.kinds.rend(),
                                 [](const PopulationKind& kind) { return kind.share > 0; });
  return static_cast<std::size_t>(population.kinds.rend() - last) - 1;
}

LinkProfile drawn_link(const AccessLink& access, net::Random& random) {
  const auto spread = static_cast<std::uint64_t>((access.most_delay - access.least_delay).count());
  const net::Duration delay = access.least_delay + net::Duration(static_cast<std::int64_t>(random.between(0, spread)));
  return {.delay = delay, .jitter = access.jitter, .loss = access.loss};
}

template <typename Things>
std::optional<std::string> doubled_name(const Things& things, std::string_view list) {
  for (std::size_t i = 0; i < things.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (things[i].name == things[j].name) return fmt::format("{}[{}].name: the name of another one", list, i);
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> contradiction(const Population& population) {
  if (auto doubled = doubled_name(population.carriers, "carriers")) return doubled;
  if (auto doubled = doubled_name(population.kinds, "kinds")) return doubled;
  for (std::size_t i = 0; i < population.carriers.size(); ++i) {
    if (!translates(population.carriers[i].profile)) {
      return fmt::format("carriers[{}].profile: a carrier's NAT translates", i);
    }
  }
  double sum = 0;
  for (std::size_t i = 0; i < population.kinds.size(); ++i) {
    const PopulationKind& kind = population.kinds[i];
    sum += kind.share;
    if (!kind.carrier.empty() && carrier_of(population, kind) == nullptr) {
      return fmt::format("kinds[{}].carrier: no carrier is named '{}'", i, kind.carrier);
    }
  }
  if (!(std::abs(sum - 1) <= share_tolerance)) return fmt::format("kinds: the key 'share' sums to {:g}, not to 1", sum);
  return std::nullopt;
}

Sample draw(const Population& population, std::size_t hosts, net::Random& random) {
  std::vector<Filling> nats(population.kinds.size());
  std::vector<Filling> carriers(population.carriers.size());
  Sample sample;
  const auto new_carrier = [&](std::size_t kind) {
    sample.carriers.push_back({.kind = kind});
    return sample.carriers.size() - 1;
  };
  const auto new_nat = [&](std::size_t index) {
    const PopulationKind& kind = population.kinds[index];
    DrawnNat nat{.kind = index, .link = drawn_link(kind.link.value_or(population.link), random)};
    if (const CarrierKind* carrier = carrier_of(population, kind)) {
      const auto which = static_cast<std::size_t>(carrier - population.carriers.data());
      nat.carrier = place_in(carriers[which], carrier->nats_behind, [&] { return new_carrier(which); });
    }
    sample.nats.push_back(nat);
    return sample.nats.size() - 1;
  };
  for (std::size_t i = 0; i < hosts; ++i) {
    const std::size_t kind = drawn_kind(population, random);
    sample.hosts.push_back(
        {.nat = place_in(nats[kind], population.kinds[kind].hosts_per_nat, [&] { return new_nat(kind); })});
  }
  return sample;
}

const CarrierKind* carrier_of(const Population& population, const PopulationKind& kind) {
  const auto found = std::find_if(population.carriers.begin(), population.carriers.end(),
                                  [&](const CarrierKind& carrier) { return carrier.name == kind.carrier; });
  return found == population.carriers.end() ? nullptr : &*found;
}

net::NatBehavior behavior_of(const Population& population, const PopulationKind& kind) {
  const net::NatBehavior own = observed_truth(kind.profile);
  const CarrierKind* carrier = carrier_of(population, kind);
  if (carrier == nullptr || own.udp_blocked) return own;
  net::NatBehavior sum = observed_truth(carrier->profile);
  if (sum.udp_blocked) return sum;
  sum.filtering = std::max(sum.filtering, own.filtering);
  if (own.mapping == net::MappingBehavior::None || *own.mapping < *sum.mapping) return sum;
  if (*own.mapping > *sum.mapping) sum.allocation = own.allocation;  // of equals the outer one's ports are seen
  sum.mapping = own.mapping;
  return sum;
}

}  // namespace lab
