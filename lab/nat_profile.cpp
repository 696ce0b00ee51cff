#include "lab/nat_profile.h"

#include <fmt/core.h>

#include <array>
#include <vector>

#include "lab/foreign_profiles.h"

namespace lab {
namespace {

using net::FilteringBehavior;
using net::MappingBehavior;
using net::PortAllocation;

std::string_view mapping_word(MappingBehavior mapping) {
  constexpr std::array words = {"eim", "adm", "apdm", "none"};
  return words[static_cast<std::size_t>(mapping)];
}

std::string_view filtering_word(FilteringBehavior filtering) {
  constexpr std::array words = {"eif", "adf", "apdf"};
  return words[static_cast<std::size_t>(filtering)];
}

NatProfile named(std::string_view name, NatProfile profile) {
  profile.name = name;
  return profile;
}

std::vector<NatProfile> make_table() {
  using enum net::PortAllocation;
  constexpr auto eim = MappingBehavior::EndpointIndependent;
  constexpr auto apdm = MappingBehavior::AddressAndPortDependent;
  constexpr auto none = MappingBehavior::None;
  constexpr auto eif = FilteringBehavior::EndpointIndependent;
  constexpr auto adf = FilteringBehavior::AddressDependent;
  constexpr auto apdf = FilteringBehavior::AddressAndPortDependent;

  std::vector<NatProfile> table;
  for (const MappingBehavior mapping : {eim, MappingBehavior::AddressDependent, apdm}) {
    for (const FilteringBehavior filtering : {eif, adf, apdf}) {
      for (const PortAllocation allocation : {Preserving, Sequential, Random}) {
        table.push_back(make_profile(mapping, filtering, allocation));
      }
    }
  }
  table.push_back(named("full-cone", make_profile(eim, eif, Preserving)));
  table.push_back(named("restricted-cone", make_profile(eim, adf, Preserving)));
  table.push_back(named("port-restricted-cone", make_profile(eim, apdf, Preserving)));
  table.push_back(named("symmetric", make_profile(apdm, apdf, Random)));
  // nf_conntrack's udp_timeout_stream; a flow that was never answered for two seconds would get 30 s.
  table.push_back(named("linux-masquerade", make_profile(apdm, apdf, PreservingOverloading)));
  table.push_back(named("no-nat", make_profile(none, eif, Preserving)));
  table.push_back(named("udp-firewall", make_profile(none, apdf, Preserving)));
  table.push_back(named("udp-blocked", make_profile(eim, apdf, Preserving)));
  table.back().udp_blocked = true;
  for (const ForeignProfile& foreign : foreign_profiles()) table.push_back(foreign.profile);
  return table;
}

}  // namespace

net::NatBehavior declared(const NatProfile& profile) {
  net::NatBehavior behavior{
      .mapping = profile.mapping, .filtering = profile.filtering, .udp_blocked = profile.udp_blocked};
  if (profile.mapping != MappingBehavior::None) behavior.allocation = profile.allocation;
  return behavior;
}

net::NatBehavior observed_truth(const NatProfile& profile) {
  if (profile.udp_blocked) return {.udp_blocked = true};
  net::NatBehavior behavior = declared(profile);
  if (behavior.allocation == PortAllocation::PreservingOverloading) {
    behavior.mapping = MappingBehavior::EndpointIndependent;
  }
  return behavior;
}

NatProfile make_profile(MappingBehavior mapping, FilteringBehavior filtering, PortAllocation allocation) {
  return {.name = fmt::format("{}-{}-{}", mapping_word(mapping), filtering_word(filtering), net::to_string(allocation)),
          .mapping = mapping,
          .filtering = filtering,
          .allocation = allocation};
}

std::span<const NatProfile> all_profiles() {
  static const std::vector<NatProfile> table = make_table();
  return table;
}

std::optional<NatProfile> find_profile(std::string_view name) {
  for (const NatProfile& profile : all_profiles()) {
    if (profile.name == name) return profile;
  }
  return std::nullopt;
}

std::string_view source_of(std::string_view profile_name) {
  for (const ForeignProfile& foreign : foreign_profiles())
    if (foreign.profile.name == profile_name) return foreign.source;
  return {};
}

}  // namespace lab
