// natreport: pages, tables and dossiers from the JSON documents of natprobe and natpunch.

#include "net/agent.h"
#include "reports/commands/diff.h"
#include "reports/commands/dossier.h"
#include "reports/commands/form.h"
#include "reports/commands/history.h"
#include "reports/commands/merge.h"
#include "reports/options.h"

namespace {

int natreport(int argc, char** argv) {
  const auto parsed = reports::parse_options(argc, argv);
  if (const int* code = std::get_if<int>(&parsed)) return *code;
  const auto& [common, command] = std::get<reports::Options>(parsed);
  const net::CommonOptions& shared = common;
  return std::visit(
      net::Overloaded{[&](const reports::FormOptions& form) { return reports::form(form, shared); },
                      [&](const reports::MergeOptions& merge) { return reports::merge(merge); },
                      [&](const reports::DossierOptions& join) { return reports::dossier(join); },
                      [&](const reports::DiffOptions& diff) { return reports::diff(diff, shared); },
                      [&](const reports::HistoryOptions& kept) { return reports::history(kept, shared); }},
      command);
}

}  // namespace

int main(int argc, char** argv) {
  return net::run_program("natreport", [&] { return natreport(argc, argv); });
}
