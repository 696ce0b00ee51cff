#include "traversal/schedule.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace traversal {

bool same_pair(const NamePair& x, const NamePair& y) { return x == y || x == NamePair{y[1], y[0]}; }

std::vector<IndexPair> every_pair(std::size_t hosts) {
  std::vector<IndexPair> pairs;
  std::vector<std::uint32_t> circle(hosts + hosts % 2);  // an odd number gets an empty seat
  std::iota(circle.begin(), circle.end(), 0U);
  for (std::size_t round = 1; round < circle.size(); ++round) {
    for (std::size_t i = 0; i < circle.size() / 2; ++i) {
      const auto [first, second] = std::minmax(circle[i], circle[circle.size() - 1 - i]);
      if (second < hosts) pairs.push_back({first, second});
    }
    std::rotate(circle.begin() + 1, circle.end() - 1, circle.end());  // the first stays in its seat
  }
  return pairs;
}

PairQueue::PairQueue(std::size_t hosts, const std::vector<IndexPair>& pairs)
    : pairs_(pairs),
      waiting_(pairs.size(), true),
      waiting_count_(pairs.size()),
      pairs_of_(hosts),
      states_(hosts, HostState::Gone) {
  for (std::uint32_t pair = 0; pair < pairs_.size(); ++pair) {
    for (const std::uint32_t host : pairs_[pair]) pairs_of_[host].push_back(pair);
  }
}

void PairQueue::remove(std::uint32_t pair) {
  if (waiting_[pair]) --waiting_count_;
  waiting_[pair] = false;
}

void PairQueue::set(std::uint32_t host, HostState state) {
  if (state == HostState::Idle && states_[host] != HostState::Idle) became_idle_.push_back(host);
  states_[host] = state;
}

std::optional<std::uint32_t> PairQueue::take_next(const MayStart& may_start) {
  while (!became_idle_.empty()) {
    const std::uint32_t host = became_idle_.front();
    became_idle_.pop_front();
    if (states_[host] != HostState::Idle) continue;
    if (const auto pair = take_next_of(host, may_start)) return pair;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> PairQueue::take_next_of(std::uint32_t host, const MayStart& may_start) {
  auto& pairs = pairs_of_[host];
  std::erase_if(pairs, [this](std::uint32_t pair) { return !waiting_[pair]; });
  bool held_back = false;
  for (const std::uint32_t pair : pairs) {
    const auto [a, b] = pairs_[pair];
    if (states_[a == host ? b : a] != HostState::Idle) continue;
    if (may_start(pair)) {
      remove(pair);
      return pair;
    }
    held_back = true;
  }
  if (held_back) held_back_.push_back(host);
  return std::nullopt;
}

void PairQueue::look_again() {
  for (const std::uint32_t host : std::exchange(held_back_, {})) became_idle_.push_back(host);
}

void PairQueue::put_back(std::uint32_t pair) {
  if (waiting_[pair]) return;
  waiting_[pair] = true;
  ++waiting_count_;
  for (const std::uint32_t host : pairs_[pair]) {
    auto& pairs = pairs_of_[host];
    const auto place = std::lower_bound(pairs.begin(), pairs.end(), pair);
    if (place == pairs.end() || *place != pair) pairs.insert(place, pair);
  }
}

std::vector<std::uint32_t> PairQueue::take_all_of(std::uint32_t host) {
  std::vector<std::uint32_t> taken;
  for (const std::uint32_t pair : std::exchange(pairs_of_[host], {})) {
    if (!waiting_[pair]) continue;
    remove(pair);
    taken.push_back(pair);
  }
  return taken;
}

}  // namespace traversal
