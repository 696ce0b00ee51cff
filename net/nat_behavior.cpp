#include "net/nat_behavior.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

namespace net {
namespace {

template <typename Value>
struct Word {
  Value value;
  std::string_view word;
  std::string_view abbreviation = {};
};

constexpr std::array mappings = {
    Word<MappingBehavior>{MappingBehavior::EndpointIndependent, "endpoint-independent", "EIM"},
    Word<MappingBehavior>{MappingBehavior::AddressDependent, "address-dependent", "ADM"},
    Word<MappingBehavior>{MappingBehavior::AddressAndPortDependent, "address-and-port-dependent", "APDM"},
    Word<MappingBehavior>{MappingBehavior::None, "none", "none"},
};
constexpr std::array filterings = {
    Word<FilteringBehavior>{FilteringBehavior::EndpointIndependent, "endpoint-independent", "EIF"},
    Word<FilteringBehavior>{FilteringBehavior::AddressDependent, "address-dependent", "ADF"},
    Word<FilteringBehavior>{FilteringBehavior::AddressAndPortDependent, "address-and-port-dependent", "APDF"},
};
constexpr std::array allocations = {
    Word<PortAllocation>{PortAllocation::Preserving, "preserving"},
    Word<PortAllocation>{PortAllocation::PreservingOverloading, "preserving-overloading"},
    Word<PortAllocation>{PortAllocation::Sequential, "sequential"},
    Word<PortAllocation>{PortAllocation::Random, "random"},
    Word<PortAllocation>{PortAllocation::Block, "block"},
};
constexpr std::array classes = {
    Word<NatClass>{NatClass::Cone, "cone"},       Word<NatClass>{NatClass::Symmetric, "symmetric"},
    Word<NatClass>{NatClass::NoNat, "no-nat"},    Word<NatClass>{NatClass::UdpBlocked, "udp-blocked"},
    Word<NatClass>{NatClass::Unknown, "unknown"},
};
constexpr std::array classic_names = {
    Word<ClassicName>{ClassicName::OpenInternet, "open-internet"},
    Word<ClassicName>{ClassicName::SymmetricUdpFirewall, "symmetric-udp-firewall"},
    Word<ClassicName>{ClassicName::FullCone, "full-cone"},
    Word<ClassicName>{ClassicName::RestrictedCone, "restricted-cone"},
    Word<ClassicName>{ClassicName::PortRestrictedCone, "port-restricted-cone"},
    Word<ClassicName>{ClassicName::Symmetric, "symmetric"},
    Word<ClassicName>{ClassicName::UdpBlocked, "udp-blocked"},
    Word<ClassicName>{ClassicName::NoClassicName, "no-classic-name"},
    Word<ClassicName>{ClassicName::Unknown, "unknown"},
};

template <typename Table>
auto row_of(const Table& table, decltype(table[0].value) value) {
  for (const auto& row : table) {
    if (row.value == value) return row;
  }
  return table[0];  // unreachable: every enumerator has its row
}

template <typename Table>
auto find_word(const Table& table, std::string_view text) -> std::optional<decltype(table[0].value)> {
  for (const auto& row : table) {
    if (row.word == text || (!row.abbreviation.empty() && row.abbreviation == text)) return row.value;
  }
  return std::nullopt;
}

}  // namespace

NatClass nat_class(const NatBehavior& behavior) {
  if (behavior.udp_blocked) return NatClass::UdpBlocked;
  if (!behavior.mapping) return NatClass::Unknown;
  switch (*behavior.mapping) {
    case MappingBehavior::None: return NatClass::NoNat;
    case MappingBehavior::EndpointIndependent: return NatClass::Cone;
    case MappingBehavior::AddressDependent:
    case MappingBehavior::AddressAndPortDependent: return NatClass::Symmetric;
  }
  return NatClass::Unknown;
}

ClassicName classic_name(const NatBehavior& behavior) {
  using enum ClassicName;
  if (behavior.udp_blocked) return UdpBlocked;
  if (!behavior.mapping || !behavior.filtering) return Unknown;
  const FilteringBehavior filtering = *behavior.filtering;
  if (behavior.mapping == MappingBehavior::None) {
    return filtering == FilteringBehavior::EndpointIndependent ? OpenInternet : SymmetricUdpFirewall;
  }
  if (behavior.mapping == MappingBehavior::EndpointIndependent) {
    constexpr std::array cones = {FullCone, RestrictedCone, PortRestrictedCone};
    return cones[static_cast<std::size_t>(filtering)];
  }
  const bool strictest = behavior.mapping == MappingBehavior::AddressAndPortDependent &&
                         filtering == FilteringBehavior::AddressAndPortDependent;
  return strictest ? Symmetric : NoClassicName;
}

std::string_view to_string(MappingBehavior mapping) { return row_of(mappings, mapping).word; }
std::string_view to_string(FilteringBehavior filtering) { return row_of(filterings, filtering).word; }
std::string_view to_string(PortAllocation allocation) { return row_of(allocations, allocation).word; }
std::string_view to_string(NatClass value) { return row_of(classes, value).word; }
std::string_view to_string(ClassicName name) { return row_of(classic_names, name).word; }

std::optional<MappingBehavior> parse_mapping(std::string_view word) { return find_word(mappings, word); }
std::optional<FilteringBehavior> parse_filtering(std::string_view word) { return find_word(filterings, word); }
std::optional<PortAllocation> parse_allocation(std::string_view word) { return find_word(allocations, word); }
std::optional<NatClass> parse_nat_class(std::string_view word) { return find_word(classes, word); }
std::optional<ClassicName> parse_classic_name(std::string_view word) { return find_word(classic_names, word); }

std::string short_name(const NatBehavior& behavior) {
  if (behavior.udp_blocked) return "udp-blocked";
  return fmt::format("{}/{}", behavior.mapping ? row_of(mappings, *behavior.mapping).abbreviation : "?",
                     behavior.filtering ? row_of(filterings, *behavior.filtering).abbreviation : "?");
}

std::optional<NatBehavior> parse_short(std::string_view text) {
  if (text == "udp-blocked") return NatBehavior{.udp_blocked = true};
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view mapping = text.substr(0, slash);
  const std::string_view rest = text.substr(slash + 1);
  const auto second = std::min(rest.find('/'), rest.size());
  const std::string_view filtering = rest.substr(0, second);
  NatBehavior behavior{.mapping = parse_mapping(mapping), .filtering = parse_filtering(filtering)};
  if (!behavior.mapping && mapping != "?") return std::nullopt;
  if (!behavior.filtering && filtering != "?") return std::nullopt;
  if (second == rest.size()) return behavior;
  behavior.allocation = parse_allocation(rest.substr(second + 1));
  return behavior.allocation ? std::optional(behavior) : std::nullopt;
}

}  // namespace net
