#include "probe/repeated_question.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "probe/connectivity_discovery.h"
#include "probe/log_reading.h"

namespace probe {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration pace_of_repeats = 15ms;  // bursts of loss pass

auto fields(const Query& query) {
  return std::tie(query.discovery, query.socket, query.to, query.heard_on, query.to_ourselves, query.change,
                  query.response_port, query.padding, query.ttl, query.dont_fragment, query.in_fragments, query.size,
                  query.fill, query.question, query.assist);
}

// Nothing about it could keep the answer away.
bool is_plain(const Query& query) {
  const bool special = query.heard_on || query.to_ourselves || query.response_port || query.padding || query.delay ||
                       query.ttl || query.dont_fragment || query.in_fragments || query.size != 0 ||
                       !query.fill.empty() || query.bound_to || query.assist ||
                       (query.change && query.change->any());
  return query.transport == Transport::Udp && !special;
}

bool heard(const Observation& seen) { return answered(seen) || seen.outcome == Outcome::Returned; }

// Not answered, and not waited for as long as an answer may take.
bool may_still_come(const Observation& seen, net::Duration now, net::Duration longest) {
  return !answered(seen) && (settled(seen) ? seen.waited_until : now) < seen.sent_at + longest;
}

const Observation* control_of(const ObservationLog& log, std::size_t question) {
  return question + 1 < log.size() ? &log[question + 1] : nullptr;
}

unsigned controls_awaited(const RunSoFar& run, const Repeats& so_far) {
  const net::Duration longest = patience(run.log);
  return static_cast<unsigned>(std::count_if(so_far.asked.begin(), so_far.asked.end(), [&](std::size_t i) {
    const Observation* control = control_of(run.log, i);
    return control != nullptr && may_still_come(*control, run.elapsed, longest);
  }));
}

}  // namespace

Query plain_transaction(std::string_view discovery, std::uint32_t socket, const net::Endpoint& to) {
  Query query = plain_control(discovery, socket, to);
  query.most_requests = transaction_requests;
  return query;
}

Query plain_control(std::string_view discovery, std::uint32_t socket, const net::Endpoint& to) {
  return {.discovery = std::string(discovery), .socket = socket, .to = to, .expected_from = to};
}

bool same_question(const Query& one, const Query& other) {
  return (one.most_requests > 1) == (other.most_requests > 1) && fields(one) == fields(other);
}

const Observation* asked(const ObservationLog& log, const Query& query) {
  const auto found =
      std::find_if(log.begin(), log.end(), [&](const Observation& seen) { return same_question(seen.query, query); });
  return found == log.end() ? nullptr : &*found;
}

Step ask_once(const RunSoFar& run, const std::vector<Query>& queries) {
  Step step{.finished = true};
  for (const Query& query : queries) {
    const Observation* seen = asked(run.log, query);
    if (seen == nullptr) step.ask.push_back(query);
    step.finished = step.finished && seen != nullptr && settled(*seen);
  }
  return step;
}

Repeats repeats(const ObservationLog& log, const Query& question) {
  Repeats out;
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (!same_question(log[i].query, question)) continue;
    out.asked.push_back(i);
    const Observation* control = control_of(log, i);
    if (heard(log[i])) {
      if (!out.heard) out.heard = i;
    } else if (control != nullptr && answered(*control) && log[i].outcome != Outcome::NotSent) {
      out.counted.push_back(i);
    }
  }
  return out;
}

Loss round_trip_loss(const ObservationLog& log, net::Duration now) {
  std::set<net::Endpoint> answering;
  for (const Observation& seen : log) {
    if (answered(seen) && is_plain(seen.query)) answering.insert(seen.query.to);
  }
  const net::Duration longest = patience(log);
  Loss out;
  for (const Observation& seen : log) {
    if (!is_plain(seen.query) || !answering.contains(seen.query.to) || seen.outcome == Outcome::NotSent) continue;
    if (may_still_come(seen, now, longest)) continue;
    out.sent += seen.requests;
    out.lost += seen.requests - (answered(seen) ? std::min(seen.requests, 1U) : 0U);
  }
  return out;
}

Loss round_trip_loss(const ObservationLog& log) { return round_trip_loss(log, net::Duration::max()); }

unsigned repeats_needed(double chance_of_loss) {
  return static_cast<unsigned>(std::min(std::ceil(std::log(wrong_at_most) / std::log(chance_of_loss)), 1e6));
}

Step ask_repeatedly(const RunSoFar& run, const Query& question, const Query& control, Patience limits) {
  const Repeats so_far = repeats(run.log, question);
  const auto times = static_cast<unsigned>(so_far.asked.size());
  const bool impossible = times > 0 && run.log[so_far.asked.front()].outcome == Outcome::NotSent;
  if (so_far.heard || impossible) return {.finished = true};
  const net::Duration last = times == 0 ? net::Duration{} : run.log[so_far.asked.back()].sent_at;
  if (so_far.counted.size() + controls_awaited(run, so_far) < limits.needed && times < limits.most) {
    if (times > 0 && run.elapsed < last + pace_of_repeats) return {.look_again = last + pace_of_repeats};
    return {.ask = {question, control}, .look_again = run.elapsed + pace_of_repeats};
  }
  const net::Duration until = last + patience(run.log);
  if (run.elapsed < until) return {.look_again = until};
  return {.finished = true};
}

RepeatedSilence repeated_silence(const ObservationLog& log, const Repeats& repeats, double chance_of_loss) {
  RepeatedSilence out;
  if (repeats.asked.empty()) return {.why = "not asked"};
  if (repeats.heard) return {.why = "an answer was heard"};
  const Observation& first = log[repeats.asked.front()];
  if (first.outcome == Outcome::NotSent) return {.why = "it could not be asked: " + first.note};
  const unsigned needed = repeats_needed(chance_of_loss);
  if (repeats.counted.size() < needed) {
    return {.why = fmt::format("silence, but too many round trips of this run were lost to tell it from loss: {} of {} "
                               "repeats count, {} are needed",
                               repeats.counted.size(), repeats.asked.size(), needed)};
  }
  const Observation& last = log[repeats.asked.back()];
  if (last.waited_until < last.sent_at + patience(log)) {
    return {.why = "the run ended before silence could be told from delay"};
  }
  return {.proven = true,
          .confidence = 1 - std::pow(chance_of_loss, static_cast<double>(repeats.counted.size())),
          .evidence = repeats.counted};
}

std::optional<net::Endpoint> reflector_of_the_path(const RunSoFar& run) {
  if (!reflector_pair(run.log) && !connectivity_over(run)) return std::nullopt;
  if (introduction_pending(run.log)) return std::nullopt;
  return reflector_of_the_path(run.log);
}

std::optional<net::Endpoint> reflector_of_the_path(const ObservationLog& log) {
  if (const auto pair = reflector_pair(log)) return pair->primary;
  const auto first = std::find_if(log.begin(), log.end(),
                                  [](const Observation& seen) { return is_connectivity(seen) && answered(seen); });
  return first == log.end() ? std::nullopt : std::optional(first->query.to);
}

NamedFinding conclude_of_path(std::string_view name, const ObservationLog& log, PathConclusion conclude) {
  NamedFinding out{.name = std::string(name)};
  if (const auto reflector = reflector_of_the_path(log)) {
    conclude(out, log, *reflector);
  } else {
    out.finding.why = nobody_answered;
  }
  return out;
}

bool takes_large_requests(const ObservationLog& log, const net::Endpoint& reflector) {
  return std::any_of(log.begin(), log.end(), [&](const Observation& seen) {
    return seen.return_token && seen.from && seen.from->address == reflector.address;
  });
}

}  // namespace probe
