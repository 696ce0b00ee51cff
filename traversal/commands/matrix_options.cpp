#include <fmt/format.h>

#include <algorithm>

#include "traversal/commands/matrix.h"
#include "traversal/registry.h"
#include "traversal/strategy.h"

namespace traversal {
namespace {

using Taken = net::Result<void, std::string>;

net::TakeValue take_pairs(std::vector<NamePair>& into) {
  return [&into](const std::string& text) -> Taken {
    into.clear();
    if (text == "all") return {};
    for (const std::string& given : split(text, ';')) {
      const auto names = split(given, ',');
      if (names.size() != 2 || !valid_host_name(names[0]) || !valid_host_name(names[1]) || names[0] == names[1]) {
        return refuse(given, "a pair of different hosts (all, or A,B;C,D)");
      }
      const NamePair pair = {names[0], names[1]};
      const bool twice =
          std::any_of(into.begin(), into.end(), [&](const NamePair& known) { return same_pair(known, pair); });
      if (twice) return net::Unexpected(fmt::format("'{}' is given twice", given));
      into.push_back(pair);
    }
    return {};
  };
}

net::TakeValue take_strategies(std::vector<std::string>& into) {
  return [&into](const std::string& text) -> Taken {
    into = split(text, ',');
    if (text == "best" || text == "all") return {};
    for (const std::string& name : into) {
      if (find_strategy(name) == nullptr) return refuse(name, "a strategy");
    }
    return {};
  };
}

net::Result<net::Duration, std::string> parse_hold(std::string_view text) {
  const auto hold = net::parse_duration(text);
  if (hold && *hold > longest_hold) return refuse(text, "at most a minute");
  return hold;
}

}  // namespace

void add_options(CLI::App& command, net::CommonOptions& common, MatrixOptions& own) {
  add_access(command, own.access);
  net::add_value(command, "--pairs", take_pairs(own.pairs), "LIST", "all (the default), or A,B;C,D");
  net::add_value(command, "--strategies", take_strategies(own.strategies), "LIST",
                 "best (the default: until the first success), all, or names");
  net::add_parsed(command, "--trials", own.trials, net::whole_number(1, most_trials), "N", "for each pair (1)");
  net::add_parsed(command, "--hold", own.hold, parse_hold, "DURATION",
                  "how long each proven path is watched (5s), at most a minute");
  net::add_parsed(command, "--wait-for", own.wait_for, net::whole_number(2, most_hosts), "N",
                  "wait until so many hosts are registered, at most two minutes");
  net::add_json(command, common);
  net::add_parsed(command, "--store", own.store, store::parse_url, "URL",
                  "keep the matrix in this history as well: sqlite:FILE or postgresql://[USER@]HOST/DATABASE");
}

}  // namespace traversal
