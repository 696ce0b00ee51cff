#include "probe/mapping_answers.h"

#include <fmt/core.h>

#include <algorithm>

#include "net/address_scope.h"
#include "probe/discovery.h"
#include "probe/log_reading.h"

namespace probe {
namespace {

std::string impossible_scope(const MappingAnswers& answers) {
  for (const MappingAnswer& answer : answers) {
    const net::AddressScope scope = net::scope(answer.mapped.address);
    const bool public_reflector = net::scope(answer.reflector_knows) == net::AddressScope::Public;
    if (scope == net::AddressScope::Public || !public_reflector) continue;
    return fmt::format("{} says it sees us as {}: a {} address does not reach a public reflector",
                       net::to_string(answer.reflector), net::to_string(answer.mapped), net::to_string(scope));
  }
  return {};
}

std::string two_external_addresses(const MappingAnswers& answers) {
  for (const TwoAnswers& two : two_by_two(answers)) {
    if (two.one->mapped.address == two.two->mapped.address) continue;
    return fmt::format("the reflectors disagree about our address: {} says {}, {} says {}",
                       net::to_string(two.one->reflector), net::to_string(two.one->mapped),
                       net::to_string(two.two->reflector), net::to_string(two.two->mapped));
  }
  return {};
}

// With three reflector addresses or more: a NAT shows all of them the same endpoint, or no two of them.
std::string standing_alone(const MappingAnswers& answers) {
  if (reflector_addresses(answers).size() < 3) return {};
  std::set<const MappingAnswer*> shared;
  bool differ = false;
  for (const TwoAnswers& two : two_by_two(answers)) {
    if (!two.same_address() && !two.differ()) shared.insert({two.one, two.two});
    differ = differ || two.differ();
  }
  if (shared.empty() || !differ) return {};
  const auto alone = std::find_if(answers.begin(), answers.end(),
                                  [&](const MappingAnswer& answer) { return !shared.contains(&answer); });
  if (alone == answers.end()) return "the reflectors contradict each other: some see one port, some another";
  return fmt::format("{} stands alone against the other reflectors: it says {}", net::to_string(alone->reflector),
                     net::to_string(alone->mapped));
}

// Numbers that a round has, of which it uses two. Bound side by side (--bind), a round's ports must not be those that a
// NAT went on to when the round before found its own taken.
constexpr std::uint32_t sockets_of_a_round = 6;

// Answers two by two: whether some are equal, and some not.
struct Compared {
  bool equal = false;
  bool differ = false;

  void take(const TwoAnswers& two) { (two.differ() ? differ : equal) = true; }
  [[nodiscard]] bool mixed() const { return equal && differ; }
};

}  // namespace

std::array<std::uint32_t, 2> mapping_sockets(unsigned round) {
  const std::uint32_t first = sockets::mapping + sockets_of_a_round * round;
  return {first, first + 1};
}

unsigned latest_mapping_round(const ObservationLog& log) {
  unsigned latest = 0;
  for (const Observation& seen : log) {
    if (is_mapping(seen)) latest = std::max(latest, (seen.query.socket - sockets::mapping) / sockets_of_a_round);
  }
  return latest;
}

bool in_mapping_round(const Observation& seen, unsigned round) {
  const auto of_round = mapping_sockets(round);
  return is_mapping(seen) && std::find(of_round.begin(), of_round.end(), seen.query.socket) != of_round.end();
}

bool is_repeat(const ObservationLog& log, const Observation& seen) {
  return std::any_of(log.begin(), log.end(), [&](const Observation& earlier) {
    return &earlier < &seen && is_mapping(earlier) && earlier.query.socket == seen.query.socket &&
           earlier.query.to == seen.query.to;
  });
}

MappingAnswers latest_mapping_answers(const ObservationLog& log) {
  MappingAnswers out;
  const unsigned round = latest_mapping_round(log);
  for (std::size_t i = 0; i < log.size(); ++i) {
    const Observation& seen = log[i];
    if (!in_mapping_round(seen, round) || !answered(seen) || !seen.mapped) continue;
    out.push_back({.index = i,
                   .socket = seen.query.socket,
                   .reflector = seen.query.to,
                   .reflector_knows = as_known_there(seen, seen.query.to.address),
                   .mapped = *seen.mapped,
                   .local = seen.local});
  }
  return out;
}

std::set<net::IpAddress> reflector_addresses(const MappingAnswers& answers) {
  std::set<net::IpAddress> out;
  for (const MappingAnswer& answer : answers) out.insert(answer.reflector.address);
  return out;
}

std::vector<TwoAnswers> two_by_two(const MappingAnswers& answers) {
  std::vector<TwoAnswers> out;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    for (std::size_t j = i + 1; j < answers.size(); ++j) {
      if (answers[i].socket == answers[j].socket) out.push_back({&answers[i], &answers[j]});
    }
  }
  return out;
}

std::string changed_during_the_test(const MappingAnswers& answers) {
  for (const TwoAnswers& two : two_by_two(answers)) {
    if (two.one->reflector != two.two->reflector || !two.differ()) continue;
    return fmt::format("mapping changed during the test (seen by {})", net::to_string(two.one->reflector));
  }
  return {};
}

std::string without_one_rule(const MappingAnswers& answers) {
  Compared addresses;
  Compared ports;
  const TwoAnswers* different = nullptr;
  const auto twos = two_by_two(answers);
  for (const TwoAnswers& two : twos) {
    if (two.one->reflector == two.two->reflector) continue;
    (two.same_address() ? ports : addresses).take(two);
    if (two.differ()) different = &two;
  }
  if (!addresses.mixed() && !ports.mixed() && !(addresses.equal && ports.differ)) return {};
  return fmt::format(
      "ports follow no one rule: {} and {} see one socket at {} and {} while others agree, as where an earlier mapping "
      "is in the way",
      net::to_string(different->one->reflector), net::to_string(different->two->reflector), different->one->mapped.port,
      different->two->mapped.port);
}

bool worth_asking_again(const MappingAnswers& answers) {
  if (!changed_during_the_test(answers).empty()) return true;
  return two_external_addresses(answers).empty() && !without_one_rule(answers).empty();
}

std::string contradiction(const MappingAnswers& answers) {
  for (const auto check :
       {impossible_scope, changed_during_the_test, two_external_addresses, standing_alone, without_one_rule}) {
    if (std::string why = check(answers); !why.empty()) return why;
  }
  return {};
}

}  // namespace probe
