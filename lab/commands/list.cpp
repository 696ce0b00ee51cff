#include "lab/commands/list.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "lab/nat_knobs.h"
#include "reports/document_file.h"

namespace lab {

namespace {

bool translates_udp(const NatProfile& profile) { return !profile.udp_blocked && translates(profile); }

// A NAT's mappings end, and so does what a firewall lets in; an open door has nothing that could.
bool has_lifetime(const NatProfile& profile) {
  return translates_udp(profile) ||
         (!profile.udp_blocked && profile.filtering != net::FilteringBehavior::EndpointIndependent);
}

std::string allocation_of(const NatProfile& profile) {
  if (profile.allocation != net::PortAllocation::Sequential) return std::string(net::to_string(profile.allocation));
  return fmt::format("{}({})", net::to_string(profile.allocation), profile.step);
}

// A profile in the words of the tables.
struct ProfileRow {
  static constexpr auto none = "-";  // where a word does not apply
  std::string_view name;
  std::string_view mapping = none;
  std::string_view filtering = none;
  std::string allocation = none;
  std::string lifetime = none;
  std::string probed_as;
  std::string_view kernel = none;
};

ProfileRow row_of(const NatProfile& profile) {
  ProfileRow row{.name = profile.name, .probed_as = net::short_name(observed_truth(profile))};
  if (!profile.udp_blocked) row.mapping = net::to_string(profile.mapping);
  if (!profile.udp_blocked) row.filtering = net::to_string(profile.filtering);
  if (translates_udp(profile)) row.allocation = allocation_of(profile);
  if (has_lifetime(profile)) row.lifetime = net::to_string(profile.udp_lifetime);
  if (profile.implementation != Implementation::Model) row.kernel = to_string(profile.implementation);
  return row;
}

std::string value_text(const KnobValue& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const double* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  return std::get<std::string>(value);
}

std::string as_text() {
  const auto line = [](const ProfileRow& row) {
    return fmt::format("{:<22} {:<27} {:<27} {:<23} {:<8} {:<12} {}\n", row.name, row.mapping, row.filtering,
                       row.allocation, row.lifetime, row.probed_as, row.kernel);
  };
  std::string out = line({"PROFILE", "MAPPING", "FILTERING", "ALLOCATION", "LIFETIME", "PROBED AS", "KERNEL"});
  for (const NatProfile& profile : all_profiles()) out += line(row_of(profile));
  return out;
}

// One profile, every setting with the clause it stands for.
std::string as_text(const NatProfile& profile) {
  std::string out = fmt::format("{}: probed as {}\n", profile.name, net::short_name(observed_truth(profile)));
  if (const auto source = source_of(profile.name); !source.empty()) out += fmt::format("source: {}\n", source);
  for (const Knob& knob : nat_knobs()) {
    if (const auto value = knob.get(profile)) {
      out += fmt::format("  {:<26} {:<27} {:<24} {}\n", knob.key, value_text(*value), knob.clause, knob.meaning);
    }
  }
  return out;
}

nlohmann::ordered_json json_of(const KnobValue& value) {
  const double* number = std::get_if<double>(&value);
  if (number != nullptr && std::trunc(*number) == *number) return static_cast<std::int64_t>(*number);
  return std::visit([](const auto& scalar) { return nlohmann::ordered_json(scalar); }, value);
}

nlohmann::ordered_json json_of(const NatProfile& profile) {
  nlohmann::ordered_json out = {{"name", profile.name},
                                {"probed_as", net::short_name(observed_truth(profile))},
                                {"source", source_of(profile.name)},
                                {"implementation", to_string(profile.implementation)}};
  for (const Knob& knob : nat_knobs()) {
    const auto value = knob.get(profile);
    out[std::string(knob.key)] = value ? json_of(*value) : nlohmann::ordered_json();
  }
  return out;
}

std::string as_json(std::span<const NatProfile> profiles) {
  nlohmann::ordered_json out = {{"schema", "natscope/nat-profiles/1"}, {"profiles", nlohmann::ordered_json::array()}};
  for (const NatProfile& profile : profiles) out["profiles"].push_back(json_of(profile));
  return out.dump(2) + "\n";
}

}  // namespace

int list(const ListOptions& options, const net::CommonOptions& common) {
  const auto& one = options.profile;
  if (common.json_file) {
    reports::write_document(*common.json_file, as_json(one ? std::span(&*one, 1) : all_profiles()));
  }
  if (common.json_file != "-") reports::write_document("-", one ? as_text(*one) : as_text());
  return net::Done;
}

}  // namespace lab
