#include "traversal/commands/predict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "net/cannot_work.h"
#include "reports/document_file.h"
#include "reports/plain_words.h"
#include "traversal/commands/stated_nat.h"
#include "traversal/predict.h"

namespace traversal {
namespace {

net::NatBehavior behavior_named(const std::string& text) {
  const auto nat = stated_nat(text);
  if (!nat) throw net::CannotWork(nat.error());
  return nat->behavior;
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
