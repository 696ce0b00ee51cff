#include "traversal/birthday_spray.h"

#include <algorithm>

#include "traversal/ordinary_punch.h"
#include "traversal/predict.h"

namespace traversal {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration spray_step = 10'100us;    // a hair below 100 a second
constexpr std::size_t first_checks = 4;           // to the port that is known: they tell the other side where we are
constexpr net::Duration search_begins = 2'600ms;  // when all ports are open: 256 steps

// The ports are opened once, kept open, and tried again after the search: by then the searcher's own NAT is open for
// every port that it tried, also where the check was lost further on.
constexpr net::Duration openings[] = {0ms, 5'200ms, 10'400ms, 13'100ms};

// A host may have few ports in all (RFC 6888): leave it some.
unsigned sockets_for(const std::optional<PortPattern>& own) {
  const std::size_t pool = pool_size(own.value_or(PortPattern{}));
  return static_cast<unsigned>(std::clamp<std::size_t>(pool / 4, 1, spray_sockets));
}

bool one_side_may_guess(const Theory& theory, char side) {
  return std::any_of(theory.guessers.begin(), theory.guessers.end(),
                     [side](const std::string& guesser) { return guesser.front() == side; });
}

// Whether the local side tries ports, or opens them; where both could, what both can compare decides.
bool searches(const Description& local, const Description& remote) {
  const Theory theory = predict(in_effect(local.behavior), in_effect(remote.behavior));
  if (theory.guessers.empty()) return predictable(local.behavior);  // both at once: the steady side searches
  const bool here = one_side_may_guess(theory, 'A') && !predictable(remote.behavior);
  const bool there = one_side_may_guess(theory, 'B') && !predictable(local.behavior);
  if (here != there) return here;
  return find_candidate(local, CandidateType::ServerReflexive) < find_candidate(remote, CandidateType::ServerReflexive);
}

// Where the other side will be heard from: it searches from the port towards us, which is another than the rendezvous
// saw when its mapping depends on the address.
net::Endpoint likely_source(const net::Endpoint& seen, const Description& local, const Description& remote) {
  const bool jointly = predict(in_effect(local.behavior), in_effect(remote.behavior)).guessers.empty();
  if (!jointly || !dependent(remote.behavior)) return seen;
  const auto next = following(seen, remote.ports.value_or(PortPattern{}), 1);
  return next.empty() ? seen : next.front();
}

Plan opening(const net::Endpoint& to, unsigned sockets) {
  Plan plan{.length = spray_length,
            .sockets = static_cast<std::uint16_t>(sockets),
            .most_checks = spray_checks,
            .search = true};
  for (const net::Duration begin : openings) {
    for (unsigned i = 0; i < sockets; ++i) {
      plan.checks.push_back(
          {.at = begin + i * spray_step, .to = to, .socket = static_cast<std::uint16_t>(i), .to_where_heard = true});
    }
  }
  return plan;
}

Plan searching(const net::Endpoint& seen, const PortPattern& pattern, net::Random& random) {
  Plan plan{.length = spray_length, .most_checks = spray_checks, .search = true};
  for (std::size_t i = 0; i < first_checks; ++i) plan.checks.push_back({i * spray_step, seen});
  net::Duration at = search_begins;
  for (const std::uint16_t port : drawn_ports(pattern, spray_checks - first_checks, random)) {
    plan.checks.push_back({at, net::with_port(seen, port)});
    at += spray_step;
  }
  return plan;
}

}  // namespace

Plan birthday_spray(const Description& local, const Description& remote, net::Random& random) {
  const auto seen = find_candidate(remote, CandidateType::ServerReflexive);
  if (!seen) return {.length = spray_length, .search = true};
  if (searches(local, remote)) return searching(*seen, remote.ports.value_or(PortPattern{}), random);
  return opening(likely_source(*seen, local, remote), sockets_for(local.ports));
}

std::string spray_is_hopeless(const Pairing& pair) {
  const auto& [a, b] = pair.behaviors.values;
  const auto needed = effort(a, b);
  if (!needed) return "how their NATs choose ports was not measured";
  switch (*needed) {
    case Effort::Direct: return "no port has to be guessed";
    case Effort::Predict:
    case Effort::PredictBoth: return "the port can be predicted";
    case Effort::Spray:
    case Effort::SprayTwice: return "";
    case Effort::Costly: return "refused: every check has one chance in 65,536, so that 45,400 checks have one in two";
    case Effort::Impractical:
      return "refused: both ports are random, so that 54,600 checks from each side have one chance in two";
  }
  return "";
}

double birthday_odds(std::size_t sockets, std::size_t checks, std::size_t pool) {
  double none = 1;
  for (std::size_t i = 0; i < checks && none > 0; ++i) {
    const double left = static_cast<double>(pool) - static_cast<double>(i);
    none *= left > 0 ? std::max(0.0, 1 - static_cast<double>(sockets) / left) : 0;
  }
  return 1 - none;
}

}  // namespace traversal
