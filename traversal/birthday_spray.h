#pragma once
// The search for a port chosen at random, made feasible by the birthday paradox: the side whose ports are random opens
// N of them towards the other, which tries M ports: one of N*M pairs has to meet. With N = 256 and M = 1,024 that is 98
// % of all whole ranges, before loss; inside a known block it is certain.
//
// What arrives at either side of it, should nobody be there: at most 1,024 packets, at most 100 in a second.

#include "traversal/strategy.h"

namespace traversal {

inline constexpr unsigned spray_sockets = 256;
inline constexpr unsigned spray_checks = 1024;
inline constexpr net::Duration spray_length = std::chrono::milliseconds(16'500);

[[nodiscard]] Plan birthday_spray(const Description& local, const Description& remote, net::Random& random);

// With the odds, where they are poor.
[[nodiscard]] std::string spray_is_hopeless(const Pairing& pair);

// That one of `sockets` open ports is among `checks` different ones, out of `pool`.
[[nodiscard]] double birthday_odds(std::size_t sockets, std::size_t checks, std::size_t pool);

}  // namespace traversal
