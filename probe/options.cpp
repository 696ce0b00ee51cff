#include "probe/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <filesystem>

#include "net/cannot_work.h"
#include "probe/assist_question.h"
#include "probe/discovery.h"

namespace probe {
namespace {

constexpr std::array<std::string_view, 6> label_keys = {"vendor", "model", "firmware", "isp", "site", "note"};

using Taken = net::Result<void, std::string>;

std::vector<std::string_view> split_at_commas(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (comma > 0) out.push_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return out;
}

// One or more, separated by commas.
net::TakeValue take_reflectors(std::vector<ReflectorOption>& into) {
  return [&into](const std::string& text) -> Taken {
    for (const std::string_view given : split_at_commas(text)) {
      const auto host = net::host_with_port(0)(given);
      if (!host) return net::Unexpected(host.error());
      into.push_back({.given = std::string(given), .host = *host});
    }
    return {};
  };
}

// LIST of discoveries.
net::TakeValue take_discoveries(std::vector<std::string>& into) {
  return [&into](const std::string& text) -> Taken {
    const auto names = split_at_commas(text);
    if (names.empty()) return net::Unexpected(std::string("names no discovery; --list shows them"));
    for (const std::string_view name : names) {
      const bool known = std::any_of(catalog().begin(), catalog().end(),
                                     [&](const Discovery& discovery) { return discovery.name == name; });
      if (!known) return net::Unexpected(fmt::format("no discovery '{}'; --list shows them", name));
      into.emplace_back(name);
    }
    return {};
  };
}

net::TakeValue take_label(std::map<std::string, std::string>& into) {
  return [&into](const std::string& text) -> Taken {
    const std::size_t equals = std::min(text.find('='), text.size());
    const std::string key = text.substr(0, equals);
    if (std::find(label_keys.begin(), label_keys.end(), key) == label_keys.end() || equals == text.size()) {
      return net::Unexpected(fmt::format("'{}' is not {}= and a text", text, fmt::join(label_keys, "=, ")));
    }
    if (!into.try_emplace(key, text.substr(equals + 1)).second) return net::Unexpected("'" + key + "' is given twice");
    return {};
  };
}

net::Result<std::string, std::string> parse_finding(std::string_view text) {
  std::vector<std::string_view> findings{names::mapping, names::filtering};
  for (const FindingKind& row : finding_kinds()) findings.push_back(row.name);
  if (std::find(findings.begin(), findings.end(), text) != findings.end()) return std::string(text);
  return net::Unexpected(fmt::format("'{}' is not a finding; there are: {}", text, fmt::join(findings, ", ")));
}

net::Result<net::Duration, std::string> parse_timeout(std::string_view text) {
  const auto timeout = net::parse_duration(text);
  if (!timeout) return timeout;
  if (*timeout < std::chrono::milliseconds(10) || *timeout > std::chrono::seconds(30)) {
    return net::Unexpected(std::string("not between 10ms and 30s"));
  }
  return timeout;
}

net::Result<net::Duration, std::string> parse_interval(std::string_view text) {
  const auto interval = net::parse_duration(text);
  if (interval && *interval < std::chrono::seconds(1)) return net::Unexpected(std::string("less than 1s"));
  return interval;
}

net::Result<net::Endpoint, std::string> parse_bind(std::string_view text) {
  auto local = net::endpoint_with_port(0)(text);
  if (local && local->port > last_bind_port) {
    return net::Unexpected(fmt::format("port {} leaves no room for the ports above it", local->port));
  }
  return local;
}

struct FamilyFlags {
  bool v4 = false;
  bool v6 = false;
};

void add_path_options(CLI::App& app, Options& options, FamilyFlags& families) {
  net::add_value(app, "-r,--reflector", take_reflectors(options.reflectors), "HOST[:PORT]",
                 "a reflector; repeatable, or separated by commas; port 3478, or the DNS SRV record's, by default",
                 net::Times::Repeatable)
      ->envname("NATSCOPE_REFLECTORS");
  net::add_parsed(app, "--bind", options.bind, parse_bind, "ADDRESS[:PORT]",
                  "the local address to describe; with a port, the sockets take ports from that one up");
  CLI::Option* interface = net::add_parsed(app, "--interface", options.interface, net::any_text, "NAME",
                                           "describe the path through this network interface");
  app.add_flag("--all-interfaces", options.all_interfaces, "one report for each interface that leads to the reflectors")
      ->excludes(interface)
      ->excludes(app.get_option("--bind"));
  net::add_flag(app, "-4,--ipv4", families.v4, "IPv4 only");
  net::add_flag(app, "-6,--ipv6", families.v6, "IPv6 only");
  net::add_parsed(app, "--nat64", options.nat64, net::parse_nat64_prefix, "PREFIX",
                  "the prefix of this network's NAT64 (RFC 6052), where its name servers do not tell it (RFC 7050)");
  net::add_parsed(app, "--timeout", options.timeout, parse_timeout, "DURATION",
                  "how long to wait for a first answer (5s)");
  app.add_flag("--follow-other-address", options.follow_other_address,
               "follow a reflector's OTHER-ADDRESS into address ranges other than its own");
}

void add_assist_options(CLI::App& app, Options& options) {
  net::add_parsed(app, "--assist", options.assist, net::host_with_port(default_assist_port), "HOST[:PORT]",
                  "another host behind the same NAT, where natprobe assist runs; port 3482 by default");
  net::add_parsed(app, "--assist-key-file", options.assist_key_file, net::any_text, "FILE",
                  "the key it printed, in a file others cannot read; else in NATSCOPE_ASSIST_KEY");
}

CLI::App* add_assist_command(CLI::App& app, AssistOptions& own) {
  CLI::App* command =
      app.add_subcommand("assist", "Helps a natprobe on another host behind the same NAT (--assist) until stopped.");
  net::add_parsed(*command, "--listen", own.listen, net::endpoint_with_port(default_assist_port), "ADDRESS[:PORT]",
                  "UDP; the address that reflectors are reached from, and port 3482, by default");
  net::add_parsed(*command, "--key-file", own.key_file, net::any_text, "FILE",
                  "the key both share, in a file others cannot read; else one is made and printed");
  command->add_flag("--public-askers", own.public_askers,
                    "answer public addresses too, not only private ones and those of the own IPv6 network");
  command->footer("natprobe's -r, -4, -6, --quiet, --verbose, --color and --config may stand here too.");
  return command;
}

void add_question_options(CLI::App& app, Options& options) {
  net::add_value(app, "--only", take_discoveries(options.only), "LIST", "only these discoveries, separated by commas");
  net::add_value(app, "--skip", take_discoveries(options.skip), "LIST", "all but these discoveries");
  app.add_flag("--full", options.full, "ask the slow questions too; says how long that takes before it begins");
  app.add_flag("--list", options.list, "list the discoveries");
}

void add_report_options(CLI::App& app, Options& options) {
  net::add_parsed(app, "--expect", options.expect, parse_expectation, "KEY=VALUE",
                  "class, rfc3489 or a finding must be this, else exit code 1; repeatable");
  net::add_value(app, "--label", take_label(options.labels), "KEY=VALUE",
                 "vendor, model, firmware, isp, site, note: kept in the report; repeatable", net::Times::Repeatable);
  net::add_parsed(app, "--replay", options.replay, net::any_text, "FILE", "classify a saved report again");
  net::add_parsed(app, "--explain", options.explain, parse_finding, "FINDING",
                  "show the observations a finding rests on");
  net::add_parsed(app, "--watch", options.watch, parse_interval, "INTERVAL",
                  "again and again until interrupted, a line for each change; --json has the newest report");
  app.add_flag("--redact", options.redact, "replace addresses and host names in all that is written");
  net::add_parsed(app, "--store", options.store, store::parse_url, "URL",
                  "keep the report in this history too: sqlite:FILE or postgresql://... (natreport history)");
  net::add_parsed(app, "--pcap", options.pcap, net::any_text, "FILE",
                  "keep the packets, each with a comment, as pcapng");
}

enum class Origin : std::uint8_t { CommandLine, Environment, File };

Origin origin_of_flag(const CLI::App& app, const std::string& option, const net::CommonOptions& common) {
  const auto& given = app.parse_order();
  if (std::find(given.begin(), given.end(), app.get_option(option)) != given.end()) return Origin::CommandLine;
  return common.places.contains(option) ? Origin::File : Origin::Environment;
}

// Of the two that exclude each other, the one that comes from where more is decided.
std::optional<net::Family> family_asked_for(const CLI::App& app, const FamilyFlags& flags,
                                            const net::CommonOptions& common) {
  if (!flags.v4 && !flags.v6) return std::nullopt;
  if (flags.v4 != flags.v6) return flags.v4 ? net::Family::V4 : net::Family::V6;
  const Origin v4 = origin_of_flag(app, "--ipv4", common);
  const Origin v6 = origin_of_flag(app, "--ipv6", common);
  if (v4 == v6) throw net::CannotWork("-4 (--ipv4) and -6 (--ipv6) together: one family or the other");
  return v4 < v6 ? net::Family::V4 : net::Family::V6;
}

// What is written later would replace what was written first.
void refuse_one_file_for_both(const Options& options) {
  const auto& json = options.common.json_file;
  if (!json || !options.pcap) return;
  const auto place = [](const std::string& file) {
    std::error_code unknown;  // then the names are compared as they are
    const auto found = std::filesystem::weakly_canonical(std::filesystem::absolute(file), unknown);
    return unknown ? std::filesystem::path(file) : found;
  };
  if (place(*json) == place(*options.pcap)) throw net::CannotWork("--json and --pcap: both are to write " + *json);
}

// Nobody is asked again, so options of the asking would do nothing. As standing settings of the environment or a
// file they may be there; on the command line they are a mistake.
void refuse_beside_replay(const CLI::App& app) {
  const auto& given = app.parse_order();
  for (const char* name : {"--reflector", "--bind", "--timeout", "--interface", "--all-interfaces", "--nat64", "--full",
                           "--watch", "--pcap", "--assist"}) {
    if (std::find(given.begin(), given.end(), app.get_option(name)) == given.end()) continue;
    throw net::CannotWork(fmt::format("{}: together with --replay, which asks nobody", name));
  }
}

// An assistant asks no questions of its own.
void refuse_beside_assist(const CLI::App& app) {
  constexpr std::array<std::string_view, 6> shared = {"--reflector", "--ipv4",    "--ipv6",
                                                      "--quiet",     "--verbose", "--color"};
  for (const CLI::Option* given : app.parse_order()) {
    const std::string name = given->get_name();
    if (name == "--config" || std::find(shared.begin(), shared.end(), name) != shared.end()) continue;
    throw net::CannotWork(fmt::format("{}: not an option of assist", name));
  }
}

void refuse_without_reflector(const Options& options) {
  if (!options.reflectors.empty()) return;
  throw net::CannotWork(
      "no reflector to ask: give -r HOST[:PORT] or NATSCOPE_REFLECTORS; natreflector on two public hosts makes a "
      "pair");
}

}  // namespace

bool Options::wants(std::string_view discovery) const {
  const auto named_in = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), discovery) != names.end();
  };
  return (only.empty() || named_in(only)) && !named_in(skip);
}

bool Options::runs(std::string_view discovery) const {
  const auto row =
      std::find_if(catalog().begin(), catalog().end(), [&](const Discovery& known) { return known.name == discovery; });
  if (row == catalog().end() || row->when == When::Always) return row != catalog().end();
  return wants(discovery) && (row->when == When::Default || full || !only.empty());
}

std::variant<Options, int> parse_options(int argc, char** argv) {
  Options options;
  CLI::App app("Discovers the behaviour of the NAT in front of this host.", "natprobe");
  net::add_common(app, options.common);
  net::add_json(app, options.common);
  FamilyFlags families;
  add_path_options(app, options, families);
  add_question_options(app, options);
  add_report_options(app, options);
  add_assist_options(app, options);
  AssistOptions assisting;
  const CLI::App* assist = add_assist_command(app, assisting);
  if (const auto code = net::parse_command_line(app, argc, argv)) return *code;
  options.family = family_asked_for(app, families, options.common);
  if (assist->parsed()) {
    refuse_beside_assist(app);
    refuse_without_reflector(options);
    options.assisting = assisting;
    return options;
  }
  if (options.list) return options;
  refuse_one_file_for_both(options);
  if (options.replay) {
    refuse_beside_replay(app);
    return options;
  }
  refuse_without_reflector(options);
  const auto& only = options.only;
  if (!options.assist && std::find(only.begin(), only.end(), names::assist) != only.end()) {
    throw net::CannotWork("--only assist: without --assist HOST there is nobody to help");
  }
  return options;
}

}  // namespace probe
