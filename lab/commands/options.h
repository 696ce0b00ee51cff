#pragma once
// natlab's command line.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lab/link.h"
#include "lab/nat_profile.h"
#include "lab/router.h"
#include "net/options.h"

namespace lab {

struct ListOptions {
  std::optional<NatProfile> profile;  // this one with all its settings
};

struct NatOptions {
  std::string inside;  // interfaces
  std::string outside;
  NatProfile profile;
  std::vector<LocalService> local;
  std::uint64_t seed = 1;
};

struct RunOptions {
  NatProfile profile;
  LinkProfile link;  // each way, between the NAT and the core
  std::uint64_t seed = 1;
  std::vector<std::string> command;
};

struct ShellOptions {
  std::filesystem::path scenario;
  std::string host;
};

enum class Backend : std::uint8_t { Simulator, Namespaces };

struct VerifyOptions {
  std::filesystem::path scenario;
  std::optional<std::filesystem::path> out;
  std::optional<std::string> junit;
  std::optional<std::filesystem::path> pcap;
  Backend backend = Backend::Namespaces;
};

struct SimulateOptions {
  std::filesystem::path population;
  std::size_t hosts = 0;
  std::uint64_t seed = 1;
  std::vector<std::string> strategies;   // tried until one connects; empty: the best for each pair
  std::optional<std::uint64_t> threads;  // empty: one for each core
  std::optional<std::string> html;
};

struct Options {
  net::CommonOptions common;
  std::variant<ListOptions, NatOptions, RunOptions, ShellOptions, SimulateOptions, VerifyOptions> command;
};

// The options, or the exit code when there is nothing to run (help, version, an error that has been printed).
[[nodiscard]] std::variant<Options, int> parse_options(int argc, const char* const* argv);

}  // namespace lab
