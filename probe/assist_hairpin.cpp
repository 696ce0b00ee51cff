#include "probe/assist_hairpin.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "net/address_scope.h"
#include "probe/hairpin_source.h"
#include "probe/log_reading.h"
#include "probe/repeated_question.h"

namespace probe {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_proof_questions = 12;
constexpr std::size_t most_knocks = 28;  // a way
constexpr std::size_t knocks_an_opening = 3;
constexpr net::Duration pace_of_knocks = 15ms;
constexpr std::size_t knocks_to_spare = 4;  // should more be lost later than was till then
constexpr net::Duration least_knock_patience = 50ms;
constexpr std::uint16_t closing_size = 180;  // by which it differs from the question that the place rests on

AssistHairpinPlan no_plan(std::string why) { return {.why_not = std::move(why)}; }

std::vector<std::size_t> times_asked(const ObservationLog& log, const Query& query) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (same_question(log[i].query, query)) out.push_back(i);
  }
  return out;
}

void add_queries(AssistHairpinPlan& plan, const net::Endpoint& assistant, const net::Endpoint& reflector) {
  plan.prove = assist_query(
      assistant, {.act = AssistAct::Prove, .socket = assist_its::hairpin, .port = plan.ours.port, .target = reflector});
  plan.prove.heard_on = assist_own::hairpin;
  for (std::uint32_t way = 0; way < plan.ways.size(); ++way) {
    plan.ways[way] = assist_query(
        assistant, {.act = AssistAct::Send, .socket = assist_its::hairpin, .target = plan.ours, .proof = plan.proof});
    plan.ways[way].heard_on = assist_own::hairpin;
    plan.ways[way].to_ourselves = true;
    plan.ways[way].question = way;
  }
  plan.opening = plain_control(names::assist, assist_own::hairpin, plan.its);
  plan.opening.to_ourselves = true;
  plan.closing = plain_transaction(names::assist, assist_own::hairpin, reflector);
  plan.closing.size = closing_size;
}

// Twice what a question to the assistant and its answer took.
net::Duration knock_patience(const ObservationLog& log) {
  net::Duration out = least_knock_patience;
  for (const Observation& seen : log) {
    const bool at_once = seen.query.assist && seen.query.assist->act != AssistAct::Ask && seen.requests == 1;
    if (at_once && answered(seen)) out = std::max(out, 2 * (seen.answered_at - seen.sent_at));
  }
  return out;
}

// Whether there was time for what was sent last to arrive.
bool waited_for(const ObservationLog& log, std::size_t knock, net::Duration until) {
  return until >= log[knock].answered_at + knock_patience(log);
}

std::optional<net::Duration> asked_after(const ObservationLog& log, const Query& query) {
  const auto times = times_asked(log, query);
  return times.empty() ? std::nullopt : std::optional(log[times.front()].sent_at);
}

bool silence_proven(const ObservationLog& log, const AssistKnocks& knocks, std::optional<net::Duration> next_event) {
  return !knocks.heard && knocks.silent.size() >= assist_knocks_needed(log) && next_event &&
         waited_for(log, knocks.silent.back(), *next_event);
}

}  // namespace

AssistHairpinPlan assist_hairpin_plan(const ObservationLog& log) {
  const AssistPlace place = assist_place(log);
  const Observation* greeting = assist_greeting(log);
  if (!place.same_nat()) {
    const std::string where = place.word.empty() ? "" : "the assistant's place is " + place.word;
    return no_plan(place.why.empty() ? where : place.why);
  }
  const auto queries = assist_place_queries(log, greeting->query.to);
  if (queries.size() < 4) return no_plan("whether the mapping depends on the destination takes two reflectors to see");
  std::array<const Observation*, 4> seen{};
  std::transform(queries.begin(), queries.begin() + 4, seen.begin(),
                 [&](const Query& query) { return asked(log, query); });
  const auto useful = [](const Observation* one) { return one != nullptr && assist_external(one).has_value(); };
  if (!std::all_of(seen.begin(), seen.end(), useful)) return no_plan("a reflector did not answer one of the two hosts");
  AssistHairpinPlan plan{.one_mapping = assist_external(seen[0]) == assist_external(seen[2]) &&
                                        assist_external(seen[1]) == assist_external(seen[3]),
                         .ours = *assist_external(seen[0]),
                         .ours_inside = seen[0]->local.value_or(net::Endpoint{}),
                         .its = *assist_external(seen[1]),
                         .its_inside = seen[1]->assist->local.value_or(net::Endpoint{})};
  if (plan.ours.address != plan.its.address) return no_plan("the two hosts have different external addresses");
  if (!net::reachable_on_word_of(plan.its.address, seen[0]->query.to.address)) {
    return no_plan("the external address is of another scope than the reflector");
  }
  add_queries(plan, greeting->query.to, seen[0]->query.to);
  for (const std::size_t i : times_asked(log, plan.prove)) {
    if (log[i].assist && log[i].assist->proof) plan.proof = log[i].assist->proof;
    if (plan.proof) break;  // the first: the ways are recognised by it
  }
  add_queries(plan, greeting->query.to, seen[0]->query.to);
  return plan;
}

AssistKnocks assist_knocks(const ObservationLog& log, const Query& way) {
  AssistKnocks out{.asked = times_asked(log, way)};
  for (const std::size_t i : out.asked) {
    if (log[i].outcome == Outcome::Returned) {
      if (!out.heard || log[i].answered_at < log[*out.heard].answered_at) out.heard = i;
    } else if (answered(log[i])) {
      out.silent.push_back(i);
    }
  }
  return out;
}

// A question to the assistant and its answer cross both hosts' links twice, so more is lost of them than of a packet
// that the NAT turns round.
unsigned assist_knocks_needed(const ObservationLog& log) { return repeats_needed(assist_loss(log).estimate()); }

// ---- what to ask ---------------------------------------------------------------------------------------------------

namespace {

Step next_proof(const RunSoFar& run, const AssistHairpinPlan& plan) {
  const auto times = times_asked(run.log, plan.prove);
  if (times.empty()) return {.ask = {plan.prove}};
  const Observation& last = run.log[times.back()];
  if (!settled(last)) return {};
  const net::Duration due = last.waited_until + patience(run.log);
  if (answered(last) && run.elapsed < due) return {.look_again = due};
  if (times.size() >= most_proof_questions || !answered(last)) return {.finished = true};
  return {.ask = {plan.prove}};
}

// Finished when it is heard, when enough were sent, or when too many were.
Step next_knock(const RunSoFar& run, const AssistHairpinPlan& plan, std::size_t way) {
  const AssistKnocks knocks = assist_knocks(run.log, plan.ways[way]);
  if (knocks.heard) return {.finished = true};
  if (knocks.asked.empty()) return {.ask = {plan.ways[way]}};
  const Observation& last = run.log[knocks.asked.back()];
  if (!settled(last)) return {};
  if (last.outcome == Outcome::Refused || last.outcome == Outcome::NotSent) return {.finished = true};
  const std::size_t wanted = assist_knocks_needed(run.log) + knocks_to_spare;
  if (knocks.silent.size() >= wanted || knocks.asked.size() >= most_knocks) {
    const net::Duration until = last.waited_until + 2 * knock_patience(run.log);
    return run.elapsed < until ? Step{.look_again = until} : Step{.finished = true};
  }
  const net::Duration due = last.sent_at + pace_of_knocks;
  if (run.elapsed < due) return {.look_again = due};
  Step step{.ask = {plan.ways[way]}};
  const bool closed = way == 1 && knocks.asked.size() % knocks_an_opening == 0;  // a NAT can lose its table
  if (closed) step.ask.insert(step.ask.begin(), plan.opening);
  return step;
}

}  // namespace

Step next_assist_hairpin(const RunSoFar& run) {
  const AssistHairpinPlan plan = assist_hairpin_plan(run.log);
  if (!plan.why_not.empty()) return {.finished = true};
  if (!plan.proof) return next_proof(run, plan);
  if (asked(run.log, plan.closing) != nullptr) return ask_once(run, {plan.closing});
  if (const Step first = next_knock(run, plan, 0); !first.finished) return first;
  if (!assist_knocks(run.log, plan.ways[0]).heard) {
    if (times_asked(run.log, plan.opening).empty()) return {.ask = {plan.opening, plan.ways[1]}};
    if (const Step second = next_knock(run, plan, 1); !second.finished) return second;
  }
  return ask_once(run, {plan.closing});
}

// ---- what it means -------------------------------------------------------------------------------------------------

namespace {

void from_which_host(NamedFinding& out, const ObservationLog& log, const AssistHairpinPlan& plan, std::size_t heard) {
  const Observation& seen = log[heard];
  auto& [value, confidence, evidence, why] = out.finding;
  evidence.push_back(heard);
  const std::string_view source = hairpin_source(seen, plan.its_inside, plan.its);
  if (source.empty()) {
    why = fmt::format("the assistant's packet came, but from {}, neither its inside nor its external address",
                      seen.from ? net::to_string(*seen.from) : "nowhere");
    return;
  }
  value = std::string(source);
  confidence = 1;
}

void conclude_no_knock(NamedFinding& out, const ObservationLog& log, const AssistHairpinPlan& plan) {
  auto& [value, confidence, evidence, why] = out.finding;
  const auto opened = asked_after(log, plan.opening);
  const auto closed = asked_after(log, plan.closing);
  const auto last = times_asked(log, plan.closing);
  const AssistKnocks first = assist_knocks(log, plan.ways[0]);
  const AssistKnocks second = assist_knocks(log, plan.ways[1]);
  if (!plan.one_mapping) {
    why = "silence, but the mapping depends on the destination: no filter could have been opened for it before";
  } else if (!silence_proven(log, first, opened) || !silence_proven(log, second, closed)) {
    why = "silence between the two hosts, but too few packets are known to have been sent to tell it from loss";
  } else if (!answered(log[last.front()]) || log[last.front()].mapped != plan.ours) {
    why = "mapping changed during the test";
  } else {
    value = "none";
    const double chance = assist_loss(log).estimate();
    confidence = 1 - std::pow(chance, static_cast<double>(std::min(first.silent.size(), second.silent.size())));
    evidence.insert(evidence.end(), first.silent.begin(), first.silent.end());
    evidence.insert(evidence.end(), second.silent.begin(), second.silent.end());
  }
}

}  // namespace

std::optional<NamedFinding> conclude_assist_hairpin(const ObservationLog& log) {
  if (assist_greeting(log) == nullptr) return std::nullopt;
  NamedFinding out{.name = "hairpin"};
  const AssistHairpinPlan plan = assist_hairpin_plan(log);
  out.finding.why = plan.why_not;
  if (!plan.why_not.empty()) return out;
  if (!plan.proof) {
    out.finding.why = "no reflector could show the assistant that our external endpoint is ours (RESPONSE-PORT)";
    return out;
  }
  out.figures["between_hosts"] = true;
  const AssistKnocks first = assist_knocks(log, plan.ways[0]);
  const AssistKnocks second = assist_knocks(log, plan.ways[1]);
  const auto opened = asked_after(log, plan.opening);
  if (first.heard && (!opened || log[*first.heard].answered_at < *opened)) {
    from_which_host(out, log, plan, *first.heard);
    out.figures["filtered"] = false;
  } else if (first.heard || second.heard) {
    from_which_host(out, log, plan, first.heard ? *first.heard : *second.heard);
    if (silence_proven(log, first, opened)) {
      out.figures["filtered"] = true;
      out.finding.evidence.insert(out.finding.evidence.end(), first.silent.begin(), first.silent.end());
    }
  } else {
    conclude_no_knock(out, log, plan);
  }
  if (!out.finding.value) out.figures.erase("between_hosts");
  std::sort(out.finding.evidence.begin(), out.finding.evidence.end());
  return out;
}

}  // namespace probe
