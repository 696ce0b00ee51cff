#include "traversal/matrix_run.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "traversal/predict.h"

namespace traversal {
namespace {

// Of an order; the texts were made from endpoints.
RegisteredHost registered(const Host& host) {
  RegisteredHost out{.name = host.name, .behavior = host.behavior, .port_mapping = host.port_mapping};
  if (const auto local = net::parse_endpoint(host.local)) out.local = *local;
  if (const auto external = net::parse_endpoint(host.external)) {
    out.external = *external;
  } else {
    out.socket.value = net::first_accepted_id;  // over TCP alone
  }
  if (const auto other = net::parse_endpoint(host.external_other)) out.other = *other;
  return out;
}

// Below 256, and its own for each behaviour.
unsigned number_of(const net::NatBehavior& behavior) {
  const auto digit = [](const auto& field) { return field ? static_cast<unsigned>(*field) + 1 : 0; };
  return (digit(behavior.mapping) * 6 + digit(behavior.allocation)) * 4 * 2 + digit(behavior.filtering) * 2 +
         (behavior.udp_blocked ? 1 : 0);
}

// Its own for each kind of pair.
unsigned number_of(const Pairing& pair) {
  unsigned number = pair.same_nat ? 1 : 0;
  for (const Side side : both_sides) {
    const Families& families = pair.families[side];
    number = (number << 8U) + number_of(pair.behaviors[side]);
    for (const bool bit :
         {pair.maps_ports[side], pair.tcp_only[side], families.both, families.first == net::Family::V6}) {
      number = number * 2 + (bit ? 1 : 0);
    }
  }
  return number;
}

Theory theory_of(const Pairing& pair) {
  if (pair.same_nat) return {.result = Prediction::SameNat};
  const auto& [a, b] = pair.families.values;
  if (a.first == b.first) return predict(pair.behaviors[Side::A], pair.behaviors[Side::B]);
  // Of the family they meet in, one NAT at least was not probed.
  return {.result = common_family(pair.families) ? Prediction::Unknown : Prediction::Impossible};
}

}  // namespace

MatrixRun::MatrixRun(MatrixOrder order, net::TimePoint start, bool sprays, bool tcp)
    : pairs_(pairs_of(order)),
      closed_(pairs_.size(), false),
      plan_(plan_of(order.request).value_or(JobPlan{})),
      queue_(order.hosts.size(), pairs_),
      start_(start) {
  std::transform(order.hosts.begin(), order.hosts.end(), std::back_inserter(hosts_), registered);
  for (const Host& host : order.hosts) index_of_.emplace(host.name, static_cast<std::uint32_t>(index_of_.size()));
  matrix_.hosts = std::move(order.hosts);
  matrix_.pairs.resize(pairs_.size());
  plan_.sprays = sprays;
  plan_.tcp = tcp;
}

std::optional<std::uint32_t> MatrixRun::index_of(const std::string& name) const {
  const auto found = index_of_.find(name);
  return found == index_of_.end() ? std::nullopt : std::optional(found->second);
}

PerSide<const RegisteredHost*> MatrixRun::pair(std::uint32_t index) const {
  return {{&hosts_[pairs_[index][0]], &hosts_[pairs_[index][1]]}};
}

const MatrixRun::Kind& MatrixRun::kind(std::uint32_t index) const {
  const auto [a, b] = pair(index).values;
  const Pairing pairing{.behaviors = {{a->behavior, b->behavior}},
                        .same_nat = same_nat(*a, *b),
                        .tcp_only = {{a->over_tcp(), b->over_tcp()}},
                        .families = {{a->families(), b->families()}},
                        .maps_ports = {{a->maps_ports(), b->maps_ports()}}};
  const auto [known, is_new] = kinds_.try_emplace(number_of(pairing));
  if (is_new) {
    const Theory theory = theory_of(pairing);
    known->second = {theory.result, outline_of(tries_for(pairing, plan_), plan_, theory)};
  }
  return known->second;
}

PairOutcome MatrixRun::blank(std::uint32_t index, Outcome outcome, std::string why) const {
  const auto [a, b] = pair(index).values;
  return {.a = a->name, .b = b->name, .predicted = predicted(index), .outcome = outcome, .why = std::move(why)};
}

void MatrixRun::close(std::uint32_t index, PairOutcome outcome, net::TimePoint now) {
  if (closed_[index]) return;
  closed_[index] = true;
  queue_.remove(index);
  matrix_.pairs[index] = std::move(outcome);
  if (++done_ < pairs_.size()) return;
  matrix_.duration = now - start_;
  std::sort(matrix_.pairs.begin(), matrix_.pairs.end(),
            [](const auto& x, const auto& y) { return std::tie(x.a, x.b) < std::tie(y.a, y.b); });
  rows_ = rows_of(std::exchange(matrix_, {}));
}

}  // namespace traversal
