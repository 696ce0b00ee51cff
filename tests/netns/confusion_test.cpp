// What every named NAT is beside what natprobe concludes of it, with real packets: the NATs side by side, some at a
// time, in scenarios made here.

#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "tests/confusion_table.h"
#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace confusion_test {

constexpr std::size_t at_a_time = 12;

std::string truth_of(const std::string& profile) {
  return net::short_name(lab::observed_truth(*lab::find_profile(profile)));
}

nlohmann::json scenario_of(const std::vector<std::string>& profiles) {
  nlohmann::json out = {{"schema", "natscope/scenario/1"}, {"name", "confusion"}};
  for (const auto& [name, partner] : {std::pair{"r1", "r2"}, std::pair{"r2", "r1"}}) {
    out["reflectors"].push_back({{"name", name}, {"partner", partner}});
  }
  for (const auto& profile : profiles) {
    out["nats"].push_back({{"name", "nat-" + profile}, {"profile", profile}});
    out["hosts"].push_back({{"name", profile}, {"behind", "nat-" + profile}});
  }
  return out;
}

std::string found_of(const nlohmann::json& host) {
  if (host.at("class") == "udp-blocked") return "udp-blocked";
  net::NatBehavior behavior;
  const auto& words = host.at("behavior");
  if (words.at("mapping").is_string()) behavior.mapping = net::parse_mapping(words.at("mapping").get<std::string>());
  if (words.at("filtering").is_string())
    behavior.filtering = net::parse_filtering(words.at("filtering").get<std::string>());
  return net::short_name(behavior);
}

TEST(Confusion, OfEveryNamedProfile_OnRealPackets_HasNothingBesideTheDiagonal) {
  SKIP_WITHOUT_NAMESPACES();
  std::vector<std::string> names;
  std::string not_played;
  for (const lab::NatProfile& profile : lab::all_profiles()) {
    const std::string why = netns::obstacle_to(profile);
    if (why.empty()) {
      names.push_back(profile.name);
    } else {
      not_played += "; " + profile.name + ": " + why;
    }
  }
  tests::ConfusionTable table;
  std::string wrong;
  for (std::size_t first = 0; first < names.size(); first += at_a_time) {
    const programs::TemporaryDirectory folder;
    const std::vector<std::string> some(
        names.begin() + static_cast<std::ptrdiff_t>(first),
        names.begin() + static_cast<std::ptrdiff_t>(std::min(first + at_a_time, names.size())));
    const auto file = folder.file("scenario.json", scenario_of(some).dump());
    const auto result = programs::run({"natlab", "verify", file.string(), "--out", (folder.path() / "out").string()});
    ASSERT_NE(result.exit_code, 2) << result.err;
    std::ifstream file_written(folder.path() / "out" / "report.json");
    const auto report = nlohmann::json::parse(file_written);
    for (const auto& host : report.at("hosts")) {
      const std::string name = host.at("name");
      table.add(truth_of(name), found_of(host));
      if (truth_of(name) != found_of(host)) wrong += name + ": " + found_of(host) + "\n";
    }
  }
  std::cout << table << table.right() << " of " << table.total() << " right\n";
  EXPECT_EQ(table.total(), names.size());
  EXPECT_EQ(table.right(), table.total()) << wrong;
  if (!not_played.empty()) NATSCOPE_SKIP("netns", "all the others were played" + not_played);
}

}  // namespace confusion_test
