#pragma once
// One command in the foreground on a host of a lab that is up.

#include <map>
#include <string>
#include <vector>

#include "lab/wire/process.h"
#include "lab/wire/wired_lab.h"

namespace lab {

// Its own exit status (128 + signal where one ended it). It finds our programs without their path; `environment` is
// added to ours, whose reflectors it does not get. CannotWork where it cannot be started.
[[nodiscard]] int run_on_host(const Station& host, const std::vector<std::string>& words,
                              std::map<std::string, std::string> environment, const StopSignals& stop);

}  // namespace lab
