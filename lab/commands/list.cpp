#include "lab/commands/list.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "lab/nat_profile.h"
#include "reports/document_file.h"

namespace lab {

namespace {

// A profile in the words of the tables; empty where a word does not apply.
struct Row {
  std::string_view name, mapping, filtering;
  std::string allocation, lifetime;
  std::string_view kernel;
};

std::string allocation_of(const NatProfile& profile) {
  if (profile.mapping == net::MappingBehavior::None) return {};
  if (profile.allocation != net::PortAllocation::Sequential) return std::string(net::to_string(profile.allocation));
  return fmt::format("{}({})", net::to_string(profile.allocation), profile.step);
}

Row row_of(const NatProfile& profile) {
  Row row{.name = profile.name,
          .mapping = net::to_string(profile.mapping),
          .filtering = net::to_string(profile.filtering),
          .allocation = allocation_of(profile),
          .lifetime = net::to_string(profile.udp_lifetime),
          .kernel = profile.kernel == KernelNat::None ? std::string_view{} : to_string(profile.kernel)};
  if (profile.udp_blocked) row.filtering = "UDP blocked";
  return row;
}

std::string as_text() {
  const auto line = [](const Row& row) {
    return fmt::format("{:<22} {:<27} {:<27} {:<23} {:<8} {}", row.name, row.mapping, row.filtering, row.allocation,
                       row.lifetime, row.kernel);
  };
  std::string out = line({"PROFILE", "MAPPING", "FILTERING", "ALLOCATION", "LIFETIME", "KERNEL"}) + "\n";
  for (const NatProfile& profile : all_profiles()) {
    std::string text = line(row_of(profile));
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  }
  return out;
}

std::string as_json() {
  nlohmann::ordered_json out = {{"schema", "natscope/nat-profiles/1"}, {"profiles", nlohmann::ordered_json::array()}};
  for (const NatProfile& profile : all_profiles()) {
    const bool translates = profile.mapping != net::MappingBehavior::None;
    nlohmann::ordered_json entry = {{"name", profile.name},
                                    {"mapping", net::to_string(profile.mapping)},
                                    {"filtering", net::to_string(profile.filtering)},
                                    {"allocation", nullptr},
                                    {"udp_lifetime_s", net::to_seconds(profile.udp_lifetime)},
                                    {"udp_blocked", profile.udp_blocked},
                                    {"kernel", nullptr}};
    if (translates) entry["allocation"] = net::to_string(profile.allocation);
    if (translates && profile.allocation == net::PortAllocation::Sequential) entry["step"] = profile.step;
    if (profile.kernel != KernelNat::None) entry["kernel"] = to_string(profile.kernel);
    out["profiles"].push_back(std::move(entry));
  }
  return out.dump(2) + "\n";
}

}  // namespace

int list(const net::CommonOptions& options) {
  if (options.json_file) reports::write_document(*options.json_file, as_json());
  if (options.json_file != "-") reports::write_document("-", as_text());
  return net::Done;
}

}  // namespace lab
