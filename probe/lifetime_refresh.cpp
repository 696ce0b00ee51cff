#include "probe/lifetime_refresh.h"

#include <algorithm>
#include <cmath>

#include "probe/log_reading.h"

namespace probe {
namespace {

constexpr double surely_alive = 0.9;  // of the lifetime that was seen

std::vector<unsigned> geometric(double first, double ratio, std::size_t count) {
  std::vector<unsigned> out(count);
  for (unsigned& seconds : out) {
    seconds = static_cast<unsigned>(std::lround(first));
    first *= ratio;
  }
  return out;
}

// When this socket last sent and last heard, and as whom the reflector saw it.
struct SocketPast {
  std::optional<net::Duration> sent;
  std::optional<net::Duration> heard;
  std::optional<net::Endpoint> mapped;
};

SocketPast past_of(const TrialLog& log, std::uint32_t socket) {
  SocketPast out;
  for (const std::size_t index : log.of(socket)) {
    const Observation& seen = log[index];
    out.sent = std::max(out.sent.value_or(seen.sent_at), seen.sent_at);
    if (!answered(seen)) continue;
    out.heard = std::max(out.heard.value_or(seen.answered_at), seen.answered_at);
    out.mapped = seen.mapped;
  }
  return out;
}

// Two exchanges, more than two seconds apart: its mapping is two-way.
bool two_way_by_then(const TrialLog& log, std::uint32_t socket) {
  std::optional<net::Duration> first;
  for (const std::size_t index : log.of(socket)) {
    const Observation& seen = log[index];
    if (seen.query.delay || !answered(seen)) continue;
    if (first && seen.sent_at - *first > std::chrono::seconds(2)) return true;
    if (!first) first = seen.sent_at;
  }
  return false;
}

// What has been asked of it already, from the control socket.
void add_asked(RefreshQuestion& question, const TrialLog& log, std::uint32_t socket) {
  for (const std::size_t index : log.of(log.control_socket())) {
    const Observation& seen = log[index];
    if (!seen.query.response_port || seen.query.hearing_socket() != socket) continue;
    ++question.asked;
    question.evidence.push_back(index);
    question.heard = question.heard || answered(seen);
    question.open = question.open || !(answered(seen) || log.given_up(seen));
  }
}

// The moment the question is put: when it was, or this one.
net::Duration moment(const RefreshQuestion& question, const TrialLog& log) {
  return question.evidence.empty() ? log.now() : log[question.evidence.front()].sent_at;
}

RefreshQuestion asked_of(const TrialLog& log, std::uint32_t socket) {
  RefreshQuestion out;
  add_asked(out, log, socket);
  if (const SocketPast past = past_of(log, socket); past.mapped) out.target = {socket, *past.mapped};
  return out;
}

RefreshQuestion by_inbound(const TrialLog& log, const LifetimeBracket& two_way) {
  const std::uint32_t socket = inbound_refresh_socket();
  RefreshQuestion out = asked_of(log, socket);
  const SocketPast past = past_of(log, socket);
  if (!out.target || !two_way_by_then(log, socket)) return {};
  out.early = moment(out, log) < *past.sent + two_way.expired;
  return out;
}

// The one that sent last at a moment from which its mapping must live yet, if sending refreshes it.
RefreshQuestion by_outbound(const TrialLog& log, const LifetimeBracket& two_way) {
  for (std::size_t i = refresh_trials; i-- > 0;) {
    const std::uint32_t socket = outbound_refresh_socket(i);
    const SocketPast past = past_of(log, socket);
    const bool idle_after_all = past.sent && past.heard && *past.sent > *past.heard + std::chrono::seconds(1);
    if (!idle_after_all || !two_way_by_then(log, socket)) continue;
    RefreshQuestion out = asked_of(log, socket);
    const net::Duration now = moment(out, log);
    if (now - *past.sent > two_way.alive * surely_alive) continue;
    if (*past.sent - *past.heard > two_way.alive * surely_alive) continue;  // it may have begun anew
    out.early = now < *past.heard + two_way.expired;
    return out;
  }
  return {};
}

}  // namespace

std::span<const unsigned> inbound_times() {
  static const std::vector<unsigned> times = geometric(5, 1.4, refresh_trials);
  return times;
}

std::span<const unsigned> outbound_times() {
  static const std::vector<unsigned> times = geometric(4, 1.4, refresh_trials);
  return times;
}

RefreshEvidence refresh_evidence(const TrialLog& log, const LifetimeBracket& two_way) {
  if (!two_way.decided || two_way.longer) return {};
  return {by_inbound(log, two_way), by_outbound(log, two_way), asked_of(log, log.control_socket())};
}

}  // namespace probe
