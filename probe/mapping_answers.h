#pragma once
// The answers of the mapping discovery, picked from the log, and what cannot be true of them together. External
// endpoints are compared within one local socket only.

#include <array>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "probe/observation.h"

namespace probe {

// A round is two sockets; the latest one counts. Another is played where worth_asking_again() says so.
inline constexpr unsigned mapping_rounds = 3;
[[nodiscard]] std::array<std::uint32_t, 2> mapping_sockets(unsigned round);
[[nodiscard]] unsigned latest_mapping_round(const ObservationLog& log);
[[nodiscard]] bool in_mapping_round(const Observation& seen, unsigned round);

// The same socket asked the same endpoint earlier.
[[nodiscard]] bool is_repeat(const ObservationLog& log, const Observation& seen);

struct MappingAnswer {
  std::size_t index = 0;  // in the log
  std::uint32_t socket = 0;
  net::Endpoint reflector;         // as asked
  net::IpAddress reflector_knows;  // its address as it knows it: of IPv4, where a NAT64 leads to it
  net::Endpoint mapped;
  std::optional<net::Endpoint> local;
};
using MappingAnswers = std::vector<MappingAnswer>;
[[nodiscard]] MappingAnswers latest_mapping_answers(const ObservationLog& log);

[[nodiscard]] std::set<net::IpAddress> reflector_addresses(const MappingAnswers& answers);

// Every two answers of one socket.
struct TwoAnswers {
  const MappingAnswer* one = nullptr;
  const MappingAnswer* two = nullptr;

  [[nodiscard]] bool differ() const { return one->mapped != two->mapped; }
  [[nodiscard]] bool same_address() const { return one->reflector.address == two->reflector.address; }
  [[nodiscard]] bool other_port_only() const { return same_address() && one->reflector.port != two->reflector.port; }
};
[[nodiscard]] std::vector<TwoAnswers> two_by_two(const MappingAnswers& answers);

// A repeat showed another external endpoint: says which reflector saw it. Empty: none did.
[[nodiscard]] std::string changed_during_the_test(const MappingAnswers& answers);

// Whichever part of the destination a mapping depends on, it does so at every socket and for every two destinations
// alike. Where it does not, a mapping that was there before was in the way: says which two answers show it. Empty: one
// rule explains all.
[[nodiscard]] std::string without_one_rule(const MappingAnswers& answers);

// The answers are spoilt by something that fresh sockets may escape.
[[nodiscard]] bool worth_asking_again(const MappingAnswers& answers);

// Why these answers cannot all be true, ready to print; empty when they can. Named are: an address that does not reach
// a public reflector, a change between repeats, two external addresses, one reflector against all others, no one rule.
[[nodiscard]] std::string contradiction(const MappingAnswers& answers);

}  // namespace probe
