// A history of a million reports of 1 KB in SQLite: what adding one more and finding some costs. Bars: an added report
// below 5 ms, a filtered list below 100 ms.

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "reports/history.h"
#include "reports/history_statements.h"
#include "store/sqlite.h"
#include "tests/bench/outcome.h"
#include "tests/programs/program.h"

namespace {

using Clock = std::chrono::steady_clock;
using reports::HistoryFilter;

constexpr std::int64_t rows = 1'000'000;
constexpr std::int64_t rows_a_commit = 50'000;
constexpr std::size_t document_size = 1024;
constexpr std::int64_t first_ms = 1'700'000'000'000;
constexpr std::int64_t ms_a_row = 30'000;  // a report every half minute: nearly a year
constexpr double add_bar_ms = 5;
constexpr double list_bar_ms = 100;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

std::string report_text(std::int64_t number) {
  std::string text = fmt::format(
      R"({{"schema":"natscope/probe-report/1","verdict":{{"class":"cone","rfc3489":"full-cone",)"
      R"("mapping":{{"value":"endpoint-independent","confidence":1,"evidence":[],"why":null}},)"
      R"("filtering":{{"value":"endpoint-independent","confidence":1,"evidence":[],"why":null}}}},"findings":{{}},)"
      R"("observations":[],"local":{{"endpoint":null}},"external":{{"endpoint":null}},"reflectors":[],)"
      R"("labels":{{"model":"model-{}","site":"site-{}","note":"{}"}},"started_at":"2026-11-22T10:00:00Z","duration_ms":1}})",
      number % 50, number % 1000, number);
  text.resize(std::max(text.size(), document_size), ' ');
  return text;
}

// The work of adding, without a commit for each.
void load(store::Database& database) {
  std::uint64_t state = 42;
  const auto chance = [&](std::uint64_t below) {
    state = state * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
    return (state >> 33) % below;
  };
  const std::vector<std::string> classes = {"cone", "cone",      "cone",      "cone",   "cone",
                                            "cone", "symmetric", "symmetric", "no-nat", "udp-blocked"};
  for (std::int64_t row = 0; row < rows;) {
    store::Transaction transaction(database);
    for (std::int64_t end = row + rows_a_commit; row < end; ++row) {
      const std::string id = fmt::format("{:08x}{:08x}", chance(1ULL << 31) * 2, row);
      const std::uint64_t model = chance(50);
      database.run(
          reports::statements::add_entry,
          {id, std::string("probe-report"), first_ms + row * ms_a_row, first_ms + row * ms_a_row,
           fmt::format("vendor-{}", model % 10), fmt::format("model-{}", model), fmt::format("{}.{}", model, chance(5)),
           fmt::format("isp-{}", chance(20)), fmt::format("site-{}", chance(1000)), classes[chance(classes.size())]});
      database.run(reports::statements::add_text, {id, report_text(row)});
    }
    transaction.commit();
  }
}

std::vector<double> adding(reports::History& history) {
  std::vector<double> out;
  for (std::int64_t i = 0; i < 200; ++i) {
    const std::string text = report_text(rows + i);
    const auto start = Clock::now();
    if (!history.add(text, std::chrono::system_clock::now())) return {};
    out.push_back(ms_since(start));
  }
  return out;
}

reports::Moment at_row(std::int64_t row) {
  return reports::Moment(std::chrono::milliseconds(first_ms + row * ms_a_row));
}

struct Question {
  std::string name;
  HistoryFilter filter;
};
const std::vector<Question> questions = {
    {"newest", {}},
    {"model", {.model = "model-7"}},
    {"firmware", {.firmware = "7.3"}},
    {"site", {.site = "site-77"}},
    {"class", {.nat_class = "no-nat"}},
    {"vendor", {.vendor = "vendor-3"}},
    {"isp", {.isp = "isp-3"}},
    {"model and class", {.model = "model-7", .nat_class = "udp-blocked"}},
    {"model and firmware", {.model = "model-7", .firmware = "7.3"}},
    {"site and model", {.model = "model-7", .site = "site-77"}},
    {"a site's class", {.site = "site-77", .nat_class = "udp-blocked"}},
    {"a day", {.since = at_row(500'000), .until = at_row(502'880)}},
    {"a month's class", {.nat_class = "symmetric", .since = at_row(500'000), .until = at_row(586'400)}},
    {"nothing", {.model = "model-none"}},
    {"nothing of a model", {.model = "model-7", .isp = "isp-none"}},
    {"everything of one site and isp", {.isp = "isp-3", .site = "site-77"}},
};

double listing(reports::History& history, const HistoryFilter& filter) {
  std::vector<double> times;
  for (int i = 0; i < 5; ++i) {
    const auto start = Clock::now();
    (void)history.list(filter, 100);
    times.push_back(ms_since(start));
  }
  return bench::median(times);
}

bench::Outcome measure() {
  const programs::TemporaryDirectory directory;
  const store::SqliteFile file{directory.path() / "history.sqlite"};
  const auto start = Clock::now();
  load(*store::open(file, reports::statements::schema()));
  const double loading_s = ms_since(start) / 1000;

  reports::History history(file);
  std::vector<double> added = adding(history);
  std::sort(added.begin(), added.end());
  nlohmann::ordered_json lists;
  double slowest = 0;
  for (const auto& [name, filter] : questions) {
    const double ms = listing(history, filter);
    slowest = std::max(slowest, ms);
    lists[name] = ms;
    fmt::print("list, {}: {:.2f} ms\n", name, ms);
  }
  const double median_add = added.empty() ? 1e9 : added[added.size() / 2];
  const double late_add = added.empty() ? 1e9 : added[added.size() * 95 / 100];
  fmt::print("{} rows loaded in {:.0f} s; {} MB\n", history.size(), loading_s,
             std::filesystem::file_size(file.file) / 1'000'000);
  fmt::print("add: median {:.2f} ms, 95 % within {:.2f} ms (bar {} ms); slowest list {:.2f} ms (bar {} ms)\n",
             median_add, late_add, add_bar_ms, slowest, list_bar_ms);
  return {.document = {{"rows", rows},
                       {"loading_s", loading_s},
                       {"add_ms", {{"median", median_add}, {"p95", late_add}, {"bar", add_bar_ms}}},
                       {"list_ms", lists},
                       {"list_bar_ms", list_bar_ms}},
          .within_bars = late_add < add_bar_ms && slowest < list_bar_ms};
}

}  // namespace

int main(int argc, char** argv) { return bench::run_anywhere("bench_history", argc, argv, measure); }
