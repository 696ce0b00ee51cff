// natprobe from outside: what it refuses, replays, expects, and its exit codes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/log_reading.h"
#include "reports/document_file.h"
#include "reports/probe_report_json.h"
#include "tests/probe/world.h"
#include "tests/programs/program.h"

namespace natprobe_test {

using programs::run;
using testing::HasSubstr;
using testing::StartsWith;

struct BadUse {
  std::vector<std::string> options;
  const char* line;  // what the one line on stderr says
};

TEST(Natprobe, BadUse_IsOneLineAndTwo) {
  const BadUse cases[] = {
      {{}, "no reflector to ask: give -r HOST[:PORT]"},
      {{"--bogus"}, "--bogus: unknown option"},
      {{"-r", "[2001:db8::1"}, "--reflector"},
      {{"-r", "192.0.2.1:99999"}, "--reflector"},
      {{"-r", "127.0.0.1", "--only", "weather"}, "no discovery 'weather'"},
      {{"-r", "127.0.0.1", "--expect", "class=round"}, "'round' is not a value of class"},
      {{"-r", "127.0.0.1", "--expect", "class=unknown"}, "unknown cannot be expected"},
      {{"-r", "127.0.0.1", "--only", ""}, "--only: names no discovery"},
      {{"--replay", "x.json", "-r", "127.0.0.1"}, "--reflector: together with --replay"},
      {{"--replay", "x.json", "--bind", "127.0.0.1"}, "--bind: together with --replay"},
      {{"--replay", "x.json", "--timeout", "1s"}, "--timeout: together with --replay"},
      {{"-r", "127.0.0.1", "--label", "colour=red"}, "--label"},
      {{"-r", "127.0.0.1", "--timeout", "soon"}, "--timeout"},
      {{"-r", "127.0.0.1", "--timeout", "10m"}, "not between 10ms and 30s"},
      {{"-r", "127.0.0.1", "--explain", "weather"}, "'weather' is not a finding; there are: mapping, filtering"},
      {{"-r", "127.0.0.1", "--interface", "nosuch0"}, "interface nosuch0: no such interface; there are: "},
      {{"-r", "192.0.2.1", "--interface", "lo"}, "interface lo: it has no route to 192.0.2.1"},
      {{"-r", "127.0.0.1", "--interface", "lo", "--all-interfaces"}, "--all-interfaces"},
      {{"-r", "127.0.0.1", "--bind", "127.0.0.1", "--all-interfaces"}, "--all-interfaces"},
      {{"-r", "127.0.0.1", "--watch", "10ms"}, "--watch: less than 1s"},
      {{"-r", "no-such-host.invalid"}, "resolve no-such-host.invalid: "},
      {{"-r", "127.0.0.1", "--pcap", "/nonexistent/x.pcapng"}, "/nonexistent/x.pcapng"},
      {{"--replay", "x.json", "--interface", "lo"}, "--interface: together with --replay"},
      {{"--replay", "x.json", "--all-interfaces"}, "--all-interfaces: together with --replay"},
      {{"--replay", "x.json", "--full"}, "--full: together with --replay"},
      {{"--replay", "x.json", "--watch", "1s"}, "--watch: together with --replay"},
      {{"--replay", "x.json", "--pcap", "x"}, "--pcap: together with --replay"},
      {{"-r", "127.0.0.1", "-4", "-6"}, "-6"},
      {{"-r", "127.0.0.1", "--bind", "::1"}, "bind ::1: the reflectors are of the other address family"},
      {{"-r", "127.0.0.1", "--bind", "192.0.2.1"}, "bind 192.0.2.1:0: "},
      {{"--replay", "/nonexistent.json"}, "/nonexistent.json"},
      {{"-r", "127.0.0.1:0"}, "--reflector: '127.0.0.1:0': port 0 cannot be asked"},
      {{"-r", "127.0.0.1", "--assist", "127.0.0.1:0"}, "--assist: '127.0.0.1:0': port 0 cannot be asked"},
      {{"-r", "fe80::1%lo"}, "--reflector: 'fe80::1%lo': link-local addresses with a zone are not supported"},
      {{"-r", "127.0.0.1", "--label", "vendor=a", "--label", "vendor=b"}, "--label: 'vendor' is given twice"},
      {{"-r", "127.0.0.1", "--json", "/tmp/nosuch", "--pcap", "/tmp/../tmp/nosuch"}, "--json and --pcap: both are to"},
      {{"-r", "127.0.0.1", "--json", "nosuch", "--pcap", "./nosuch"}, "--json and --pcap: both are to write nosuch"},
      {{"-r", "127.0.0.1:1", "--timeout", "20ms", "--json", "/nonexistent/report.json"}, "/nonexistent/report.json"},
  };
  for (const BadUse& row : cases) {
    std::vector<std::string> argv{"natprobe"};
    argv.insert(argv.end(), row.options.begin(), row.options.end());
    const auto result = run(argv);
    EXPECT_EQ(result.exit_code, 2) << row.line;
    EXPECT_THAT(result.err, StartsWith("natprobe: "));
    EXPECT_THAT(result.err, HasSubstr(row.line));
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_EQ(result.out, "") << row.line;
  }
}

TEST(Natprobe, ABadVariable_IsNamed) {
  const auto result = run({"natprobe"}, {.environment = {"NATSCOPE_REFLECTORS=192.0.2.1:port"}});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, StartsWith("natprobe: NATSCOPE_REFLECTORS: "));
}

TEST(Natprobe, BadUse_LeavesAnEarlierReportAsItIs) {
  const programs::TemporaryDirectory directory;
  const std::string file = directory.file("report.json", "of yesterday").string();
  for (const std::vector<std::string>& bad :
       std::vector<std::vector<std::string>>{{"--bogus"},
                                             {"-r", "127.0.0.1:99999"},
                                             {"-r", "no-such-host.invalid"},
                                             {"-r", "127.0.0.1", "--pcap", file}}) {
    std::vector<std::string> argv{"natprobe", "--json", file};
    argv.insert(argv.end(), bad.begin(), bad.end());
    EXPECT_EQ(run(argv).exit_code, 2) << bad.back();
    EXPECT_EQ(reports::read_document(file), "of yesterday") << bad.back();
    const std::filesystem::directory_iterator files(directory.path());
    EXPECT_EQ(std::distance(begin(files), end(files)), 1) << bad.back();
  }
}

// 127.0.0.1 is of the one family, so asking for the other is refused.
TEST(Natprobe, TheFamily_MayBeAStandingSetting) {
  const programs::TemporaryDirectory directory;
  const auto with = [&](std::vector<std::string> options, const std::string& content,
                        const std::vector<std::string>& environment) {
    const std::string file = directory.file("probe.conf", content).string();
    options.insert(options.begin(), {"natprobe", "-r", "127.0.0.1:1", "--timeout", "20ms", "--config", file});
    return run(options, {.environment = environment});
  };
  const int v4 = 3;  // nobody answers
  const std::string no_v6 = "natprobe: resolve 127.0.0.1: no IPv6 address\n";
  EXPECT_EQ(with({}, "ipv6 = true", {}).err, no_v6);
  EXPECT_EQ(with({}, "", {"NATSCOPE_IPV6=true"}).err, no_v6);
  EXPECT_EQ(with({}, "ipv4 = true", {"NATSCOPE_IPV6=true"}).err, no_v6);
  EXPECT_EQ(with({"-6"}, "ipv4 = true", {"NATSCOPE_IPV4=true"}).err, no_v6);
  EXPECT_EQ(with({"-4"}, "ipv6 = true", {"NATSCOPE_IPV6=true"}).exit_code, v4);
  EXPECT_EQ(with({}, "ipv6 = true", {"NATSCOPE_IPV4=true"}).exit_code, v4);
  EXPECT_EQ(with({}, "ipv6 = true", {"NATSCOPE_IPV6=false"}).exit_code, v4);
  EXPECT_THAT(with({}, "ipv4 = true\nipv6 = true", {}).err, HasSubstr("one family or the other"));
}

TEST(Natprobe, AClosedStandardOutput_IsTwo) {
  const auto result = run({"sh", "-c", "exec \"$@\" >&-", "sh", programs::located("natprobe"), "-r", "127.0.0.1:1",
                           "--timeout", "20ms", "--quiet"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err, "natprobe: write to standard output: Bad file descriptor\n");
}

TEST(Natprobe, NobodyAnswers_IsThree) {
  const auto result = run({"natprobe", "--timeout", "100ms", "--quiet"},
                          {.environment = {"NATSCOPE_REFLECTORS=127.0.0.1:1,127.0.0.2:1"}});
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_EQ(result.out, "NAT type: Unknown: mapping and filtering unknown\n");
}

TEST(Natprobe, List_NamesTheDiscoveries) {
  const auto result = run({"natprobe", "--list"});
  EXPECT_EQ(result.exit_code, 0);
  for (const probe::Discovery& discovery : probe::catalog()) {
    EXPECT_THAT(result.out, HasSubstr(std::string(discovery.name)));
  }
}

class Replay : public testing::Test {
 protected:
  // A report of a run in memory, on disk.
  std::string saved(const char* profile, bool partner = true) {
    world::World world;
    if (!partner) world.bed.simulator.kill(world.id_b);
    const auto site = world.bed.add_site(*lab::find_profile(profile), world::calm());
    return directory_.file("report.json", reports::to_json(world.run(site))).string();
  }

  static programs::Result replay(const std::string& file, std::vector<std::string> options = {}) {
    options.insert(options.begin(), {"natprobe", "--replay", file});
    return run(options);
  }

  programs::TemporaryDirectory directory_;
};

TEST_F(Replay, SaysTheVerdictFirst) {
  const auto result = replay(saved("port-restricted-cone"));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, StartsWith("NAT type: Cone (port-restricted cone): endpoint-independent mapping, "
                                     "address-and-port-dependent filtering\n"));
}

TEST_F(Replay, ExpectationsDecide) {
  const std::string file = saved("symmetric");
  EXPECT_EQ(replay(file, {"--expect", "class=symmetric", "--expect", "rfc3489=symmetric"}).exit_code, 0);
  const auto result = replay(file, {"--expect", "class=cone", "--quiet"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.err, "natprobe: expected class=cone, found symmetric\n");
}

TEST_F(Replay, BlockedUdp_IsThree_UnlessExpected) {
  const std::string file = saved("udp-blocked");
  EXPECT_EQ(replay(file).exit_code, 3);
  EXPECT_EQ(replay(file, {"--expect", "class=udp-blocked"}).exit_code, 0);
}

TEST_F(Replay, AnUnknownFinding_IsFour) {
  const std::string file = saved("full-cone", false);
  EXPECT_EQ(replay(file).exit_code, 4);
  EXPECT_EQ(replay(file, {"--expect", "mapping=endpoint-independent"}).exit_code, 1) << "unknown meets nothing";
}

TEST_F(Replay, AnUnknownFinding_ThatNobodyAskedFor_IsNoFailure) {
  world::World world;
  const auto site = world.bed.add_site(*lab::find_profile("full-cone"), world::calm());
  probe::Report report = world.run(site);
  std::erase_if(report.observations, probe::is_filtering);
  report.verdict = probe::classify(report.observations);
  const std::string file = directory_.file("report.json", reports::to_json(report)).string();
  EXPECT_EQ(replay(file).exit_code, 4);
  EXPECT_EQ(replay(file, {"--only", "filtering"}).exit_code, 4);
  EXPECT_EQ(replay(file, {"--only", "mapping"}).exit_code, 0);
  EXPECT_EQ(replay(file, {"--skip", "filtering"}).exit_code, 0);
}

TEST_F(Replay, Quiet_StillExplainsWhatItIsAskedFor) {
  const auto result = replay(saved("restricted-cone"), {"--quiet", "--explain", "filtering"});
  EXPECT_THAT(result.out, StartsWith("NAT type: Cone"));
  EXPECT_THAT(result.out, HasSubstr("how many replies it sent"));
}

TEST_F(Replay, StandingSettingsOfTheEnvironment_DoNotMatter) {
  const auto result = run({"natprobe", "--replay", saved("restricted-cone")},
                          {.environment = {"NATSCOPE_REFLECTORS=192.0.2.1", "NATSCOPE_TIMEOUT=1s"}});
  EXPECT_EQ(result.exit_code, 0) << result.err;
}

TEST_F(Replay, WritesTheSameDocumentAgain_AndNothingElse) {
  const std::string file = saved("restricted-cone");
  const auto once = replay(file, {"--json", "-"});
  EXPECT_EQ(once.exit_code, 0);
  const std::string again = directory_.file("again.json", once.out).string();
  EXPECT_EQ(replay(again, {"--json", "-"}).out, once.out);
  EXPECT_THAT(once.out, StartsWith("{"));
}

TEST_F(Replay, ADocumentThatCannotBeWritten_TakesNothingFromTheText) {
  const auto result = replay(saved("restricted-cone"), {"--json", "/dev/full"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err, "natprobe: write /dev/full: No space left on device\n");
  EXPECT_THAT(result.out, StartsWith("NAT type: "));
}

TEST_F(Replay, ExplainsAFinding) {
  const auto result = replay(saved("restricted-cone"), {"--explain", "filtering"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("how many replies it sent"));
}

TEST_F(Replay, ExplainsEveryFindingThereIs) {
  const std::string file = saved("restricted-cone");
  std::vector<std::string_view> findings{"mapping", "filtering"};
  for (const probe::FindingKind& row : probe::finding_kinds()) findings.push_back(row.name);
  for (const std::string_view finding : findings) {
    const auto result = replay(file, {"--quiet", "--explain", std::string(finding)});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    std::string line(finding);
    line[0] = static_cast<char>(std::toupper(line[0]));
    EXPECT_THAT(result.out, testing::AnyOf(HasSubstr("  " + line + " "), HasSubstr(" was not asked\n"))) << finding;
  }
}

TEST_F(Replay, Redacted_HoldsNoAddressOfTheRun_AndTheSameVerdict) {
  const std::string file = saved("port-restricted-cone");
  const auto report = reports::parse_probe_report(reports::read_document(file));
  ASSERT_TRUE(report && report->local && report->external);
  const auto text = replay(file, {"--redact", "--verbose"});
  const auto json = replay(file, {"--redact", "--json", "-"});
  for (const auto& address :
       {report->local->address, report->external->address, report->reflectors[0].endpoint.address}) {
    EXPECT_THAT(text.out, testing::Not(HasSubstr(net::to_string(address))));
    EXPECT_THAT(json.out, testing::Not(HasSubstr(net::to_string(address))));
  }
  const auto shown = reports::parse_probe_report(json.out);
  ASSERT_TRUE(shown);
  EXPECT_EQ(probe::classify(shown->observations).rfc3489, net::ClassicName::PortRestrictedCone);
  EXPECT_NE(replay(file, {"--redact", "--json", "-"}).out, json.out) << "a key of its own for each report";
}

TEST_F(Replay, ADeadFamilyThatNobodyAskedFor_IsShown_AndDecidesNothing) {
  world::World world;
  world::World world6({.family = net::Family::V6});
  const auto run_in = [](world::World& of, const char* profile) {
    return of.run(of.bed.add_site(*lab::find_profile(profile), world::calm()));
  };
  probe::Report report = run_in(world, "full-cone");
  report.paths = {run_in(world6, "udp-blocked")};
  const std::string file = directory_.file("paths.json", reports::to_json(report)).string();
  const auto result = replay(file, {"--quiet"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("\nNAT type (IPv6): UDP blocked"));
  EXPECT_EQ(replay(file, {"--quiet", "--expect", "class=cone"}).exit_code, 0);
  report.paths.front().interface = "wlan0";
  const std::string other = directory_.file("paths2.json", reports::to_json(report)).string();
  EXPECT_EQ(replay(other, {"--quiet"}).exit_code, 4) << "a reflector answered, so it is not 3";
}

TEST_F(Replay, OfSeveralPaths_SaysEach_AndEndsWithTheWorst) {
  world::World world;
  probe::Report report = world.run(world.bed.add_site(*lab::find_profile("full-cone"), world::calm()));
  probe::Report blocked = world.run(world.bed.add_site(*lab::find_profile("udp-blocked"), world::calm()));
  blocked.interface = "wlan0";
  report.paths = {blocked};
  const std::string file = directory_.file("paths.json", reports::to_json(report)).string();
  const auto result = replay(file, {"--quiet"});
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_THAT(result.out, StartsWith("NAT type: Cone (full cone)"));
  EXPECT_THAT(result.out, HasSubstr("\nNAT type (IPv4 through wlan0): UDP blocked"));
  const auto expecting = replay(file, {"--quiet", "--expect", "class=cone"});
  EXPECT_EQ(expecting.exit_code, 1);
  EXPECT_EQ(expecting.err, "natprobe: IPv4 through wlan0: expected class=cone, found udp-blocked\n");
  const auto again = replay(file, {"--json", "-"});
  EXPECT_EQ(replay(directory_.file("again.json", again.out).string(), {"--json", "-"}).out, again.out);
}

TEST_F(Replay, OfADamagedFile_IsTwo) {
  const auto result = replay(directory_.file("bad.json", "{\"schema\": 1}").string());
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("bad.json: schema: "));
}

}  // namespace natprobe_test
