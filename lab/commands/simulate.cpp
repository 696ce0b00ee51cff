#include "lab/commands/simulate.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <thread>

#include "lab/commands/all_pairs.h"
#include "lab/commands/simulate_text.h"
#include "lab/commands/tally.h"
#include "lab/population_file.h"
#include "lab/wire/stop_signals.h"
#include "net/cannot_work.h"
#include "reports/document_file.h"
#include "reports/html_page.h"
#include "reports/matrix_stream.h"

namespace lab {

namespace {

Population load_population(const std::filesystem::path& file) {
  auto population = read_population(file);
  if (!population) throw net::CannotWork(population.error());
  return *std::move(population);
}

// One line that is written over, on terminals only.
class Progress {
 public:
  Progress(std::size_t pairs, bool quiet) : pairs_(pairs), shown_(!quiet && ::isatty(STDERR_FILENO) != 0) {}
  ~Progress() {
    if (shown_) fmt::print(stderr, "\r\033[K");
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void add(std::size_t done) {
    done_ += done;
    const std::size_t percent = 100 * done_ / pairs_;
    if (!shown_ || std::exchange(percent_, percent) == percent) return;
    fmt::print(stderr, "\r\033[K{} of {} pairs, {} %", done_, pairs_, percent);
    std::fflush(stderr);
  }

 private:
  std::size_t pairs_;
  bool shown_;
  std::size_t done_ = 0;
  std::size_t percent_ = 101;
};

reports::PopulationDraw drawn_from(const Population& population, const Sample& sample, const Tally& tally,
                                   std::uint64_t seed) {
  const auto& [part, whole] = tally.connected();
  reports::PopulationDraw drawn{.population = population.name,
                                .source = population.source,
                                .assumed = population.assumed,
                                .seed = seed,
                                .over_hosts = reports::over_hosts(tally.successes_of_host()),
                                .over_pairs = reports::wilson(static_cast<double>(part) / static_cast<double>(whole),
                                                              static_cast<double>(whole))};
  for (const DrawnHost& host : sample.hosts) drawn.kinds.push_back(population.kinds[sample.nats[host.nat].kind].name);
  return drawn;
}

// Attempts are left to the JSON document, so that a page of many hosts fits into memory.
traversal::PairOutcome without_attempts(traversal::PairOutcome pair) {
  pair.attempts = {};
  return pair;
}

}  // namespace

int simulate(const SimulateOptions& options, const net::CommonOptions& common) {
  const StopSignals stop;
  const Population population = load_population(options.population);
  if (options.html && options.hosts > reports::most_hosts_of_a_page) {
    throw net::CannotWork(fmt::format("--html: a page holds at most {} hosts", reports::most_hosts_of_a_page));
  }
  if (options.html) reports::check_writable(*options.html);
  const auto started_at = std::chrono::system_clock::now();
  const auto begin = std::chrono::steady_clock::now();

  net::Random random(options.seed);
  const Sample sample = draw(population, options.hosts, random);
  reports::MatrixDocument page{.matrix = {.hosts = matrix_hosts(population, sample), .started_at = started_at}};
  std::optional<reports::MatrixStream> document;
  if (common.json_file) document.emplace(*common.json_file, page.matrix.hosts);
  Tally tally(population, sample);
  {
    Progress progress(pairs_of(options.hosts), common.quiet);
    const auto threads = static_cast<unsigned>(options.threads.value_or(std::thread::hardware_concurrency()));
    const PlayedHow how{.strategies = options.strategies, .seed = random.next(), .threads = threads};
    simulate_pairs(population, sample, how, [&](const std::vector<PairedOutcome>& pairs) {
      stop.check();
      for (const PairedOutcome& pair : pairs) {
        tally.add(pair);
        if (document) document->add(pair.outcome);
        if (options.html) page.matrix.pairs.push_back(without_attempts(pair.outcome));
      }
      progress.add(pairs.size());
    });
  }

  page.drawn = drawn_from(population, sample, tally, options.seed);
  page.matrix.duration = std::chrono::steady_clock::now() - begin;
  if (document) document->finish(page.drawn, started_at, page.matrix.duration);
  if (options.html) reports::write_document(*options.html, reports::to_html(page));
  if (common.json_file == "-") return net::Done;
  const auto ink = net::colored(common.color, 1) ? reports::Ink::Color : reports::Ink::Plain;
  reports::write_document(
      "-", common.quiet ? simulation_line(tally, *page.drawn) : simulation_text(population, tally, *page.drawn, ink));
  return net::Done;
}

}  // namespace lab
