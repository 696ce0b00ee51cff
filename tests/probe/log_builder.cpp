#include "tests/probe/log_builder.h"

namespace logs {

using probe::FilteringQuestion;
using probe::Outcome;

probe::Observation& LogBuilder::add(probe::Query query) {
  query.expected_from = query.expected_from.port == 0 ? query.to : query.expected_from;
  clock_ += 1ms;
  log.push_back({.query = std::move(query),
                 .outcome = Outcome::Silence,
                 .local = local,
                 .sent_at = clock_,
                 .waited_until = 10s,
                 .requests = 1});
  return log.back();
}

LogBuilder& LogBuilder::exchange(std::string discovery, std::uint32_t socket, const net::Endpoint& to,
                                 const std::optional<net::Endpoint>& mapped) {
  probe::Observation& seen = add({.discovery = std::move(discovery), .socket = socket, .to = to});
  if (!mapped) return *this;
  seen.outcome = Outcome::Answered;
  seen.answered_at = seen.waited_until = seen.sent_at + 20ms;
  seen.from = to;
  seen.mapped = mapped;
  return *this;
}

LogBuilder& LogBuilder::pair() {
  exchange("connectivity", probe::sockets::connectivity, a, external);
  last().other_address = b_alternate;
  return exchange("partner", probe::sockets::partner, b_alternate, external);
}

LogBuilder& LogBuilder::silent_asks(const FilteringQuestion& question, unsigned count, unsigned controls_answered) {
  const probe::ReflectorPair reflectors{.primary = a, .other = b_alternate};
  for (unsigned i = 0; i < count; ++i) {
    add({.discovery = "filtering",
         .socket = question.socket,
         .to = a,
         .change = question.change,
         .expected_from = question.sender(reflectors),
         .question = question.label});
    exchange("filtering", question.socket, a, i < controls_answered ? std::optional(external) : std::nullopt);
    last().query.change = stun::ChangeRequest{};
    last().query.question = probe::control_label;
  }
  return *this;
}

LogBuilder& LogBuilder::let_in(const probe::FilteringQuestion& question) {
  return heard(question).heard(probe::again(question));
}

LogBuilder& LogBuilder::heard(const FilteringQuestion& question) {
  silent_asks(question, 1, 1);
  probe::Observation& asked = log[log.size() - 2];
  asked.outcome = Outcome::Answered;
  asked.from = asked.query.expected_from;
  asked.answered_at = asked.sent_at + 20ms;
  return *this;
}

LogBuilder& LogBuilder::confirmation(const FilteringQuestion& question, std::optional<unsigned> sent) {
  const probe::ReflectorPair reflectors{.primary = a, .other = b_alternate};
  exchange("filtering", probe::sockets::confirmation + question.label, question.sender(reflectors), external);
  last().query.question = question.label;
  if (sent) last().sent_count = stun::SentCount{.sent = *sent};
  return *this;
}

LogBuilder& LogBuilder::controls_counted(unsigned sent) {
  exchange("filtering", probe::sockets::confirmation, a, external);
  last().query.question = probe::control_label;
  last().sent_count = stun::SentCount{.sent = sent};
  return *this;
}

}  // namespace logs
