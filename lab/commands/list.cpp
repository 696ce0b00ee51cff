#include "lab/commands/list.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "lab/nat_profile.h"
#include "reports/document_file.h"

namespace lab {

namespace {

bool translates(const NatProfile& profile) {
  return !profile.udp_blocked && profile.mapping != net::MappingBehavior::None;
}

// A NAT's mappings end, and so does what a firewall lets in; an open door has nothing that could.
bool has_lifetime(const NatProfile& profile) {
  return translates(profile) ||
         (!profile.udp_blocked && profile.filtering != net::FilteringBehavior::EndpointIndependent);
}

std::string allocation_of(const NatProfile& profile) {
  if (profile.allocation != net::PortAllocation::Sequential) return std::string(net::to_string(profile.allocation));
  return fmt::format("{}({})", net::to_string(profile.allocation), profile.step);
}

// A profile in the words of the tables.
struct Row {
  static constexpr auto none = "-";  // where a word does not apply
  std::string_view name;
  std::string_view mapping = none;
  std::string_view filtering = none;
  std::string allocation = none;
  std::string lifetime = none;
  std::string probed_as;
  std::string_view kernel = none;
};

Row row_of(const NatProfile& profile) {
  Row row{.name = profile.name, .probed_as = net::short_name(observed_truth(profile))};
  if (!profile.udp_blocked) row.mapping = net::to_string(profile.mapping);
  if (!profile.udp_blocked) row.filtering = net::to_string(profile.filtering);
  if (translates(profile)) row.allocation = allocation_of(profile);
  if (has_lifetime(profile)) row.lifetime = net::to_string(profile.udp_lifetime);
  if (profile.implementation != Implementation::Model) row.kernel = to_string(profile.implementation);
  return row;
}

std::string as_text() {
  const auto line = [](const Row& row) {
    return fmt::format("{:<22} {:<27} {:<27} {:<23} {:<8} {:<12} {}\n", row.name, row.mapping, row.filtering,
                       row.allocation, row.lifetime, row.probed_as, row.kernel);
  };
  std::string out = line({"PROFILE", "MAPPING", "FILTERING", "ALLOCATION", "LIFETIME", "PROBED AS", "KERNEL"});
  for (const NatProfile& profile : all_profiles()) out += line(row_of(profile));
  return out;
}

std::string as_json() {
  nlohmann::ordered_json out = {{"schema", "natscope/nat-profiles/1"}, {"profiles", nlohmann::ordered_json::array()}};
  for (const NatProfile& profile : all_profiles()) {
    nlohmann::ordered_json entry = {{"name", profile.name},
                                    {"mapping", nullptr},
                                    {"filtering", nullptr},
                                    {"allocation", nullptr},
                                    {"udp_lifetime_s", nullptr},
                                    {"udp_blocked", profile.udp_blocked},
                                    {"probed_as", net::short_name(observed_truth(profile))},
                                    {"kernel", nullptr}};
    if (!profile.udp_blocked) entry["mapping"] = net::to_string(profile.mapping);
    if (!profile.udp_blocked) entry["filtering"] = net::to_string(profile.filtering);
    if (translates(profile)) entry["allocation"] = net::to_string(profile.allocation);
    if (translates(profile) && profile.allocation == net::PortAllocation::Sequential) entry["step"] = profile.step;
    if (has_lifetime(profile)) entry["udp_lifetime_s"] = net::to_seconds(profile.udp_lifetime);
    if (profile.implementation != Implementation::Model) entry["kernel"] = to_string(profile.implementation);
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
