#pragma once
// Scenario files: JSON with a published schema (docs/schema/scenario-1.schema.json). At most 256 KiB, depth 16, 200
// hosts, NATs and reflectors; unknown and doubled keys, unknown names and values out of range are refused, each by one
// line that names file, place and fault: "office.json: nats[1].profile: 'fullcone' is not a profile (see natlab list)".

#include <filesystem>
#include <string>
#include <string_view>

#include "lab/scenario.h"
#include "net/result.h"

namespace lab {

[[nodiscard]] net::Result<Scenario, std::string> read_scenario(const std::filesystem::path& file);

// `source` stands where the file name would.
[[nodiscard]] net::Result<Scenario, std::string> parse_scenario(std::string_view json, std::string_view source);

// A profile alone: a name or an object of the same fields as in a scenario.
[[nodiscard]] net::Result<NatProfile, std::string> read_nat_profile(const std::filesystem::path& file);
[[nodiscard]] net::Result<NatProfile, std::string> parse_nat_profile(std::string_view json, std::string_view source);

// What parse_scenario() takes back to an equal value.
[[nodiscard]] std::string to_json(const Scenario& scenario);

}  // namespace lab
