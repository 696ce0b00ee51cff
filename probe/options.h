#pragma once
// The command line of natprobe.

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "net/nat64.h"
#include "net/options.h"
#include "probe/expectation.h"
#include "store/url.h"

namespace probe {

inline constexpr std::uint16_t default_reflector_port = 3478;  // RFC 8489 section 9

struct ReflectorOption {
  std::string given;
  net::HostAndPort host;  // port 0: none given, so the DNS SRV record's or default_reflector_port
};

// natprobe assist: on another host behind the same NAT.
struct AssistOptions {
  std::optional<net::Endpoint> listen;  // port 0: probe::default_assist_port
  std::optional<std::string> key_file;
  bool public_askers = false;
};

struct Options {
  net::CommonOptions common;
  std::vector<ReflectorOption> reflectors;  // of -r, else of NATSCOPE_REFLECTORS
  std::optional<net::Endpoint> bind;
  std::optional<net::Family> family;      // -4, -6
  std::string interface;                  // by name; empty: as routed
  std::optional<net::Nat64Prefix> nat64;  // of the network; empty: its name servers are asked
  bool all_interfaces = false;
  net::Duration timeout = std::chrono::seconds(5);
  std::vector<std::string> only;  // names in the catalog
  std::vector<std::string> skip;
  bool list = false;
  bool full = false;
  bool follow_other_address = false;
  std::vector<Expectation> expect;
  std::map<std::string, std::string> labels;
  std::optional<std::string> replay;   // a file
  std::optional<std::string> explain;  // a finding
  std::optional<std::string> pcap;     // a file
  std::optional<net::Duration> watch;  // from the start of a run to that of the next
  bool redact = false;
  std::optional<store::Url> store;             // the history that keeps the report too
  std::optional<net::HostAndPort> assist;      // who helps
  std::optional<std::string> assist_key_file;  // else NATSCOPE_ASSIST_KEY
  std::optional<AssistOptions> assisting;      // the command is assist

  // Whether this discovery is to run, and its finding is asked for.
  [[nodiscard]] bool wants(std::string_view discovery) const;
  // Whether this one of the catalog will run.
  [[nodiscard]] bool runs(std::string_view discovery) const;
};

// The options, or the exit code when there is nothing to do (help, version, a mistake that has been printed).
// CannotWork when there is neither a reflector nor a file to replay.
[[nodiscard]] std::variant<Options, int> parse_options(int argc, char** argv);

}  // namespace probe
