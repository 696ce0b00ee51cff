// natreflector: parses, wires, prints. SIGTERM and SIGINT end it with exit code 0.

#include <unistd.h>

#include "net/program.h"
#include "reflector/check_run.h"
#include "reflector/options.h"
#include "reflector/service.h"
#include "reports/check_report.h"
#include "reports/document_file.h"

namespace {

int serve(const reflector::Options& options, int argc, char** argv) {
  reflector::Service service(options, [=] { return reflector::reread_options(argc, argv); });
  service.run();
  return net::ExitCode::Done;
}

reports::CheckReport report_of(const std::vector<std::string>& hosts, const std::vector<reflector::CheckRow>& rows) {
  reports::CheckReport report{.hosts = hosts};
  for (const reflector::CheckRow& row : rows) {
    report.checks.push_back({row.about, row.check, std::string(to_string(row.verdict)), row.seen, row.advice});
  }
  return report;
}

int exit_code(const reflector::Checked& found) {
  if (!found.answered) return net::ExitCode::NoReflector;
  const bool fault = reflector::worst(found.rows) == reflector::CheckVerdict::Fault;
  return fault ? net::ExitCode::ExpectationFailed : net::ExitCode::Done;
}

int check(const reflector::CheckOptions& own, const net::CommonOptions& common) {
  const auto& file = common.json_file;
  if (file) reports::check_writable(*file);
  const reflector::Checked found = reflector::check_hosts(own.hosts);
  const reports::CheckReport report = report_of(own.given, found.rows);
  if (file) reports::write_document(*file, reports::to_json(report));
  if (file != "-") {
    const auto ink = net::colored(common.color, STDOUT_FILENO) ? reports::Ink::Color : reports::Ink::Plain;
    reports::write_document("-", reports::text_of(report, common.quiet, ink));
  }
  return exit_code(found);
}

int natreflector(int argc, char** argv) {
  reflector::Options options;
  if (const auto code = reflector::parse_options(argc, argv, options)) return *code;
  return options.check ? check(*options.check, options.common) : serve(options, argc, argv);
}

}  // namespace

int main(int argc, char** argv) {
  return net::run_program("natreflector", [&] { return natreflector(argc, argv); });
}
