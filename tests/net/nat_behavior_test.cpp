#include "net/nat_behavior.h"

#include <gtest/gtest.h>

#include <array>
#include <ostream>
#include <vector>

namespace net {
void PrintTo(NatClass value, std::ostream* out) { *out << to_string(value); }
void PrintTo(ClassicName value, std::ostream* out) { *out << to_string(value); }
}  // namespace net

namespace nat_behavior_test {

using net::ClassicName;
using net::FilteringBehavior;
using net::MappingBehavior;
using net::NatBehavior;
using net::NatClass;
using net::PortAllocation;

constexpr std::array mappings = {MappingBehavior::EndpointIndependent, MappingBehavior::AddressDependent,
                                 MappingBehavior::AddressAndPortDependent, MappingBehavior::None};
constexpr std::array filterings = {FilteringBehavior::EndpointIndependent, FilteringBehavior::AddressDependent,
                                   FilteringBehavior::AddressAndPortDependent};

struct Pair {
  const char* short_name;
  NatClass nat_class;
  ClassicName classic;
};

TEST(NatBehavior, ClassAndClassicName_OverAllPairs) {
  const std::array<Pair, 12> pairs = {{
      {"EIM/EIF", NatClass::Cone, ClassicName::FullCone},
      {"EIM/ADF", NatClass::Cone, ClassicName::RestrictedCone},
      {"EIM/APDF", NatClass::Cone, ClassicName::PortRestrictedCone},
      {"ADM/EIF", NatClass::Symmetric, ClassicName::NoClassicName},
      {"ADM/ADF", NatClass::Symmetric, ClassicName::NoClassicName},
      {"ADM/APDF", NatClass::Symmetric, ClassicName::NoClassicName},
      {"APDM/EIF", NatClass::Symmetric, ClassicName::NoClassicName},
      {"APDM/ADF", NatClass::Symmetric, ClassicName::NoClassicName},
      {"APDM/APDF", NatClass::Symmetric, ClassicName::Symmetric},
      {"none/EIF", NatClass::NoNat, ClassicName::OpenInternet},
      {"none/ADF", NatClass::NoNat, ClassicName::SymmetricUdpFirewall},
      {"none/APDF", NatClass::NoNat, ClassicName::SymmetricUdpFirewall},
  }};
  auto row = pairs.begin();
  for (const auto mapping : mappings) {
    for (const auto filtering : filterings) {
      const NatBehavior behavior{.mapping = mapping, .filtering = filtering};
      EXPECT_EQ(net::nat_class(behavior), row->nat_class) << row->short_name;
      EXPECT_EQ(net::classic_name(behavior), row->classic) << row->short_name;
      EXPECT_EQ(net::short_name(behavior), row->short_name);
      EXPECT_EQ(net::parse_short(row->short_name), behavior);
      ++row;
    }
  }
}

TEST(NatBehavior, WhatWasNotMeasured_IsNeverGuessed) {
  const NatBehavior nothing;
  EXPECT_EQ(net::nat_class(nothing), NatClass::Unknown);
  EXPECT_EQ(net::classic_name(nothing), ClassicName::Unknown);
  EXPECT_EQ(net::short_name(nothing), "?/?");

  const NatBehavior mapping_only{.mapping = MappingBehavior::EndpointIndependent};
  EXPECT_EQ(net::nat_class(mapping_only), NatClass::Cone);
  EXPECT_EQ(net::classic_name(mapping_only), ClassicName::Unknown);
  EXPECT_EQ(net::short_name(mapping_only), "EIM/?");

  const NatBehavior filtering_only{.filtering = FilteringBehavior::AddressDependent};
  EXPECT_EQ(net::nat_class(filtering_only), NatClass::Unknown);
  EXPECT_EQ(net::classic_name(filtering_only), ClassicName::Unknown);
  EXPECT_EQ(net::short_name(filtering_only), "?/ADF");
}

TEST(NatBehavior, UdpBlocked_ComesBeforeAllElse) {
  const NatBehavior blocked{.mapping = MappingBehavior::None, .udp_blocked = true};
  EXPECT_EQ(net::nat_class(blocked), NatClass::UdpBlocked);
  EXPECT_EQ(net::classic_name(blocked), ClassicName::UdpBlocked);
  EXPECT_EQ(net::short_name(blocked), "udp-blocked");
  EXPECT_EQ(net::parse_short("udp-blocked"), NatBehavior{.udp_blocked = true});
}

TEST(NatBehavior, ShortNames_ParseBack_AndOthersDoNot) {
  for (const char* text : {"EIM/?", "?/ADF", "?/?"}) {
    const auto parsed = net::parse_short(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(net::short_name(*parsed), text);
  }
  for (const char* text : {"", "/", "EIM", "EIM/", "/EIF", "EIF/EIM", "eim/eif", "EIM/EIF/", "EIM /EIF", "UDP-BLOCKED",
                           "EIM/EIF/chaotic"}) {
    EXPECT_FALSE(net::parse_short(text)) << text;
  }
  NatBehavior with_allocation = *net::parse_short("APDM/APDF");
  with_allocation.allocation = net::PortAllocation::Random;
  EXPECT_EQ(net::parse_short("APDM/APDF/random"), with_allocation);
}

template <typename Value, typename Parse>
void expect_round_trip(std::initializer_list<Value> values, Parse parse) {
  for (const Value value : values) EXPECT_EQ(parse(net::to_string(value)), value) << net::to_string(value);
  for (const char* text : {"", "nonsense", "CONE", "endpoint independent"}) EXPECT_FALSE(parse(text)) << text;
}

TEST(NatBehavior, EveryWord_ParsesBack) {
  expect_round_trip({mappings[0], mappings[1], mappings[2], mappings[3]}, net::parse_mapping);
  expect_round_trip({filterings[0], filterings[1], filterings[2]}, net::parse_filtering);
  expect_round_trip({PortAllocation::Preserving, PortAllocation::PreservingOverloading, PortAllocation::Sequential,
                     PortAllocation::Random},
                    net::parse_allocation);
  expect_round_trip({NatClass::Cone, NatClass::Symmetric, NatClass::NoNat, NatClass::UdpBlocked, NatClass::Unknown},
                    net::parse_nat_class);
  expect_round_trip({ClassicName::OpenInternet, ClassicName::SymmetricUdpFirewall, ClassicName::FullCone,
                     ClassicName::RestrictedCone, ClassicName::PortRestrictedCone, ClassicName::Symmetric,
                     ClassicName::UdpBlocked, ClassicName::NoClassicName, ClassicName::Unknown},
                    net::parse_classic_name);
}

// Scripts read these in the JSON documents; a changed word breaks them.
TEST(NatBehavior, Words_AreThoseOfTheDocuments) {
  const auto words = [](auto... values) { return std::vector<std::string_view>{net::to_string(values)...}; };
  using Words = std::vector<std::string_view>;
  EXPECT_EQ(words(mappings[0], mappings[1], mappings[2], mappings[3]),
            (Words{"endpoint-independent", "address-dependent", "address-and-port-dependent", "none"}));
  EXPECT_EQ(words(filterings[0], filterings[1], filterings[2]),
            (Words{"endpoint-independent", "address-dependent", "address-and-port-dependent"}));
  EXPECT_EQ(words(PortAllocation::Preserving, PortAllocation::PreservingOverloading, PortAllocation::Sequential,
                  PortAllocation::Random),
            (Words{"preserving", "preserving-overloading", "sequential", "random"}));
  EXPECT_EQ(words(NatClass::Cone, NatClass::Symmetric, NatClass::NoNat, NatClass::UdpBlocked, NatClass::Unknown),
            (Words{"cone", "symmetric", "no-nat", "udp-blocked", "unknown"}));
  EXPECT_EQ(words(ClassicName::OpenInternet, ClassicName::SymmetricUdpFirewall, ClassicName::FullCone,
                  ClassicName::RestrictedCone, ClassicName::PortRestrictedCone, ClassicName::Symmetric,
                  ClassicName::UdpBlocked, ClassicName::NoClassicName, ClassicName::Unknown),
            (Words{"open-internet", "symmetric-udp-firewall", "full-cone", "restricted-cone", "port-restricted-cone",
                   "symmetric", "udp-blocked", "no-classic-name", "unknown"}));
}

}  // namespace nat_behavior_test
