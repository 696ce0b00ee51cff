#pragma once
// What a NAT does, in the words of RFC 4787 (and RFC 3489's nicknames where those are printed). The lab declares NATs
// with this type and the probe concludes it, so the central test is an equality.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace net {

// RFC 4787 section 4.1. None: no translation, the mapped address is the local one.
enum class MappingBehavior : std::uint8_t { EndpointIndependent, AddressDependent, AddressAndPortDependent, None };

// RFC 4787 section 5.
enum class FilteringBehavior : std::uint8_t { EndpointIndependent, AddressDependent, AddressAndPortDependent };

// RFC 4787 section 4.2: how the external port of a new mapping is chosen.
enum class PortAllocation : std::uint8_t {
  Preserving,             // the local port while it is free, else the next free one; one port, one mapping
  PreservingOverloading,  // the local port for every destination while that is unambiguous (Linux)
  Sequential,             // the last one plus a step
  Random,                 // uniform over the pool
  Block,                  // random within a block of ports that the inside host has for itself (RFC 6888, RFC 7422)
};

// What traversal needs to know of a host. A field that was not measured is empty; empty is an answer.
struct NatBehavior {
  std::optional<MappingBehavior> mapping;
  std::optional<FilteringBehavior> filtering;
  std::optional<PortAllocation> allocation;
  bool udp_blocked = false;

  friend bool operator==(const NatBehavior&, const NatBehavior&) = default;
};

// The classic word for a behaviour: Cone (mapping endpoint-independent), Symmetric (it depends on the destination).
enum class NatClass : std::uint8_t { Cone, Symmetric, NoNat, UdpBlocked, Unknown };

// RFC 3489 section 5.
enum class ClassicName : std::uint8_t {
  OpenInternet,
  SymmetricUdpFirewall,
  FullCone,
  RestrictedCone,
  PortRestrictedCone,
  Symmetric,
  UdpBlocked,
  NoClassicName,  // a pair RFC 3489 has no word for
  Unknown,
};

[[nodiscard]] NatClass nat_class(const NatBehavior& behavior);
[[nodiscard]] ClassicName classic_name(const NatBehavior& behavior);

// The words of the JSON documents: "endpoint-independent", "port-restricted-cone", "no-nat" ...
[[nodiscard]] std::string_view to_string(MappingBehavior mapping);
[[nodiscard]] std::string_view to_string(FilteringBehavior filtering);
[[nodiscard]] std::string_view to_string(PortAllocation allocation);
[[nodiscard]] std::string_view to_string(NatClass nat_class);
[[nodiscard]] std::string_view to_string(ClassicName name);
[[nodiscard]] std::optional<MappingBehavior> parse_mapping(std::string_view word);
[[nodiscard]] std::optional<FilteringBehavior> parse_filtering(std::string_view word);
[[nodiscard]] std::optional<PortAllocation> parse_allocation(std::string_view word);
[[nodiscard]] std::optional<NatClass> parse_nat_class(std::string_view word);
[[nodiscard]] std::optional<ClassicName> parse_classic_name(std::string_view word);

// "EIM/APDF", "none/EIF", "udp-blocked"; "?": not known. parse_short takes the same, and also "APDM/APDF/random".
[[nodiscard]] std::string short_name(const NatBehavior& behavior);
[[nodiscard]] std::optional<NatBehavior> parse_short(std::string_view text);

}  // namespace net
