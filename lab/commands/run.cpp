#include "lab/commands/run.h"

#include "lab/commands/inventory.h"
#include "lab/commands/on_host.h"
#include "lab/scenario.h"
#include "lab/wire/privileges.h"
#include "lab/wire/services.h"

namespace lab {

namespace {

Scenario one_host_behind(const RunOptions& options) {
  Scenario out;
  out.name = options.profile.name;
  out.seed = options.seed;
  out.link = options.link;
  out.reflectors = {{.name = "reflector-1", .partner = "reflector-2", .link = LinkProfile{}},
                    {.name = "reflector-2", .partner = "reflector-1", .link = LinkProfile{}}};
  out.nats = {{.name = "nat", .profile = options.profile}};
  out.hosts = {{.name = "host", .behind = "nat"}};
  return out;
}

}  // namespace

int run(const RunOptions& options, const net::CommonOptions& common) {
  be_allowed_namespaces();
  const StopSignals stop;
  const Scenario scenario = one_host_behind(options);
  if (common.verbose) print_inventory(scenario);
  const WiredLab lab(scenario);
  const Services services(scenario, lab, own_folder(), stop);
  return run_on_host(lab.host("host"), options.command, {{"NATSCOPE_REFLECTORS", services.reflectors()}}, stop);
}

}  // namespace lab
