#include "probe/icmp_discovery.h"

#include <algorithm>
#include <array>

#include "probe/connectivity_discovery.h"
#include "probe/log_reading.h"
#include "probe/repeated_question.h"

namespace probe {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::uint32_t, 3> icmp_sockets = {sockets::icmp, sockets::icmp + 1, sockets::icmp + 2};
constexpr unsigned error_asks = 6;  // routers limit how many errors they send (RFC 1812 section 4.3.2.8)
constexpr net::Duration error_pace = 50ms;
constexpr unsigned most_port_asks = 40;

Query introduction(std::size_t socket, const net::Endpoint& reflector) {
  return plain_transaction(names::icmp, icmp_sockets[socket], reflector);
}

Query answered_to(std::size_t socket, const net::Endpoint& mapped, const net::Endpoint& reflector) {
  Query query = plain_control(names::icmp, icmp_sockets[1], reflector);
  query.heard_on = icmp_sockets[socket];
  query.response_port = mapped.port;
  return query;
}

// Until an error came, or as often as may be.
Step draw_errors(const RunSoFar& run, const Query& question) {
  if (error_seen(run.log, question)) return {.finished = true};
  const Repeats so_far = repeats(run.log, question);
  if (so_far.heard) return {.finished = true};
  const net::Duration last = so_far.asked.empty() ? net::Duration{} : run.log[so_far.asked.back()].sent_at;
  const bool more = so_far.asked.size() < error_asks;
  const net::Duration due = so_far.asked.empty() ? run.elapsed : last + (more ? error_pace : patience(run.log));
  if (run.elapsed < due) return {.look_again = due};
  if (!more) return {.finished = true};
  return {.ask = {question}, .look_again = run.elapsed + error_pace};
}

}  // namespace

std::optional<std::uint8_t> routers_before(const Observation& seen) {
  if (!seen.arrival || seen.arrival->ttl == 0) return std::nullopt;
  for (const int start : {64, 128, 255}) {
    if (seen.arrival->ttl <= start) return static_cast<std::uint8_t>(start - seen.arrival->ttl);
  }
  return std::nullopt;
}

IcmpPlan icmp_plan(const ObservationLog& log) {
  const auto reflector = reflector_of_the_path(log);
  if (!reflector) return {.why_not = std::string(nobody_answered)};
  std::array<const Observation*, icmp_sockets.size()> seen{};
  for (std::size_t i = 0; i < seen.size(); ++i) {
    seen[i] = asked(log, introduction(i, *reflector));
    const bool useful = seen[i] != nullptr && answered(*seen[i]) && seen[i]->mapped;
    if (!useful) return {.why_not = "the reflector did not answer"};
    if (seen[i]->mapped == seen[i]->local) return {.why_not = "no address translation"};
    if (seen[i]->mapped->address != seen[0]->mapped->address) {
      return {.why_not = "there are several external addresses"};
    }
  }
  const auto routers = routers_before(*seen[0]);
  if (!routers) return {.why_not = "the reflector does not tell with which TTL requests arrive"};
  if (*routers < 2) return {.why_not = "no router stands between the NAT and the reflector"};
  IcmpQuestions questions{.error_drawing = plain_control(names::icmp, icmp_sockets[0], *reflector),
                          .still_there = answered_to(0, *seen[0]->mapped, *reflector),
                          .untouched = answered_to(2, *seen[2]->mapped, *reflector),
                          .control = plain_control(names::icmp, icmp_sockets[1], *reflector)};
  questions.error_drawing.ttl = *routers;
  return {.questions = questions};
}

std::optional<std::size_t> error_seen(const ObservationLog& log, const Query& error_drawing) {
  for (const std::size_t i : repeats(log, error_drawing).asked) {
    if (log[i].icmp && log[i].icmp->time_exceeded(error_drawing.to.family())) return i;
  }
  return std::nullopt;
}

Step next_icmp(const RunSoFar& run) {
  const auto reflector = reflector_of_the_path(run);
  if (!reflector) return {.finished = connectivity_over(run) && !introduction_pending(run.log)};
  const Step introduced =
      ask_once(run, {introduction(0, *reflector), introduction(1, *reflector), introduction(2, *reflector)});
  if (!introduced.finished) return introduced;
  const IcmpPlan plan = icmp_plan(run.log);
  if (!plan.questions) return {.finished = true};
  const IcmpQuestions& questions = *plan.questions;
  const Step errors = draw_errors(run, questions.error_drawing);
  if (!errors.finished || !error_seen(run.log, questions.error_drawing)) return errors;
  const Patience patience{repeats_needed(round_trip_loss(run.log, run.elapsed).estimate()), most_port_asks};
  return side_by_side(ask_repeatedly(run, questions.still_there, questions.control, patience),
                      ask_repeatedly(run, questions.untouched, questions.control, patience));
}

}  // namespace probe
