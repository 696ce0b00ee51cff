// Stock clients against our two reflectors of one address each: coturn's RFC 5780 client and the RFC 3489 client of
// package stun-client must conclude what the NAT was declared to be.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace interop_test {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* reflector = "198.51.100.1";

struct Case {
  std::string profile;
  std::string rfc5780_mapping;    // turnutils_natdiscovery -m
  std::string rfc5780_filtering;  // turnutils_natdiscovery -f
  std::string rfc3489;            // stun
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.profile; }

const Case cases[] = {
    {"no-nat", "No NAT! (Endpoint Independent Mapping)", "NAT with Endpoint Independent Filtering!", "Primary: Open"},
    {"full-cone", "NAT with Endpoint Independent Mapping!", "NAT with Endpoint Independent Filtering!",
     "Primary: Independent Mapping, Independent Filter"},
    {"port-restricted-cone", "NAT with Endpoint Independent Mapping!", "NAT with Address and Port Dependent Filtering!",
     "Primary: Independent Mapping, Port Dependent Filter"},
    {"symmetric", "NAT with Address and Port Dependent Mapping!", "NAT with Address and Port Dependent Filtering!",
     "Primary: Dependent Mapping"},
};

bool installed(const std::string& program) {
  return std::filesystem::exists("/usr/bin/" + program) || std::filesystem::exists("/usr/sbin/" + program);
}

class Interop : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (const auto why = netns::obstacle(); !why.empty()) NATSCOPE_SKIP("interop", why);
  }

  static programs::Result behind_nat(const programs::Argv& command) {
    programs::Argv argv = {"natlab", "run", GetParam().profile, "--"};
    argv.insert(argv.end(), command.begin(), command.end());
    return programs::run(argv, {.timeout = std::chrono::minutes(2)});
  }
};

TEST_P(Interop, Rfc5780Client_OfCoturn_ConcludesRightly) {
  if (!installed("turnutils_natdiscovery")) NATSCOPE_SKIP("interop", "turnutils_natdiscovery (package coturn)");
  programs::Argv command = {"turnutils_natdiscovery", "-m", "-f", reflector};
  // Bound to no address it compares 0.0.0.0 with the mapped address and takes every host for a NATed one.
  if (GetParam().profile == "no-nat") command.insert(command.end(), {"-L", "192.0.2.1"});
  const auto result = behind_nat(command);
  EXPECT_THAT(result.out, AllOf(HasSubstr(GetParam().rfc5780_mapping), HasSubstr(GetParam().rfc5780_filtering)))
      << result.err;
}

TEST_P(Interop, Rfc3489Client_ConcludesRightly) {
  if (!installed("stun")) NATSCOPE_SKIP("interop", "stun (package stun-client)");
  const auto result = behind_nat({"stun", reflector});
  EXPECT_THAT(result.out + result.err, HasSubstr(GetParam().rfc3489));
}

INSTANTIATE_TEST_SUITE_P(Profiles, Interop, testing::ValuesIn(cases), [](const auto& of) {
  std::string name = of.param.profile;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace interop_test
