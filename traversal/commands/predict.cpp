#include "traversal/commands/predict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "net/cannot_work.h"
#include "probe/verdict.h"
#include "reports/document_file.h"
#include "reports/plain_words.h"
#include "reports/probe_report_json.h"
#include "traversal/predict.h"

namespace traversal {
namespace {

net::NatBehavior behavior_named(const std::string& text) {
  if (const auto behavior = net::parse_short(text)) return *behavior;
  const auto refused = [&](std::string_view why) {
    return net::CannotWork(
        fmt::format("'{}' is neither a behaviour like EIM/APDF nor a readable report: {}", text, why));
  };
  std::string document;
  try {
    document = reports::read_document(text);
  } catch (const net::CannotWork& unreadable) {
    throw refused(unreadable.what());
  }
  const auto report = reports::parse_probe_report(document);
  if (!report) throw refused(report.error());
  return probe::behavior_of(report->verdict);
}

std::string theory_text(const net::NatBehavior& a, const net::NatBehavior& b) {
  const Theory theory = predict(a, b);
  std::string text = fmt::format("{} with {}: {} ({})\n", net::short_name(a), net::short_name(b),
                                 to_string(theory.result), reports::plain(theory.result));
  if (theory.path) text += fmt::format("path: {}\n", to_string(*theory.path));
  if (!theory.one_way.empty()) text += fmt::format("without a guess: {}\n", theory.one_way);
  if (!theory.guessers.empty()) text += fmt::format("who may guess: {}\n", fmt::join(theory.guessers, " or "));
  const auto needed = a.allocation || b.allocation ? effort(a, b) : std::nullopt;
  if (needed) text += fmt::format("with their port allocation: {}\n", to_string(*needed));
  return text;
}

}  // namespace

void add_options(CLI::App& command, net::CommonOptions&, PredictOptions& own) {
  const std::string help = "a behaviour (EIM/APDF) or a probe report";
  net::require(net::add_parsed(command, "A", own.a, net::any_text, "", help));
  net::require(net::add_parsed(command, "B", own.b, net::any_text, "", help));
}

int run(const PredictOptions& own, const net::CommonOptions&) {
  const net::NatBehavior a = behavior_named(own.a);  // the first mistake is the one to name
  const net::NatBehavior b = behavior_named(own.b);
  reports::write_document("-", theory_text(a, b));
  return net::ExitCode::Done;
}

}  // namespace traversal
