// natprobe behind every kind of NAT, with real packets: the verdict is what the NAT was declared to be.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace verdict_test {

// The words of the report's verdict.
struct Words {
  std::string nat_class, rfc3489, mapping, filtering;
  friend bool operator==(const Words&, const Words&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Words& words) {
    return out << words.nat_class << " (" << words.rfc3489 << "): " << words.mapping << ", " << words.filtering;
  }
};

template <typename T>
std::string word(const std::optional<T>& value) {
  return value ? std::string(net::to_string(*value)) : "null";
}

Words declared_words(const lab::NatProfile& profile) {
  const net::NatBehavior truth = lab::observed_truth(profile);
  return {word(std::optional(net::nat_class(truth))), word(std::optional(net::classic_name(truth))),
          word(truth.mapping), word(truth.filtering)};
}

Words reported_words(const std::string& report) {
  const auto verdict = nlohmann::json::parse(report).at("verdict");
  const auto value = [&](const char* finding) {
    const auto& found = verdict.at(finding).at("value");
    return found.is_null() ? std::string("null") : found.get<std::string>();
  };
  return {verdict.at("class"), verdict.at("rfc3489"), value("mapping"), value("filtering")};
}

class Verdict : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { SKIP_WITHOUT_NAMESPACES(); }
};

TEST_P(Verdict, IsWhatTheNatIs) {
  const auto result = programs::run({"natlab", "run", GetParam(), "--", "natprobe", "--json", "-"});
  ASSERT_EQ(result.exit_code, GetParam() == "udp-blocked" ? 3 : 0) << result.err << result.out;
  EXPECT_EQ(reported_words(result.out), declared_words(*lab::find_profile(GetParam()))) << result.out;
}

INSTANTIATE_TEST_SUITE_P(Profiles, Verdict,
                         testing::Values("eim-eif-random", "eim-adf-random", "eim-apdf-random", "adm-eif-random",
                                         "adm-adf-random", "adm-apdf-random", "apdm-eif-random", "apdm-adf-random",
                                         "apdm-apdf-random", "linux-masquerade", "no-nat", "udp-firewall",
                                         "udp-blocked", "kernel-masquerade", "kernel-fully-random"),
                         [](const auto& of) {
                           std::string name = of.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(VerdictOverBadLinks, IsRightAllTheSame) {
  SKIP_WITHOUT_NAMESPACES();
  for (const char* profile : {"restricted-cone", "symmetric"}) {
    SCOPED_TRACE(profile);
    const auto result = programs::run({"natlab", "run", profile, "--delay", "20ms", "--loss", "5%", "--duplication",
                                       "10%", "--reordering", "10%", "--seed", "7", "--", "natprobe", "--json", "-"});
    EXPECT_EQ(reported_words(result.out), declared_words(*lab::find_profile(profile))) << result.out;
  }
}

// The doors the first run left open in the NAT are on the very ports the second one binds.
TEST(ASecondRun_OnTheSamePorts, SaysTheSame) {
  SKIP_WITHOUT_NAMESPACES();
  for (const char* profile : {"full-cone", "restricted-cone", "port-restricted-cone", "symmetric"}) {
    SCOPED_TRACE(profile);
    const std::string twice =
        "address=$(hostname -I | cut -d' ' -f1) && natprobe --bind $address:20000 --json first.json --quiet && "
        "natprobe --bind $address:20000 --json second.json --quiet && cat first.json second.json";
    const programs::TemporaryDirectory folder;
    const auto result = programs::run({"natlab", "run", profile, "--", "sh", "-c", twice},
                                      {.environment = {"PATH=" NATSCOPE_BIN ":/usr/bin:/bin:/usr/sbin:/sbin"},
                                       .input = {},
                                       .directory = folder.path()});
    ASSERT_EQ(result.exit_code, 0) << result.err << result.out;
    for (const char* file : {"first.json", "second.json"}) {
      std::ifstream in(folder.path() / file);
      const std::string report{std::istreambuf_iterator<char>(in), {}};
      EXPECT_EQ(reported_words(report), declared_words(*lab::find_profile(profile))) << file;
    }
  }
}

// A router that keeps state for what came unasked still holds pairs of ports of the first run: those that the second
// one's mapping sockets come to, 15 to 17 ports on.
TEST(ASecondRun_NextToTheFirst, IsNotMisled_ByStateForUnaskedPackets) {
  SKIP_WITHOUT_NAMESPACES();
  const std::string runs =
      "address=$(hostname -I | cut -d' ' -f1); cone=mapping=endpoint-independent\n"
      "for port in 20000 20015 20030 20046 20063; do\n"
      "  natprobe --bind $address:$port --only mapping,filtering --expect $cone || exit\ndone";
  for (const char* profile : {"poisoned-router", "kernel-masquerade"}) {
    const auto result = programs::run({"natlab", "run", profile, "--", "sh", "-c", runs},
                                      {.environment = {"PATH=" NATSCOPE_BIN ":/usr/bin:/bin:/usr/sbin:/sbin"}});
    EXPECT_EQ(result.exit_code, 0) << profile << result.err << result.out;
  }
}

// What natprobe finds of the path, beside mapping and filtering.
struct PathCase {
  const char* profile;
  const char* finding;  // as --expect has it
};

class PathFinding : public testing::TestWithParam<PathCase> {
 protected:
  void SetUp() override { SKIP_WITHOUT_NAMESPACES(); }
};

TEST_P(PathFinding, IsWhatTheNatDoes) {
  const std::string finding = GetParam().finding;
  const auto result = programs::run({"natlab", "run", GetParam().profile, "--", "natprobe", "--only",
                                     finding.substr(0, finding.find('=')), "--expect", finding});
  EXPECT_EQ(result.exit_code, 0) << result.err << result.out;
}

INSTANTIATE_TEST_SUITE_P(
    Profiles, PathFinding,
    testing::Values(PathCase{"linux-masquerade", "hairpin=none"},
                    PathCase{"port-block-carrier", "hairpin=external-source"},
                    PathCase{"symmetric", "fragments=delivered"}, PathCase{"kernel-masquerade", "fragments=delivered"},
                    PathCase{"kernel-masquerade", "path-mtu=1500"}, PathCase{"port-restricted-cone", "path-mtu=1500"},
                    PathCase{"linux-masquerade", "icmp=delivered"}, PathCase{"symmetric", "payload-rewriting=none"},
                    PathCase{"linux-masquerade", "unsolicited=ignored"},
                    PathCase{"kernel-masquerade", "unsolicited=ignored"},
                    PathCase{"poisoned-router", "unsolicited=changes-mapping"}),
    [](const auto& of) {
      std::string name = std::string(of.param.profile) + "_" + of.param.finding;
      std::replace_if(
          name.begin(), name.end(), [](char c) { return c == '-' || c == '='; }, '_');
      return name;
    });

}  // namespace verdict_test
