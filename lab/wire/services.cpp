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

// Said of either or both, true of both.
std::map<std::string, std::string> partners_of(const Scenario& scenario) {
  std::map<std::string, std::string> out;
  for (const auto& reflector : scenario.reflectors) {
    if (reflector.partner.empty()) continue;
    out[reflector.name] = reflector.partner;
    out[reflector.partner] = reflector.name;
  }
  return out;
}

}  // namespace

std::filesystem::path own_folder() { return std::filesystem::read_symlink("/proc/self/exe").parent_path(); }

Services::Services(const Scenario& scenario, const WiredLab& lab, const std::filesystem::path& programs,
                   const StopSignals& stop)
    : programs_(programs), partners_(partners_of(scenario)) {
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
  for (auto& [name, process] : processes_) process.wait_for_line(partners_.contains(name) ? met : ready, patience);
}

Process* Services::reflector(const std::string& name) {
  const auto found = processes_.find(name);
  return found == processes_.end() ? nullptr : &found->second;
}

Command Services::reflector_command(const ScenarioReflector& reflector, const WiredLab& lab) const {
  Command out{.words = {programs_ / "natreflector", "--listen",
                        net::to_string(lab.reflector(reflector.name).addresses.front())}};
  const auto add = [&](const std::string& option, const std::string& value) {
    out.words.push_back(option);
    out.words.push_back(value);
  };
  if (const auto partner = partners_.find(reflector.name); partner != partners_.end()) {
    add("--partner", net::to_string(lab.reflector(partner->second).addresses.front()));
    add("--partner-key-file", key_.path());
  }
  if (reflector.alternate_address) add("--alternate-address", net::to_string(*reflector.alternate_address));
  return out;
}

}  // namespace lab
