#include "lab/wire/services.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>

namespace lab {

namespace {

using namespace std::chrono_literals;

// Processes start in milliseconds; a machine under load may take its time.
constexpr net::Duration patience = 20s;
constexpr auto ready = "listening on";
constexpr auto met = " answers";  // "natreflector: partner 198.51.100.2 answers"

}  // namespace

std::filesystem::path own_folder() { return std::filesystem::read_symlink("/proc/self/exe").parent_path(); }

Services::Services(const Scenario& scenario, const WiredLab& lab, const std::filesystem::path& programs,
                   const StopSignals& stop)
    : programs_(programs) {
  std::vector<std::string> addresses;
  for (const auto& reflector : scenario.reflectors) {
    const Station& station = lab.reflector(reflector.name);
    addresses.push_back(net::to_string(station.addresses.front()));
    processes_.try_emplace(reflector.name, station.where, reflector_command(reflector, lab), stop);
  }
  reflectors_ = fmt::format("{}", fmt::join(addresses, ","));
  if (scenario.rendezvous) {
    const Station& station = lab.rendezvous();
    rendezvous_.emplace(
        station.where,
        Command{.words = {programs_ / "natpunch", "rendezvous", "--listen", net::to_string(station.addresses.front())}},
        stop);
    rendezvous_->wait_for_line(ready, patience);
  }
  for (const auto& reflector : scenario.reflectors)
    processes_.at(reflector.name).wait_for_line(reflector.partner.empty() ? ready : met, patience);
}

Command Services::reflector_command(const ScenarioReflector& reflector, const WiredLab& lab) const {
  Command out{.words = {programs_ / "natreflector", "--listen",
                        net::to_string(lab.reflector(reflector.name).addresses.front())}};
  const auto add = [&](const std::string& option, const std::string& value) {
    out.words.push_back(option);
    out.words.push_back(value);
  };
  if (!reflector.partner.empty()) {
    add("--partner", net::to_string(lab.reflector(reflector.partner).addresses.front()));
    add("--partner-key-file", key_.path());
  }
  if (reflector.alternate_address) add("--alternate-address", net::to_string(*reflector.alternate_address));
  return out;
}

}  // namespace lab
