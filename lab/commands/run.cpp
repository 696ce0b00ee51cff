#include "lab/commands/run.h"

#include "lab/scenario.h"
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

int run(const RunOptions& options) {
  const StopSignals stop;
  const Scenario scenario = one_host_behind(options);
  const WiredLab lab(scenario);
  const Services services(scenario, lab, own_folder(), stop);
  Process command(
      lab.host("host").where,
      {.words = options.command, .environment = {{"NATSCOPE_REFLECTORS", services.reflectors()}}, .foreground = true},
      stop);
  return command.wait_and_forward_signals();
}

}  // namespace lab
