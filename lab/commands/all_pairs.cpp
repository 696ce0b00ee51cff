#include "lab/commands/all_pairs.h"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

#include "lab/commands/pair_simulation.h"

namespace lab {
namespace {

constexpr std::size_t pairs_at_a_time = 256;

Shared shared_by(const Sample& sample, const DrawnHost& a, const DrawnHost& b) {
  if (a.nat == b.nat) return Shared::Nat;
  const auto& carrier = sample.nats[a.nat].carrier;
  return carrier && carrier == sample.nats[b.nat].carrier ? Shared::Carrier : Shared::Nothing;
}

// Which pair stands at a place of the order.
struct Couple {
  std::size_t a;
  std::size_t b;
};
Couple couple_at(std::size_t index, std::size_t hosts) {
  std::size_t a = 0;
  for (std::size_t in_row = hosts - 1; index >= in_row; --in_row) {
    index -= in_row;
    ++a;
  }
  return {a, a + 1 + index};
}
Couple next(Couple couple, std::size_t hosts) {
  return couple.b + 1 < hosts ? Couple{couple.a, couple.b + 1} : Couple{couple.a + 1, couple.a + 2};
}

// Lets work that was done out of order leave in order; the first failure opens the gate for all and ends everything.
class Gate {
 public:
  // False: stop.
  template <typename Work>
  bool pass_in_turn(std::size_t turn, Work work) {
    std::unique_lock lock(mutex_);
    moved_.wait(lock, [&] { return failure_ || turn_ == turn; });
    if (failure_) return false;
    work();
    ++turn_;
    moved_.notify_all();
    return true;
  }
  void fail(std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
    moved_.notify_all();
  }
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable moved_;
  std::size_t turn_ = 0;
  std::exception_ptr failure_;
};

// As a probe finds them: the step from one to the next, and a pool that is a part of the whole.
std::optional<traversal::PortPattern> ports_of(const NatProfile& outermost) {
  if (!translates(outermost)) return std::nullopt;
  traversal::PortPattern ports;
  if (outermost.allocation == net::PortAllocation::Sequential) ports.step = outermost.step;
  if (outermost.first_port > traversal::lowest_port || outermost.last_port < traversal::highest_port) {
    ports.range = traversal::PortRange{outermost.first_port, outermost.last_port};
  }
  return ports;
}

std::vector<HostPlace> places_of(const Population& population, const Sample& sample) {
  const std::vector<traversal::Host> hosts = matrix_hosts(population, sample);
  std::vector<HostPlace> places;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const DrawnNat& nat = sample.nats[sample.hosts[i].nat];
    const PopulationKind& kind = population.kinds[nat.kind];
    const CarrierKind* carrier = carrier_of(population, kind);
    places.push_back({.name = hosts[i].name,
                      .behavior = hosts[i].behavior,
                      .nat = &kind.profile,
                      .link = nat.link,
                      .carrier = carrier == nullptr ? nullptr : &carrier->profile,
                      .ports = ports_of(carrier == nullptr ? kind.profile : carrier->profile)});
  }
  return places;
}

}  // namespace

std::vector<traversal::Host> matrix_hosts(const Population& population, const Sample& sample) {
  const std::size_t digits = std::to_string(sample.hosts.size()).size();
  std::vector<traversal::Host> hosts;
  for (std::size_t i = 0; i < sample.hosts.size(); ++i) {
    const PopulationKind& kind = population.kinds[sample.nats[sample.hosts[i].nat].kind];
    hosts.push_back({.name = fmt::format("h{:0{}}", i + 1, digits), .behavior = behavior_of(population, kind)});
  }
  return hosts;
}

void simulate_pairs(const Population& population, const Sample& sample, const PlayedHow& how,
                    const std::function<void(const std::vector<PairedOutcome>&)>& take) {
  const std::vector<HostPlace> places = places_of(population, sample);
  const std::size_t pairs = pairs_of(places.size());
  const auto simulated = [&](std::size_t first) {
    std::vector<PairedOutcome> done;
    Couple couple = couple_at(first, places.size());
    for (std::size_t i = first; i < std::min(first + pairs_at_a_time, pairs); ++i) {
      const PairSetting setting{.places = {{places[couple.a], places[couple.b]}},
                                .shared = shared_by(sample, sample.hosts[couple.a], sample.hosts[couple.b]),
                                .seed = how.seed + i,
                                .strategies = how.strategies};
      done.push_back({couple.a, couple.b, simulate_pair(setting)});
      couple = next(couple, places.size());
    }
    return done;
  };

  Gate gate;
  std::atomic<std::size_t> next_turn = 0;
  const auto work = [&] {
    try {
      for (std::size_t turn = next_turn++; turn * pairs_at_a_time < pairs; turn = next_turn++) {
        const std::vector<PairedOutcome> done = simulated(turn * pairs_at_a_time);
        if (!gate.pass_in_turn(turn, [&] { take(done); })) return;
      }
    } catch (...) {
      gate.fail(std::current_exception());
    }
  };
  {
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < std::max(how.threads, 1U); ++i) workers.emplace_back(work);
  }
  gate.rethrow();
}

}  // namespace lab
