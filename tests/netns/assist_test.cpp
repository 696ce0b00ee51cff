// natprobe and natprobe assist as real programs on two hosts behind one NAT.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "lab/wire/services.h"
#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace assist_netns_test {

using namespace std::chrono_literals;
using nlohmann::json;

class TwoHosts {
 public:
  explicit TwoHosts(const lab::NatProfile& profile) : scenario_(with_neighbour(profile)) {}

  lab::Process start(const std::string& host, std::vector<std::string> words,
                     std::map<std::string, std::string> environment = {}) {
    words.insert(words.begin(), NATSCOPE_BIN "/natprobe");
    environment["NATSCOPE_REFLECTORS"] = services_.reflectors();
    return {lab_.host(host).where, {.words = std::move(words), .environment = std::move(environment)}, stop_};
  }
  [[nodiscard]] std::string address(const std::string& host) const {
    return net::to_string(lab_.host(host).addresses.front());
  }

 private:
  static lab::Scenario with_neighbour(const lab::NatProfile& profile) {
    lab::Scenario out = netns::one_host_behind(profile);
    out.hosts.push_back({.name = "neighbour", .behind = "nat"});
    return out;
  }

  lab::StopSignals stop_;
  lab::Scenario scenario_;
  lab::WiredLab lab_{scenario_};
  lab::Services services_{scenario_, lab_, NATSCOPE_BIN, stop_};
};

// The line "key ..." of what it wrote.
std::string key_in(const std::string& out) {
  const auto at = out.find("key ");
  return at == std::string::npos ? "" : out.substr(at + 4, out.find('\n', at) - at - 4);
}

json findings_with_help(TwoHosts& two) {
  lab::Process assistant = two.start("neighbour", {"assist"});
  assistant.wait_for_line("key ", 10s);
  lab::Process natprobe = two.start("h", {"--assist", two.address("neighbour"), "--json", "-"},
                                    {{"NATSCOPE_ASSIST_KEY", key_in(assistant.out())}});
  const auto code = natprobe.wait(30s);
  EXPECT_EQ(code, 0) << natprobe.err();
  assistant.signal_program(SIGTERM);
  EXPECT_EQ(assistant.wait(5s), 0) << assistant.err();
  return json::parse(natprobe.out()).at("findings");
}

struct Row {
  const char* profile;
  lab::Hairpin hairpin;
  const char* collision;
  const char* scope;
  json between;  // the value of hairpin
};

TEST(AssistOnRealPackets, FindsWhatTheNatIs) {
  SKIP_WITHOUT_NAMESPACES();
  for (const Row& row : {Row{"port-restricted-cone", lab::Hairpin::InternalSource, "moved", "none", "internal-source"},
                         Row{"eim-apdf-sequential", lab::Hairpin::ExternalSource, "no-collision", "global",
                             "external-source"},
                         Row{"full-cone", lab::Hairpin::Off, "moved", "none", "none"},
                         Row{"kernel-masquerade", lab::Hairpin::Off, "shared", "none", "none"}}) {
    SCOPED_TRACE(row.profile);
    lab::NatProfile profile = *lab::find_profile(row.profile);
    profile.hairpin = row.hairpin;
    TwoHosts two(profile);
    const json found = findings_with_help(two);
    EXPECT_EQ(found.at("assistant").at("value"), "same-nat") << found.at("assistant");
    EXPECT_EQ(found.at("collision").at("value"), row.collision) << found.at("collision");
    EXPECT_EQ(found.at("allocation-scope").at("value"), row.scope) << found.at("allocation-scope");
    EXPECT_EQ(found.at("hairpin").at("value"), row.between) << found.at("hairpin");
    EXPECT_EQ(found.at("hairpin").at("figures").at("between_hosts"), true) << found.at("hairpin");
  }
}

TEST(AssistOnRealPackets, AnotherKey_OrNobody_IsSaid) {
  SKIP_WITHOUT_NAMESPACES();
  TwoHosts two(*lab::find_profile("full-cone"));
  lab::Process assistant = two.start("neighbour", {"assist"});
  assistant.wait_for_line("key ", 10s);
  for (const char* port : {":3482", ":9"}) {
    lab::Process natprobe =
        two.start("h", {"--assist", two.address("neighbour") + port, "--json", "-", "--only", "mapping,assist"},
                  {{"NATSCOPE_ASSIST_KEY", "another-code-of-length"}});
    EXPECT_EQ(natprobe.wait(30s), 4) << natprobe.err();
    const json report = json::parse(natprobe.out());
    EXPECT_EQ(report.at("verdict").at("mapping").at("value"), "endpoint-independent");
    EXPECT_TRUE(report.at("findings").at("collision").at("value").is_null());
    EXPECT_NE(report.at("findings").at("assistant").at("why").get<std::string>().find("the assistant 10.0.1.3" +
                                                                                      std::string(port)),
              std::string::npos)
        << report.at("findings").at("assistant");
  }
}

}  // namespace assist_netns_test
