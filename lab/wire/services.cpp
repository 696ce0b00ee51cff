#include "lab/wire/services.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <vector>

namespace lab {

namespace {

using namespace std::chrono_literals;

// Processes start in milliseconds; a machine under load may take its time.
constexpr net::Duration patience = 20s;
constexpr auto ready = "listening on";

}  // namespace

std::filesystem::path own_folder() { return std::filesystem::read_symlink("/proc/self/exe").parent_path(); }

Services::Services(const Scenario& scenario, const WiredLab& lab, const std::filesystem::path& programs,
                   const StopSignals& stop)
    : scenario_(scenario), lab_(lab), programs_(programs), running_(stop) {
  for (const auto& reflector : scenario.reflectors)
    running_.start("reflector " + reflector.name, lab.reflector(reflector.name).where, reflector_command(reflector));
  if (scenario.rendezvous) {
    const Station& station = lab.rendezvous();
    const std::string listen = net::to_string(station.addresses.front());
    Command command{.words = {programs_ / "natpunch", "rendezvous", "--listen", listen, "--store", "none"}};
    const auto token = token_options();
    command.words.insert(command.words.end(), token.begin(), token.end());
    running_.start("rendezvous", station.where, std::move(command));
    running_.at("rendezvous").wait_for_line(ready, patience);
  }
  for (const auto& reflector : scenario.reflectors) {
    Process& process = running_.at("reflector " + reflector.name);
    process.wait_for_line(ready, patience);
    if (reflector.partner.empty()) continue;
    for (const auto& address : lab.reflector(reflector.partner).addresses)
      process.wait_for_line(fmt::format("partner {} answers", net::to_string(address)), patience);
  }
}

std::string Services::reflectors(const std::string& host) const {
  const Reach reach = reach_of(scenario_, host, families_of_reflectors(scenario_)).value();
  std::vector<std::string> addresses;
  for (const auto& reflector : scenario_.reflectors)
    addresses.push_back(
        net::to_string(address_by(reach, lab_.reflector(reflector.name).addresses, nat64_prefix_of(scenario_, host))));
  return fmt::format("{}", fmt::join(addresses, ","));
}

std::vector<std::string> Services::token_options() const {
  return scenario_.sprays ? std::vector<std::string>{"--token-file", token_.path()} : std::vector<std::string>{};
}

std::map<std::string, std::string> Services::environment(const std::string& host) const {
  std::map<std::string, std::string> out = {{"NATSCOPE_REFLECTORS", reflectors(host)}};
  const net::Nat64Prefix prefix = nat64_prefix_of(scenario_, host);
  if (prefix != net::well_known_nat64()) out["NATSCOPE_NAT64"] = net::to_string(prefix);
  return out;
}

std::optional<std::string> Services::rendezvous(const std::string& host) const {
  if (!scenario_.rendezvous) return std::nullopt;
  const auto reach = reach_of(scenario_, host, families_of_rendezvous(scenario_));
  if (!reach) return std::nullopt;
  return net::to_string(address_by(*reach, lab_.rendezvous().addresses, nat64_prefix_of(scenario_, host)));
}

Command Services::reflector_command(const ScenarioReflector& reflector) const {
  Command out{.words = {programs_ / "natreflector"}};
  const auto add = [&](const std::string& option, const std::string& value) {
    out.words.push_back(option);
    out.words.push_back(value);
  };
  for (const auto& address : lab_.reflector(reflector.name).addresses)
    add(address == reflector.alternate_address ? "--alternate-address" : "--listen", net::to_string(address));
  if (reflector.partner.empty()) return out;
  for (const auto& address : lab_.reflector(reflector.partner).addresses) add("--partner", net::to_string(address));
  add("--partner-key-file", key_.path());
  return out;
}

}  // namespace lab
