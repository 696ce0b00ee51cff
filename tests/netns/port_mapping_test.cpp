// natprobe against miniupnpd, as it is packaged, on a gateway of the kernel's: the mapping is reached from outside, and
// gone afterwards, also after Ctrl-C.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "tests/netns/mapping_home.h"

namespace port_mapping_test {

using namespace std::chrono_literals;
using namespace mapping_home;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr const char* nobody = "20.0.0.77";

programs::Argv natprobe_in(const Home& home, const char* at, const char* only = "port-mapping") {
  return inside(home.client(), {NATSCOPE_BIN "/natprobe", "-r", at, "--only", only, "--json", "-"});
}

class PortMapping : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    SKIP_WITHOUT_NAMESPACES();
    if (!has_miniupnpd()) NATSCOPE_SKIP("netns", "miniupnpd (package miniupnpd-nftables)");
  }
};

TEST_P(PortMapping, IsMade_ReachedFromOutside_AndGoneAfterwards) {
  const Home home({.pcp = GetParam()});
  const auto result = programs::run(natprobe_in(home, reflector));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto report = nlohmann::json::parse(result.out);
  const auto& finding = report["findings"]["port-mapping"];
  EXPECT_EQ(finding["value"], GetParam() ? "pcp" : "upnp");
  EXPECT_EQ(finding["figures"]["verified"], true) << finding;
  EXPECT_EQ(finding["figures"]["removed"], true) << finding;
  EXPECT_EQ(finding["figures"]["external_address"], "20.0.0.1");
  EXPECT_EQ(finding["figures"]["found"], GetParam() ? "pcp, nat-pmp, upnp" : "upnp");
  EXPECT_EQ(report["labels"]["vendor"], "Example Networks");
  EXPECT_EQ(report["labels"]["model"], "Lab Router 1");
  EXPECT_THAT(home.forwarded(), Not(HasSubstr("dnat")));
}

// The kernel lets a flow of another socket keep a mapped port, but not towards whoever has come in through the mapping.
TEST_P(PortMapping, ShowsThatLinuxChangesOnACollision) {
  const Home home({.pcp = GetParam()});
  const auto result = programs::run(natprobe_in(home, reflector, "port-mapping,determinism"));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const auto finding = nlohmann::json::parse(result.out)["findings"]["determinism"];
  EXPECT_EQ(finding["value"], "changes-on-collision") << finding;
  EXPECT_EQ(finding["figures"]["after_idle"], "same") << finding;
  EXPECT_THAT(home.forwarded(), Not(HasSubstr("dnat")));
}

// A reflector that never answers keeps the mapping up until then.
TEST_P(PortMapping, IsGone_AfterCtrlC) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const Home home({.pcp = GetParam()});
    programs::Background natprobe(natprobe_in(home, nobody));
    ASSERT_TRUE(home.maps_within(4s)) << natprobe.err();
    const auto result = natprobe.stop(signal);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.err, EndsWith("natprobe: stopped by a signal before the run was finished\n"));
    EXPECT_THAT(home.forwarded(), Not(HasSubstr("dnat")));
  }
}

// By UPnP alone: for PCP it tries all ports that it does not permit, and answers nobody meanwhile.
class PortMappingRefused : public PortMapping {};
TEST_P(PortMappingRefused, IsUnknown_WithTheReason) {
  const Home home({.pcp = GetParam(), .rule = ""});
  const auto result = programs::run(natprobe_in(home, reflector));
  const auto report = nlohmann::json::parse(result.out);
  const auto& finding = report["findings"]["port-mapping"];
  EXPECT_TRUE(finding["value"].is_null()) << finding;
  EXPECT_THAT(finding["why"].get<std::string>(), HasSubstr("no mapping was made: ")) << finding;
}

INSTANTIATE_TEST_SUITE_P(Miniupnpd, PortMappingRefused, testing::Values(false));
INSTANTIATE_TEST_SUITE_P(Miniupnpd, PortMapping, testing::Values(true, false),
                         [](const auto& of) { return of.param ? "Pcp" : "UpnpAlone"; });

}  // namespace port_mapping_test
