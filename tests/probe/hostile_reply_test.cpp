// Class R: replies that must not mislead the probe, through the agent, and what the reader is told of them.

#include <fmt/core.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <set>

#include "probe/assist_message.h"
#include "probe/response.h"
#include "stun/behavior_attributes.h"
#include "stun/error_attributes.h"
#include "stun/message_builder.h"
#include "tests/probe/stage.h"
#include "tests/stun/hostile_replies.h"

namespace hostile_reply_test {

using namespace stage;
using testing::HasSubstr;
using testing::StartsWith;

const net::Endpoint third_host = net::endpoint("198.51.100.99:3478");

// The first two requests of every transaction draw the hostile reply, later ones the truth.
Answer hostile_at_first(const hostile::HostileReply& row) {
  return [&row](const Heard& heard) {
    std::vector<Reply> out;
    if (heard.earlier >= 2) return honest(heard);
    const hostile::Asked asked{.request = heard.request,
                               .id = id_of(heard),
                               .client = heard.client,
                               .reflector = heard.to,
                               .third_host = third_host,
                               .attempt = heard.earlier};
    for (auto& [from, payload] : row.build(asked)) out.push_back({from, payload});
    return out;
  };
}

const hostile::HostileReply& row_of(std::string_view id) {
  const auto& rows = hostile::hostile_replies();
  return *std::find_if(rows.begin(), rows.end(), [&](const hostile::HostileReply& row) { return row.id == id; });
}

// Of R24 see Response.AfterTheEnd_IsCountedLate.
constexpr std::array<std::string_view, 3> with_tests_of_their_own = {"R24", "R25", "R34 absent"};

bool has_its_own_test(const hostile::HostileReply& row) {
  return std::any_of(with_tests_of_their_own.begin(), with_tests_of_their_own.end(),
                     [&](std::string_view id) { return row.id.starts_with(id); });
}

// A partner is judged in the family of the reflector that names it: IPv6 ones are named by one of IPv6.
net::Endpoint reflector_for(const hostile::HostileReply& row) {
  return row.id.starts_with("R19 [") ? net::endpoint("[2001:db8::1]:3478") : a;
}

std::string not_usable(std::string_view partner, std::string_view reason) {
  return fmt::format("partner address {} not usable: {}", partner, reason);
}

struct Told {
  std::string_view rows;  // how their ids begin
  std::string note;
};

constexpr const char* no_code = "error response without a valid ERROR-CODE";
const std::string cut_phrase = "error 400 " + std::string(127, 'a');

// Of the rows that are not here the reader is told nothing: they were ignored, or there was nothing wrong with them.
const std::vector<Told> told = {
    {"R06 family", "no mapped address"},
    {"R07", "address rewritten on the path"},
    {"R08", "unprotected: MAPPED-ADDRESS alone"},
    {"R09", "no mapped address"},
    {"R11", "it holds a required attribute we do not know"},
    {"R12", no_code},
    {"R13", no_code},
    {"R14 fffffc00", "error 400"},
    {"R14", no_code},
    {"R15 0 bytes", "error 400"},
    {"R15 763 bytes", cut_phrase},
    {"R15 764 bytes", cut_phrase},
    {"R15 ESC", R"(error 400 \u{001b}[2J\u{001b}]0;owned\u{0007})"},
    {"R15 CR LF", R"(error 400 one\u{000d}\u{000a}two)"},
    {"R15 NUL", R"(error 400 a\u{0000}b)"},
    {"R15 wrong UTF-8", R"(error 400 \xff\xfe\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80)"},
    {"R15 RTL marks", R"(error 400 \u{202e}gnp.exe\u{2066}\u{200f})"},
    {"R16", "error 300"},
    {"R17", "error 420; option not supported; its list of unknown attributes is damaged"},
    {"R18", "error 420; odd: it names attributes that were never sent"},
    {"R19 0.0.0.0", not_usable("0.0.0.0:3479", "unspecified address")},
    {"R19 127.0.0.1", not_usable("127.0.0.1:3479", "loopback address")},
    {"R19 169.254.1.1", not_usable("169.254.1.1:3479", "link-local address")},
    {"R19 10.0.0.1", not_usable("10.0.0.1:3479", "private address")},
    {"R19 224.0.0.1", not_usable("224.0.0.1:3479", "multicast address")},
    {"R19 255.255.255.255", not_usable("255.255.255.255:3479", "broadcast address")},
    {"R19 [::]", not_usable("[::]:3479", "unspecified address")},
    {"R19 [::1]", not_usable("[::1]:3479", "loopback address")},
    {"R19 [fe80::1]", not_usable("[fe80::1]:3479", "link-local address")},
    {"R19 [ff02::1]", not_usable("[ff02::1]:3479", "multicast address")},
    {"R19 [::ffff:127.0.0.1]", not_usable("[::ffff:127.0.0.1]:3479", "loopback address")},
    {"R19 [64:ff9b::7f00:1]", not_usable("[64:ff9b::7f00:1]:3479", "loopback address")},
    {"R19 198.51.100.2:0", not_usable("198.51.100.2:0", "its port is not another one")},
    {"R19 own address", not_usable("203.0.113.7:40000", "it is our own address")},
    {"R19 same as primary", not_usable("198.51.100.1:3478", "it is the reflector's own address")},
    {"R19 same port as primary", not_usable("198.51.100.2:3478", "its port is not another one")},
    {"R20 20 OTHER-ADDRESS", not_usable("198.51.100.1:3479", "it is the reflector's own address")},
    {"R21", not_usable("[2001:db8::2]:3479", "another address family")},
    {"R22", "RESPONSE-ORIGIN says 198.51.100.99:1"},
    {"R26 401", "error 401"},
    {"R26 438", "error 438"},
    {"R27", "error 401"},
    {"R28 port", "implausible mapped address 203.0.113.7:0"},
    {"R28 address", "implausible mapped address 0.0.0.0:1024"},
};

std::string note_told_of(const hostile::HostileReply& row) {
  const auto found =
      std::find_if(told.begin(), told.end(), [&](const Told& one) { return row.id.starts_with(one.rows); });
  return found == told.end() ? std::string() : found->note;
}

TEST(HostileReply, OfClassR_DrawsItsReaction_AndReachesNobodyElse) {
  std::set<std::string> played;
  for (const hostile::HostileReply& row : hostile::hostile_replies()) {
    if (has_its_own_test(row)) continue;
    SCOPED_TRACE(row.id + ": " + row.note);
    played.insert(row.id.substr(0, 3));
    const net::Endpoint reflector = reflector_for(row);
    Stage stage(hostile_at_first(row));
    const probe::Report report = stage.run(config_for({reflector}));
    const probe::Observation& first = report.observations.front();
    EXPECT_EQ(first.note, note_told_of(row));
    EXPECT_THAT(report.reflectors.front().note, StartsWith(first.note)) << "in the report too";
    EXPECT_EQ(stage.heard_at(third_host.address), 0U);
    switch (row.reaction) {
      case hostile::Reaction::Ignored:
        EXPECT_EQ(first.outcome, probe::Outcome::Answered) << "it kept waiting for the truth";
        EXPECT_EQ(first.requests, 3U) << "and kept its schedule";
        EXPECT_GE(first.ignored + report.strays, 2U) << "and counted";
        EXPECT_EQ(first.mapped, first.local);
        break;
      case hostile::Reaction::Failed:
        EXPECT_TRUE(first.outcome == probe::Outcome::Refused || first.outcome == probe::Outcome::Unusable);
        EXPECT_FALSE(first.mapped);
        EXPECT_EQ(stage.heard.size(), 1U) << "a failed transaction is not tried again";
        break;
      case hostile::Reaction::Used:
        EXPECT_EQ(first.outcome, probe::Outcome::Answered);
        EXPECT_EQ(first.mapped ? first.mapped : first.mapped_plain, first.local);
        EXPECT_EQ(stage.heard_at(reflector.address), stage.heard.size()) << "nobody else was contacted";
        break;
      case hostile::Reaction::Shown:
        EXPECT_TRUE(first.mapped && first.mapped != first.local);
        EXPECT_EQ(report.verdict.nat_class, net::NatClass::Unknown);
        EXPECT_FALSE(report.verdict.mapping.why.empty());
        break;
    }
  }
  EXPECT_EQ(played.size(), 32U) << "R01 to R34 without R24 and R25";
}

// By a reflector beside an honest one.
TEST(HostileReply, WhatIsWrong_IsAFindingToo) {
  const struct {
    std::string_view rows;
    std::string_view finding;
    std::string figure;
  } cases[] = {
      {"R07", "payload-rewriting", "mapped_address"},   {"R09", "reflectors", "useless_answer"},
      {"R11", "reflectors", "useless_answer"},          {"R12", "reflectors", "refused_a_plain_request"},
      {"R18", "reflectors", "refused_a_plain_request"}, {"R19", "reflectors", "partner_not_usable"},
      {"R22", "reflectors", "another_origin"},
  };
  for (const hostile::HostileReply& row : hostile::hostile_replies()) {
    for (const auto& expected : cases) {
      if (!row.id.starts_with(expected.rows)) continue;
      const Answer wrong = hostile_at_first(row);
      Stage stage([&](const Heard& heard) { return heard.to == b ? honest(heard) : wrong(heard); });
      const probe::Report report = stage.run(config_for({reflector_for(row), b}));
      const probe::NamedFinding* found = report.verdict.find(expected.finding);
      ASSERT_NE(found, nullptr) << row.id;
      EXPECT_TRUE(found->figures.contains(expected.figure)) << row.id;
    }
  }
}

// R08.
TEST(HostileReply, UnprotectedAddressesAlone_ProveNothing) {
  Stage stage(hostile_at_first(row_of("R08")));
  const probe::Verdict verdict = stage.run(config_for({a, b})).verdict;
  EXPECT_FALSE(verdict.mapping.value);
  EXPECT_THAT(verdict.mapping.why, HasSubstr("MAPPED-ADDRESS alone"));
}

TEST(HostileReply, TheSameReplyAThousandTimes_CountsOnce) {
  Stage stage([](const Heard& heard) { return std::vector<Reply>(1000, honest(heard).front()); });
  const probe::Report report = stage.run(config_for({a, b}));
  EXPECT_EQ(report.verdict.nat_class, net::NatClass::NoNat);
  EXPECT_EQ(report.observations.front().duplicates, 999U);
}

// R25.
TEST(HostileReply, AChangeThatIsNotDone_ProvesNothing) {
  const struct {
    std::string_view id;
    std::string why;
  } rows[] = {
      {"R25 success", "answered from 198.51.100.1:3478"},
      {"R25 error", "error 420; option not supported"},
  };
  for (const auto& row : rows) {
    const Answer not_doing_it = hostile_at_first(row_of(row.id));
    Stage stage([&](const Heard& heard) {
      const auto change = change_in(heard);
      return change && change->any() ? not_doing_it(heard) : honest(heard);
    });
    const probe::Verdict verdict = stage.run(config_for({a, b})).verdict;
    EXPECT_EQ(verdict.mapping.value, net::MappingBehavior::None) << row.id;
    EXPECT_FALSE(verdict.filtering.value) << row.id;
    EXPECT_EQ(verdict.filtering.why, "the reflector did not do what it was asked: " + row.why);
  }
}

// R18, of a request that held options.
TEST(HostileReply, OptionsThatWereSent_AreNotOdd) {
  const probe::Query query{
      .to = a, .change = stun::ChangeRequest{}, .expected_from = a, .response_port = 5000, .padding = 0};
  const probe::Query without{.to = a, .expected_from = a};
  const struct {
    std::vector<std::uint16_t> listed;
    const char* note;
  } cases[] = {
      {{0x0003}, "error 420; option not supported"},
      {{0x0027, 0x0026}, "error 420; option not supported"},
      {{0x0003, 0x7FFE}, "error 420; odd: it names attributes that were never sent"},
  };
  const auto note_of = [](const probe::Query& asked, const std::vector<std::uint16_t>& listed) {
    net::Bytes bytes;
    stun::MessageBuilder(bytes, stun::MessageClass::Error, stun::Method::Binding, {{0x21, 0x12, 0xA4, 0x42}})
        .add(stun::ErrorCode{.code = 420, .reason = {}})
        .add(stun::UnknownAttributes{listed});
    probe::Observation seen{.query = asked};
    EXPECT_TRUE(probe::take_response(seen, *stun::Message::decode(bytes), a, 5ms));
    return seen.note;
  };
  for (const auto& row : cases) {
    EXPECT_EQ(note_of(query, row.listed), row.note);
    EXPECT_THAT(note_of(without, row.listed), HasSubstr("odd"));
  }
}

// R34, of the one that shares a key with us.
TEST(HostileReply, AnAssistantThatDoesNotSign_IsAsIfSilent) {
  const probe::AssistKey key = *probe::assist_key("k7qm-x2vd-9fhp-3wtr-6znc");
  const net::Endpoint assistant = net::endpoint("203.0.113.8:3480");
  const Answer unsigned_at_first = hostile_at_first(row_of("R34 absent"));
  Stage stage([&](const Heard& heard) {
    if (heard.to != assistant) return honest(heard);
    if (heard.earlier < 2) return unsigned_at_first(heard);
    const probe::AssistReply refusal{
        .id = id_of(heard), .nonce = {}, .error = probe::assist_error::too_many, .answer = {}};
    return std::vector<Reply>{{heard.to, probe::write_assist_reply(refusal, key)}};
  });
  probe::ProbeConfig config = config_for({a, b});
  config.assistant = {.endpoint = assistant, .key = key};
  const probe::Report report = stage.run(config);
  const auto seen = std::find_if(report.observations.begin(), report.observations.end(),
                                 [](const probe::Observation& one) { return one.query.assist.has_value(); });
  ASSERT_NE(seen, report.observations.end());
  EXPECT_EQ(seen->ignored, 2U);
  EXPECT_EQ(seen->requests, 3U);
  EXPECT_EQ(seen->error_code, probe::assist_error::too_many) << "what is signed counts";
}

// A reflector may name anybody public as its partner: a stranger is sent three packets at most until it answers.
TEST(HostileReply, AStrangerNamedAsPartner_GetsThreePackets) {
  const net::Endpoint victim = net::endpoint("192.0.2.66:3479");
  Stage stage([&](const Heard& heard) {
    if (heard.to.address == victim.address) return std::vector<Reply>{};
    return std::vector<Reply>{{heard.to, success(heard, heard.client, victim)}};
  });
  const probe::Verdict verdict = stage.run(config_for({a})).verdict;
  EXPECT_LE(stage.heard_at(victim.address), 3U);
  EXPECT_GE(stage.heard_at(victim.address), 1U);
  EXPECT_FALSE(verdict.mapping.value);
  EXPECT_FALSE(verdict.filtering.value);
}

unsigned ignored(const probe::Report& report) {
  unsigned out = 0;
  for (const probe::Observation& seen : report.observations) out += seen.ignored;
  return out;
}

#ifdef __SANITIZE_ADDRESS__
constexpr unsigned forged_each = 2'500;
#else
constexpr unsigned forged_each = 25'000;
#endif

// A million forged replies: wrong ids, and right ids from wrong sources. A tenth of it under the sanitizers.
TEST(HostileReply, ForgedByTheMillion_ChangesNothing) {
  Stage honest_stage(honest);
  const probe::Report truth = honest_stage.run(config_for({a, b}));
  Stage stage([](const Heard& heard) {
    std::vector<Reply> out;
    Heard forged = heard;
    for (unsigned i = 0; i < forged_each; ++i) {
      forged.request[10] = static_cast<std::uint8_t>(i);
      forged.request[11] = static_cast<std::uint8_t>(heard.request[11] + 1 + i / 256);
      out.push_back({heard.to, success(forged, net::endpoint("192.0.2.1:1"))});
      out.push_back({third_host, success(heard, net::endpoint("192.0.2.1:1"))});
    }
    for (Reply& reply : honest(heard)) out.push_back(std::move(reply));
    return out;
  });
  const probe::Report report = stage.run(config_for({a, b}));
  EXPECT_EQ(report.verdict.mapping.value, truth.verdict.mapping.value);
  EXPECT_EQ(report.verdict.filtering.value, truth.verdict.filtering.value);
  EXPECT_EQ(report.duration, truth.duration);
  EXPECT_EQ(report.observations.size(), truth.observations.size());
  EXPECT_GT(report.strays + ignored(report), 40 * forged_each);
}

}  // namespace hostile_reply_test
