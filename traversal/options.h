#pragma once
// The command line of natpunch.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "net/nat_behavior.h"
#include "net/options.h"
#include "store/url.h"
#include "traversal/schedule.h"

namespace traversal {

struct RendezvousOptions {
  net::Endpoint listen;
  std::optional<store::Url> store;
};

struct ReflectorOption {
  std::string given;
  net::HostAndPort host;
};

struct PeerOptions {
  net::HostAndPort rendezvous;
  std::string name;
  std::vector<ReflectorOption> reflectors;   // of -r, else of NATSCOPE_REFLECTORS
  std::optional<net::NatBehavior> behavior;  // stated instead of probed
};

struct MatrixOptions {
  net::HostAndPort rendezvous;
  std::vector<NamePair> pairs;          // empty: all
  std::vector<std::string> strategies;  // names, or one of "best" and "all"
  std::uint64_t trials = 1;
  std::uint64_t wait_for = 0;
};

struct PredictOptions {
  std::string a;  // a behaviour ("EIM/APDF") or a file
  std::string b;
};

struct Options {
  net::CommonOptions common;
  std::optional<std::string> token_file;
  std::variant<RendezvousOptions, PeerOptions, MatrixOptions, PredictOptions> command;
};

// The options, or the exit code when there is nothing to do (help, version, a mistake that has been printed).
[[nodiscard]] std::variant<Options, int> parse_options(int argc, char** argv);

}  // namespace traversal
