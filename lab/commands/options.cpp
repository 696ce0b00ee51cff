#include "lab/commands/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <span>
#include <string_view>

#include "lab/scenario_file.h"
#include "traversal/strategy.h"

namespace lab {

namespace {

template <typename T>
using Parsed = net::Result<T, std::string>;

net::Unexpected<std::string> refused(std::string_view text, std::string_view why) {
  return net::Unexpected<std::string>(fmt::format("'{}' {}", text, why));
}

Parsed<NatProfile> parse_profile(std::string_view name) {
  if (auto found = find_profile(name)) return *std::move(found);
  return refused(name, "is not a profile (natlab list shows them)");
}

// Only a file's name has a slash or a dot.
Parsed<NatProfile> parse_profile_or_file(std::string_view text) {
  if (text.find_first_of("/.") == std::string_view::npos) return parse_profile(text);
  return read_nat_profile(text);
}

Parsed<LocalService> parse_local_service(std::string_view text) {
  const auto slash = text.find('/');
  const auto protocol = text.substr(0, slash);
  const auto port = net::whole_number(1, 65'535)(slash == std::string_view::npos ? "" : text.substr(slash + 1));
  if ((protocol != "tcp" && protocol != "udp") || !port) return refused(text, "is no service, like tcp/22");
  return LocalService{protocol == "tcp" ? Protocol::Tcp : Protocol::Udp, static_cast<std::uint16_t>(*port)};
}

Parsed<double> parse_probability(std::string_view text) {
  const bool percent = text.ends_with('%');
  const std::string_view digits = percent ? text.substr(0, text.size() - 1) : text;
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (percent) value /= 100;
  if (error != std::errc{} || end != digits.data() + digits.size() || !(value >= 0 && value <= 1))
    return refused(text, "is no probability, like 5% or 0.05");
  return value;
}

Parsed<Backend> parse_backend(std::string_view word) {
  if (word == "sim") return Backend::Simulator;
  if (word == "netns") return Backend::Namespaces;
  return refused(word, "is not sim or netns");
}

net::TakeValue take_strategies(std::vector<std::string>& into) {
  return [&into](std::string_view text) -> net::Result<void, std::string> {
    into.clear();
    while (text != "best") {
      const std::string_view name = text.substr(0, text.find(','));
      if (traversal::find_strategy(name) == nullptr) return refused(name, "is not a strategy");
      into.emplace_back(name);
      if (name.size() == text.size()) break;
      text.remove_prefix(name.size() + 1);
    }
    return {};
  };
}

Parsed<std::filesystem::path> parse_path(std::string_view text) {
  if (text.empty()) return net::Unexpected<std::string>("must not be empty");
  return std::filesystem::path(text);
}

CLI::App* add_list(CLI::App& app, ListOptions& options, net::CommonOptions& common) {
  CLI::App* list = app.add_subcommand("list", "Shows the NAT profiles: mapping, filtering, allocation, lifetime.");
  net::add_parsed(*list, "PROFILE", options.profile, parse_profile, "", "This one, with all its settings.");
  net::add_json(*list, common);
  return list;
}

CLI::App* add_nat(CLI::App& app, NatOptions& options) {
  CLI::App* nat = app.add_subcommand("nat", "Makes this machine that NAT for others, until it is stopped.");
  nat->footer(
      "The addresses of the outside interface are the NAT's, that of the inside one is the gateway of the hosts "
      "there.\n"
      "The kernel meanwhile ignores IP packets that arrive at the two, so the machine itself is reached by --local\n"
      "services only. Nothing of this is left when natlab ends, or is killed.");
  net::add_parsed(*nat, "--inside", options.inside, net::any_text, "IFACE", "Towards the hosts.")->required();
  net::add_parsed(*nat, "--outside", options.outside, net::any_text, "IFACE", "Towards the world.")->required();
  net::add_parsed(*nat, "--profile", options.profile, parse_profile_or_file, "NAME|FILE",
                  "From natlab list, or a profile of your own.")
      ->required();
  net::add_parsed(*nat, "--local", options.local, parse_local_service, "tcp|udp/PORT",
                  "A service of this machine that stays reachable (repeatable).");
  net::add_parsed(*nat, "--seed", options.seed, net::whole_number(0, ~std::uint64_t{0}), "N", "Of random ports.");
  return nat;
}

CLI::App* add_run(CLI::App& app, RunOptions& options) {
  CLI::App* run = app.add_subcommand("run", "Runs any command behind any NAT.");
  run->footer(
      "natlab run PROFILE [OPTIONS] -- COMMAND...\n"
      "The command sees one interface, eth0, behind that NAT, and two reflectors in the open, whose addresses are in\n"
      "NATSCOPE_REFLECTORS. Its exit status is natlab's.");
  net::add_parsed(*run, "PROFILE", options.profile, parse_profile, "", "A name from natlab list.")->required();
  net::add_parsed(*run, "--delay", options.link.delay, net::parse_duration, "DURATION", "Of every packet, each way.");
  net::add_parsed(*run, "--jitter", options.link.jitter, net::parse_duration, "DURATION",
                  "At most so much more delay.");
  net::add_parsed(*run, "--loss", options.link.loss, parse_probability, "P", "Each way: 5% or 0.05.");
  net::add_parsed(*run, "--duplication", options.link.duplication, parse_probability, "P", "Each way.");
  net::add_parsed(*run, "--reordering", options.link.reordering, parse_probability, "P", "Each way.");
  net::add_parsed(*run, "--seed", options.seed, net::whole_number(0, ~std::uint64_t{0}), "N", "Of all chance.");
  return run;
}

CLI::App* add_shell(CLI::App& app, ShellOptions& options) {
  CLI::App* shell = app.add_subcommand("shell", "Brings a scenario up and looks around on one of its hosts.");
  shell->footer(
      "$SHELL runs on that host, with our programs in its PATH and NATSCOPE_REFLECTORS (and NATSCOPE_RENDEZVOUS) set.\n"
      "All ends with it; its exit status is natlab's.");
  net::add_parsed(*shell, "SCENARIO", options.scenario, parse_path, "", "A scenario file.")->required();
  net::add_parsed(*shell, "HOST", options.host, net::any_text, "", "One of its hosts.")->required();
  return shell;
}

CLI::App* add_verify(CLI::App& app, VerifyOptions& options) {
  CLI::App* verify = app.add_subcommand("verify", "Plays a scenario and compares it with what it expects.");
  net::add_parsed(*verify, "SCENARIO", options.scenario, parse_path, "", "A scenario file.")->required();
  net::add_parsed(*verify, "--out", options.out, parse_path, "DIR",
                  "Write report.json, report.html and junit.xml there.");
  net::add_parsed(*verify, "--junit", options.junit, net::any_text, "FILE", "Write the expectations as JUnit XML.");
  net::add_parsed(*verify, "--pcap", options.pcap, parse_path, "DIR",
                  "Write what crosses each link there, one pcapng file a link.");
  net::add_parsed(*verify, "--backend", options.backend, parse_backend, "sim|netns",
                  "In memory, or with real packets in network namespaces (default).");
  return verify;
}

CLI::App* add_simulate(CLI::App& app, net::CommonOptions& common, SimulateOptions& options) {
  CLI::App* simulate = app.add_subcommand("simulate", "Draws hosts from a population; every two of them punch.");
  net::add_parsed(*simulate, "--population", options.population, parse_path, "FILE", "Kinds of NAT with their shares.")
      ->required();
  net::add_parsed(*simulate, "--hosts", options.hosts, net::whole_number(2, 5000), "N", "To draw, 2 to 5000.")
      ->required();
  net::add_parsed(*simulate, "--seed", options.seed, net::whole_number(0, ~std::uint64_t{0}), "S", "Of all chance.");
  net::add_value(*simulate, "--strategies", take_strategies(options.strategies), "LIST",
                 "best (the default: for each pair its own), or names; tried until one connects.");
  net::add_parsed(*simulate, "--threads", options.threads, net::whole_number(1, 1024), "N",
                  "One for each core by default; the result is the same.");
  net::add_parsed(*simulate, "--html", options.html, net::any_text, "FILE", "Write the result as a page.");
  net::add_json(*simulate, common);
  return simulate;
}

}  // namespace

std::variant<Options, int> parse_options(int argc, const char* const* argv) {
  // All behind "--" belongs to the command to run, dashes or not.
  const std::span<const char* const> words(argv, static_cast<std::size_t>(argc));
  const auto separator = std::ranges::find(words, std::string_view("--"));

  net::CommonOptions common;
  ListOptions list;
  NatOptions nat;
  RunOptions run;
  ShellOptions shell;
  VerifyOptions verify;
  SimulateOptions simulate;
  CLI::App app("A laboratory of NATs.", "natlab");
  app.require_subcommand(1);
  net::add_common(app, common);
  const CLI::App* list_command = add_list(app, list, common);
  const CLI::App* nat_command = add_nat(app, nat);
  const CLI::App* run_command = add_run(app, run);
  const CLI::App* shell_command = add_shell(app, shell);
  add_verify(app, verify);
  const CLI::App* simulate_command = add_simulate(app, common, simulate);
  if (const auto code = net::parse_command_line(app, static_cast<int>(separator - words.begin()), argv)) return *code;

  if (separator != words.end()) run.command.assign(separator + 1, words.end());
  if (run_command->parsed() && run.command.empty()) {
    net::print_diagnostic("natlab", "run: a command is required: natlab run PROFILE -- COMMAND...");
    return net::CannotDo;
  }
  if (!run_command->parsed() && separator != words.end()) {
    net::print_diagnostic("natlab", "--: unexpected argument");
    return net::CannotDo;
  }
  if (list_command->parsed()) return Options{common, list};
  if (nat_command->parsed()) return Options{common, nat};
  if (run_command->parsed()) return Options{common, run};
  if (shell_command->parsed()) return Options{common, shell};
  if (simulate_command->parsed()) return Options{common, simulate};
  return Options{common, verify};
}

}  // namespace lab
