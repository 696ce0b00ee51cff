#include "traversal/options.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdlib>

#include "net/cannot_work.h"
#include "traversal/rendezvous.h"

namespace traversal {
namespace {

constexpr std::uint16_t reflector_port = 3478;  // RFC 8489 section 9

using Taken = net::Result<void, std::string>;

net::Unexpected<std::string> refuse(std::string_view given, std::string_view wanted) {
  return net::Unexpected<std::string>(fmt::format("'{}' is not {}", given, wanted));
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.emplace_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

net::Result<net::Endpoint, std::string> parse_listen(std::string_view text) {
  const auto endpoint = net::parse_endpoint(text, rendezvous_port);
  // A wildcard socket may answer from another address than it was asked at, and no NAT would let that in.
  if (endpoint && endpoint->address.unspecified()) return refuse(text, "one address of this host");
  return endpoint;
}

net::Result<std::string, std::string> parse_name(std::string_view text) {
  if (valid_host_name(text)) return std::string(text);
  return refuse(text, "1 to 64 letters, digits, dots, dashes and underscores");
}

net::Result<net::NatBehavior, std::string> parse_behavior(std::string_view text) {
  if (const auto behavior = net::parse_short(text)) return *behavior;
  return refuse(text, "MAPPING/FILTERING, as in EIM/APDF");
}

net::Result<ReflectorOption, std::string> parse_reflector(std::string_view text) {
  return net::parse_host_and_port(text, reflector_port).map([text](const net::HostAndPort& host) {
    return ReflectorOption{std::string(text), host};
  });
}

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

void add_token(CLI::App& app, Options& options) {
  net::add_parsed(app, "--token-file", options.token_file, net::any_text, "FILE",
                  "the token all hosts share, in a file others cannot read");
}

void add_rendezvous(CLI::App& app, net::HostAndPort& into) {
  net::add_parsed(app, "--rendezvous", into, net::host_with_port(rendezvous_port), "HOST[:PORT]",
                  "where hosts register; port 3480 by default")
      ->required();
}

CLI::App* add_rendezvous_command(CLI::App& app, Options& options, RendezvousOptions& own) {
  CLI::App* command = app.add_subcommand("rendezvous", "Hosts register here, and every pair is made to try.");
  net::add_parsed(*command, "--listen", own.listen, parse_listen, "ADDRESS[:PORT]", "UDP; port 3480 by default")
      ->required();
  net::add_parsed(*command, "--store", own.store, store::parse_url, "URL",
                  "keep matrices in sqlite:FILE or postgresql://...; else they end with this process");
  add_token(*command, options);
  return command;
}

CLI::App* add_peer_command(CLI::App& app, Options& options, PeerOptions& own) {
  CLI::App* command = app.add_subcommand("peer", "Registers this host and takes part until it is stopped.");
  add_rendezvous(*command, own.rendezvous);
  net::add_parsed(*command, "--name", own.name, parse_name, "NAME", "of this host")->required();
  net::add_parsed(*command, "-r,--reflector", own.reflectors, parse_reflector, "HOST[:PORT]",
                  "a reflector to probe the own NAT with, once for each; else NATSCOPE_REFLECTORS");
  net::add_parsed(*command, "--behavior", own.behavior, parse_behavior, "MAPPING/FILTERING",
                  "state the NAT's behaviour (EIM/APDF) instead of probing it");
  add_token(*command, options);
  return command;
}

CLI::App* add_matrix_command(CLI::App& app, Options& options, MatrixOptions& own) {
  CLI::App* command = app.add_subcommand("matrix", "Makes every pair of registered hosts try, and waits.");
  add_rendezvous(*command, own.rendezvous);
  net::add_value(*command, "--pairs", take_pairs(own.pairs), "LIST", "all (the default), or A,B;C,D");
  net::add_value(*command, "--strategies", take_strategies(own.strategies), "LIST",
                 "best (the default: until the first success), all, or names");
  net::add_parsed(*command, "--trials", own.trials, net::whole_number(1, most_trials), "N", "for each pair (1)");
  net::add_parsed(*command, "--wait-for", own.wait_for, net::whole_number(2, most_hosts), "N",
                  "wait until so many hosts are registered, at most two minutes");
  net::add_json(*command, options.common);
  add_token(*command, options);
  return command;
}

CLI::App* add_predict_command(CLI::App& app, PredictOptions& own) {
  CLI::App* command = app.add_subcommand("predict", "Says what theory expects of two NATs.");
  const std::string help = "a behaviour (EIM/APDF) or a probe report";
  net::add_parsed(*command, "A", own.a, net::any_text, "", help)->required();
  net::add_parsed(*command, "B", own.b, net::any_text, "", help)->required();
  return command;
}

void read_reflectors_variable(std::vector<ReflectorOption>& into) {
  const char* value = std::getenv("NATSCOPE_REFLECTORS");
  if (value == nullptr || *value == '\0') return;
  for (const std::string& text : split(value, ',')) {
    auto reflector = parse_reflector(text);
    if (!reflector) throw net::CannotWork("NATSCOPE_REFLECTORS: " + reflector.error());
    into.push_back(std::move(*reflector));
  }
}

}  // namespace

std::variant<Options, int> parse_options(int argc, char** argv) {
  Options options;
  RendezvousOptions rendezvous;
  PeerOptions peer;
  MatrixOptions matrix;
  PredictOptions prediction;
  CLI::App app("Makes every pair of registered hosts punch through their NATs.", "natpunch");
  net::add_common(app, options.common);
  const CLI::App* rendezvous_command = add_rendezvous_command(app, options, rendezvous);
  const CLI::App* peer_command = add_peer_command(app, options, peer);
  const CLI::App* matrix_command = add_matrix_command(app, options, matrix);
  add_predict_command(app, prediction);
  app.require_subcommand(1);
  if (const auto code = net::parse_command_line(app, argc, argv)) return *code;
  if (rendezvous_command->parsed()) {
    options.command = rendezvous;
  } else if (peer_command->parsed()) {
    if (peer.reflectors.empty() && !peer.behavior) read_reflectors_variable(peer.reflectors);
    options.command = peer;
  } else if (matrix_command->parsed()) {
    options.command = matrix;
  } else {
    options.command = prediction;
  }
  return options;
}

}  // namespace traversal
