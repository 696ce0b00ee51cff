#include "lab/commands/on_host.h"

#include <cstdlib>

#include "lab/wire/services.h"

namespace lab {

namespace {

// Our programs are found without their path, as the command and by whatever the command starts.
std::string search_path() {
  const char* path = std::getenv("PATH");
  return own_folder().string() + ":" + (path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin");
}

}  // namespace

int run_on_host(const Station& host, const std::vector<std::string>& words,
                std::map<std::string, std::string> environment, const StopSignals& stop) {
  environment["PATH"] = search_path();
  Process command(host.where,
                  {.words = words,
                   .environment = std::move(environment),
                   .hidden = "NATSCOPE_REFLECTOR",  // the reflectors are the lab's; the rest is the command's own
                   .foreground = true},
                  stop);
  return command.wait_and_forward_signals();
}

}  // namespace lab
