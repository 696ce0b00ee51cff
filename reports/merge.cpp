#include "reports/merge.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "reports/matrix_summary.h"
#include "reports/plain_words.h"
#include "reports/terminal.h"
#include "traversal/summary.h"

namespace reports {
namespace {

using traversal::PairOutcome;
using Merged = net::Result<void, std::string>;

// ---- probe reports -------------------------------------------------------------------------------------------------

Merged merge_into(probe::Report& into, const probe::Report& other) {
  for (const probe::Report* path : probe::paths_of(other)) {
    for (const probe::Report* known : probe::paths_of(into)) {
      if (path_name(*known) == path_name(*path)) {
        return net::Unexpected(fmt::format("both describe the path {}; dossier joins repeated runs", path_name(*path)));
      }
    }
    probe::Report& added = into.paths.emplace_back(*path);
    added.paths.clear();
  }
  return {};
}

// ---- matrices ------------------------------------------------------------------------------------------------------

template <typename T>
bool learn(std::optional<T>& known, const std::optional<T>& other) {
  if (!known) known = other;
  return !other || *known == *other;
}

bool learn(net::NatBehavior& known, const net::NatBehavior& other) {
  return learn(known.mapping, other.mapping) && learn(known.filtering, other.filtering) &&
         learn(known.allocation, other.allocation) && known.udp_blocked == other.udp_blocked;
}

Merged merge_hosts(MatrixDocument& into, const MatrixDocument& other) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < into.matrix.hosts.size(); ++i) places[into.matrix.hosts[i].name] = i;
  for (const traversal::Host& host : other.matrix.hosts) {
    const auto known = places.find(host.name);
    if (known == places.end()) {
      into.matrix.hosts.push_back(host);
    } else if (!learn(into.matrix.hosts[known->second].behavior, host.behavior)) {
      return net::Unexpected(fmt::format("host \"{}\" behaves otherwise in the second", printable(host.name)));
    }
  }
  for (const auto& [name, report] : other.probes) {
    const auto [known, is_new] = into.probes.try_emplace(name, report);
    if (!is_new && known->second.started_at < report.started_at) known->second = report;
  }
  return {};
}

// The same seen from the other host.
traversal::Witness turned(traversal::Witness by) {
  if (by != traversal::Witness::A && by != traversal::Witness::B) return by;
  return by == traversal::Witness::A ? traversal::Witness::B : traversal::Witness::A;
}

void turn(traversal::Attempt& attempt) {
  std::swap(attempt.packets_a, attempt.packets_b);
  std::swap(attempt.ports_a, attempt.ports_b);
  std::swap(attempt.held_a, attempt.held_b);
  for (traversal::TimelineEvent& event : attempt.timeline) event.by = turned(event.by);
}

PairOutcome turned(PairOutcome pair) {
  std::swap(pair.a, pair.b);
  if (!pair.direction.empty()) pair.direction = pair.direction == "a-to-b" ? "b-to-a" : "a-to-b";
  for (traversal::Attempt& attempt : pair.attempts) turn(attempt);
  return pair;
}

bool counts_again(const PairOutcome& pair) { return pair.trials == 0 || !pair.attempts.empty(); }

// Where the attempts are not there to be counted again.
PairOutcome added_up(const PairOutcome& one, const PairOutcome& other) {
  PairOutcome out = other.outcome < one.outcome ? other : one;
  out.trials = one.trials + other.trials;
  out.successes = one.successes + other.successes;
  if (one.connect && other.connect) out.connect.reset();  // the median of both is not in theirs
  out.attempts.clear();
  return out;
}

PairOutcome joined_pair(PairOutcome one, const PairOutcome& other) {
  if (!counts_again(one) || !counts_again(other)) return added_up(one, other);
  if (other.outcome < one.outcome) one.direction = other.direction;
  unsigned last = 0;
  for (const traversal::Attempt& attempt : one.attempts) last = std::max(last, attempt.trial);
  for (traversal::Attempt attempt : other.attempts) {
    attempt.trial += last;
    one.attempts.push_back(std::move(attempt));
  }
  if (one.why.empty()) one.why = other.why;
  traversal::summarize(one);
  return one;
}

Merged merge_pairs(traversal::Matrix& into, const traversal::Matrix& other) {
  const PairIndex index(into);
  for (const PairOutcome& pair : other.pairs) {
    const auto known = index.find(pair.a, pair.b);
    if (!known) {
      into.pairs.push_back(pair);
      continue;
    }
    PairOutcome& place = into.pairs[*known];
    if (place.predicted != pair.predicted) {
      return net::Unexpected(fmt::format("theory says otherwise in the second of \"{}\" and \"{}\"", printable(pair.a),
                                         printable(pair.b)));
    }
    place = joined_pair(std::move(place), place.a == pair.a ? pair : turned(pair));
  }
  return {};
}

// From the start of the first to the end of the last.
void cover_time(traversal::Matrix& into, const traversal::Matrix& other) {
  const auto end = std::max(into.started_at + into.duration, other.started_at + other.duration);
  into.started_at = std::min(into.started_at, other.started_at);
  into.duration = std::chrono::duration_cast<net::Duration>(end - into.started_at);
}

Merged merge_into(MatrixDocument& into, const MatrixDocument& other) {
  if (const auto hosts = merge_hosts(into, other); !hosts) return hosts;
  if (const auto pairs = merge_pairs(into.matrix, other.matrix); !pairs) return pairs;
  cover_time(into.matrix, other.matrix);
  into.drawn.reset();  // from two populations is from neither
  return {};
}

Merged merge_into(Dossier& into, const Dossier& other) {
  add(into, other);
  return {};
}

template <typename Kind>
Merged merge_kind(Document& into, const Document& other) {
  return merge_into(std::get<Kind>(into), std::get<Kind>(other));
}

Merged merge_any(Document& into, const Document& other) {
  if (into.index() != other.index()) return net::Unexpected(std::string("documents of different kinds"));
  if (std::holds_alternative<probe::Report>(into)) return merge_kind<probe::Report>(into, other);
  if (std::holds_alternative<Dossier>(into)) return merge_kind<Dossier>(into, other);
  return merge_kind<MatrixDocument>(into, other);
}

}  // namespace

net::Result<Document, std::string> merged(const std::vector<NamedDocument>& documents) {
  Document out = documents.front().document;
  for (std::size_t i = 1; i < documents.size(); ++i) {
    if (const auto done = merge_any(out, documents[i].document); !done) {
      return net::Unexpected(fmt::format("{} and {}: {}", documents.front().name, documents[i].name, done.error()));
    }
  }
  return out;
}

}  // namespace reports
