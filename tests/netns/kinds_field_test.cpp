// Every kind of NAT with every other on real packets, the kernel's own among them: a pair connects exactly when theory
// says so. NATSCOPE_KINDS=all plays all nine kinds twice over; every day some of them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>

#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace kinds_field_test {

using testing::HasSubstr;

bool all_wanted() { return std::getenv("NATSCOPE_KINDS") != nullptr; }

std::vector<std::string> nine_kinds() {
  std::vector<std::string> names;
  for (const char* mapping : {"eim", "adm", "apdm"}) {
    for (const char* filtering : {"eif", "adf", "apdf"})
      names.push_back(std::string(mapping) + "-" + filtering + "-random");
  }
  return names;
}

class Lab {
 public:
  explicit Lab(const nlohmann::json& matrix) {
    json_ = {{"schema", "natscope/scenario/1"}, {"name", "kinds"}, {"rendezvous", true}, {"matrix", matrix}};
    json_["link"] = {{"delay_ms", 5}};
    for (const auto& [name, partner] : {std::pair{"r1", "r2"}, std::pair{"r2", "r1"}}) {
      json_["reflectors"].push_back({{"name", name}, {"partner", partner}});
    }
  }
  void add(const std::string& name, const std::string& profile) {
    json_["nats"].push_back({{"name", "nat-" + name}, {"profile", profile}});
    json_["hosts"].push_back({{"name", name}, {"behind", "nat-" + name}});
  }
  void add_neighbour(const std::string& name, const std::string& of) {
    json_["hosts"].push_back({{"name", name}, {"behind", "nat-" + of}});
  }
  void expect_as_theory() const {
    const auto result = programs::run({"natlab", "verify", folder_.file("lab.json", json_.dump()).string()},
                                      {.timeout = std::chrono::minutes(10)});
    EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
    if (all_wanted()) std::cout << result.out;
  }

 private:
  nlohmann::json json_;
  programs::TemporaryDirectory folder_;
};

const nlohmann::json plain = {{"trials", 1}, {"strategies", {"simultaneous-open"}}};

TEST(KindsField, EachWithEach_AndTwoBehindOneNat_AreAsTheorySays) {
  SKIP_WITHOUT_NAMESPACES();
  Lab lab(plain);
  if (all_wanted()) {
    for (const std::string& kind : nine_kinds()) {
      lab.add(kind, kind);
      lab.add(kind + "-too", kind);
    }
  } else {
    for (const char* kind : {"eim-adf-random", "eim-apdf-random", "apdm-adf-random"}) lab.add(kind, kind);
  }
  lab.add_neighbour("neighbour", "eim-apdf-random");
  lab.expect_as_theory();
}

TEST(KindsField, TheKernelsOwn_WithEach_AreAsTheorySays) {
  SKIP_WITHOUT_NAMESPACES();
  Lab lab(plain);
  lab.add("masquerade", "kernel-masquerade");
  lab.add("fully-random", "kernel-fully-random");
  for (const std::string& kind : all_wanted() ? nine_kinds() : std::vector<std::string>{"eim-adf-random"}) {
    lab.add(kind, kind);
  }
  lab.expect_as_theory();
}

// What the hosts' probes find of port allocation reaches the rendezvous: these two connect by no other way.
TEST(KindsField, APortThatFollows_IsPredicted) {
  SKIP_WITHOUT_NAMESPACES();
  Lab lab(nlohmann::json{{"trials", 2}});
  lab.add("steady", "eim-apdf-random");
  lab.add("stepping", "apdm-apdf-sequential");
  lab.expect_as_theory();
}

TEST(KindsField, ARandomPort_IsSearchedFor) {
  SKIP_WITHOUT_NAMESPACES();
  Lab lab(nlohmann::json{{"trials", 1}, {"sprays", true}});
  lab.add("steady", "eim-apdf-random");
  lab.add("random", "apdm-apdf-random");
  lab.expect_as_theory();
}

}  // namespace kinds_field_test
