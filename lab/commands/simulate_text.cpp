#include "lab/commands/simulate_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/interval.h"
#include "reports/plain_words.h"

namespace lab {
namespace {

using reports::TextRow;
using traversal::Outcome;

double share_of(const reports::Ratio& ratio) {
  return ratio.whole == 0 ? 0 : static_cast<double>(ratio.part) / static_cast<double>(ratio.whole);
}

std::string heading(std::string_view text, reports::Ink ink) {
  return "\n" + reports::inked(text, reports::Tone::Bold, ink) + "\n";
}

std::string origin(const reports::PopulationDraw& drawn) {
  return fmt::format("  source: {}\n  assumed: {}\n", reports::printable(drawn.source),
                     reports::printable(drawn.assumed));
}

// Both intervals, and what each of them leaves out.
std::string intervals(const reports::PopulationDraw& drawn) {
  return fmt::format(
      "  95 % interval {} over the draw of hosts: pairs that share a host are not independent\n"
      "  95 % interval {} if all pairs were independent: too narrow, for comparison\n"
      "  neither covers an error of the shares themselves, see what is assumed\n",
      interval_text(drawn.over_hosts), interval_text(drawn.over_pairs));
}

std::string outcomes(const Tally& tally) {
  return fmt::format("  {} direct, {} on two paths, {} one way, {} failed, {} refused for poor odds\n",
                     tally.count(Outcome::Direct), tally.count(Outcome::Asymmetric), tally.count(Outcome::OneWay),
                     tally.count(Outcome::Failed), tally.count(Outcome::NotRun));
}

std::string kinds(const Population& population, const Tally& tally) {
  std::vector<TextRow> rows = {{"kind", "hosts", "share drawn", "share in the file", "behaviour", "carrier"}};
  for (std::size_t i = 0; i < population.kinds.size(); ++i) {
    const PopulationKind& kind = population.kinds[i];
    const reports::Ratio drawn{tally.hosts_of_kind()[i], tally.successes_of_host().size()};
    rows.push_back({kind.name, std::to_string(drawn.part), reports::percent_of(share_of(drawn)),
                    reports::percent_of(kind.share), net::short_name(behavior_of(population, kind)),
                    kind.carrier.empty() ? "-" : kind.carrier});
  }
  return reports::text_table(rows);
}

// "direct", or "direct 120, same NAT 3" where hosts behind one NAT are among them.
std::string predictions(const KindPair& pair) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < pair.predicted.size(); ++i) {
    if (pair.predicted[i] == 0) continue;
    const auto word = reports::plain(static_cast<traversal::Prediction>(i));
    const bool all = pair.predicted[i] == pair.connected.whole;
    words.push_back(all ? std::string(word) : fmt::format("{} {}", word, pair.predicted[i]));
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string kind_pairs(const Population& population, const Tally& tally) {
  std::vector<TextRow> rows = {{"kinds", "connected", "share", "95 % interval", "predicted", "not as predicted"}};
  for (const KindPair& pair : tally.kind_pairs()) {
    if (pair.connected.whole == 0) continue;
    const double share = share_of(pair.connected);
    rows.push_back({fmt::format("{} - {}", population.kinds[pair.a].name, population.kinds[pair.b].name),
                    reports::text(pair.connected), reports::percent_of(share),
                    interval_text(reports::wilson(share, static_cast<double>(pair.connected.whole))), predictions(pair),
                    pair.disagreements == 0 ? "-" : reports::text({pair.disagreements, pair.connected.whole})});
  }
  return reports::text_table(rows);
}

}  // namespace

std::string simulation_line(const Tally& tally, const reports::PopulationDraw& drawn) {
  return fmt::format("{} of {} pairs connected, 95 % interval {}\n", reports::percent_of(share_of(tally.connected())),
                     tally.connected().whole, interval_text(drawn.over_hosts));
}

std::string simulation_text(const Population& population, const Tally& tally, const reports::PopulationDraw& drawn,
                            reports::Ink ink) {
  const std::size_t hosts = tally.successes_of_host().size();
  std::string out = reports::inked(simulation_line(tally, drawn), reports::Tone::Bold, ink) + intervals(drawn);
  out += fmt::format("  {} pairs connected; {} not as predicted\n", reports::text(tally.connected()),
                     tally.disagreements());
  out += outcomes(tally);
  out += heading(fmt::format("{} hosts drawn from {} with seed {}", hosts, population.name, drawn.seed), ink);
  out += origin(drawn) + kinds(population, tally);
  out += heading("Kind with kind", ink) + kind_pairs(population, tally);
  return out + "  intervals of single rows take the pairs of two kinds as independent (Wilson)\n";
}

}  // namespace lab
