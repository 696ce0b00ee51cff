#include "probe/assist_answers.h"

#include <fmt/core.h>

#include <algorithm>

#include "probe/log_reading.h"
#include "probe/repeated_question.h"
#include "probe/seen_flows.h"

namespace probe {
namespace {

constexpr unsigned greeting_requests = 10;
constexpr unsigned full_assist_ttl = 64;  // what an assistant sends with

Query own_question(std::uint32_t socket, const net::Endpoint& to) {
  return plain_transaction(names::assist, socket, to);
}

std::size_t index_of(const ObservationLog& log, const Observation& seen) {
  return static_cast<std::size_t>(&seen - log.data());
}

bool our_external_address(const ObservationLog& log, const net::IpAddress& address) {
  const SeenFlows flows = seen_flows(log);
  return std::any_of(flows.begin(), flows.end(),
                     [&](const SeenFlow& flow) { return flow.external.address == address; });
}

std::string why_no_greeting(const Observation& greeting) {
  const std::string who = net::to_string(greeting.query.to);
  if (!greeting.note.empty()) return fmt::format("the assistant {}: {}", who, greeting.note);
  if (greeting.ignored > 0) return fmt::format("the assistant {} has another key", who);
  return fmt::format("no answer from the assistant {}: it does not run there, has another key, or is not reached "
                     "from here",
                     who);
}

std::string why_not_seen(const Observation& seen) {
  if (seen.query.assist) return "the assistant cannot help: " + (seen.note.empty() ? "no answer" : seen.note);
  return "a reflector did not answer";
}

std::optional<unsigned> hops_of(const Observation& greeting) {
  if (!greeting.reply_ttl || *greeting.reply_ttl > full_assist_ttl) return std::nullopt;
  return full_assist_ttl - *greeting.reply_ttl;
}

bool nat_between(const Observation& greeting) {
  return greeting.assist->asker != greeting.local ||
         (greeting.assist->local && greeting.assist->local->address != greeting.query.to.address);
}

}  // namespace

Query assist_query(const net::Endpoint& assistant, const AssistQuestion& question) {
  Query query = own_question(assist_own::control, assistant);
  query.assist = question;
  return query;
}

Query assist_greeting(const net::Endpoint& assistant) {
  Query query = assist_query(assistant, {.act = AssistAct::Greet});
  query.most_requests = greeting_requests;
  return query;
}

const Observation* assist_greeting(const ObservationLog& log) {
  const auto found = std::find_if(log.begin(), log.end(), [](const Observation& seen) {
    return seen.query.assist && seen.query.assist->act == AssistAct::Greet;
  });
  return found == log.end() ? nullptr : &*found;
}

std::optional<net::Endpoint> assist_external(const Observation* seen) {
  if (seen == nullptr || !answered(*seen)) return std::nullopt;
  if (!seen->query.assist) return seen->mapped;
  return seen->assist ? seen->assist->external : std::nullopt;
}

Loss assist_loss(const ObservationLog& log) {
  Loss out;
  for (const Observation& seen : log) {
    if (!seen.query.assist || seen.query.assist->act == AssistAct::Ask || !settled(seen)) continue;
    const bool drew = answered(seen) || seen.outcome == Outcome::Returned || seen.outcome == Outcome::Refused;
    out.sent += seen.requests;
    out.lost += seen.requests - (drew ? std::min(seen.requests, 1U) : 0U);
  }
  return out;
}

// ---- where it stands -----------------------------------------------------------------------------------------------

std::vector<net::Endpoint> assist_witnesses(const ObservationLog& log) {
  const auto primary = reflector_of_the_path(log);
  if (!primary) return {};
  std::vector<net::Endpoint> out{*primary};
  const auto pair = reflector_pair(log);
  if (pair && may_be_asked(log, pair->other.address)) out.push_back(pair->other);
  return out;
}

std::vector<Query> assist_place_queries(const ObservationLog& log, const net::Endpoint& assistant) {
  std::vector<Query> out;
  for (const net::Endpoint& witness : assist_witnesses(log)) {
    out.push_back(own_question(assist_own::hairpin, witness));
    out.push_back(assist_query(assistant, {.act = AssistAct::Ask, .socket = assist_its::hairpin, .target = witness}));
  }
  return out;
}

AssistPlace assist_place(const ObservationLog& log) {
  const Observation* greeting = assist_greeting(log);
  if (greeting == nullptr) return {.why = "no assistant was asked"};
  if (!answered(*greeting) || !greeting->assist) return {.why = why_no_greeting(*greeting)};
  AssistPlace out{.hops = hops_of(*greeting), .evidence = {index_of(log, *greeting)}};
  if (nat_between(*greeting)) {
    out.word = "another-nat";
    out.why = fmt::format("a NAT stands between: it sees us as {}",
                          greeting->assist->asker ? net::to_string(*greeting->assist->asker) : "somebody else");
    return out;
  }
  const auto queries = assist_place_queries(log, greeting->query.to);
  if (queries.empty()) {
    out.why = "no reflector answered";
    return out;
  }
  const Observation* ours = asked(log, queries[0]);
  const Observation* its = asked(log, queries[1]);
  for (const Observation* seen : {ours, its}) {
    if (seen == nullptr || !answered(*seen)) {
      out.why = seen == nullptr ? "not asked" : why_not_seen(*seen);
      return out;
    }
    out.evidence.push_back(index_of(log, *seen));
  }
  out.external = assist_external(its);
  if (!out.external) {
    out.why = "the assistant did not say how it is seen";
  } else if (ours->mapped == ours->local) {
    out.word = "no-nat";
  } else if (ours->mapped && out.external->address == ours->mapped->address) {
    out.word = "same-nat";
  } else {
    out.word = our_external_address(log, out.external->address) ? "same-nat" : "another-address";
    if (out.word == "another-address") {
      out.why = "it is behind another NAT, or this one has several addresses and gave it another one";
    }
  }
  return out;
}

// ---- one after the other -------------------------------------------------------------------------------------------

std::vector<const Observation*> assist_observations(const ObservationLog& log, const AssistPlan& plan) {
  std::vector<const Observation*> out;
  for (std::size_t step = 0; step < plan.size(); ++step) {
    auto earlier = std::count_if(plan.begin(), plan.begin() + static_cast<std::ptrdiff_t>(step),
                                 [&](const Query& other) { return same_question(other, plan[step]); });
    const auto found = std::find_if(log.begin(), log.end(), [&](const Observation& seen) {
      return same_question(seen.query, plan[step]) && earlier-- == 0;
    });
    out.push_back(found == log.end() ? nullptr : &*found);
  }
  return out;
}

AssistCollision assist_collision(const ObservationLog& log) {
  const Observation* greeting = assist_greeting(log);
  const auto witnesses = assist_witnesses(log);
  if (greeting == nullptr || witnesses.size() < 2) return {.why = "a collision takes two reflectors to see"};
  AssistCollision out{.why = "not asked"};
  for (unsigned nth = 0; nth < assist_collision_tries; ++nth) {
    const std::uint32_t own = assist_own::collision + nth;
    const auto its = static_cast<std::uint8_t>(assist_its::collision + nth);
    out = {.plan = {own_question(own, witnesses[0])}};
    const Observation* first = asked(log, out.plan[0]);
    out.seen = {first};
    if (first == nullptr || !settled(*first)) return out;
    if (!answered(*first) || !first->mapped || !first->local) {
      out.why = why_not_seen(*first);
      return out;
    }
    if (first->mapped->port != first->local->port) {
      out.no_port_kept = true;
      continue;  // perhaps somebody else has that port
    }
    const AssistQuestion elsewhere{
        .act = AssistAct::Ask, .socket = its, .port = first->local->port, .target = witnesses[1]};
    AssistQuestion here = elsewhere;
    here.target = witnesses[0];
    out.plan.insert(out.plan.end(), {assist_query(greeting->query.to, elsewhere), assist_query(greeting->query.to, here),
                                     own_question(own, witnesses[1]), own_question(own, witnesses[0])});
    out.seen = assist_observations(log, out.plan);
    const bool port_in_use = out.seen[1] != nullptr && out.seen[1]->error_code == std::uint16_t{409};
    const auto failed = std::find_if(out.seen.begin(), out.seen.end(), [](const Observation* seen) {
      return seen != nullptr && settled(*seen) && !answered(*seen);
    });
    if (failed != out.seen.end()) out.why = why_not_seen(**failed);
    out.complete = std::all_of(out.seen.begin(), out.seen.end(),
                               [](const Observation* seen) { return assist_external(seen).has_value(); });
    if (!port_in_use) return out;
  }
  return out;
}

std::optional<bool> assist_shares_a_port(const ObservationLog& log) {
  const AssistCollision collision = assist_collision(log);
  if (!collision.complete || !assist_place(log).same_nat()) return std::nullopt;
  const auto ours = assist_external(collision.seen[0]);
  const auto its = assist_external(collision.seen[1]);
  if (ours->address != its->address) return std::nullopt;
  return ours == its;
}

std::optional<bool> assist_independent_after_collision(const ObservationLog& log) {
  const AssistCollision collision = assist_collision(log);
  if (!collision.complete || !assist_place(log).same_nat()) return std::nullopt;
  std::vector<net::Endpoint> seen;
  for (const Observation* one : collision.seen) seen.push_back(*assist_external(one));
  return seen[1] == seen[2] && seen[0] == seen[3] && seen[3] == seen[4];
}

AssistPlan assist_sequence_plan(const ObservationLog& log, const net::Endpoint& assistant) {
  const auto witnesses = assist_witnesses(log);
  if (witnesses.empty()) return {};
  AssistPlan out;
  std::uint32_t own = assist_own::sequence;
  std::uint8_t its = assist_its::sequence;
  for (unsigned i = 0; i < assist_alone; ++i) out.push_back(own_question(own++, witnesses[0]));
  for (unsigned round = 0; round < assist_rounds; ++round) {
    for (unsigned i = 0; i < assist_a_round; ++i) {
      out.push_back(
          assist_query(assistant, {.act = AssistAct::Ask, .socket = its++, .target = witnesses[0]}));
    }
    out.push_back(own_question(own++, witnesses[0]));
  }
  return out;
}

}  // namespace probe
