#include "lab/nat_profile.h"

#include <gmock/gmock.h>

#include <set>

namespace nat_profile_test {

using lab::find_profile;
using net::FilteringBehavior;
using net::MappingBehavior;
using net::PortAllocation;

TEST(NatProfile, NamesAreUnique_AndFoundAgain) {
  std::set<std::string> names;
  for (const lab::NatProfile& profile : lab::all_profiles()) {
    EXPECT_TRUE(names.insert(profile.name).second) << profile.name;
    EXPECT_EQ(find_profile(profile.name), profile);
  }
  EXPECT_FALSE(find_profile("fullcone"));
}

TEST(NatProfile, TheGridIsWhole) {
  using enum PortAllocation;
  for (const auto mapping : {MappingBehavior::EndpointIndependent, MappingBehavior::AddressDependent,
                             MappingBehavior::AddressAndPortDependent}) {
    for (const auto filtering : {FilteringBehavior::EndpointIndependent, FilteringBehavior::AddressDependent,
                                 FilteringBehavior::AddressAndPortDependent}) {
      for (const auto allocation : {Preserving, Sequential, Random}) {
        const lab::NatProfile profile = lab::make_profile(mapping, filtering, allocation);
        EXPECT_EQ(find_profile(profile.name), profile) << profile.name;
      }
    }
  }
  EXPECT_TRUE(find_profile("adm-apdf-sequential"));
}

struct Named {
  std::string_view name;
  net::ClassicName classic;
  net::NatClass nat_class;
};

class NamedProfile : public testing::TestWithParam<Named> {};

TEST_P(NamedProfile, ObservedTruthBearsTheName) {
  const net::NatBehavior truth = lab::observed_truth(*find_profile(GetParam().name));
  EXPECT_EQ(net::classic_name(truth), GetParam().classic) << GetParam().name;
  EXPECT_EQ(net::nat_class(truth), GetParam().nat_class) << GetParam().name;
}

INSTANTIATE_TEST_SUITE_P(
    Table, NamedProfile,
    testing::Values(Named{"full-cone", net::ClassicName::FullCone, net::NatClass::Cone},
                    Named{"restricted-cone", net::ClassicName::RestrictedCone, net::NatClass::Cone},
                    Named{"port-restricted-cone", net::ClassicName::PortRestrictedCone, net::NatClass::Cone},
                    Named{"symmetric", net::ClassicName::Symmetric, net::NatClass::Symmetric},
                    Named{"linux-masquerade", net::ClassicName::PortRestrictedCone, net::NatClass::Cone},
                    Named{"kernel-masquerade", net::ClassicName::PortRestrictedCone, net::NatClass::Cone},
                    Named{"kernel-fully-random", net::ClassicName::Symmetric, net::NatClass::Symmetric},
                    Named{"no-nat", net::ClassicName::OpenInternet, net::NatClass::NoNat},
                    Named{"udp-firewall", net::ClassicName::SymmetricUdpFirewall, net::NatClass::NoNat},
                    Named{"udp-blocked", net::ClassicName::UdpBlocked, net::NatClass::UdpBlocked}));

TEST(NatProfile, DeclaredAndObservedDifferForOverloadingOnly) {
  for (const lab::NatProfile& profile : lab::all_profiles()) {
    if (profile.udp_blocked) continue;
    const bool overloads = profile.allocation == PortAllocation::PreservingOverloading;
    EXPECT_EQ(lab::declared(profile) == lab::observed_truth(profile), !overloads) << profile.name;
  }
}

}  // namespace nat_profile_test
