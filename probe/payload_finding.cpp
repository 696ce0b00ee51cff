#include "probe/payload_finding.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "probe/log_reading.h"
#include "probe/payload_discovery.h"
#include "probe/repeated_question.h"

namespace probe {
namespace {

constexpr double chance_of_equal_hashes = 1 / 4'294'967'296.0;

enum class Fill : std::uint8_t { NotKnown, AsSent, Changed, Swallowed };

std::uint32_t hash_of(const net::Bytes& fill) {
  return static_cast<std::uint32_t>(::crc32(0, fill.data(), static_cast<uInt>(fill.size())));
}

// Silence of a transaction whose neighbours on the same socket were answered.
Fill fate_of(const Observation* seen, double chance_of_loss) {
  if (seen == nullptr) return Fill::NotKnown;
  if (seen->outcome == Outcome::Silence) {
    const bool proven = std::pow(chance_of_loss, seen->requests) < wrong_at_most;
    return proven ? Fill::Swallowed : Fill::NotKnown;
  }
  if (!answered(*seen) || !seen->arrival) return Fill::NotKnown;
  return seen->arrival->fill_hash == hash_of(seen->query.fill) ? Fill::AsSent : Fill::Changed;
}

std::size_t index_in(const ObservationLog& log, const Observation* seen) {
  return static_cast<std::size_t>(seen - log.data());
}

// Anywhere in the run.
std::optional<std::size_t> mapped_rewritten(const ObservationLog& log) {
  const auto found = std::find_if(log.begin(), log.end(), [](const Observation& seen) {
    return answered(seen) && seen.mapped && seen.mapped_plain && seen.mapped != seen.mapped_plain;
  });
  return found == log.end() ? std::nullopt : std::optional(index_in(log, &*found));
}

std::optional<std::size_t> mapped_as_it_is(const ObservationLog& log) {
  const auto found = std::find_if(log.begin(), log.end(), [](const Observation& seen) {
    return answered(seen) && seen.mapped && seen.mapped == seen.mapped_plain;
  });
  return found == log.end() ? std::nullopt : std::optional(index_in(log, &*found));
}

struct Witness {
  std::string_view figure;
  const Observation* seen;
  Fill fate;
};

void conclude_rewritten(NamedFinding& out, const ObservationLog& log, const std::array<Witness, 2>& fills,
                        std::optional<std::size_t> mapped, double chance_of_loss) {
  out.finding.value = "rewritten";
  for (const Witness& fill : fills) {
    if (fill.fate != Fill::Changed && fill.fate != Fill::Swallowed) continue;
    out.figures.emplace(fill.figure, true);
    out.finding.evidence.push_back(index_in(log, fill.seen));
    const double chance = fill.fate == Fill::Changed ? 0 : std::pow(chance_of_loss, fill.seen->requests);
    out.finding.confidence = std::max(out.finding.confidence, 1 - chance);
  }
  if (!mapped) return;
  out.figures.emplace("mapped_address", true);
  out.finding.evidence.push_back(*mapped);
  out.finding.confidence = 1;
}

void conclude_none(NamedFinding& out, const ObservationLog& log, const std::array<Witness, 2>& fills) {
  const auto as_sent = [](const Witness& one) { return one.fate == Fill::AsSent; };
  const bool hashed = std::all_of(fills.begin(), fills.end(), as_sent);
  const auto mapped = mapped_as_it_is(log);
  auto& [value, confidence, evidence, why] = out.finding;
  if (hashed) {
    for (const Witness& fill : fills) evidence.push_back(index_in(log, fill.seen));
  } else if (fills[0].seen != nullptr && answered(*fills[0].seen) && !fills[0].seen->arrival && mapped) {
    why = "judged by MAPPED-ADDRESS alone: the server answers no hash";
  } else {
    why = "no answer says how the data arrived";
    return;
  }
  value = "none";
  confidence = 1 - chance_of_equal_hashes;
  if (mapped) evidence.push_back(*mapped);
}

}  // namespace

NamedFinding conclude_payload(const ObservationLog& log) {
  NamedFinding out{.name = "payload-rewriting"};
  const auto reflector = reflector_of_the_path(log);
  const Observation* introduction = reflector ? asked(log, payload_introduction(*reflector)) : nullptr;
  std::array<Witness, 2> fills = {{{"bytes", nullptr, Fill::NotKnown}, {"text", nullptr, Fill::NotKnown}}};
  const double chance_of_loss = round_trip_loss(log).estimate();
  if (introduction != nullptr && answered(*introduction) && introduction->local) {
    const PayloadQuestions questions = payload_questions(*reflector, *introduction->local);
    fills[0].seen = asked(log, questions.as_bytes);
    fills[1].seen = asked(log, questions.as_text);
    for (Witness& fill : fills) fill.fate = fate_of(fill.seen, chance_of_loss);
    // Both silent: the socket may have died, and nothing beside them was answered.
    const auto silent = [](const Witness& fill) { return fill.fate == Fill::Swallowed; };
    if (std::all_of(fills.begin(), fills.end(), silent)) fills[0].fate = fills[1].fate = Fill::NotKnown;
  }
  const auto mapped = mapped_rewritten(log);
  const auto changed = [](const Witness& fill) { return fill.fate == Fill::Changed || fill.fate == Fill::Swallowed; };
  if (mapped || std::any_of(fills.begin(), fills.end(), changed)) {
    conclude_rewritten(out, log, fills, mapped, chance_of_loss);
  } else {
    conclude_none(out, log, fills);
  }
  std::sort(out.finding.evidence.begin(), out.finding.evidence.end());
  return out;
}

}  // namespace probe
