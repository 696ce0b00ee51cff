// Stock clients against our two reflectors of one address each: coturn's RFC 5780 clients and the RFC 3489 client of
// package stun-client must conclude what the NAT was declared to be, for each of the nine kinds as far as they have a word
// for it. Over IPv6 too, but for the RFC 3489 client, which has none.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace interop_test {

using lab::Families;
using net::FilteringBehavior;
using net::MappingBehavior;
using testing::AllOf;
using testing::HasSubstr;

struct Case {
  std::string profile;
  Families family = Families::V4;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.profile << (c.family == Families::V4 ? " over IPv4" : " over IPv6");
}

// turnutils_natdiscovery -m. Its third step asks the other address at the other port, as OTHER-ADDRESS names them from
// there (RFC 5780 section 4.3), so address-dependent mapping is beyond its words: nothing is asked of it there.
std::string mapping_words(MappingBehavior mapping) {
  switch (mapping) {
    case MappingBehavior::EndpointIndependent: return "NAT with Endpoint Independent Mapping!";
    case MappingBehavior::AddressAndPortDependent: return "NAT with Address and Port Dependent Mapping!";
    default: return "";
  }
}

// turnutils_natdiscovery -f
std::string filtering_words(FilteringBehavior filtering) {
  switch (filtering) {
    case FilteringBehavior::EndpointIndependent: return "NAT with Endpoint Independent Filtering!";
    case FilteringBehavior::AddressDependent: return "NAT with Address Dependent Filtering!";
    default: return "NAT with Address and Port Dependent Filtering!";
  }
}

// stun: RFC 3489 has one word for all dependent mappings.
std::string classic_words(const lab::NatProfile& profile) {
  if (profile.mapping != MappingBehavior::EndpointIndependent) return "Primary: Dependent Mapping";
  const std::string filter = profile.filtering == FilteringBehavior::EndpointIndependent ? "Independent Filter"
                             : profile.filtering == FilteringBehavior::AddressDependent  ? "Address Dependent Filter"
                                                                                         : "Port Dependent Filter";
  return "Primary: Independent Mapping, " + filter;
}

// Why these clients cannot be tried here; or empty.
std::string obstacle() {
  if (const auto why = netns::obstacle(); !why.empty()) return why;
  for (const std::string program : {"turnutils_natdiscovery", "turnutils_stunclient", "stun"}) {
    const bool installed = std::filesystem::exists("/usr/bin/" + program) || std::filesystem::exists("/usr/sbin/" + program);
    if (!installed) return program + " is not installed (packages coturn, stun-client)";
  }
  return {};
}

class Interop : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (const auto why = obstacle(); !why.empty()) NATSCOPE_SKIP("interop", why);
  }

  [[nodiscard]] static bool v4() { return GetParam().family == Families::V4; }
  [[nodiscard]] static std::string reflector(int number) {
    return v4() ? fmt::format("198.51.100.{}", number) : fmt::format("2001:db8:0:1::{}", number);
  }

  // What each client prints, side by side behind the one NAT, each on a port of its own. turnutils_stunclient waits for
  // ever for a changed reply that is filtered, so it is ended.
  struct Printed {
    std::string mapping, filtering, plain, classic;
  };
  [[nodiscard]] Printed printed_by_all() const {
    const auto scenario = folder_.file("scenario.json", fmt::format(R"({{
      "schema": "natscope/scenario/1", "name": "interop", "description": "one host", "family": "{}",
      "reflectors": [{{"name": "r1", "partner": "r2"}}, {{"name": "r2", "partner": "r1"}}],
      "nats": [{{"name": "nat", "profile": "{}"}}], "hosts": [{{"name": "h", "behind": "nat"}}]}})",
                                                                    v4() ? "v4" : "v6", GetParam().profile));
    const std::string to = folder_.path().string();
    std::string script = fmt::format(
        "timeout 60 turnutils_natdiscovery -m {0} >{1}/mapping 2>&1 &\n"
        "timeout 60 turnutils_natdiscovery -f {0} >{1}/filtering 2>&1 &\n"
        "timeout 3 turnutils_stunclient {0} >{1}/plain 2>&1 &\n",
        reflector(1), to);
    if (v4()) script += fmt::format("timeout 60 stun {} >{}/classic 2>&1 &\n", reflector(1), to);
    script += fmt::format("wait\nfor f in mapping filtering plain classic; do echo \"@@$f\"; cat {}/$f; done\n", to);
    const auto result = programs::run(
        {"natlab", "shell", "--quiet", scenario.string(), "h"},
        {.environment = {"SHELL=/bin/sh"}, .input = script, .timeout = std::chrono::minutes(2)});
    const auto part = [&](const std::string& name) {
      const auto start = result.out.find("@@" + name + "\n");
      if (start == std::string::npos) return result.err;
      return result.out.substr(start, result.out.find("\n@@", start + 1) - start);
    };
    return {part("mapping"), part("filtering"), part("plain"), part("classic")};
  }

 private:
  programs::TemporaryDirectory folder_;
};

TEST_P(Interop, StockClients_ConcludeRightly) {
  const lab::NatProfile profile = *lab::find_profile(GetParam().profile);
  const Printed printed = printed_by_all();
  EXPECT_THAT(printed.mapping, HasSubstr(mapping_words(profile.mapping)));
  EXPECT_THAT(printed.filtering, HasSubstr(filtering_words(profile.filtering)));
  const std::string mapped = v4() ? "203.0.113.1:" : "2001:db8:0:2::1:";  // it writes IPv6 without brackets
  EXPECT_THAT(printed.plain, AllOf(HasSubstr("UDP reflexive addr: " + mapped),
                                   HasSubstr("Other addr: : " + reflector(2) + ":3479")));
  if (v4()) {
    EXPECT_THAT(printed.classic, HasSubstr(classic_words(profile)));
  }
}

std::vector<Case> all_cases() {
  std::vector<Case> out;
  for (const Families family : {Families::V4, Families::V6}) {
    for (const char* mapping : {"eim", "adm", "apdm"}) {
      for (const char* filtering : {"eif", "adf", "apdf"}) {
        out.push_back({fmt::format("{}-{}-preserving", mapping, filtering), family});
      }
    }
  }
  return out;
}

INSTANTIATE_TEST_SUITE_P(Kinds, Interop, testing::ValuesIn(all_cases()), [](const auto& of) {
  std::string name = of.param.profile + (of.param.family == Families::V4 ? "_v4" : "_v6");
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

// Bound to no address turnutils_natdiscovery compares 0.0.0.0 with the mapped address and takes every host for a NATed
// one, so it is told the host's own.
TEST(InteropWithoutANat, TheySaySo) {
  if (const auto why = obstacle(); !why.empty()) NATSCOPE_SKIP("interop", why);
  const auto run = [](const programs::Argv& command) {
    programs::Argv argv = {"natlab", "run", "no-nat", "--"};
    argv.insert(argv.end(), command.begin(), command.end());
    const auto result = programs::run(argv, {.timeout = std::chrono::minutes(2)});
    return result.out + result.err;
  };
  EXPECT_THAT(run({"turnutils_natdiscovery", "-m", "-f", "198.51.100.1", "-L", "192.0.2.1"}),
              AllOf(HasSubstr("No NAT! (Endpoint Independent Mapping)"),
                    HasSubstr("NAT with Endpoint Independent Filtering!")));
  EXPECT_THAT(run({"stun", "198.51.100.1"}), HasSubstr("Primary: Open"));
}

}  // namespace interop_test
