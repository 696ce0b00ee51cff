#include "lab/commands/shell.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "lab/commands/inventory.h"
#include "lab/commands/on_host.h"
#include "lab/scenario_file.h"
#include "lab/wire/privileges.h"
#include "lab/wire/services.h"
#include "net/cannot_work.h"

namespace lab {

namespace {

Scenario scenario_with_host(const ShellOptions& options) {
  auto scenario = read_scenario(options.scenario);
  if (!scenario) throw net::CannotWork(scenario.error());
  if (std::ranges::find(scenario->hosts, options.host, &ScenarioHost::name) == scenario->hosts.end())
    throw net::CannotWork(fmt::format("{}: no host is named '{}'", options.scenario.string(), options.host));
  return *std::move(scenario);
}

std::string users_shell() {
  const char* shell = std::getenv("SHELL");
  return shell != nullptr && *shell != '\0' ? shell : "/bin/sh";
}

}  // namespace

int shell(const ShellOptions& options, const net::CommonOptions& common) {
  const Scenario scenario = scenario_with_host(options);
  be_allowed_namespaces();
  const StopSignals stop;
  if (common.verbose) print_inventory(scenario);
  const WiredLab lab(scenario);
  const Services services(scenario, lab, own_folder(), stop);
  std::map<std::string, std::string> environment = services.environment(options.host);
  if (const auto rendezvous = services.rendezvous(options.host)) environment["NATSCOPE_RENDEZVOUS"] = *rendezvous;
  if (const auto token = services.token_options(); !token.empty()) environment["NATSCOPE_TOKEN_FILE"] = token.back();
  const Station& host = lab.host(options.host);
  if (!common.quiet)
    net::print_diagnostic("natlab", fmt::format("host {} at {} in {}; the lab ends with this shell", options.host,
                                                net::to_string(host.addresses.front()), options.scenario.string()));
  return run_on_host(host, {users_shell()}, std::move(environment), stop);
}

}  // namespace lab
