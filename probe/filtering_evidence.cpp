#include "probe/filtering_evidence.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "probe/discovery.h"

namespace probe {
namespace {

constexpr std::array<FilteringQuestion, 2> questions = {{
    {.label = 1, .socket = sockets::filtering, .change = {.change_address = true, .change_port = true}},
    {.label = 2, .socket = sockets::filtering + 1, .change = {.change_address = false, .change_port = true}},
}};

bool is_ask(const Observation& seen) { return is_filtering(seen) && seen.query.change.has_value(); }
bool is_count(const Observation& seen) { return is_filtering(seen) && !seen.query.change; }
bool labelled(const Observation& seen, std::uint32_t label) { return seen.query.question == label; }

// The reflector's own count of the controls it answered, the latest there is.
const Observation* control_count(const ObservationLog& log) {
  const auto latest = std::find_if(log.rbegin(), log.rend(), [](const Observation& seen) {
    return is_count(seen) && labelled(seen, control_label) && answered(seen) && seen.sent_count;
  });
  return latest == log.rend() ? nullptr : &*latest;
}

unsigned controls_answered_before(const ObservationLog& log, const Observation& count) {
  return static_cast<unsigned>(std::count_if(log.begin(), log.end(), [&](const Observation& seen) {
    return &seen < &count && is_control(seen) && answered(seen);
  }));
}

bool not_done(const Observation& seen) {
  return seen.outcome == Outcome::Refused || seen.outcome == Outcome::WrongSource || seen.outcome == Outcome::NotSent;
}

SilenceProof unproven(std::string why) { return {.why = std::move(why)}; }

std::string why_not_done(const Observation& seen) {
  const bool sent = seen.outcome != Outcome::NotSent;
  return (sent ? "the reflector did not do what it was asked: " : "it could not be asked: ") + seen.note;
}

std::string too_much_loss(const Loss& loss) {
  return fmt::format("{} of {} replies were lost on the way: too many to tell silence from loss", loss.lost, loss.sent);
}

// A stock server does not count: its silence rests on many requests and the loss both ways.
SilenceProof unconfirmed_proof(const Trial& trial, const Loss& loss) {
  if (trial.asked.size() < asks_unconfirmed) {
    return unproven("the server does not confirm what it sent, and was asked too seldom");
  }
  const double chance = std::pow(loss.estimate(), static_cast<double>(trial.asked.size()));
  if (chance > wrong_at_most) return unproven(too_much_loss(loss));
  return {.proven = true, .confidence = 1 - chance, .why = "the server does not confirm what it sent"};
}

SilenceProof confirmed_proof(const stun::SentCount& count, const Loss& loss) {
  if (loss.needed() > most_confirmed) return unproven(too_much_loss(loss));
  if (count.sent < loss.needed()) {
    return unproven(fmt::format("only {} of the {} replies needed were confirmed as sent", count.sent, loss.needed()));
  }
  return {.proven = true, .confidence = 1 - std::pow(loss.estimate(), count.sent)};
}

}  // namespace

bool is_control(const Observation& seen) { return is_ask(seen) && !seen.query.change->any(); }

const FilteringQuestion& from_stranger() { return questions[0]; }
const FilteringQuestion& from_other_port() { return questions[1]; }
const std::array<FilteringQuestion, 2>& filtering_questions() { return questions; }

FilteringQuestion again(const FilteringQuestion& question) {
  FilteringQuestion out = question;
  out.label += static_cast<std::uint32_t>(questions.size());
  out.socket += static_cast<std::uint32_t>(questions.size());
  return out;
}

Controls controls(const ObservationLog& log) {
  Controls out;
  for (const Observation& seen : log) {
    if (!is_control(seen)) continue;
    ++out.sent;
    if (answered(seen)) {
      ++out.answered;
    } else {
      out.last_unanswered_at = seen.sent_at;
    }
  }
  return out;
}

double Loss::estimate() const { return (lost + 1.0) / (sent + 2.0); }

unsigned Loss::needed() const {
  if (lost == 0) return least_confirmed;
  const double replies = std::ceil(std::log(wrong_at_most) / std::log(estimate()));
  return std::max(least_confirmed, static_cast<unsigned>(std::min(replies, 1e6)));
}

Loss loss(const ObservationLog& log) {
  if (const Observation* count = control_count(log)) {
    const unsigned sent = count->sent_count->sent;
    return {.sent = sent, .lost = sent - std::min(sent, controls_answered_before(log, *count))};
  }
  const Controls all = controls(log);
  return {.sent = all.sent, .lost = all.sent - all.answered};
}

Trial trial(const ObservationLog& log, const FilteringQuestion& question) {
  Trial out;
  for (std::size_t i = 0; i < log.size(); ++i) {
    const Observation& seen = log[i];
    if (!labelled(seen, question.label)) continue;
    if (is_count(seen)) {
      out.sender_asked = i;
      if (answered(seen)) out.confirmation = i;
    } else if (is_ask(seen)) {
      out.asked.push_back(i);
      if (answered(seen) && !out.heard) out.heard = i;
      if (not_done(seen) && !out.not_done) out.not_done = i;
    }
  }
  return out;
}

std::optional<LetIn> let_in(const ObservationLog& log, const FilteringQuestion& question) {
  const auto first = trial(log, question).heard;
  const auto second = trial(log, again(question)).heard;
  if (!first || !second) return std::nullopt;
  return LetIn{*first, *second};
}

FilteringQuestion decisive(const ObservationLog& log, const FilteringQuestion& question) {
  return trial(log, question).heard ? again(question) : question;
}

SilenceProof silence_proof(const ObservationLog& log, const FilteringQuestion& question) {
  const Trial seen = trial(log, question);
  if (seen.asked.empty()) return unproven("not asked");
  if (seen.heard) return unproven("a reply was heard");
  if (seen.not_done) return unproven(why_not_done(log[*seen.not_done]));
  if (!seen.confirmation) {
    return unproven(question.change.change_address ? "the partner did not answer"
                                                   : "the alternate port did not answer");
  }
  if (controls(log).answered < control_round_trips) return unproven("too few control round trips came back");
  const auto& count = log[*seen.confirmation].sent_count;
  SilenceProof proof = count ? confirmed_proof(*count, loss(log)) : unconfirmed_proof(seen, loss(log));
  if (proof.proven) {
    proof.evidence = seen.asked;
    proof.evidence.push_back(*seen.confirmation);
    std::sort(proof.evidence.begin(), proof.evidence.end());
  }
  return proof;
}

net::Duration silence_must_last(const ObservationLog& log, const FilteringQuestion& question) {
  return log[*trial(log, question).confirmation].answered_at + patience(log);
}

}  // namespace probe
