#include "tests/netns/mapping_home.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

namespace mapping_home {
namespace {

using namespace std::chrono_literals;

// %: how it translates.
constexpr const char* rules = R"(table inet gw {
  chain input { type filter hook input priority filter; iifname "wan" drop; }
  chain forward {
    type filter hook forward priority filter; policy drop;
    iifname "lan" accept
    ct state established,related accept
    jump upnp_forward
  }
  chain prerouting { type nat hook prerouting priority dstnat; jump upnp_in; }
  chain postrouting { type nat hook postrouting priority srcnat; jump upnp_out; oifname "wan" %; }
  chain upnp_forward { }
  chain upnp_in { }
  chain upnp_out { }
})";

std::string rules_that(const std::string& masquerade) {
  std::string text = rules;
  return text.replace(text.find('%'), 1, masquerade);
}

std::string configuration(const Permissions& permissions) {
  return fmt::format(
      "ext_ifname=wan\nlistening_ip=lan\nhttp_port=5000\nenable_natpmp={}\nenable_upnp=yes\nsecure_mode=yes\n"
      "min_lifetime=60\nupnp_table_name=gw\nupnp_nat_table_name=gw\nupnp_forward_chain=upnp_forward\n"
      "upnp_nat_chain=upnp_in\nupnp_nat_postrouting_chain=upnp_out\nuuid=f2bb24b9-8f6b-4c19-9cb0-1a5a1d1cf7b1\n"
      "manufacturer_name=Example Networks\nmodel_name=Lab Router\nmodel_number=1\n{}\ndeny 0-65535 0.0.0.0/0 0-65535\n",
      permissions.pcp ? "yes" : "no", permissions.rule);
}

}  // namespace

bool has_miniupnpd() { return std::filesystem::exists("/usr/sbin/miniupnpd"); }

programs::Argv inside(const lab::Namespace& where, const programs::Argv& command) {
  programs::Argv out = {"nsenter", fmt::format("--net=/proc/{}/fd/{}", ::getpid(), where.fd())};
  out.insert(out.end(), command.begin(), command.end());
  return out;
}

void do_in(const lab::Namespace& where, const std::string& commands) {
  const auto result = programs::run(inside(where, {"sh", "-ec", commands}));
  EXPECT_EQ(result.exit_code, 0) << commands << ": " << result.err;
}

void join(const lab::Namespace& near, const std::string& name, const std::string& address, const lab::Namespace& far,
          const std::vector<std::string>& far_addresses, const std::string& far_name) {
  do_in(near, fmt::format("ip link add {0} type veth peer name {4} netns /proc/{1}/fd/{2}; ip addr add {3} dev {0}; "
                          "ip link set {0} up",
                          name, ::getpid(), far.fd(), address, far_name));
  for (const auto& one : far_addresses) do_in(far, fmt::format("ip addr add {} dev {}", one, far_name));
  do_in(far, fmt::format("ip link set {} up", far_name));
}

Home::Home(const Permissions& permissions) {
  join(gateway_, "lan", "192.168.1.1/24", client_, {"192.168.1.2/24"});
  join(gateway_, "wan", "20.0.0.1/24", world_, {"20.0.0.9/24", "20.0.0.10/24"});
  do_in(client_, "ip route add default via 192.168.1.1");
  do_in(gateway_, "ip route add default via 20.0.0.9");
  gateway_.set_sysctl("ipv4/ip_forward", "1");
  do_in(gateway_, fmt::format("nft '{}'", rules_that(permissions.masquerade)));
  const auto file = folder_.file("miniupnpd.conf", configuration(permissions));
  miniupnpd_.emplace(
      inside(gateway_, {"miniupnpd", "-d", "-f", file.string(), "-P", (folder_.path() / "pid").string()}));
  EXPECT_TRUE(miniupnpd_->wait_for(permissions.pcp ? "Listening for NAT-PMP/PCP" : "HTTP listening"))
      << miniupnpd_->err();
  reflector_.emplace(inside(
      world_, {NATSCOPE_BIN "/natreflector", "--verbose", "--listen", reflector, "--alternate-address", "20.0.0.10"}));
}

std::string Home::forwarded() const {
  return programs::run(inside(gateway_, {"nft", "list", "chain", "inet", "gw", "upnp_in"})).out;
}

bool Home::maps_within(std::chrono::milliseconds limit) const {
  for (const auto until = std::chrono::steady_clock::now() + limit; std::chrono::steady_clock::now() < until;) {
    if (forwarded().find("dnat") != std::string::npos) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

}  // namespace mapping_home
