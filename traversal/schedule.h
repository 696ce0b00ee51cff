#pragma once
// The pairs of a matrix and their order: no host in two jobs at once, none idle while it has a partner to try.

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace traversal {

using NamePair = std::array<std::string, 2>;
using IndexPair = std::array<std::uint32_t, 2>;  // of hosts, counted from 0

[[nodiscard]] bool same_pair(const NamePair& x, const NamePair& y);  // in either order

// Every unordered pair of so many hosts once, in the order of a round-robin tournament (circle method): in each round
// every host has one partner, so that jobs started from the front keep all hosts busy and none in two jobs. The smaller
// index is the first of its pair.
[[nodiscard]] std::vector<IndexPair> every_pair(std::size_t hosts);

enum class HostState : std::uint8_t {
  Idle,
  Busy,  // in a job, or not back yet since the rendezvous started anew
  Gone,
};

// Pairs that wait, and which of them is next: that of a host that became idle, in their order, with a partner that is
// idle too. Told of every change of a host, so that a step looks at one host's pairs and not at all of them.
class PairQueue {
 public:
  PairQueue(std::size_t hosts, const std::vector<IndexPair>& pairs);  // all hosts gone, all pairs waiting

  void remove(std::uint32_t pair);  // it has an outcome already
  void set(std::uint32_t host, HostState state);
  [[nodiscard]] HostState state(std::uint32_t host) const { return states_[host]; }

  // The next pair that is to start, waiting no more; its hosts are to be set busy. Those `may_start` refuses stay,
  // until look_again().
  using MayStart = std::function<bool(std::uint32_t pair)>;
  [[nodiscard]] std::optional<std::uint32_t> take_next(const MayStart& may_start);
  void look_again();
  void put_back(std::uint32_t pair);  // it is to wait after all

  // Waiting pairs of a host that is gone, and will not be waited for; waiting no more.
  [[nodiscard]] std::vector<std::uint32_t> take_all_of(std::uint32_t host);
  [[nodiscard]] std::size_t size() const { return waiting_count_; }

 private:
  const std::vector<IndexPair> pairs_;
  std::vector<bool> waiting_;
  std::size_t waiting_count_;
  std::vector<std::vector<std::uint32_t>> pairs_of_;  // of each host, in order; some wait no more
  std::vector<HostState> states_;
  std::deque<std::uint32_t> became_idle_;  // and not looked at since
  std::vector<std::uint32_t> held_back_;   // idle, with a pair that might not start

  [[nodiscard]] std::optional<std::uint32_t> take_next_of(std::uint32_t host, const MayStart& may_start);
};

}  // namespace traversal
