// natprobe against miniupnpd, as it is packaged, on a gateway of the kernel's: the mapping is reached from outside, and
// gone afterwards, also after Ctrl-C.
//
//   client 192.168.1.2 --- lan [gateway] wan 20.0.0.1 --- world 20.0.0.9 and .10
//
// The addresses beyond are public ones, in namespaces that lead nowhere: miniupnpd maps nothing for documentation
// ranges.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace port_mapping_test {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr const char* reflector = "20.0.0.9";
constexpr const char* nobody = "20.0.0.77";

programs::Argv inside(const lab::Namespace& where, const programs::Argv& command) {
  programs::Argv out = {"nsenter", fmt::format("--net=/proc/{}/fd/{}", ::getpid(), where.fd())};
  out.insert(out.end(), command.begin(), command.end());
  return out;
}

void do_in(const lab::Namespace& where, const std::string& commands) {
  const auto result = programs::run(inside(where, {"sh", "-ec", commands}));
  EXPECT_EQ(result.exit_code, 0) << commands << ": " << result.err;
}

constexpr const char* rules = R"(table inet gw {
  chain input { type filter hook input priority filter; iifname "wan" drop; }
  chain forward {
    type filter hook forward priority filter; policy drop;
    iifname "lan" accept
    ct state established,related accept
    jump upnp_forward
  }
  chain prerouting { type nat hook prerouting priority dstnat; jump upnp_in; }
  chain postrouting { type nat hook postrouting priority srcnat; jump upnp_out; oifname "wan" masquerade; }
  chain upnp_forward { }
  chain upnp_in { }
  chain upnp_out { }
})";

struct Permissions {
  bool pcp = true;  // and NAT-PMP
  std::string rule = "allow 1024-65535 192.168.1.0/24 1024-65535";
};

std::string configuration(const Permissions& permissions) {
  return fmt::format(
      "ext_ifname=wan\nlistening_ip=lan\nhttp_port=5000\nenable_natpmp={}\nenable_upnp=yes\nsecure_mode=yes\n"
      "min_lifetime=60\nupnp_table_name=gw\nupnp_nat_table_name=gw\nupnp_forward_chain=upnp_forward\n"
      "upnp_nat_chain=upnp_in\nupnp_nat_postrouting_chain=upnp_out\nuuid=f2bb24b9-8f6b-4c19-9cb0-1a5a1d1cf7b1\n"
      "manufacturer_name=Example Networks\nmodel_name=Lab Router\nmodel_number=1\n{}\ndeny 0-65535 0.0.0.0/0 0-65535\n",
      permissions.pcp ? "yes" : "no", permissions.rule);
}

class Home {
 public:
  explicit Home(const Permissions& permissions = {}) {
    join("lan", client_, {"192.168.1.2/24"}, "192.168.1.1/24");
    join("wan", world_, {"20.0.0.9/24", "20.0.0.10/24"}, "20.0.0.1/24");
    do_in(client_, "ip route add default via 192.168.1.1");
    do_in(gateway_, "ip route add default via 20.0.0.9");
    gateway_.set_sysctl("ipv4/ip_forward", "1");
    do_in(gateway_, fmt::format("nft '{}'", rules));
    const auto file = folder_.file("miniupnpd.conf", configuration(permissions));
    miniupnpd_.emplace(
        inside(gateway_, {"miniupnpd", "-d", "-f", file.string(), "-P", (folder_.path() / "pid").string()}));
    EXPECT_TRUE(miniupnpd_->wait_for(permissions.pcp ? "Listening for NAT-PMP/PCP" : "HTTP listening"))
        << miniupnpd_->err();
    reflector_.emplace(inside(world_, {NATSCOPE_BIN "/natreflector", "--verbose", "--listen", reflector,
                                       "--alternate-address", "20.0.0.10"}));
  }

  [[nodiscard]] programs::Argv natprobe(const char* at, const char* only = "port-mapping") const {
    return inside(client_, {NATSCOPE_BIN "/natprobe", "-r", at, "--only", only, "--json", "-"});
  }
  // How the gateway would forward: one rule a mapping.
  [[nodiscard]] std::string forwarded() const {
    return programs::run(inside(gateway_, {"nft", "list", "chain", "inet", "gw", "upnp_in"})).out;
  }

 private:
  void join(const std::string& name, const lab::Namespace& far, const std::vector<std::string>& addresses,
            const std::string& near) {
    do_in(gateway_,
          fmt::format("ip link add {0} type veth peer name eth0 netns /proc/{1}/fd/{2}; ip addr add {3} dev {0}; "
                      "ip link set {0} up",
                      name, ::getpid(), far.fd(), near));
    for (const auto& address : addresses) do_in(far, fmt::format("ip addr add {} dev eth0", address));
    do_in(far, "ip link set eth0 up");
  }

  programs::TemporaryDirectory folder_;
  lab::Namespace client_;
  lab::Namespace gateway_;
  lab::Namespace world_;
  std::optional<programs::Background> miniupnpd_;
  std::optional<programs::Background> reflector_;
};

class PortMapping : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    SKIP_WITHOUT_NAMESPACES();
    if (!std::filesystem::exists("/usr/sbin/miniupnpd"))
      NATSCOPE_SKIP("netns", "miniupnpd (package miniupnpd-nftables)");
  }
};

TEST_P(PortMapping, IsMade_ReachedFromOutside_AndGoneAfterwards) {
  const Home home({.pcp = GetParam()});
  const auto result = programs::run(home.natprobe(reflector));
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
  const auto result = programs::run(home.natprobe(reflector, "port-mapping,determinism"));
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
    programs::Background natprobe(home.natprobe(nobody));
    bool mapped = false;
    for (int i = 0; i < 400 && !mapped; ++i) {
      mapped = home.forwarded().find("dnat") != std::string::npos;
      if (!mapped) std::this_thread::sleep_for(10ms);
    }
    ASSERT_TRUE(mapped) << natprobe.err();
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
  const auto result = programs::run(home.natprobe(reflector));
  const auto report = nlohmann::json::parse(result.out);
  const auto& finding = report["findings"]["port-mapping"];
  EXPECT_TRUE(finding["value"].is_null()) << finding;
  EXPECT_THAT(finding["why"].get<std::string>(), HasSubstr("no mapping was made: ")) << finding;
}

INSTANTIATE_TEST_SUITE_P(Miniupnpd, PortMappingRefused, testing::Values(false));
INSTANTIATE_TEST_SUITE_P(Miniupnpd, PortMapping, testing::Values(true, false),
                         [](const auto& of) { return of.param ? "Pcp" : "UpnpAlone"; });

}  // namespace port_mapping_test
