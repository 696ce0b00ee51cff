// The guide's way from two bare hosts to a checked pair, and `natreflector check` against others' servers, on real
// packets.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "lab/wire/process.h"
#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace check_test {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::Contains;
using testing::HasSubstr;

constexpr const char* natreflector = NATSCOPE_BIN "/natreflector";

std::string guide() {
  std::ifstream file(NATSCOPE_DOCS "/natreflector.md");
  return {std::istreambuf_iterator<char>(file), {}};
}

// The first block of this kind ("sh", or empty) behind a heading or words.
std::string block_behind(const std::string& words, const std::string& kind) {
  const std::string text = guide();
  const std::string fence = "\n```" + kind + "\n";
  const auto begin = text.find(fence, text.find(words)) + fence.size();
  return text.substr(begin, text.find("```", begin) - begin);
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

class Check : public testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_NAMESPACES(); }

  struct World {
    lab::StopSignals stop;
    lab::Scenario scenario;
    lab::WiredLab lab{scenario};
    programs::TemporaryDirectory directory;

    explicit World(lab::Scenario of) : scenario(std::move(of)) {}

    [[nodiscard]] std::string address(const std::string& reflector) const {
      return net::to_string(lab.reflector(reflector).addresses.front());
    }
    [[nodiscard]] lab::Process on(const lab::Station& station, const std::vector<std::string>& words) {
      return {station.where, {.words = words}, stop};
    }
    // `natreflector check` on the host; its document, and its exit code.
    std::pair<json, int> check(const std::vector<std::string>& hosts) {
      std::vector<std::string> words = {natreflector, "check", "--json", "-"};
      words.insert(words.end(), hosts.begin(), hosts.end());
      lab::Process process = on(lab.host("h"), words);
      const auto status = process.wait(60s);
      EXPECT_TRUE(status.has_value());
      EXPECT_EQ(process.err(), "");
      return {json::parse(process.out()), status.value_or(-1)};
    }
  };

  static std::vector<std::string> troubles(const json& document) {
    std::vector<std::string> out;
    for (const json& check : document.at("checks")) {
      if (check.at("verdict") == "ok") continue;
      out.push_back(check.at("check").get<std::string>() + ": " + check.at("verdict").get<std::string>());
    }
    return out;
  }
};

// What the guide says, word for word but for addresses and folders.
TEST_F(Check, TheGuide_LeadsToACheckedPair) {
  World world(netns::one_host_behind("no-nat"));
  const std::string folder = world.directory.path();
  const auto here = [&](std::string text) {
    text = replaced(std::move(text), "/usr/local/etc/natscope", folder);
    text = replaced(std::move(text), "192.0.2.1", world.address("r1"));
    return replaced(std::move(text), "192.0.2.2", world.address("r2"));
  };
  const std::string key = std::regex_replace(here(block_behind("**Make a key**", "sh")), std::regex("chown[^\n]*\n"), "");
  ASSERT_EQ(programs::run({"sh", "-ec", key}).exit_code, 0);
  const std::string first = here(block_behind("**Configure**", ""));
  std::string second = replaced(first, world.address("r1"), "first");
  second = replaced(replaced(second, world.address("r2"), world.address("r1")), "first", world.address("r2"));

  const auto config_1 = world.directory.file("first.conf", first);
  const auto config_2 = world.directory.file("second.conf", second);
  lab::Process one = world.on(world.lab.reflector("r1"), {natreflector, "--config", config_1});
  lab::Process two = world.on(world.lab.reflector("r2"), {natreflector, "--config", config_2});
  one.wait_for_line("partner " + world.address("r2") + " answers", 10s);
  two.wait_for_line("partner " + world.address("r1") + " answers", 10s);

  std::string check = here(block_behind("**Check**", "sh"));
  check.replace(0, std::string("natreflector").size(), natreflector);
  lab::Process checked = world.on(world.lab.host("h"), {"sh", "-ec", check});
  EXPECT_EQ(checked.wait(60s), 0);
  EXPECT_THAT(checked.out(), HasSubstr("\n0 faults, 0 warnings\n"));

  one.signal_program(SIGHUP);  // what `systemctl reload` does
  one.wait_for_line("reloaded", 10s);
  const auto [document, status] = world.check({world.address("r1"), world.address("r2")});
  EXPECT_EQ(status, 0);
  EXPECT_EQ(document.at("checks").size(), 34U);
}

// A NAT of the checker keeps changed answers off: that is no fault of the reflectors.
TEST_F(Check, FromBehindASymmetricNat_BlamesNoReflector) {
  World world(netns::one_host_behind("symmetric"));
  const std::string key = world.directory.file("key", "0123456789abcdef0123456789abcdef\n");
  const auto reflector = [&](const char* own, const char* other) {
    return world.on(world.lab.reflector(own), {natreflector, "--listen", world.address(own), "--partner",
                                               world.address(other), "--partner-key-file", key});
  };
  lab::Process one = reflector("r1", "r2");
  lab::Process two = reflector("r2", "r1");
  one.wait_for_line("answers", 10s);
  two.wait_for_line("answers", 10s);
  const auto [document, status] = world.check({world.address("r1"), world.address("r2")});
  EXPECT_EQ(status, 0) << document.dump(1);
  EXPECT_EQ(document.at("faults"), 0);
  EXPECT_THAT(troubles(document), Contains("change-both: warning"));
}

TEST_F(Check, Coturn_IsFoundToAmplify_AndToSayWhatItIs) {
  if (!std::filesystem::exists("/usr/bin/turnserver")) NATSCOPE_SKIP("interop", "turnserver (package coturn)");
  lab::Scenario scenario = netns::one_host_behind("no-nat");
  scenario.reflectors.resize(1);
  scenario.reflectors[0].partner.clear();
  scenario.reflectors[0].alternate_address = net::address("198.51.100.77");
  World world(scenario);
  const std::string own = world.address("r1");
  lab::Process coturn = world.on(
      world.lab.reflector("r1"),
      {"turnserver", "-S", "-n", "-L", own, "-L", "198.51.100.77", "--no-tls", "--no-dtls", "--log-file", "stdout",
       "--simple-log", "--pidfile", world.directory.path() / "pid", "--userdb", world.directory.path() / "db"});
  const netns::UdpSocket client(world.lab.host("h"));
  const std::string bare("\0\1\0\0\x21\x12\xA4\x42" "0123456789ab", 20);
  std::optional<netns::Received> answer;
  for (int i = 0; i < 100 && !answer; ++i) {  // until it has started
    client.send({net::address(own), 3478}, bare);
    answer = client.receive(200ms);
  }
  ASSERT_TRUE(answer) << coturn.out() << coturn.err();
  const auto [document, status] = world.check({own});
  EXPECT_EQ(status, 1);
  EXPECT_THAT(troubles(document), testing::IsSupersetOf({"padding: fault", "amplification: fault", "software: warning"}))
      << document.dump(1);
  EXPECT_THAT(troubles(document), testing::Not(Contains(HasSubstr("change-")))) << document.dump(1);
}

}  // namespace check_test
