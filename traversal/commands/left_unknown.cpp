#include "traversal/commands/left_unknown.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace traversal {

std::string left_unknown(const probe::Verdict& verdict) {
  if (verdict.nat_class == net::NatClass::UdpBlocked) return {};
  std::vector<std::pair<std::string, std::string>> unknown;  // what, and why
  const auto look_at = [&unknown](const std::string& what, const auto& finding) {
    if (finding.value) return;
    if (!unknown.empty() && unknown.back().second == finding.why) {
      unknown.back().first += " and " + what;
    } else {
      unknown.emplace_back(what, finding.why);
    }
  };
  look_at("mapping", verdict.mapping);
  look_at("filtering", verdict.filtering);
  if (const auto* allocation = verdict.find("allocation")) look_at("port allocation", allocation->finding);
  std::string out;
  for (const auto& [what, why] : unknown) {
    out += fmt::format("{}{} unknown: {}", out.empty() ? "" : "; ", what, why);
  }
  return out;
}

}  // namespace traversal
