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
  RegisteredHost out{.name = host.name, .behavior = host.behavior};
  if (const auto local = net::parse_endpoint(host.local)) out.local = *local;
  if (const auto external = net::parse_endpoint(host.external)) out.external = *external;
  return out;
}

// Below 256, and its own for each behaviour.
unsigned number_of(const net::NatBehavior& behavior) {
  const auto digit = [](const auto& field) { return field ? static_cast<unsigned>(*field) + 1 : 0; };
  return (digit(behavior.mapping) * 6 + digit(behavior.allocation)) * 4 * 2 + digit(behavior.filtering) * 2 +
         (behavior.udp_blocked ? 1 : 0);
}

}  // namespace

MatrixRun::MatrixRun(MatrixOrder order, net::TimePoint start, bool sprays)
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
  const bool one_nat = same_nat(*a, *b);
  const auto [known, is_new] =
      kinds_.try_emplace((number_of(a->behavior) << 9) + number_of(b->behavior) * 2 + (one_nat ? 1 : 0));
  if (is_new) {
    const Theory theory = one_nat ? Theory{.result = Prediction::SameNat} : predict(a->behavior, b->behavior);
    const auto tries = tries_for({.behaviors = {{a->behavior, b->behavior}}, .same_nat = one_nat}, plan_);
    known->second = {theory.result, outline_of(tries, plan_, theory)};
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
