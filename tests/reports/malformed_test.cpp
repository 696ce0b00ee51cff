// Hostile and damaged JSON: refused with one line that names the place, never a crash, never half a document.

#include <gmock/gmock.h>

#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>

#include "reports/document.h"
#include "reports/json_reader.h"
#include "reports/probe_report_json.h"
#include "tests/reports/samples.h"

namespace malformed_test {

using nlohmann::ordered_json;
using testing::HasSubstr;

struct TextCase {
  std::string name;
  std::string text;
  std::string says;
};

class MalformedText : public testing::TestWithParam<TextCase> {};

TEST_P(MalformedText, IsRefused_WithTheReason) {
  const auto parsed = reports::parse_document(GetParam().text);
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error(), HasSubstr(GetParam().says));
  EXPECT_EQ(parsed.error().find('\n'), std::string::npos);
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

INSTANTIATE_TEST_SUITE_P(
    Texts, MalformedText,
    testing::Values(TextCase{"Empty", "", "line 1: not JSON"}, TextCase{"Blank", " \n", "line 2: not JSON"},
                    TextCase{"Word", "hello", "line 1: not JSON"},
                    TextCase{"Cut", R"({"schema": "natscope/pro)", "line 1: not JSON"},
                    TextCase{"TrailingGarbage", "{} x", "line 1: not JSON"},
                    TextCase{"NotAnObject", "[]", "expected an object"}, TextCase{"Null", "null", "expected an object"},
                    TextCase{"NoSchema", "{}", "\"schema\" is missing"},
                    TextCase{"SchemaNotText", R"({"schema": 1})", "schema: expected text"},
                    TextCase{"ForeignSchema", R"({"schema": "other/1"})", "schema: expected"},
                    TextCase{"DuplicateKey", R"({"schema": "a", "schema": "b"})", "\"schema\" occurs twice"},
                    TextCase{"DuplicateKeyDeep", R"({"x": [{"k": 1, "k": 2}]})", "\"k\" occurs twice"},
                    TextCase{"DuplicateKeyEscaped", R"({"ab": 1, "a\u0062": 2})", "\"ab\" occurs twice"},
                    TextCase{"BadUtf8", "{\"schema\": \"\xC3\x28\"}", "line 1: not JSON"},
                    TextCase{"LoneSurrogate", R"({"schema": "\uD800"})", "line 1: not JSON"},
                    TextCase{"NumberOutOfRange", R"({"schema": 1e999})", "a number is too large"},
                    TextCase{"Comment", "/* */ {}", "line 1: not JSON"},
                    TextCase{"NotANumber", R"({"schema": NaN})", "line 1: not JSON"},
                    TextCase{"TooDeep", nested(33), "nested deeper than 32"},
                    TextCase{"FarTooDeep", nested(1'000'000), "nested deeper than 32"},
                    TextCase{"DeepObjects",
                             [] {
                               std::string text;
                               for (int i = 0; i < 40; ++i) text += R"({"a":)";
                               return text;
                             }(),
                             "nested deeper than 32"}),
    [](const auto& each) { return each.param.name; });

TEST(MalformedText, DeepestAllowedNesting_IsNotTheComplaint) {
  EXPECT_THAT(reports::parse_document(nested(32)).error(), HasSubstr("expected an object"));
}

TEST(MalformedText, ControlCharactersInTheComplaint_AreShownAsEscapes) {
  const auto error = reports::parse_document("{\"\\u001b[31mred\": 1, \"\\u001b[31mred\": 2}").error();
  EXPECT_THAT(error, HasSubstr("\\x1B[31mred"));
  EXPECT_EQ(error.find('\x1B'), std::string::npos);
}

struct Change {
  std::string name;
  std::function<void(ordered_json&)> damage;
  std::string says;  // the place first
};

class DamagedReport : public testing::TestWithParam<Change> {};

TEST_P(DamagedReport, IsRefused_NamingThePlace) {
  auto json = ordered_json::parse(reports::to_json(samples::every_field()));
  GetParam().damage(json);
  const auto parsed = reports::parse_probe_report(json.dump());
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error(), HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Reports, DamagedReport,
    testing::Values(
        Change{"Outcome", [](auto& j) { j["observations"][3]["outcome"] = "answerd"; },
               "observations[3].outcome: no such word: \"answerd\""},
        Change{"Transport", [](auto& j) { j["observations"][0]["transport"] = "sctp"; }, "observations[0].transport"},
        Change{"Endpoint", [](auto& j) { j["observations"][0]["to"] = "1.2.3.4.5:6"; }, "observations[0].to"},
        Change{"MappedPort", [](auto& j) { j["observations"][0]["mapped"] = "1.2.3.4:65536"; },
               "observations[0].mapped"},
        Change{"MappedNumber", [](auto& j) { j["observations"][0]["mapped"] = 4; },
               "observations[0].mapped: expected text"},
        Change{"MissingTo", [](auto& j) { j["observations"][0].erase("to"); },
               "observations[0]: key \"to\" is missing"},
        Change{"NegativeTime", [](auto& j) { j["observations"][0]["sent_at_ms"] = -1; },
               "sent_at_ms: expected a number from 0"},
        Change{"TimeAsText", [](auto& j) { j["observations"][0]["sent_at_ms"] = "1"; },
               "sent_at_ms: expected a number"},
        Change{"HugeTime", [](auto& j) { j["observations"][0]["sent_at_ms"] = 1e300; }, "sent_at_ms"},
        Change{"NegativeCount", [](auto& j) { j["observations"][0]["requests"] = -1; },
               "requests: expected a whole number"},
        Change{"FractionalCount", [](auto& j) { j["observations"][0]["requests"] = 1.5; },
               "requests: expected a whole number"},
        Change{"SocketTooLarge", [](auto& j) { j["observations"][0]["socket"] = 4294967296; },
               "observations[0].socket"},
        Change{"ErrorCodeTooLarge", [](auto& j) { j["observations"][0]["error_code"] = 65536; }, "error_code"},
        Change{"ChangeAsBool", [](auto& j) { j["observations"][0]["change"] = true; }, "change: expected an object"},
        Change{"ChangePortAsNumber", [](auto& j) { j["observations"][11]["change"]["port"] = 1; },
               "change.port: expected true or false"},
        Change{"TokenShort", [](auto& j) { j["observations"][0]["return_token"] = "00"; }, "return_token"},
        Change{"TokenNotHex", [](auto& j) { j["observations"][0]["return_token"] = "00000000000000zz"; },
               "return_token"},
        Change{"Class", [](auto& j) { j["verdict"]["class"] = "conic"; }, "verdict.class: no such word"},
        Change{"Mapping", [](auto& j) { j["verdict"]["mapping"]["value"] = "unknown"; },
               "verdict.mapping.value: no such word"},
        Change{"NoneIsNoFiltering", [](auto& j) { j["verdict"]["filtering"]["value"] = "none"; },
               "verdict.filtering.value"},
        Change{"ConfidenceAboveOne", [](auto& j) { j["verdict"]["mapping"]["confidence"] = 1.5; },
               "verdict.mapping.confidence"},
        Change{"EvidenceOutside",
               [](auto& j) {
                 j["verdict"]["mapping"]["evidence"] = {0, 99};
               },
               "verdict.mapping.evidence[1]: points outside the observations"},
        Change{"EvidenceNegative", [](auto& j) { j["verdict"]["mapping"]["evidence"] = {-1}; },
               "verdict.mapping.evidence[0]"},
        Change{"VerdictMissing", [](auto& j) { j.erase("verdict"); }, "key \"verdict\" is missing"},
        Change{"ObservationsAsObject", [](auto& j) { j["observations"] = ordered_json::object(); },
               "observations: expected an array"},
        Change{"ObservationAsNumber", [](auto& j) { j["observations"][2] = 7; }, "observations[2]: expected an object"},
        Change{"LabelAsNumber", [](auto& j) { j["labels"]["vendor"] = 7; }, "labels.vendor: expected text"},
        Change{"Time", [](auto& j) { j["started_at"] = "yesterday"; }, "started_at: expected a time"},
        Change{"TimeOfNoDay", [](auto& j) { j["started_at"] = "2026-02-30T10:00:00Z"; }, "started_at"},
        Change{"TimeOfNoHour", [](auto& j) { j["started_at"] = "2026-02-20T24:00:00Z"; }, "started_at"},
        Change{"TimeWithOffset", [](auto& j) { j["started_at"] = "2026-02-20T10:00:00+01:00"; }, "started_at"},
        Change{"ReflectorAnswered", [](auto& j) { j["reflectors"][0]["answered"] = "yes"; }, "reflectors[0].answered"}),
    [](const auto& each) { return each.param.name; });

class DamagedMatrix : public testing::TestWithParam<Change> {};

TEST_P(DamagedMatrix, IsRefused_NamingThePlace) {
  auto json = ordered_json::parse(reports::to_json(samples::three_hosts()));
  GetParam().damage(json);
  const auto parsed = reports::parse_matrix(json.dump());
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error(), HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Matrices, DamagedMatrix,
    testing::Values(
        Change{"TwoHostsOfOneName", [](auto& j) { j["hosts"][1]["name"] = "a"; },
               "hosts[1]: a host of this name came before"},
        Change{"UnknownHost", [](auto& j) { j["pairs"][1]["b"] = "z"; }, "pairs[1].b: no such host"},
        Change{"HostWithItself", [](auto& j) { j["pairs"][0]["b"] = "a"; }, "pairs[0]: a host paired with itself"},
        Change{"PairTwice",
               [](auto& j) {
                 j["pairs"][1]["a"] = "b";
                 j["pairs"][1]["b"] = "a";
               },
               "pairs[1]: this pair came before"},
        Change{"MoreSuccessesThanTrials", [](auto& j) { j["pairs"][0]["successes"] = 4; },
               "pairs[0]: more successes than trials"},
        Change{"Outcome", [](auto& j) { j["pairs"][0]["outcome"] = "won"; }, "pairs[0].outcome: no such word: \"won\""},
        Change{"Prediction", [](auto& j) { j["pairs"][0]["predicted"] = "sure"; }, "pairs[0].predicted"},
        Change{"Direction", [](auto& j) { j["pairs"][0]["direction"] = "up"; }, "pairs[0].direction"},
        Change{"ConnectIncomplete", [](auto& j) { j["pairs"][0]["connect_ms"].erase("median"); },
               "pairs[0].connect_ms: key \"median\""},
        Change{"AttemptOutcome", [](auto& j) { j["pairs"][0]["attempts"][2]["outcome"] = ""; },
               "pairs[0].attempts[2].outcome"},
        Change{"ProbeInside", [](auto& j) { j["hosts"][2]["probe"]["verdict"]["class"] = 1; },
               "hosts[2].probe.verdict.class: expected text"},
        Change{"ProbeSchema", [](auto& j) { j["hosts"][2]["probe"]["schema"] = "x"; },
               "hosts[2].probe.schema: expected"},
        Change{"Behavior", [](auto& j) { j["hosts"][0]["behavior"]["mapping"] = "conic"; },
               "hosts[0].behavior.mapping"}),
    [](const auto& each) { return each.param.name; });

TEST(MalformedReport, CutAnywhere_IsRefused) {
  const std::string text = reports::to_json(samples::udp_blocked());
  for (std::size_t size = 0; size + 2 < text.size(); size += 7) {
    EXPECT_FALSE(reports::parse_probe_report(std::string_view(text).substr(0, size))) << size;
  }
}

TEST(MalformedReport, OneByteChanged_NeverCrashes) {
  const std::string text = reports::to_json(samples::udp_blocked());
  for (std::size_t i = 0; i < text.size(); i += 3) {
    for (const char c : {'\0', '"', '}', '9', '\xFF'}) {
      std::string changed = text;
      changed[i] = c;
      const auto parsed = reports::parse_probe_report(changed);
      EXPECT_TRUE(parsed || !parsed.error().empty());
    }
  }
}

TEST(MalformedReport, ManyKeysInOneObject_TakeNoQuadraticTime) {
  std::string text = "{";
  for (int i = 0; i < 200'000; ++i) text += "\"k" + std::to_string(i) + "\":0,";
  text.back() = '}';
  const auto started = std::chrono::steady_clock::now();
  EXPECT_FALSE(reports::parse_document(text));
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(10));  // quadratic: minutes
}

}  // namespace malformed_test
