#include "probe/determinism_answers.h"

#include "probe/assist_answers.h"
#include "probe/log_reading.h"

namespace probe {
namespace {

struct Place {  // the nth question of a socket
  std::uint32_t socket;
  unsigned nth;
};

constexpr std::array<Place, 10> places = {{{determinism_sockets::idle, 0},
                                           {determinism_sockets::idle, 1},
                                           {determinism_sockets::idle, 2},
                                           {determinism_sockets::idle, 3},
                                           {determinism_sockets::first, 0},
                                           {determinism_sockets::second, 0},
                                           {determinism_sockets::second, 1},
                                           {determinism_sockets::first, 1},
                                           {determinism_sockets::mapped, 0},
                                           {determinism_sockets::mapped, 1}}};

std::optional<SeenFlow> as_flow(const ObservationLog& log, DeterminismQuestion question) {
  const Observation* seen = answer_to(log, question);
  const auto external = external_of(log, question);
  if (!external || !seen->local) return std::nullopt;
  return SeenFlow{.index = static_cast<std::size_t>(seen - log.data()),
                  .socket = seen->query.socket,
                  .to = seen->query.to,
                  .local = *seen->local,
                  .external = *external,
                  .asked_at = seen->sent_at,
                  .answered_at = seen->answered_at};
}

}  // namespace

const Observation* answer_to(const ObservationLog& log, DeterminismQuestion question) {
  const auto [socket, nth] = places[static_cast<std::size_t>(question)];
  unsigned earlier = 0;
  for (const Observation& seen : log) {
    if (seen.query.socket == socket && earlier++ == nth) return &seen;
  }
  return nullptr;
}

std::optional<net::Endpoint> external_of(const ObservationLog& log, DeterminismQuestion question) {
  const Observation* seen = answer_to(log, question);
  return seen != nullptr && answered(*seen) ? seen->mapped : std::nullopt;
}

std::optional<bool> shares_a_port(const ObservationLog& log) {
  const auto first = as_flow(log, DeterminismQuestion::First);
  const auto second = as_flow(log, DeterminismQuestion::SecondElsewhere);
  if (!first || !second || !first->keeps_port() || first->untranslated()) return assist_shares_a_port(log);
  const bool wanted_the_same =
      first->local.port == second->local.port && first->external.address == second->external.address;
  return wanted_the_same ? std::optional(first->external == second->external) : std::nullopt;
}

SeenFlows second_address_flows(const ObservationLog& log) {
  SeenFlows out;
  for (const auto question : {DeterminismQuestion::First, DeterminismQuestion::SecondElsewhere,
                              DeterminismQuestion::Second, DeterminismQuestion::FirstElsewhere}) {
    if (const auto flow = as_flow(log, question)) out.push_back(*flow);
  }
  return out;
}

}  // namespace probe
