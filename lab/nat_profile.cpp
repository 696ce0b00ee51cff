#include "lab/nat_profile.h"

#include <fmt/core.h>

#include <array>

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

}  // namespace lab
