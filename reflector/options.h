#pragma once
// The command line of natreflector. What contradicts itself, or names a file that cannot be used, is a net::CannotWork;
// a reflector is started with a sound configuration or not at all.

#include <optional>
#include <string>

#include "net/options.h"
#include "reflector/reflector_config.h"

namespace reflector {

struct CheckOptions {  // natreflector check
  std::vector<net::HostAndPort> hosts;  // one or two
  std::vector<std::string> given;       // the same, as they stand on the command line
};

struct Options {
  net::CommonOptions common;
  std::vector<net::Endpoint> listen;
  std::vector<net::Endpoint> partner;
  std::string partner_key_file;
  std::vector<net::IpAddress> alternate_address;
  std::vector<net::IpAddress> advertise;
  std::vector<net::IpAddress> partner_advertise;
  std::optional<std::uint64_t> alternate_port;
  std::optional<std::uint64_t> link_port;
  Mode mode = Mode::Compatible;
  std::optional<unsigned> rate_limit = 20;  // empty: off
  std::optional<std::uint64_t> rate_limit_in_all;
  bool no_tcp = false;
  std::vector<Prefix> allow_destination;
  std::optional<std::string> user;
  std::optional<net::Endpoint> metrics;
  std::optional<CheckOptions> check;
};

// Empty: go on; a value: exit with it (net/options.h).
[[nodiscard]] std::optional<int> parse_options(int argc, const char* const* argv, Options& options);

// The same once more while it runs; what is wrong comes back instead of being printed.
[[nodiscard]] net::Result<Options, std::string> reread_options(int argc, const char* const* argv);

// Reads the key file.
[[nodiscard]] ReflectorConfig config_of(const Options& options);

}  // namespace reflector
