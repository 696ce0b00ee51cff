// Class R: replies that must not mislead the probe, through the agent.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/probe/stage.h"
#include "tests/stun/hostile_replies.h"

namespace hostile_reply_test {

using namespace stage;

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

bool only_about_change(const hostile::HostileReply& row) { return row.id.starts_with("R25"); }
bool after_the_end(const hostile::HostileReply& row) { return row.id == "R24"; }

TEST(HostileReply, OfClassR_DrawsItsReaction_AndReachesNobodyElse) {
  unsigned rows = 0;
  for (const hostile::HostileReply& row : hostile::hostile_replies()) {
    if (only_about_change(row) || after_the_end(row)) continue;
    SCOPED_TRACE(row.id + ": " + row.note);
    Stage stage(hostile_at_first(row));
    const probe::Report report = stage.run(config_for({a}));
    const probe::Observation& first = report.observations.front();
    ++rows;
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
        EXPECT_FALSE(first.note.empty());
        EXPECT_EQ(stage.heard.size(), 1U) << "a failed transaction is not tried again";
        break;
      case hostile::Reaction::Used:
        EXPECT_EQ(first.outcome, probe::Outcome::Answered);
        EXPECT_EQ(first.mapped ? first.mapped : first.mapped_plain, first.local);
        EXPECT_EQ(stage.heard_at(a.address), stage.heard.size()) << "nobody else was contacted";
        break;
      case hostile::Reaction::Shown:
        EXPECT_TRUE(first.mapped && first.mapped != first.local);
        EXPECT_EQ(report.verdict.nat_class, net::NatClass::Unknown);
        EXPECT_FALSE(report.verdict.mapping.why.empty());
        break;
    }
  }
  EXPECT_GE(rows, 32U);
}

TEST(HostileReply, ReasonPhrase_IsFitToShow) {
  for (const hostile::HostileReply& row : hostile::hostile_replies()) {
    if (!row.id.starts_with("R15")) continue;
    Stage stage(hostile_at_first(row));
    const probe::Report report = stage.run(config_for({a}));
    const std::string& note = report.observations.front().note;
    EXPECT_LT(note.size(), 400U) << row.id;
    EXPECT_TRUE(std::none_of(note.begin(), note.end(), [](char c) { return c >= 0 && c < ' '; })) << row.id;
  }
}

TEST(HostileReply, TheSameReplyAThousandTimes_CountsOnce) {
  Stage stage([](const Heard& heard) { return std::vector<Reply>(1000, honest(heard).front()); });
  const probe::Report report = stage.run(config_for({a, b}));
  EXPECT_EQ(report.verdict.nat_class, net::NatClass::NoNat);
  EXPECT_EQ(report.observations.front().duplicates, 999U);
}

TEST(HostileReply, AChangeAnsweredFromThePrimary_ProvesNothing) {
  Stage stage([](const Heard& heard) {
    auto replies = honest(heard);
    replies.front().from = heard.to;
    return replies;
  });
  const probe::Verdict verdict = stage.run(config_for({a, b})).verdict;
  EXPECT_EQ(verdict.mapping.value, net::MappingBehavior::None);
  EXPECT_FALSE(verdict.filtering.value);
  EXPECT_NE(verdict.filtering.why.find("did not do what it was asked"), std::string::npos) << verdict.filtering.why;
}

TEST(HostileReply, AChangeRefused_ProvesNothing) {
  Stage stage([](const Heard& heard) {
    const auto change = change_in(heard);
    if (change && change->any()) return std::vector<Reply>{{heard.to, error(heard, 420)}};
    return honest(heard);
  });
  const probe::Verdict verdict = stage.run(config_for({a, b})).verdict;
  EXPECT_FALSE(verdict.filtering.value);
  EXPECT_NE(verdict.filtering.why.find("420"), std::string::npos) << verdict.filtering.why;
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
