#include "lab/commands/verify.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/commands/inventory.h"
#include "lab/commands/judge.h"
#include "lab/commands/play.h"
#include "lab/scenario_file.h"
#include "net/cannot_work.h"
#include "reports/document_file.h"
#include "reports/html_page.h"
#include "reports/junit.h"
#include "reports/matrix_text.h"
#include "reports/plain_words.h"

namespace lab {

namespace {

constexpr auto report_json = "report.json";
constexpr auto report_html = "report.html";
constexpr auto report_junit = "junit.xml";

Scenario load_scenario(const std::filesystem::path& file) {
  auto scenario = read_scenario(file);
  if (!scenario) throw net::CannotWork(scenario.error());
  if (const auto why = cannot_be_played(*scenario)) throw net::CannotWork(fmt::format("{}: {}", file.string(), *why));
  return *std::move(scenario);
}

// Before the work, so that it is not done in vain.
void prepare_files(const VerifyOptions& options) {
  if (options.out) {
    std::error_code error;
    std::filesystem::create_directories(*options.out, error);
    if (error) throw net::CannotWork(fmt::format("make folder {}: {}", options.out->string(), error.message()));
    for (const char* name : {report_json, report_html, report_junit}) reports::check_writable(*options.out / name);
  }
  if (options.junit) reports::check_writable(*options.junit);
}

std::string as_junit(const Scenario& scenario, const std::vector<Judgement>& judgements) {
  reports::JunitSuite suite{.name = scenario.name};
  for (const auto& [subject, expected, found] : judgements) {
    reports::JunitCase entry{.name = subject};
    if (expected != found) entry.failure = fmt::format("expected {}, found {}", expected, found);
    suite.cases.push_back(std::move(entry));
  }
  return reports::to_junit(suite);
}

void write_files(const VerifyOptions& options, const Scenario& scenario, const reports::MatrixDocument& document,
                 const std::vector<Judgement>& judgements) {
  const std::string junit = as_junit(scenario, judgements);
  if (options.out) {
    reports::write_document(*options.out / report_json, reports::to_json(document));
    reports::write_document(*options.out / report_html, reports::to_html(document));
    reports::write_document(*options.out / report_junit, junit);
  }
  if (options.junit) reports::write_document(*options.junit, junit);
}

std::string verdicts_text(const reports::MatrixDocument& document) {
  std::string out;
  for (const auto& [name, report] : document.probes)
    out += fmt::format("{}: {}\n", name, reports::verdict_sentence(report.verdict));
  return out;
}

}  // namespace

int verify(const VerifyOptions& options, const net::CommonOptions& common) {
  const Scenario scenario = load_scenario(options.scenario);
  prepare_files(options);
  if (common.verbose) print_inventory(scenario);
  const bool simulated = options.backend == Backend::Simulator;
  const auto document = simulated ? play_simulated(scenario, options.pcap) : play_wired(scenario, options.pcap);
  const auto judgements = judge(scenario, document);
  write_files(options, scenario, document, judgements);

  std::string text;
  if (!common.quiet) {
    if (simulated) text += "simulated\n";
    const auto ink = net::colored(common.color, 1) ? reports::Ink::Color : reports::Ink::Plain;
    text += (scenario.rendezvous ? reports::to_text(document, ink) : verdicts_text(document)) + "\n";
  }
  reports::write_document("-", text + to_text(judgements));
  return std::ranges::all_of(judgements, &Judgement::met) ? net::Done : net::ExpectationFailed;
}

}  // namespace lab
