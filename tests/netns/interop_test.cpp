// Stock clients against our two reflectors of one address each: coturn's RFC 5780 clients and the RFC 3489 client of
// package stun-client must conclude what the NAT was declared to be, for each of the nine kinds as far as they have a
// word for it. Over IPv6 too, but for the RFC 3489 client, which has none.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace interop_test {

using net::FilteringBehavior;
using net::MappingBehavior;
using testing::AllOf;
using testing::HasSubstr;

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
    const bool installed =
        std::filesystem::exists("/usr/bin/" + program) || std::filesystem::exists("/usr/sbin/" + program);
    if (!installed) return program + " is not installed (packages coturn, stun-client)";
  }
  return {};
}

struct Client {
  std::string name, command;
};

// On one host behind the one NAT, side by side, each on a port of its own. turnutils_stunclient waits for ever for a
// changed reply that is filtered, so it is ended.
const Client clients[] = {
    {"mapping4", "timeout 60 turnutils_natdiscovery -m 198.51.100.1"},
    {"filtering4", "timeout 60 turnutils_natdiscovery -f 198.51.100.1"},
    {"plain4", "timeout 3 turnutils_stunclient 198.51.100.1"},
    {"classic4", "timeout 60 stun 198.51.100.1"},
    {"mapping6", "timeout 60 turnutils_natdiscovery -m 2001:db8:0:1::1"},
    {"filtering6", "timeout 60 turnutils_natdiscovery -f 2001:db8:0:1::1"},
    {"plain6", "timeout 3 turnutils_stunclient 2001:db8:0:1::1"},
};

class Interop : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (const auto why = obstacle(); !why.empty()) NATSCOPE_SKIP("interop", why);
  }

  // What each of them prints, by its name.
  [[nodiscard]] std::map<std::string, std::string> printed() const {
    const auto scenario = folder_.file("scenario.json", fmt::format(R"({{
      "schema": "natscope/scenario/1", "name": "interop", "description": "one host", "family": "dual",
      "reflectors": [{{"name": "r1", "partner": "r2"}}, {{"name": "r2", "partner": "r1"}}],
      "nats": [{{"name": "nat", "profile": "{}"}}], "hosts": [{{"name": "h", "behind": "nat"}}]}})",
                                                                    GetParam()));
    std::string script;
    for (const Client& client : clients) {
      script += fmt::format("{} >{}/{} 2>&1 &\n", client.command, folder_.path().string(), client.name);
    }
    const auto result = programs::run(
        {"natlab", "shell", "--quiet", scenario.string(), "h"},
        {.environment = {"SHELL=/bin/sh"}, .input = script + "wait\n", .timeout = std::chrono::minutes(2)});
    std::map<std::string, std::string> out;
    for (const Client& client : clients) {
      std::ifstream file(folder_.path() / client.name);
      out[client.name] = result.err + std::string(std::istreambuf_iterator<char>(file), {});
    }
    return out;
  }

 private:
  programs::TemporaryDirectory folder_;
};

TEST_P(Interop, StockClients_ConcludeRightly) {
  const lab::NatProfile profile = *lab::find_profile(GetParam());
  const auto said = printed();
  for (const char* family : {"4", "6"}) {
    EXPECT_THAT(said.at(std::string("mapping") + family), HasSubstr(mapping_words(profile.mapping)));
    EXPECT_THAT(said.at(std::string("filtering") + family), HasSubstr(filtering_words(profile.filtering)));
  }
  EXPECT_THAT(said.at("classic4"), HasSubstr(classic_words(profile)));
  EXPECT_THAT(said.at("plain4"),
              AllOf(HasSubstr("UDP reflexive addr: 203.0.113.1:"), HasSubstr("Other addr: : 198.51.100.2:3479")));
  // It writes IPv6 without brackets.
  EXPECT_THAT(said.at("plain6"), AllOf(HasSubstr("UDP reflexive addr: 2001:db8:0:2::1:"),
                                       HasSubstr("Other addr: : 2001:db8:0:1::2:3479")));
}

INSTANTIATE_TEST_SUITE_P(Kinds, Interop,
                         testing::Values("eim-eif-preserving", "eim-adf-preserving", "eim-apdf-preserving",
                                         "adm-eif-preserving", "adm-adf-preserving", "adm-apdf-preserving",
                                         "apdm-eif-preserving", "apdm-adf-preserving", "apdm-apdf-preserving"),
                         [](const auto& of) {
                           std::string name = of.param;
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
