#include "probe/report.h"

#include <fmt/core.h>

#include <algorithm>

#include "probe/log_reading.h"

namespace probe {
namespace {

ReflectorSeen seen_as(const Observation& first, const ObservationLog& log, std::string given) {
  ReflectorSeen out{.given = std::move(given), .endpoint = first.query.to};
  out.answered = heard_from(log, first.query.to.address);
  out.other_address = first.other_address;
  if (answered(first)) out.round_trip = first.answered_at - first.sent_at;
  out.note = first.note;
  if (answered(first) && !first.other_address) {
    out.note += fmt::format("{}does not support behaviour discovery (RFC 5780): it names no other address",
                            out.note.empty() ? "" : "; ");
  }
  const bool confirms = std::any_of(log.begin(), log.end(), [&](const Observation& seen) {
    return seen.sent_count && seen.from && seen.from->address == first.query.to.address;
  });
  if (confirms) out.note += out.note.empty() ? "confirms what it sends" : "; confirms what it sends";
  return out;
}

}  // namespace

std::optional<net::Family> Report::family() const {
  return reflectors.empty() ? std::nullopt : std::optional(reflectors.front().endpoint.family());
}

std::optional<net::Nat64Prefix> Report::nat64() const {
  return observations.empty() ? std::nullopt : nat64_of(observations.front());
}

std::vector<const Report*> paths_of(const Report& report) {
  std::vector<const Report*> out{&report};
  for (const Report& path : report.paths) out.push_back(&path);
  return out;
}

std::vector<ReflectorSeen> reflectors_seen(const ObservationLog& log, const std::vector<std::string>& given) {
  std::vector<ReflectorSeen> out;
  for (const Observation& seen : log) {
    if (is_connectivity(seen) && out.size() < given.size()) {
      out.push_back(seen_as(seen, log, given[out.size()]));
    }
    if (is_introduction(seen) && !given_by_user(log, seen.query.to.address)) {
      out.push_back(seen_as(seen, log, "named by its partner"));
    }
  }
  return out;
}

}  // namespace probe
