// natprobe's paths on real packets: families, interfaces, captures, watching, names of services.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace path_test {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::StartsWith;

// A host with an interface behind a full cone and one behind a symmetric NAT; IPv6 by both, through a firewall and
// NAT66.
constexpr std::string_view two_homed = R"({
  "schema": "natscope/scenario/1", "name": "two-homed", "description": "two ways out", "family": "dual",
  "reflectors": [{"name": "r1", "partner": "r2"}, {"name": "r2", "partner": "r1"}],
  "nats": [{"name": "home", "profile": {"like": "full-cone", "name": "home-router", "ipv6": "firewall"}},
           {"name": "mobile", "profile": "symmetric"},
           {"name": "six", "profile": {"like": "port-restricted-cone", "name": "nat64-router", "ipv6": "nat64"}}],
  "hosts": [{"name": "h", "behind": "home", "interfaces": [{"behind": "mobile"}]}, {"name": "six-only", "behind": "six"}]})";

class Paths : public testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_NAMESPACES(); }

  // What a shell on the two-homed host prints and ends with.
  programs::Result on_host(const std::string& script, const std::string& host = "h",
                           std::string_view scenario = two_homed) {
    return programs::run({"natlab", "shell", "--quiet", folder_.file("lab.json", scenario).string(), host},
                         {.environment = {"SHELL=/bin/sh"}, .input = script, .timeout = std::chrono::seconds(60)});
  }
  // A script that runs the command where a name server has this zone (tests/netns/name_server.py).
  std::string with_name_server(const std::string& zone, const std::string& command) {
    const auto resolver = folder_.file("resolv.conf", "nameserver 127.0.0.1\n", 0644);
    const auto script = folder_.file(
        "named.sh", "mount --bind " + resolver.string() + " /etc/resolv.conf\n" NATSCOPE_PYTHON " " +
                        std::string(NATSCOPE_NETNS_TESTS "/name_server.py ") + folder_.file("zone", zone).string() +
                        " >" + path("ready") + " & server=$!\nwhile [ ! -s " + path("ready") +
                        " ]; do sleep 0.05; done\n" + command + "; code=$?; kill $server; exit $code\n");
    return "rm -f " + path("ready") + "; exec unshare -m sh " + script.string() + "\n";
  }
  static std::string first_reflector(const programs::Result& result) {
    return json::parse(result.out).at("reflectors").at(0).at("endpoint").get<std::string>();
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  programs::TemporaryDirectory folder_;
};

// "ipv4 eth0: cone", of each path.
std::vector<std::string> described(const std::string& document) {
  const json report = json::parse(document);
  std::vector<json> all{report};
  for (const json& further : report.value("paths", json::array())) all.push_back(further);
  std::vector<std::string> out;
  for (const json& one : all) {
    out.push_back(one.at("family").get<std::string>() + " " + one.value("interface", "any") + ": " +
                  one.at("verdict").at("class").get<std::string>());
  }
  return out;
}

TEST_F(Paths, BothFamilies_AreDescribedEachByItself) {
  const auto result = on_host("exec natprobe -r 198.51.100.1 -r 2001:db8:0:1::1 --json -\n");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(described(result.out), ElementsAre("ipv4 any: cone", "ipv6 any: no-nat"));
  const json v6 = json::parse(result.out).at("paths").at(0);
  EXPECT_EQ(v6.at("verdict").at("filtering").at("value"), "endpoint-independent")
      << "as the firewall's profile filters";
  EXPECT_THAT(v6.dump(), testing::Not(HasSubstr("198.51.100."))) << "families are never mixed";
}

// Names as /etc/hosts has them, on the two-homed host.
class NamedReflectors : public Paths {
 protected:
  programs::Result ask(const std::string& hosts, const std::string& options) {
    const std::string file = folder_.file("hosts", hosts, 0644).string();
    return on_host("exec unshare -m sh -c 'mount --bind " + file + " /etc/hosts && exec natprobe -r r1 -r r2 " +
                   options + "'\n");
  }
};

const std::string r1_v4 = "198.51.100.1 r1\n";
const std::string r2_v4 = "198.51.100.2 r2\n";
const std::string r1_v6 = "2001:db8:0:1::1 r1\n";
const std::string r2_v6 = "2001:db8:0:1::2 r2\n";

TEST_F(NamedReflectors, OneOfWhichLacksAFamily_AreAskedInBoth) {
  struct Mix {
    std::string hosts;
    const char* whole;    // the family that both have
    const char* partial;  // the reflector the other one is asked at
  };
  for (const Mix& mix : {Mix{r2_v4 + r1_v6 + r2_v6, "ipv6", "r2"}, Mix{r1_v4 + r2_v4 + r2_v6, "ipv4", "r2"},
                         Mix{r1_v4 + r1_v6 + r2_v6, "ipv6", "r1"}, Mix{r1_v4 + r2_v4 + r1_v6, "ipv4", "r1"}}) {
    SCOPED_TRACE(mix.hosts);
    const auto result = ask(mix.hosts, "--json -");
    EXPECT_EQ(result.exit_code, 0) << result.err << result.out;
    const json report = json::parse(result.out);
    EXPECT_EQ(report.at("family"), mix.whole);
    EXPECT_FALSE(report.at("verdict").at("mapping").at("value").is_null());
    EXPECT_FALSE(report.at("verdict").at("filtering").at("value").is_null());
    ASSERT_EQ(report.at("paths").size(), 1U);
    const json& partial = report.at("paths").at(0);
    EXPECT_NE(partial.at("family"), mix.whole);
    EXPECT_EQ(partial.at("reflectors").at(0).at("given"), mix.partial);
    for (const json& path : {report, partial}) {
      EXPECT_LE(path.at("traffic").at("packets"), 400);
      EXPECT_LE(path.at("traffic").at("flows"), 40);
    }
  }
}

TEST_F(NamedReflectors, WhoseIpv6IsDead_AreThoseOfIpv4) {
  const std::string hosts = r1_v4 + r2_v4 + "2001:db8:0:1::dead r1\n2001:db8:0:1::beef r2\n";
  const auto result = ask(hosts, "--timeout 1s");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, StartsWith("NAT type: Cone"));
  EXPECT_THAT(result.out, HasSubstr("NAT type (IPv6): Unknown"));
  EXPECT_THAT(result.out, HasSubstr("no answer over UDP"));
  EXPECT_THAT(result.out, HasSubstr("All paths"));
  EXPECT_EQ(ask(hosts, "--timeout 1s -6").exit_code, 3) << "asked for";
}

TEST_F(Paths, ANat64_IsRecognised_AndDescribed) {
  const auto result =
      on_host("exec natprobe -6 -r 64:ff9b::198.51.100.1 -r 64:ff9b::198.51.100.2 --json -\n", "six-only");
  EXPECT_EQ(result.exit_code, 0) << result.err << result.out;
  EXPECT_THAT(described(result.out), ElementsAre("ipv6 any: cone"));
  const json report = json::parse(result.out);
  EXPECT_EQ(report.at("verdict").at("rfc3489"), "port-restricted-cone");
  EXPECT_EQ(report.at("findings").at("nat64").at("value"), "translated");
  EXPECT_THAT(report.at("external").at("endpoint").get<std::string>(), StartsWith("203.0.113."));
}

TEST_F(Paths, AllInterfaces_AreOneReportEach) {
  const auto result = on_host("exec natprobe --all-interfaces --json -\n");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(described(result.out), ElementsAre("ipv4 eth0: cone", "ipv4 eth1: symmetric"));
}

TEST_F(Paths, AnInterface_CarriesThePackets_WhateverTheRoutesSay) {
  const auto result = on_host("exec natprobe --interface eth1 --json -\n");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(described(result.out), ElementsAre("ipv4 eth1: symmetric"));
  EXPECT_THAT(json::parse(result.out).at("local").at("endpoint").get<std::string>(), StartsWith("10.0.2.2:"));
}

TEST_F(Paths, AnInterfaceThatIsDown_HasItsOwnWords) {
  const auto result = on_host("ip link set eth1 down; exec natprobe --interface eth1\n");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err, "natprobe: interface eth1: it is down\n");
  const auto bare = on_host("ip addr flush dev eth1; exec natprobe --interface eth1\n");
  EXPECT_EQ(bare.err, "natprobe: interface eth1: it has no IPv4 address\n");
}

TEST_F(Paths, NoNetwork_IsOneLineAndTwo) {
  const auto result = on_host("ip link set eth0 down; ip link set eth1 down; exec natprobe\n");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, StartsWith("natprobe: find a route to 198.51.100.1:3478: Network is unreachable"));
}

TEST_F(Paths, AReflectorWithoutRfc5780_HasItsOwnWords) {
  const auto result = on_host(
      "natreflector --quiet --listen 127.0.0.1:3478 >/dev/null & sleep 0.3\n"
      "natprobe -r 127.0.0.1; code=$?; kill $!; exit $code\n");
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_THAT(result.out, HasSubstr("does not support behaviour discovery (RFC 5780)"));
}

TEST_F(Paths, ACapture_IsWhole_AndSaysOfEachPacketWhatItWas) {
  const auto result = on_host("natprobe --all-interfaces --quiet --pcap " + path("run.pcapng") + "\n");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const auto read = programs::run({NATSCOPE_PYTHON, "-c", R"(
import sys
sys.path.insert(0, sys.argv[1])
import pcapng
interfaces, packets = pcapng.read(sys.argv[2])
print([interface.name for interface in interfaces])
print({packet.comment.split(" ", 1)[1].split(":")[0] for packet in packets} >= {"connectivity", "mapping", "filtering"})
print({packet.direction for packet in packets} == {"inbound", "outbound"}, len(packets) > 100)
)",
                                   NATSCOPE_NETNS_TESTS, path("run.pcapng")});
  EXPECT_EQ(read.out, "['IPv4 through eth0', 'IPv4 through eth1']\nTrue\nTrue True\n") << read.err;
}

TEST_F(Paths, Watching_TellsWhatChanges_AndEndsWithTheLastRun) {
  const auto result =
      on_host("natprobe --quiet --watch 1s --timeout 500ms --json " + path("newest.json") +
              " & watcher=$!\n"
              "sleep 1.5; ip link set eth0 down; sleep 2; ip link set eth0 up; ip route add default dev eth0\n"
              "sleep 3; kill -INT $watcher; wait $watcher\n");
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, StartsWith("NAT type: Cone"));
  EXPECT_THAT(result.out, HasSubstr("NAT type: Cone -> Symmetric")) << "by the other interface";
  EXPECT_THAT(result.out, HasSubstr("NAT type: Symmetric -> Cone"));
}

// The reflectors' names are looked up as a service: its own port, and the better of the two services.
TEST_F(Paths, AName_IsLookedUpAsAService) {
  const std::string zone =
      "_stun-behavior._udp.both.example SRV 3478 r1.example\n"
      "_stun._udp.both.example SRV 9 nowhere.example\n"
      "_stun._udp.plain.example SRV 3479 r2.example\n"
      "r1.example A 198.51.100.1\n"
      "r2.example A 198.51.100.2\n";
  const auto asked = [&](const std::string& reflector) {
    return on_host(with_name_server(zone, "natprobe --only mapping --json - -r " + reflector));
  };
  EXPECT_EQ(first_reflector(asked("both.example")), "198.51.100.1:3478");
  EXPECT_EQ(first_reflector(asked("plain.example")), "198.51.100.2:3479");
  EXPECT_EQ(first_reflector(asked("r2.example")), "198.51.100.2:3478") << "no such service: the default port";
  EXPECT_EQ(first_reflector(asked("r2.example:3478")), "198.51.100.2:3478");
  const auto unknown = asked("nobody.example");
  EXPECT_THAT(unknown.err, StartsWith("natprobe: resolve nobody.example: Host not found\n"));
  EXPECT_EQ(unknown.exit_code, 2);
}

// `natreflector check` of a name looks for what a client would ask the name server for.
TEST_F(Paths, ACheckOfAName_CountsItsServices) {
  const std::string zone =
      "_stun._udp.one.example SRV 3478 one.example\n"
      "_stun._udp.one.example SRV 3479 one.example\n"
      "one.example A 198.51.100.1\n";
  const auto checked = on_host(with_name_server(zone, "natreflector check --json - one.example"));
  std::map<std::string, std::string> found;
  const json document = json::parse(checked.out);
  for (const json& row : document.at("checks")) {
    if (row.at("about") != "one.example") continue;
    found[row.at("check")] = row.at("verdict").get<std::string>() + ": " + row.at("seen").get<std::string>();
  }
  EXPECT_THAT(found, ElementsAre(Pair("ipv6", "warning: no IPv6 address"),
                                 Pair("srv-behavior", "warning: 0 _stun-behavior._udp records"),
                                 Pair("srv-stun", "ok: 2 _stun._udp records")))
      << checked.out << checked.err;
}

// ---- a NAT64 with a prefix of its own (RFC 6052, RFC 7050) ---------------------------------------------------------

// A host with IPv6 alone.
constexpr std::string_view six_only = R"({
  "schema": "natscope/scenario/1", "name": "six-only", "description": "IPv4 by IPv6 alone", "family": "dual",
  "reflectors": [{"name": "r1", "partner": "r2"}, {"name": "r2", "partner": "r1"}],
  "nats": [{"name": "n", "profile": {"like": "port-restricted-cone", "name": "nat64-router", "ipv6": "nat64"},
            "nat64_prefix": "2001:db8:122:344::/64"}],
  "hosts": [{"name": "h", "behind": "n", "addresses": ["2001:db8:1:1::2"]}]})";

const std::string tells_prefix = "ipv4only.arpa AAAA 2001:db8:122:344:c0:0:aa00:0\n";
const std::string names_without_aaaa = "r1.example A 198.51.100.1\nr2.example A 198.51.100.2\n";

class OwnPrefix : public Paths {
 protected:
  programs::Result asked(const std::string& zone, const std::string& reflectors) {
    return on_host(with_name_server(zone, "env -u NATSCOPE_NAT64 natprobe --json - " + reflectors), "h", six_only);
  }
  static void expect_judged(const programs::Result& result) {
    ASSERT_EQ(result.exit_code, 0) << result.err << result.out;
    EXPECT_THAT(described(result.out), ElementsAre("ipv6 any: cone"));
    const json report = json::parse(result.out);
    EXPECT_EQ(report.at("verdict").at("rfc3489"), "port-restricted-cone");
    EXPECT_EQ(report.at("findings").at("nat64").at("figures").at("prefix"), "2001:db8:122:344::/64");
    const json& hairpin = report.at("findings").at("hairpin").at("value");
    EXPECT_TRUE(hairpin.is_null() || hairpin == "none") << "a busy machine may lose what would prove it: " << hairpin;
    EXPECT_EQ(first_reflector(result), "[2001:db8:122:344:c6:3364:100:0]:3478");
    EXPECT_THAT(report.at("external").at("endpoint").get<std::string>(), StartsWith("203.0.113."));
  }
};

TEST_F(OwnPrefix, IsFound_AndAnIpv4PairIsJudgedThroughIt) {
  expect_judged(asked(tells_prefix, "-r 198.51.100.1 -r 198.51.100.2"));
  expect_judged(asked(tells_prefix, "-r 198.51.100.1"));
  expect_judged(asked(tells_prefix + names_without_aaaa, "-r r1.example -r r2.example"));
  expect_judged(asked(tells_prefix + names_without_aaaa, "-6 -r r1.example"));
}

TEST_F(OwnPrefix, ADns64sAnswer_IsRecognised) {
  const std::string synthesized = "r1.example AAAA 2001:db8:122:344:c6:3364:100:0\n";
  expect_judged(asked(tells_prefix + synthesized, "-r r1.example"));
  expect_judged(asked(tells_prefix, "-r 2001:db8:122:344:c6:3364:100:0"));
}

TEST_F(OwnPrefix, SeveralPrefixes_TheFirstServes) {
  expect_judged(asked(tells_prefix + "ipv4only.arpa AAAA 64:ff9b::192.0.0.170\n", "-r 198.51.100.1"));
}

TEST_F(OwnPrefix, WhereNobodyTellsIt_TheSystemsWordsAreSaid) {
  for (const char* zone : {"ipv4only.arpa SILENT\n", "ipv4only.arpa A 192.0.0.170\n"}) {
    const auto result = asked(zone, "-r 198.51.100.1");
    EXPECT_EQ(result.exit_code, 2) << zone;
    EXPECT_THAT(result.err, StartsWith("natprobe: find a route to 198.51.100.1:3478: Network is unreachable"));
  }
}

TEST_F(OwnPrefix, MayBeGiven) {
  expect_judged(on_host("exec natprobe --json -\n", "h", six_only));  // NATSCOPE_NAT64
  expect_judged(on_host("unset NATSCOPE_NAT64; exec natprobe --nat64 2001:db8:122:344::/64 -r 198.51.100.1 --json -\n",
                        "h", six_only));
  const auto wrong = on_host("exec natprobe --nat64 2001:db8::/33\n", "h", six_only);
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("--nat64: a NAT64's prefix has 32, 40, 48, 56, 64 or 96 bits"));
}

// ---- fragments in another order (RFC 4787 REQ-14) ------------------------------------------------------------------

// A NAT that takes fragments in order only; in the second run the host itself tracks connections, which for its own
// packets means that it would put the fragments in order before they leave.
TEST_F(Paths, FragmentsInAnotherOrder_OverIpv4) {
  constexpr std::string_view scenario = R"({
    "schema": "natscope/scenario/1", "name": "fragments", "description": "in order only",
    "reflectors": [{"name": "r1", "partner": "r2"}, {"name": "r2", "partner": "r1"}],
    "nats": [{"name": "n1", "profile": {"like": "full-cone", "name": "in-order", "fragments": "in-order"}},
             {"name": "n2", "profile": "full-cone"}, {"name": "n3", "profile": "kernel-masquerade"}],
    "hosts": [{"name": "strict", "behind": "n1"}, {"name": "any", "behind": "n2"},
              {"name": "kernel", "behind": "n3"}]})";
  const std::string ask = "exec natprobe --only fragments,mapping,filtering --json -\n";
  const std::string track =
      "nft 'add table ip t; add chain ip t c { type filter hook output priority 0; }; "
      "add rule ip t c ct state new counter'\n";
  const struct {
    const char* host;
    std::string script;
    const char* other_order;
  } cases[] = {{"strict", ask, "not-delivered"},
               {"strict", track + ask, "not-delivered"},
               {"any", track + ask, "delivered"},
               {"kernel", ask, "delivered"}};
  for (const auto& [host, script, other_order] : cases) {
    const auto result = on_host(script, host, scenario);
    ASSERT_EQ(result.exit_code, 0) << result.err << result.out;
    const json report = json::parse(result.out);
    EXPECT_EQ(report.at("findings").at("fragments").at("figures").at("other_order"), other_order) << host << script;
    EXPECT_EQ(report.at("findings").at("fragments").at("value"), "delivered") << host;
    EXPECT_EQ(report.at("verdict").at("filtering").at("value"),
              std::string(host) == "kernel" ? "address-and-port-dependent" : "endpoint-independent");
  }
  const auto unprivileged = on_host(
      "exec setpriv --bounding-set=-net_raw --inh-caps=-net_raw natprobe --only fragments --json -\n", "any", scenario);
  const json report = json::parse(unprivileged.out);
  EXPECT_EQ(report.at("findings").at("fragments").at("figures").at("other_order"),
            "unknown: it could not be asked: make IP fragments: Operation not permitted");
  EXPECT_EQ(report.at("findings").at("fragments").at("value"), "delivered");
}

// IPv6 fragments are not led past connection tracking: with it nothing is claimed.
TEST_F(Paths, FragmentsInAnotherOrder_OverIpv6) {
  const std::string ask = "exec natprobe --only fragments,path-mtu --json - -r 2001:db8:0:1::1\n";
  const std::string track =
      "nft 'add table ip6 t; add chain ip6 t c { type filter hook output priority 0; }; "
      "add rule ip6 t c ct state new counter'\n";
  constexpr std::string_view scenario = R"({
    "schema": "natscope/scenario/1", "name": "fragments", "description": "in order only", "family": "v6",
    "reflectors": [{"name": "r1", "partner": "r2"}, {"name": "r2", "partner": "r1"}],
    "nats": [{"name": "n1", "profile": {"like": "full-cone", "name": "in-order", "fragments": "in-order"}},
             {"name": "n2", "profile": "full-cone"},
             {"name": "n3", "profile": {"like": "full-cone", "name": "dropping", "fragments": "drop"}}],
    "hosts": [{"name": "strict", "behind": "n1"}, {"name": "any", "behind": "n2"}, {"name": "none", "behind": "n3"}]})";
  const struct {
    const char* host;
    std::string script;
    const char* fragments;
    std::string other_order;
  } cases[] = {{"strict", ask, "delivered", "not-delivered"},
               {"any", ask, "delivered", "delivered"},
               {"any", track + ask, "delivered",
                "unknown: it could not be asked: make IPv6 fragments past connection tracking: Protocol not supported"},
               {"none", ask, "not-delivered", ""}};
  for (const auto& [host, script, fragments, other_order] : cases) {
    const auto result = on_host(script, host, scenario);
    ASSERT_EQ(result.exit_code, 0) << result.err << result.out;
    const json findings = json::parse(result.out).at("findings");
    EXPECT_EQ(findings.at("fragments").at("value"), fragments) << host;
    EXPECT_EQ(findings.at("fragments").at("figures").value("other_order", ""), other_order) << host << script;
    EXPECT_EQ(findings.at("path-mtu").at("value"), 1500);
  }
}

TEST_F(Paths, Progress_IsForTerminalsOnly) {
  const std::string slow = "natprobe -r 203.0.113.200 --timeout 1500ms";
  const auto piped = on_host("exec " + slow + "\n");
  EXPECT_EQ(piped.exit_code, 3);
  EXPECT_EQ(piped.err, "");
  const auto terminal = on_host("exec script -qec '" + slow + " >/dev/null' /dev/null\n");
  EXPECT_THAT(terminal.out, HasSubstr("natprobe: 0 s: connectivity"));
  const auto quiet = on_host("exec script -qec '" + slow + " --quiet >/dev/null' /dev/null\n");
  EXPECT_THAT(quiet.out, testing::Not(HasSubstr("connectivity")));
}

}  // namespace path_test
