#pragma once
// The programs that stand in the open in a wired scenario: one natreflector a reflector, partners sharing a key, and
// `natpunch rendezvous` where the scenario has one. They run as long as this object, with those that others add.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lab/scenario.h"
#include "lab/wire/programs.h"
#include "lab/wire/secret.h"
#include "lab/wire/wired_lab.h"

namespace lab {

// The folder of the running executable, where its sister programs lie.
[[nodiscard]] std::filesystem::path own_folder();

class Services {
 public:
  // Returns once all of them are ready. `programs` is the folder they lie in; the rest is borrowed. Throws CannotWork,
  // Stopped.
  Services(const Scenario& scenario, const WiredLab& lab, const std::filesystem::path& programs,
           const StopSignals& stop);

  // As NATSCOPE_REFLECTORS has it: addresses separated by commas, those by which this host reaches them; without a
  // name the scenario's first host.
  [[nodiscard]] std::string reflectors(const std::string& host) const;
  [[nodiscard]] std::string reflectors() const { return reflectors(scenario_.hosts.front().name); }

  // NATSCOPE_REFLECTORS; and NATSCOPE_NAT64 with the prefix of the NAT64 this host is behind, where it is not
  // 64:ff9b::/96: the lab has no name server that would tell it.
  [[nodiscard]] std::map<std::string, std::string> environment(const std::string& host) const;

  // Where this host reaches the rendezvous; empty: there is none, or they share no address family.
  [[nodiscard]] std::optional<std::string> rendezvous(const std::string& host) const;

  // The options of natpunch by which a program joins this rendezvous: none where it is open.
  [[nodiscard]] std::vector<std::string> token_options() const;

  // "reflector NAME", "rendezvous".
  [[nodiscard]] Programs& programs() { return running_; }

 private:
  [[nodiscard]] Command reflector_command(const ScenarioReflector& reflector) const;

  const Scenario& scenario_;
  const WiredLab& lab_;
  std::filesystem::path programs_;
  Secret key_;
  Secret token_;
  Programs running_;
};

}  // namespace lab
