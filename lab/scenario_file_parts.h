#pragma once
// The parts that scenario and population files are read and written with.

#include <filesystem>

#include "lab/scenario.h"
#include "lab/scenario_file_place.h"
#include "net/result.h"

namespace lab {

[[nodiscard]] net::Result<std::string, std::string> read_small_file(const std::filesystem::path& file);
[[nodiscard]] Json parse_json(std::string_view text);  // throws Fault

[[nodiscard]] Scenario read_scenario_object(const At& at);  // contradiction() is still to be asked
[[nodiscard]] NatProfile read_profile(const At& at);        // a name, or an object of settings

[[nodiscard]] ScenarioLink read_link(const At& at);
[[nodiscard]] Json link_json(const ScenarioLink& link);

[[nodiscard]] ScenarioEvent read_event(const At& at);
[[nodiscard]] Json event_json(const ScenarioEvent& event);

// One as "address", several as "addresses"; none as neither.
[[nodiscard]] std::vector<net::IpAddress> read_addresses(const At& at);
void put_addresses(Json& json, const std::vector<net::IpAddress>& addresses);

[[nodiscard]] std::vector<net::IpAddress> read_address_list(const At& at);
[[nodiscard]] Json address_list(const std::vector<net::IpAddress>& addresses);

}  // namespace lab
