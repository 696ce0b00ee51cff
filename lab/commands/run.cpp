#include "lab/commands/run.h"

#include <cstdlib>

#include "lab/commands/inventory.h"
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

// Our programs are found without their path, as the command and by whatever the command starts.
std::string search_path() {
  const char* path = std::getenv("PATH");
  return own_folder().string() + ":" + (path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin");
}

}  // namespace

int run(const RunOptions& options, const net::CommonOptions& common) {
  be_allowed_namespaces();
  const StopSignals stop;
  const Scenario scenario = one_host_behind(options);
  if (common.verbose) print_inventory(scenario);
  const WiredLab lab(scenario);
  const Services services(scenario, lab, own_folder(), stop);
  Process command(lab.host("host").where,
                  {.words = options.command,
                   .environment = {{"NATSCOPE_REFLECTORS", services.reflectors()}, {"PATH", search_path()}},
                   .hidden = "NATSCOPE_REFLECTOR",  // the reflectors are the lab's; the rest is the command's own
                   .foreground = true},
                  stop);
  return command.wait_and_forward_signals();
}

}  // namespace lab
