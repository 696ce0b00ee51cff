#pragma once
// What the command lines of all programs share. Each program builds a CLI::App in its own options.cpp (the only other
// places that see CLI11), adds the common options and its own, and hands it to parse_command_line():
//
//   CLI::App app("Discovers the behaviour of the NAT in front of this host.", "natprobe");
//   net::add_common(app, options.common);
//   net::add_json(app, options.common);
//   net::add_parsed(app, "--timeout", options.timeout, net::parse_duration, "DURATION", "how long to wait ...");
//   net::add_parsed(app, "-r,--reflector", options.reflectors, host_with_port(3478), "HOST[:PORT]", "...");
//   if (auto code = net::parse_command_line(app, argc, argv)) return *code;
//
// An option's value comes from the command line, else from the environment (NATSCOPE_ and the long name in upper case,
// dashes as underscores, unless the option names another; a repeatable option's values separated by blanks), else from
// the `option = value` lines of
// --config FILE, else it keeps the value its variable had. With subcommands all of them are for the subcommand in use,
// and options of the program may stand behind the subcommand.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "net/duration_text.h"
#include "net/endpoint.h"
#include "net/program.h"
#include "net/result.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace net {

enum class Color : std::uint8_t { Auto, Always, Never };

struct CommonOptions {
  bool quiet = false;  // the result only
  bool verbose = false;
  Color color = Color::Auto;
  std::optional<std::string> json_file;       // "-" is stdout, and then nothing else may be on stdout
  std::string config_file;                    // --config; empty: none
  std::map<std::string, std::string> places;  // "--timeout" came from the file: "probe.conf:3"
};

// "probe.conf:3: " where the option's value came from the file, else empty: for a complaint that begins with its name.
[[nodiscard]] std::string place_of(const CommonOptions& options, std::string_view option);

// --help, --version, --quiet, --verbose, --color, --config.
void add_common(CLI::App& app, CommonOptions& options);

// --json FILE, for programs and subcommands that have a document to write.
void add_json(CLI::App& app, CommonOptions& options);

// Parses all three sources. Empty: go on. A value: exit with it at once; help or version have been printed (0), or one
// line of error (2). The name of `app` stands before that line. CannotWork: help or version cannot be written.
[[nodiscard]] std::optional<int> parse_command_line(CLI::App& app, int argc, const char* const* argv);

// The same once more while the program runs, for a reload: what is wrong comes back instead of being printed.
[[nodiscard]] Result<void, std::string> parse_again(CLI::App& app, int argc, const char* const* argv);

// Whether output on this file descriptor (1 or 2) is coloured: --color, then NO_COLOR, then whether it is a terminal.
[[nodiscard]] bool colored(Color color, int file_descriptor);

// ---- options with values of our own types --------------------------------------------------------------------------

enum class Times : std::uint8_t { Once, Repeatable };

// Takes one value; the error is what the user reads after the option's name.
using TakeValue = std::function<Result<void, std::string>(const std::string& text)>;

// One value after each mention of the option (or of a positional, whose name has no dashes); `type_name` is what --help
// shows for the value.
CLI::Option* add_value(CLI::App& app, const std::string& names, TakeValue take, const std::string& type_name,
                       const std::string& help, Times times = Times::Once);

// `into` is a T, an optional<T> or a vector<T> (repeatable, in order); `parse` is string_view -> Result<T,
// std::string>.
template <typename T, typename Parse>
CLI::Option* add_parsed(CLI::App& app, const std::string& names, T& into, Parse parse, const std::string& type_name,
                        const std::string& help) {
  auto take = [&into, parse](const std::string& text) -> Result<void, std::string> {
    return parse(text).map([&into](auto&& value) { into = std::forward<decltype(value)>(value); });
  };
  return add_value(app, names, take, type_name, help);
}
template <typename T, typename Parse>
CLI::Option* add_parsed(CLI::App& app, const std::string& names, std::vector<T>& into, Parse parse,
                        const std::string& type_name, const std::string& help) {
  auto take = [&into, parse](const std::string& text) -> Result<void, std::string> {
    return parse(text).map([&into](auto&& value) { into.push_back(std::forward<decltype(value)>(value)); });
  };
  return add_value(app, names, take, type_name, help, Times::Repeatable);
}

// Without a value: true where it is given.
void add_flag(CLI::App& app, const std::string& names, bool& into, const std::string& help);

// The option must be given. So that who adds options need not see CLI11.
void require(CLI::Option* option);

// Parsers to give to add_parsed, besides parse_duration and parse_address.
[[nodiscard]] std::function<Result<Endpoint, std::string>(std::string_view)> endpoint_with_port(
    std::uint16_t default_port);  // ADDRESS[:PORT]
// HOST[:PORT] of somebody to be asked: port 0 is refused, and so is the zone of a link-local address (fe80::1%eth0),
// since an Endpoint has none.
[[nodiscard]] std::function<Result<HostAndPort, std::string>(std::string_view)> host_with_port(
    std::uint16_t default_port);
[[nodiscard]] std::function<Result<std::uint64_t, std::string>(std::string_view)> whole_number(
    std::uint64_t least, std::uint64_t most);                                    // decimal digits
[[nodiscard]] Result<std::string, std::string> any_text(std::string_view text);  // but not empty

}  // namespace net
