#pragma once
// The programs that stand in the open in a wired scenario: one natreflector a reflector, partners sharing a key, and
// `natpunch rendezvous` where the scenario has one. They run as long as this object.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "lab/scenario.h"
#include "lab/wire/process.h"
#include "lab/wire/secret.h"
#include "lab/wire/wired_lab.h"

namespace lab {

// The folder of the running executable, where its sister programs lie.
[[nodiscard]] std::filesystem::path own_folder();

class Services {
 public:
  // Returns once all of them are ready. `programs` is the folder they lie in. Throws CannotWork, Stopped.
  Services(const Scenario& scenario, const WiredLab& lab, const std::filesystem::path& programs,
           const StopSignals& stop);

  // As NATSCOPE_REFLECTORS has it: addresses separated by commas.
  [[nodiscard]] const std::string& reflectors() const { return reflectors_; }

 private:
  [[nodiscard]] Command reflector_command(const ScenarioReflector& reflector, const WiredLab& lab) const;

  std::filesystem::path programs_;
  Secret key_;
  std::string reflectors_;
  std::map<std::string, Process> processes_;
  std::optional<Process> rendezvous_;
};

}  // namespace lab
