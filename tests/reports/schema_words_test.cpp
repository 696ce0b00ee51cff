// The schemas' words are the code's: an enum of a schema is a table of the code, whole, so that a new word of a
// document cannot be missing from its schema.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "gateway/question.h"
#include "lab/event.h"
#include "lab/nat_knobs.h"
#include "net/nat_behavior.h"
#include "probe/observation.h"
#include "reflector/check_conclusions.h"
#include "tests/programs/program.h"
#include "traversal/matrix.h"
#include "traversal/timeline.h"

namespace schema_words_test {

using nlohmann::json;
using Words = std::set<std::string>;

// The compiler's own name of a value is a cast, "(net::PortAllocation)5", where the value is no enumerator.
template <auto Value>
constexpr bool is_enumerator() {
  const std::string_view name = __PRETTY_FUNCTION__;
  return name.find('(', name.find("Value = ")) == std::string_view::npos;
}
static_assert(is_enumerator<net::PortAllocation::Random>());
static_assert(!is_enumerator<static_cast<net::PortAllocation>(100)>());

template <typename Enum, std::size_t... Number>
Words words_of(std::index_sequence<Number...>) {
  Words out;
  const auto add = [&out](bool there, Enum value) {
    if (there) out.emplace(to_string(value));
  };
  (add(is_enumerator<static_cast<Enum>(Number)>(), static_cast<Enum>(Number)), ...);
  return out;
}

template <typename Enum>
Words words_of() {
  return words_of<Enum>(std::make_index_sequence<64>());
}

// What a key's enum may be. Keys whose words no table holds have an empty set.
std::multimap<std::string, Words> tables() {
  std::multimap<std::string, Words> out = {
      {"class", words_of<net::NatClass>()},
      {"rfc3489", words_of<net::ClassicName>()},
      {"mapping", words_of<net::MappingBehavior>()},
      {"filtering", words_of<net::FilteringBehavior>()},
      {"allocation", words_of<net::PortAllocation>()},
      {"predicted", words_of<traversal::Prediction>()},
      {"outcome", words_of<traversal::Outcome>()},
      {"outcome", words_of<probe::Outcome>()},
      {"step", words_of<traversal::Step>()},
      {"by", words_of<traversal::Witness>()},
      {"act", words_of<gateway::Act>()},
      {"act", words_of<probe::AssistAct>()},
      {"when", words_of<lab::Phase>()},
      {"do", words_of<lab::Action>()},
      {"verdict", words_of<reflector::CheckVerdict>()},
  };
  for (const lab::Knob& knob : lab::nat_knobs()) {
    if (!knob.words.empty()) out.emplace(knob.key, Words(knob.words.begin(), knob.words.end()));
  }
  Words protocols;
  for (const std::string& act : words_of<gateway::Act>()) {
    protocols.emplace(gateway::protocol_of(*gateway::parse_act(act)));
  }
  out.emplace("port_mapping", protocols);
  for (const char* free : {"check", "difference", "direction", "family", "protocol", "transport"})
    out.emplace(free, Words());
  return out;
}

class SchemaWords : public testing::Test {
 protected:
  // `key`: the innermost known one around `part`.
  void look_at(const json& part, const std::string& key, const std::string& path) {
    if (part.is_object() && part.contains("enum")) compare(part.at("enum"), key, path);
    for (const auto& item : part.items()) {
      if (!item.value().is_structured()) continue;
      look_at(item.value(), tables_.count(item.key()) > 0 ? item.key() : key, path + "/" + item.key());
    }
  }

  std::set<std::string> seen_;

 private:
  void compare(const json& allowed, const std::string& key, const std::string& path) {
    SCOPED_TRACE(path);
    seen_.insert(key);
    Words words;
    for (const json& word : allowed) {
      if (!word.is_null()) words.insert(word.get<std::string>());
    }
    const auto [first, last] = tables_.equal_range(key);
    EXPECT_NE(first, last) << "an enum that no table here is known for";
    bool found = false;
    std::string expected;
    for (auto row = first; row != last; ++row) {
      const bool narrowed = key == "do" && path.find("/oneOf/") != std::string::npos;  // to the events of one target
      found = found || row->second.empty() || row->second == words ||
              (narrowed && std::includes(row->second.begin(), row->second.end(), words.begin(), words.end()));
      expected += json(row->second).dump() + " ";
    }
    EXPECT_TRUE(found) << allowed << "\nis not " << expected;
  }

  const std::multimap<std::string, Words> tables_ = tables();
};

json schema_named(const std::string& name) {
  std::ifstream file(std::string(NATSCOPE_SCHEMAS) + "/" + name + ".schema.json");
  return json::parse(file);
}

TEST_F(SchemaWords, AreTheCodesOwn) {
  std::size_t schemas = 0;
  for (const auto& file : std::filesystem::directory_iterator(NATSCOPE_SCHEMAS)) {
    std::ifstream text(file.path());
    look_at(json::parse(text), "", file.path().filename());
    ++schemas;
  }
  EXPECT_GE(schemas, 10U);
  for (const char* key : {"class", "allocation", "outcome", "predicted", "step", "by", "act", "do", "verdict"}) {
    EXPECT_TRUE(seen_.count(key) == 1) << key;
  }
}

// A matrix holds whole probe reports, and its schema stands for itself.
TEST(ProbeReportsWithinAMatrix, HaveTheSchemaOfProbeReports) {
  const json matrix = schema_named("traversal-matrix-1");
  const json::json_pointer place("/properties/hosts/items/properties/probe");
  json report = schema_named("probe-report-1");
  report.at("properties").at("paths").at("items").at("$ref") = "#" + place.to_string();  // a whole report each
  for (const char* key : {"required", "properties"}) EXPECT_EQ(matrix.at(place).at(key), report.at(key)) << key;
  for (const auto& definition : report.at("definitions").items()) {
    EXPECT_EQ(matrix.at("definitions").at(definition.key()), definition.value()) << definition.key();
  }
}

}  // namespace schema_words_test
