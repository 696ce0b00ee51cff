// Full redaction: whatever names the hosts of a run, in every place a host or its user can put it, is in none of the
// forms a report leaves in: pages, JSON, CSV and the other texts, captures, exports of a history.

#include <fmt/core.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "reports/document_file.h"
#include "reports/matrix_json.h"
#include "reports/probe_capture.h"
#include "reports/probe_report_json.h"
#include "reports/redaction.h"
#include "tests/programs/program.h"
#include "tests/reports/samples.h"

namespace identifiers_test {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

// Names hold "miller", so that also a part of one is found; addresses are out of ranges that no pseudonym is out of.
const std::set<std::string> words = {
    "miller",        "kitchen",        "enxaabbccddeeff", "aa:bb:cc:dd:ee:ff", "xk29", "02-42-ac-11-00-02",
    "2a01:4f8:64::", "2a01:4f8:7:9::", "6d696c6c6572"};  // "miller" in FILL

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// A new address for each place, remembered.
class Addresses {
 public:
  net::Endpoint next() {
    const bool v4 = ++count_ % 2 == 0;
    const std::string address = v4 ? fmt::format("93.184.{}.{}", count_ / 500, 1 + count_ / 2 % 250)
                                   : fmt::format("2a01:4f8:7:9::{:x}", 0x1000 + count_);
    seen_.push_back(net::endpoint(v4 ? address + ":4711" : "[" + address + "]:4711"));
    return seen_.back();
  }
  [[nodiscard]] const std::vector<net::Endpoint>& seen() const { return seen_; }

 private:
  unsigned count_ = 0;
  std::vector<net::Endpoint> seen_;
};

std::string everything_in_words(Addresses& addresses) {
  return "enxaabbccddeeff (aa:bb:cc:dd:ee:ff, 02-42-AC-11-00-02) asked Probe.Miller.example and "
         "nasmiller at " +
         net::to_string(addresses.next()) + " from " + net::to_string(addresses.next().address) + "%enxaabbccddeeff.";
}

probe::Observation observation(Addresses& addresses) {
  probe::Observation seen = samples::every_field().observations.back();
  probe::Query& query = seen.query;
  query.to = query.expected_from = addresses.next();
  query.bound_to = addresses.next();
  query.fill = net::Bytes{'m', 'i', 'l', 'l', 'e', 'r'};
  query.gateway = gateway::Question{.act = gateway::Act::UpnpMap,
                                    .inside = addresses.next(),
                                    .path = "/uuid-xk29-aa:bb:cc:dd:ee:ff/miller.xml",
                                    .service = "urn:aa:bb:cc:dd:ee:ff"};
  query.assist = probe::AssistQuestion{.act = probe::AssistAct::Send, .target = addresses.next()};
  for (auto* place :
       {&seen.local, &seen.from, &seen.mapped, &seen.mapped_plain, &seen.response_origin, &seen.other_address}) {
    *place = addresses.next();
  }
  seen.icmp = probe::IcmpSeen{.type = 3, .code = 1, .from = addresses.next().address};
  seen.gateway = gateway::Answer{.external_address = addresses.next().address,
                                 .path = "/xk29/miller",
                                 .vendor = "ACME",
                                 .model = "Box at aa:bb:cc:dd:ee:ff"};
  seen.assist = probe::AssistAnswer{.asker = addresses.next(), .local = addresses.next(), .external = addresses.next()};
  seen.nat64 = *net::parse_nat64_prefix("2a01:4f8:64::/96");
  seen.error_code = 420;
  seen.note = everything_in_words(addresses) + "; error 420 Miller's server 4.2, in the kitchen";
  return seen;
}

probe::Report report(Addresses& addresses) {
  probe::Report out = samples::every_field();
  out.paths.clear();
  out.interface = "enxaabbccddeeff";
  out.observations = {observation(addresses), observation(addresses)};
  out.local = addresses.next();
  out.external = addresses.next();
  out.reflectors = {{.given = "Probe.Miller.example:3478",
                     .endpoint = addresses.next(),
                     .other_address = addresses.next(),
                     .note = everything_in_words(addresses)},
                    {.given = "nasmiller", .endpoint = addresses.next()}};
  out.labels = {{"vendor", "ACME"},    {"model", "Box"},        {"firmware", "1.2"},
                {"isp", "Miller Net"}, {"site", "the kitchen"}, {"note", "ask miller"}};
  out.verdict.mapping.why = out.verdict.filtering.why = everything_in_words(addresses) + " " + out.observations[0].note;
  out.verdict.mapping.evidence = out.verdict.filtering.evidence = {0, 1};
  out.verdict.findings = {
      {.name = "port-mapping",
       .finding = {.value = net::to_string(addresses.next().address), .why = everything_in_words(addresses)},
       .figures = {{"external", net::to_string(addresses.next())}}}};
  probe::Report other = out;
  other.interface = "wg-miller";
  out.paths = {other};
  return out;
}

reports::MatrixDocument matrix(Addresses& addresses) {
  auto out = samples::three_hosts();
  const std::map<std::string, std::string> names = {{"a", "alice.miller-2"}, {"b", "bob_miller"}, {"c", "<miller>"}};
  out.probes.clear();
  for (auto& host : out.matrix.hosts) {
    host.name = names.at(host.name);
    host.local = net::to_string(addresses.next());
    host.external = net::to_string(addresses.next());
    host.external_other = net::to_string(addresses.next());
    out.probes[host.name] = report(addresses);
  }
  for (auto& pair : out.matrix.pairs) {
    pair.a = names.at(pair.a);
    pair.b = names.at(pair.b);
    pair.strategy = "as bob_miller likes";
    pair.why = pair.a + " and <Miller>: " + everything_in_words(addresses);
    for (auto& attempt : pair.attempts) {
      attempt.strategy = "as bob_miller likes";
      attempt.why = pair.b + ": " + everything_in_words(addresses);
      attempt.timeline = {
          {.by = traversal::Witness::A, .event = {.step = traversal::Step::Heard, .where = addresses.next()}}};
    }
  }
  return out;
}

class FullRedaction : public testing::Test {
 protected:
  void SetUp() override {
    reports::write_document(directory_.path() / "miller.json", reports::to_json(report(addresses_)));
    reports::write_document(directory_.path() / "kitchen.json", reports::to_json(matrix(addresses_)));
    identifiers_ = words;
    for (const net::Endpoint& seen : addresses_.seen()) identifiers_.insert(net::to_string(seen.address));
  }

  std::string made_by(const programs::Argv& argv) const {
    const auto result = programs::run(argv, {.directory = directory_.path()});
    EXPECT_NE(result.exit_code, 2) << result.err;
    return result.out;
  }

  // In no case, and the same thing again is another one.
  void expect_none(const programs::Argv& argv) const {
    const std::string made = made_by(argv);
    EXPECT_NE(made_by(argv), made) << "a key of its own for each";
    const std::string text = lower(made);
    EXPECT_GT(text.size(), 100U);
    for (const std::string& identifier : identifiers_) {
      EXPECT_EQ(text.find(identifier), std::string::npos)
          << argv[1] << ": " << text.substr(std::min(text.size(), text.find(identifier)), 80);
    }
  }

  programs::TemporaryDirectory directory_;
  Addresses addresses_;
  std::set<std::string> identifiers_;
};

TEST_F(FullRedaction, WouldLeaveThemAllIn_WereItNotAskedFor) {
  made_by({"natreport", "history", "add", "miller.json", "kitchen.json", "--store", "sqlite:h"});
  const std::string text = lower(made_by({"natreport", "history", "export", "--store", "sqlite:h"}));
  for (const std::string& identifier : identifiers_) EXPECT_NE(text.find(identifier), std::string::npos) << identifier;
}

TEST_F(FullRedaction, LeavesNoneInAnyForm) {
  for (const std::string form : {"html", "text", "markdown", "junit", "csv", "merge"}) {
    expect_none({"natreport", form, "miller.json", "--redact", "full"});
    expect_none({"natreport", form, "kitchen.json", "--redact", "full"});
  }
  expect_none({"natreport", "text", "--verbose", "miller.json", "kitchen.json", "--redact", "full"});
  expect_none({"natreport", "html", "miller.json", "kitchen.json", "--redact", "full"});
  expect_none({"natprobe", "--replay", "miller.json", "--redact", "--json", "-"});
}

TEST_F(FullRedaction, LeavesNoneInWhatAHistoryExports) {
  made_by({"natreport", "history", "add", "miller.json", "kitchen.json", "--store", "sqlite:h"});
  expect_none({"natreport", "history", "export", "--store", "sqlite:h", "--redact", "full"});
  fs::create_directory(directory_.path() / "out");
  const auto ids = made_by({"natreport", "history", "list", "--quiet", "--store", "sqlite:h"});
  made_by({"natreport", "history", "export", "--store", "sqlite:h", "--redact", "full", "-o", "out"});
  std::size_t files = 0;
  for (const auto& file : fs::directory_iterator(directory_.path() / "out")) {
    ++files;
    EXPECT_THAT(ids, Not(HasSubstr(file.path().stem().string()))) << "an id is made from what was not redacted";
    const std::string text = reports::read_document(file.path());
    for (const std::string& identifier : identifiers_) EXPECT_THAT(lower(text), Not(HasSubstr(identifier)));
  }
  EXPECT_EQ(files, 2U);
}

TEST_F(FullRedaction, LeavesNoneInACapture) {
  const probe::Report seen = report(addresses_);
  const net::Endpoint mapped = net::endpoint("93.184.1.77:5000");
  // A success response that holds a mapped address, and SOFTWARE "miller's".
  const std::vector<probe::Packet> packets = {
      {.local = addresses_.next(),
       .remote = addresses_.next(),
       .payload = net::from_hex("0101 0018 2112a442 000102030405060708090a0b 0001 0008 0001 1388 5db8014d"
                                "8022 0008 6d696c6c65722773"),
       .observation = 0}};
  reports::Redaction redaction = reports::fresh_redaction();
  const probe::Report shown = redaction(seen);
  const reports::CapturedPath path{shown, redaction(packets)};
  const net::Bytes file = reports::capture_file(std::span(&path, 1));
  const auto holds = [&](net::BytesView part) {
    return std::search(file.begin(), file.end(), part.begin(), part.end()) != file.end();
  };
  EXPECT_TRUE(holds(net::as_bytes("filtering")));
  for (const std::string& word : words) EXPECT_THAT(lower(net::as_text(file)), Not(HasSubstr(word)));
  EXPECT_FALSE(holds(mapped.address.bytes()));
  for (const net::Endpoint& endpoint : addresses_.seen()) {
    EXPECT_FALSE(holds(endpoint.address.bytes())) << net::to_string(endpoint);
    EXPECT_FALSE(holds(net::as_bytes(net::to_string(endpoint.address)))) << net::to_string(endpoint);
  }
}

// What can be told of one report must still be told of what is left: who is who.
TEST_F(FullRedaction, LeavesEachHostItsOwnName) {
  const auto shown = reports::parse_matrix(made_by({"natreport", "merge", "kitchen.json", "--redact", "full"}));
  ASSERT_TRUE(shown) << shown.error();
  std::set<std::string> names;
  for (const auto& host : shown->matrix.hosts) names.insert(host.name);
  EXPECT_EQ(names.size(), 3U);
  for (const auto& pair : shown->matrix.pairs) EXPECT_TRUE(names.contains(pair.a) && names.contains(pair.b));
  EXPECT_EQ(shown->probes.begin()->second.labels.at("model"), "Box");
}

TEST_F(FullRedaction, IsOneOfThree) {
  EXPECT_THAT(made_by({"natreport", "text", "kitchen.json", "--redact", "none"}), HasSubstr("alice.miller-2"));
  const std::string prefix = made_by({"natreport", "csv", "kitchen.json", "--redact", "prefix"});
  EXPECT_THAT(prefix, testing::AllOf(HasSubstr("alice.miller-2"), HasSubstr("2a01:4f8:7::"), HasSubstr("93.184.0.0"),
                                     Not(HasSubstr("enxaabbccddeeff")), Not(HasSubstr("2a01:4f8:7:9::1"))));
  for (const std::string command : {"html", "text", "markdown", "csv", "junit", "merge"}) {
    const auto result =
        programs::run({"natreport", command, "kitchen.json", "--redact", "half"}, {.directory = directory_.path()});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.err, "natreport: --redact: 'half' is not none, prefix or full\n");
    EXPECT_EQ(result.out, "");
  }
}

}  // namespace identifiers_test
