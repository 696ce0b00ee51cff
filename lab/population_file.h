#pragma once
// Population files: JSON with a published schema (docs/schema/population-1.schema.json). Limits and refusals as for
// scenario files: one line that names file, place and fault: "homes.json: kinds[1].share: must be a number from 0 to
// 1". The shares must sum to 1.

#include <filesystem>
#include <string>
#include <string_view>

#include "lab/population.h"
#include "net/result.h"

namespace lab {

[[nodiscard]] net::Result<Population, std::string> read_population(const std::filesystem::path& file);

// `source` stands where the file name would.
[[nodiscard]] net::Result<Population, std::string> parse_population(std::string_view json, std::string_view source);

}  // namespace lab
