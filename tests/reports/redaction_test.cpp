// Reports for other people's eyes: nothing that names a host is left, and the verdict stays.

#include "reports/redaction.h"

#include <gmock/gmock.h>

#include "net/address_scope.h"
#include "net/pcapng.h"
#include "reports/changes.h"
#include "reports/html_page.h"
#include "reports/matrix_text.h"
#include "reports/probe_capture.h"
#include "reports/probe_report_json.h"
#include "reports/probe_report_text.h"
#include "tests/reports/payloads.h"
#include "tests/reports/samples.h"

namespace redaction_test {

using reports::Redaction;
using testing::HasSubstr;
using testing::Not;

const net::Bytes key(16, 1);
const net::Bytes another_key(16, 2);

std::vector<const char*> of_every_scope() {
  return {"192.0.2.1",   "198.51.100.7", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.3.4", "169.254.7.7",
          "2001:db8::1", "fd12::1",      "fe80::1",  "240.0.0.1",  "224.0.0.5",   "ff02::1",    "64:ff9b::c000:201"};
}

TEST(Redaction, APseudonym_IsOfTheSameFamilyAndScope_AndTheSameAgain) {
  Redaction redaction(key);
  for (const char* text : of_every_scope()) {
    const net::IpAddress address = net::address(text);
    const net::IpAddress pseudonym = redaction(address);
    EXPECT_NE(pseudonym, address) << text;
    EXPECT_EQ(pseudonym.family(), address.family()) << text;
    EXPECT_EQ(net::scope(pseudonym), net::scope(address)) << text;
    EXPECT_EQ(redaction(address), pseudonym) << text;
    EXPECT_NE(Redaction(another_key)(address), pseudonym) << text;
  }
}

TEST(Redaction, DifferentAddresses_StayDifferent) {
  Redaction redaction(key);
  std::set<net::IpAddress> seen;
  for (unsigned i = 0; i < 2'000; ++i) {  // of 2^17: collisions are certain to be avoided, not just rare
    const auto address = net::IpAddress::v4({192, 0, static_cast<std::uint8_t>(i / 256), static_cast<std::uint8_t>(i)});
    EXPECT_TRUE(seen.insert(redaction(address)).second) << i;
  }
}

TEST(Redaction, WhatIsEverybodys_Stays) {
  Redaction redaction(key);
  for (const char* text : {"0.0.0.0", "::", "127.0.0.1", "::1"}) {
    EXPECT_EQ(redaction(net::address(text)), net::address(text));
  }
}

TEST(Redaction, ASynthesizedAddress_HoldsThePseudonymOfTheInnerOne) {
  Redaction redaction(key);
  const auto inner = redaction(net::address("192.0.2.1"));
  const auto outer = redaction(net::address("64:ff9b::192.0.2.1"));
  EXPECT_TRUE(std::ranges::equal(outer.bytes().subspan(12), inner.bytes()));
}

TEST(Redaction, FindsAddresses_WhereverTheyStandInAText) {
  const char* identifiers[] = {"203.0.113.7", "2001:db8::17", "fe80::1234:5678", "02:42:ac:11:00:02",
                               "aa-bb-cc-dd-ee-ff"};
  for (const char* before : {"", "from ", "x", "[", "addr=", "0:", "eth0:", "(", "1"}) {
    for (const char* after : {"", ":3478", ".", ":", "]:1", "/24", "%eth0", "-"}) {
      for (const std::string identifier : identifiers) {
        const std::string text = before + identifier + after;
        EXPECT_THAT(Redaction(key).text(text), Not(HasSubstr(identifier))) << text;
      }
    }
  }
}

TEST(Redaction, OrdinaryText_IsLeftAsItIs) {
  for (const char* text : {"", "ICMP type 3 code 1", "RFC 5780 section 4.3: no answer", "12:30:45", "1.2",
                           "the reflector's \xFF bytes", "a.b.c.d", "decade", "::"}) {
    EXPECT_EQ(Redaction(key).text(text), text);
  }
}

// Every identifier that samples::every_field() and what is added here hold.
probe::Report full_of_identifiers() {
  probe::Report report = samples::every_field();
  report.reflectors[0].given = "Probe.Example.net:3478";
  report.reflectors[0].note = "RESPONSE-ORIGIN says 203.0.113.77:3478";
  report.labels["note"] = "router of probe.example.net, MAC 02:42:ac:11:00:02, at 10.11.12.13";
  report.verdict.filtering.why = "partner address 10.11.12.13:3479 not usable";
  report.verdict.findings.push_back({.name = "gateway",
                                     .finding = {.value = std::string("10.11.12.13"), .why = "asked 10.11.12.13"},
                                     .figures = {{"outside", std::string("203.0.113.77")}, {"hops", 2.0}}});
  probe::Observation& seen = report.observations.back();
  seen.query.bound_to = net::endpoint("10.11.12.13:99");
  seen.query.fill = {10, 11, 12, 13};
  seen.arrival = stun::Arrival{.ttl = 3, .length = 4, .microseconds = 5, .fill_hash = 0xDEADBEEF};
  seen.icmp = probe::IcmpSeen{.type = 3, .code = 1, .from = net::address("203.0.113.77")};
  seen.note = "answered from 203.0.113.77:9";
  seen.query.assist = probe::AssistQuestion{.act = probe::AssistAct::Send, .target = net::endpoint("203.0.113.77:5")};
  seen.assist = probe::AssistAnswer{.asker = net::endpoint("10.11.12.13:1"),
                                    .local = net::endpoint("10.11.12.13:2"),
                                    .external = net::endpoint("203.0.113.77:3")};
  report.paths[0].labels["note"] = "at 10.11.12.13";
  return report;
}

std::set<std::string> identifiers_of(const probe::Report& report) {
  std::set<std::string> out{"10.11.12.13",       "203.0.113.77", "example.net",
                            "02:42:ac:11:00:02", "0a0b0c0d",     "3735928559"};
  for (const probe::Report* path : probe::paths_of(report)) {
    const auto add = [&](const std::optional<net::Endpoint>& endpoint) {
      if (endpoint) out.insert(net::to_string(endpoint->address));
    };
    add(path->local);
    add(path->external);
    for (const auto& reflector : path->reflectors) {
      add(reflector.endpoint);
      add(reflector.other_address);
    }
    for (const auto& seen : path->observations) {
      for (const auto& endpoint : {seen.local, seen.from, seen.mapped, seen.mapped_plain, seen.response_origin,
                                   seen.other_address, std::optional(seen.query.to)}) {
        add(endpoint);
      }
      if (seen.return_token) out.insert(net::to_hex(seen.return_token->bytes));
    }
  }
  return out;
}

TEST(Redaction, NothingThatNamesAHost_IsLeftInAnyForm) {
  const probe::Report report = full_of_identifiers();
  const probe::Report shown = Redaction(key)(report);
  for (const std::string& text :
       {reports::to_json(shown), reports::to_text(shown), reports::observations_text(shown), reports::to_html(shown)}) {
    for (const std::string& identifier : identifiers_of(report)) {
      EXPECT_THAT(text, Not(HasSubstr(identifier))) << identifier;
    }
    EXPECT_THAT(text, Not(HasSubstr("robe.Example"))) << "in whatever case";
  }
}

TEST(Redaction, TheVerdict_IsClassifiedAgainToTheSame) {
  for (const probe::Report& report : {samples::full_cone(), samples::port_restricted_cone(), samples::symmetric(),
                                      samples::open_internet(), samples::firewall(), samples::two_plain_servers()}) {
    const probe::Verdict before = probe::classify(report.observations);
    const probe::Verdict after = probe::classify(Redaction(key)(report).observations);
    EXPECT_EQ(after.nat_class, before.nat_class);
    EXPECT_EQ(after.mapping.value, before.mapping.value);
    EXPECT_EQ(after.filtering.value, before.filtering.value);
  }
}

// ---- matrices ------------------------------------------------------------------------------------------------------

reports::MatrixDocument office_and_home() {
  auto document = samples::three_hosts();
  const std::map<std::string, std::string> names = {{"a", "Office.example-2"}, {"b", "alice_home"}, {"c", "phone"}};
  for (auto& host : document.matrix.hosts) host.name = names.at(host.name);
  for (auto& pair : document.matrix.pairs) {
    pair.a = names.at(pair.a);
    pair.b = names.at(pair.b);
    pair.why = "no check of " + pair.a + " reached " + pair.b + ".";
    for (auto& attempt : pair.attempts) attempt.why = pair.b + ": stopped by 10.11.12.13";
  }
  document.probes = {{"Office.example-2", full_of_identifiers()}, {"phone", samples::symmetric()}};
  return document;
}

TEST(Redaction, NothingThatNamesAHost_IsLeftOfAMatrix) {
  const auto document = office_and_home();
  const auto shown = Redaction(key)(document);
  auto identifiers = identifiers_of(document.probes.at("Office.example-2"));
  identifiers.merge(identifiers_of(document.probes.at("phone")));
  identifiers.insert({"Office", "alice", "phone"});
  for (const std::string& text : {to_json(shown), to_text(shown), reports::to_html(shown)}) {
    for (const std::string& identifier : identifiers) EXPECT_THAT(text, Not(HasSubstr(identifier))) << identifier;
  }
}

TEST(Redaction, AHost_HasOneNameInAReport_AndAnotherInTheNext) {
  const auto shown = Redaction(key)(office_and_home());
  const auto& [hosts, pairs, started, duration] = shown.matrix;
  EXPECT_EQ(pairs[0].a, hosts[0].name);
  EXPECT_EQ(pairs[0].b, hosts[1].name);
  EXPECT_THAT(pairs[0].why, testing::Eq("no check of " + hosts[0].name + " reached " + hosts[1].name + "."));
  EXPECT_TRUE(shown.probes.contains(hosts[0].name));
  EXPECT_NE(Redaction(another_key)(office_and_home()).matrix.hosts[0].name, hosts[0].name);
  EXPECT_TRUE(reports::parse_matrix(to_json(shown))) << "names are still told apart";
}

TEST(Redaction, AHostCalledLikeAWord_TakesNothingOutOfWords) {
  auto document = samples::three_hosts();  // a, b and c
  EXPECT_EQ(Redaction(key)(document).matrix.pairs[0].strategy, "simultaneous-open");
}

// A server may call itself, and say, what it likes: nothing else is taken out of texts for it.
TEST(Redaction, ReasonPhrasesAndUnqualifiedNames_TakeNothingOutOfWords) {
  probe::Report report = samples::full_cone();
  report.reflectors[0].given = "nat";
  report.observations[0].error_code = 420;
  report.observations[0].note = "error 420 e";
  report.verdict.filtering.why = "nat is no signature: error 420 e";
  const auto shown = Redaction(key)(report);
  EXPECT_EQ(shown.observations[0].note, "error 420");
  EXPECT_THAT(shown.verdict.filtering.why, testing::MatchesRegex("host-[0-9a-f]+ is no signature: error 420"));
}

TEST(Redaction, OfSeveralDocuments_NoNameOfOneIsLeftInAnother) {
  probe::Report report = samples::full_cone();
  report.labels["firmware"] = "of alice_home";
  const auto shown = Redaction(key)(std::vector<reports::NamedDocument>{{"me.json", report}, {"b", office_and_home()}});
  EXPECT_EQ(shown[0].name, "document 1");
  EXPECT_THAT(to_json(shown[0].document), Not(HasSubstr("alice")));
}

TEST(Redaction, OfADossier_TakesOutAddresses) {
  reports::Dossier dossier{{{.key = {.vendor = "ACME", .model = "at 10.11.12.13"},
                             .findings = {{.name = "gateway", .words = {{"10.11.12.13", 2}, {"none", 1}}}}}}};
  const auto shown = Redaction(key)(dossier);
  EXPECT_THAT(to_json(reports::Document(shown)), Not(HasSubstr("10.11.12.13")));
  EXPECT_EQ(shown.models[0].findings[0].known(), 3U);
}

TEST(Redaction, HostsOfAnyName_AreReplacedAndToldApart) {
  for (const std::string_view payload : payloads::injections) {
    auto document = samples::three_hosts();
    const std::string name(payload);
    document.probes.clear();
    document.matrix.hosts[0].name = name;
    for (auto& pair : document.matrix.pairs) {
      if (pair.a == "a") pair.a = name;
      pair.why = "no check of " + name + " came";
    }
    const std::string shown = to_json(Redaction(key)(document));
    EXPECT_TRUE(reports::parse_matrix(shown)) << name;
    if (name.size() < 4) continue;
    EXPECT_THAT(Redaction(key)(document).matrix.pairs[0].why, Not(HasSubstr(name)));
  }
}

TEST(Redaction, ToThePrefix_KeepsNetworksAndNames) {
  Redaction redaction(key, reports::RedactionDepth::Prefix);
  EXPECT_EQ(redaction.text("198.51.100.77:5 of 2001:db8:1:2::3, 02:42:ac:11:00:02"),
            "198.51.100.0:5 of 2001:db8:1::, 02:42:ac:00:00:00");
  const auto shown = Redaction(key, reports::RedactionDepth::Prefix)(office_and_home());
  EXPECT_EQ(shown.matrix.hosts[1].name, "alice_home");
  EXPECT_THAT(to_json(shown), Not(HasSubstr("10.11.12.13")));
}

// A host of both families is seen twice.
TEST(Redaction, WhatTheOtherFamilyWasSeenAs_IsRedactedToo) {
  auto document = samples::three_hosts();
  document.matrix.hosts[0].external_other = "[2001:db8:1:2::77]:4711";
  ASSERT_THAT(to_json(document), HasSubstr("[2001:db8:1:2::77]:4711"));
  Redaction prefix(key, reports::RedactionDepth::Prefix);
  EXPECT_EQ(prefix(document).matrix.hosts[0].external_other, "[2001:db8:1::]:4711");

  Redaction full(key);
  const auto shown = full(document);
  EXPECT_EQ(shown.matrix.hosts[0].external_other, net::to_string(full(net::endpoint("[2001:db8:1:2::77]:4711"))));
  EXPECT_THAT(to_json(shown), Not(HasSubstr("2001:db8:1:2::77")));
  EXPECT_TRUE(shown.matrix.hosts[1].external_other.empty());
}

// ---- captures ------------------------------------------------------------------------------------------------------

std::vector<probe::Packet> one_answer() {
  // A success response with one attribute that holds 203.0.113.77.
  return {{.local = net::endpoint("10.11.12.13:5000"),
           .remote = net::endpoint("203.0.113.77:3478"),
           .payload = net::from_hex("0101 000c 2112a442 000102030405060708090a0b 0001 0008 0001 1388 cb00714d"),
           .observation = 0}};
}

bool holds(net::BytesView bytes, net::BytesView part) {
  return std::search(bytes.begin(), bytes.end(), part.begin(), part.end()) != bytes.end();
}

TEST(ProbeCapture, HasAnInterfaceAPath_AndACommentAPacket) {
  const probe::Report report = samples::full_cone();
  const reports::CapturedPath path{report, one_answer(), 3};
  const net::Bytes file = reports::capture_file(std::span(&path, 1));
  const std::string text(net::as_text(file));
  EXPECT_THAT(text, HasSubstr("IPv4"));
  EXPECT_THAT(text, HasSubstr("#0 connectivity: asked "));
  EXPECT_THAT(text, HasSubstr("3 packets were too many to keep"));
  EXPECT_TRUE(holds(file, one_answer()[0].payload));
}

TEST(ProbeCapture, Redacted_KeepsSizesAndTypesOnly) {
  Redaction redaction(key);
  const probe::Report report = redaction(samples::full_cone());
  const auto packets = redaction(one_answer());
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(packets[0].payload,
            net::from_hex("0101 000c 2112a442 000102030405060708090a0b 0001 0008 0000 0000 00000000"));
  const reports::CapturedPath path{report, packets};
  const net::Bytes file = reports::capture_file(std::span(&path, 1));
  for (const char* identifier : {"203.0.113.77", "10.11.12.13"}) {
    EXPECT_FALSE(holds(file, net::address(identifier).bytes())) << identifier;
    EXPECT_FALSE(holds(file, net::as_bytes(identifier))) << identifier;
  }
}

TEST(ProbeCapture, WhatIsNoStun_IsBlankedWhole) {
  auto packets = one_answer();
  packets[0].payload = net::from_hex("ff00112233445566778899aabbccddeeff");
  EXPECT_EQ(Redaction(key)(packets)[0].payload, net::Bytes(17, 0));
  packets[0].payload =
      net::from_hex("0101 ffff 2112a442 000102030405060708090a0b 0001 ffff 01");  // says more than it is
  const auto shown = Redaction(key)(packets)[0].payload;
  EXPECT_EQ(shown.size(), 25U);
  EXPECT_EQ(shown.back(), 0);
}

// ---- changes -------------------------------------------------------------------------------------------------------

TEST(Changes, TheSameAnswer_IsNone_WhateverThePort) {
  probe::Report again = samples::full_cone();
  again.external->port = 1;
  again.duration *= 2;
  EXPECT_THAT(reports::changes(samples::full_cone(), again), testing::IsEmpty());
}

TEST(Changes, EachDifference_IsALine) {
  const auto lines = reports::changes(samples::full_cone(), samples::symmetric());
  EXPECT_THAT(lines, testing::Contains("NAT type: Cone -> Symmetric"));
  EXPECT_THAT(lines, testing::Contains("mapping: endpoint-independent -> address-and-port-dependent"));
  probe::Report gone = samples::full_cone();
  gone.external.reset();
  gone.verdict.mapping.value.reset();
  gone.reflectors[0].answered = false;
  const auto losses = reports::changes(samples::full_cone(), gone);
  EXPECT_THAT(losses, testing::Contains("mapping: endpoint-independent -> unknown"));
  EXPECT_THAT(losses, testing::Contains(testing::EndsWith("answers -> does not answer")));
  EXPECT_THAT(losses, testing::Contains(testing::EndsWith(" -> nothing")));
}

TEST(Changes, AFindingThatComesOrGoes_IsOne) {
  probe::Report with = samples::full_cone();
  with.verdict.findings.push_back({.name = "hairpin", .finding = {.value = std::string("works")}});
  EXPECT_THAT(reports::changes(samples::full_cone(), with), testing::ElementsAre("hairpin: unknown -> works"));
  EXPECT_THAT(reports::changes(with, samples::full_cone()), testing::ElementsAre("hairpin: works -> unknown"));
}

}  // namespace redaction_test
