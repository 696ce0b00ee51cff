#pragma once
// `natpunch peer`: registers this host and takes part until it is stopped.

#include <optional>
#include <string>
#include <vector>

#include "traversal/commands/shared.h"
#include "traversal/commands/stated_nat.h"

namespace traversal {

struct ReflectorOption {
  std::string given;
  net::HostAndPort host;
};

struct PeerOptions {
  RendezvousAccess access;
  std::string name;
  std::vector<ReflectorOption> reflectors;  // of -r
  std::optional<OwnNat> nat;                // stated instead of probed
};

void add_options(CLI::App& command, net::CommonOptions& common, PeerOptions& own);
[[nodiscard]] int run(const PeerOptions& own, const net::CommonOptions& common);  // until a signal; CannotWork

}  // namespace traversal
