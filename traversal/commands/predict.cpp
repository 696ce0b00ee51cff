#include "traversal/commands/predict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

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

// In the order of the enumerators.
constexpr std::array<std::string_view, 2> path_words = {
    "both directions use one pair of endpoints",
    "each direction works on a pair of endpoints of its own",
};
constexpr std::array<std::string_view, 7> effort_words = {
    "no port has to be guessed",
    "the one unknown port follows from the last one",
    "both unknown ports follow from the last ones",
    "one random port is searched for: 256 ports on one side, 1,024 tries from the other",
    "two random ports are searched for, one after the other",
    "every try has one chance in 65,536",
    "about 54,600 tries from each side for one chance in two",
};

template <typename Value, std::size_t Size>
std::string explained(const std::array<std::string_view, Size>& words, Value value) {
  return fmt::format("{} ({})", to_string(value), words[static_cast<std::size_t>(value)]);
}

// Where a matrix's short word would say the same again.
std::string_view in_words(Prediction result) {
  switch (result) {
    case Prediction::Direct: return "connects, no port has to be guessed";
    case Prediction::Impossible: return "UDP is blocked";
    case Prediction::Unknown: return "what decides was not measured";
    default: return reports::plain(result);
  }
}

std::string theory_text(const net::NatBehavior& a, const net::NatBehavior& b) {
  const Theory theory = predict(a, b);
  std::string text = fmt::format("{} with {}: {} ({})\n", net::short_name(a), net::short_name(b),
                                 to_string(theory.result), in_words(theory.result));
  if (theory.path) text += fmt::format("path: {}\n", explained(path_words, *theory.path));
  if (!theory.one_way.empty()) text += fmt::format("without a guess: {}\n", theory.one_way);
  if (!theory.guessers.empty()) text += fmt::format("who may guess: {}\n", fmt::join(theory.guessers, " or "));
  const auto needed = a.allocation || b.allocation ? effort(a, b) : std::nullopt;
  if (needed) text += fmt::format("with their port allocation: {}\n", explained(effort_words, *needed));
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
