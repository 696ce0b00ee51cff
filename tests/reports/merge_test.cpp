// Several documents as one, and what does not go together.

#include "reports/merge.h"

#include <gmock/gmock.h>

#include "tests/reports/samples.h"

namespace merge_test {

using testing::HasSubstr;

using Documents = std::vector<reports::NamedDocument>;

std::string refusal(const Documents& documents) {
  const auto result = reports::merged(documents);
  return result ? "merged" : result.error();
}

template <typename T>
T merge(const Documents& documents) {
  const auto result = reports::merged(documents);
  EXPECT_TRUE(result) << result.error();
  return std::get<T>(*result);
}

reports::MatrixDocument matrix_of(const std::vector<std::string>& hosts) {
  auto document = samples::three_hosts();
  const auto is_in = [&](const std::string& name) {
    return std::find(hosts.begin(), hosts.end(), name) != hosts.end();
  };
  std::erase_if(document.matrix.hosts, [&](const auto& host) { return !is_in(host.name); });
  std::erase_if(document.matrix.pairs, [&](const auto& pair) { return !is_in(pair.a) || !is_in(pair.b); });
  std::erase_if(document.probes, [&](const auto& entry) { return !is_in(entry.first); });
  return document;
}

const traversal::PairOutcome& pair_in(const reports::MatrixDocument& document, const std::string& a,
                                      const std::string& b) {
  for (const auto& pair : document.matrix.pairs) {
    if (pair.a == a && pair.b == b) return pair;
  }
  throw std::runtime_error("no pair " + a + b);
}

TEST(MergeMatrices, HostsAndPairs_AreJoined) {
  const auto out = merge<reports::MatrixDocument>({{"1", matrix_of({"a", "b"})}, {"2", matrix_of({"b", "c"})}});
  EXPECT_EQ(out.matrix.hosts.size(), 3U);
  EXPECT_EQ(out.matrix.pairs.size(), 2U);
  EXPECT_EQ(out.probes.size(), samples::three_hosts().probes.size());
}

TEST(MergeMatrices, APairPlayedTwice_HasTheTrialsOfBoth) {
  const auto whole = samples::three_hosts();
  auto again = whole;
  again.matrix.started_at += std::chrono::hours(1);
  const auto out = merge<reports::MatrixDocument>({{"1", whole}, {"2", again}});
  const auto& pair = pair_in(out, "a", "b");
  const auto& once = pair_in(whole, "a", "b");
  EXPECT_EQ(pair.trials, 2 * once.trials);
  EXPECT_EQ(pair.successes, 2 * once.successes);
  EXPECT_EQ(pair.attempts.size(), 2 * once.attempts.size());
  EXPECT_EQ(pair.attempts.back().trial, 2 * once.trials);
  EXPECT_EQ(out.matrix.duration, whole.matrix.duration + std::chrono::hours(1));
}

TEST(MergeMatrices, APairTurnedRound_IsTheSamePair) {
  auto turned = matrix_of({"a", "b"});
  auto& pair = turned.matrix.pairs.at(0);
  std::swap(pair.a, pair.b);
  pair.attempts[0].packets_a = 77;
  pair.attempts[0].ports_a = 78;
  pair.attempts[0].held_a = traversal::Held{.sent = 79};
  pair.attempts[0].timeline = {{.by = traversal::Witness::A}, {.by = traversal::Witness::Rendezvous}};
  const auto out = merge<reports::MatrixDocument>({{"1", matrix_of({"a", "b"})}, {"2", turned}});
  ASSERT_EQ(out.matrix.pairs.size(), 1U);
  const auto& attempts = out.matrix.pairs[0].attempts;
  const auto& first_of_second = attempts.at(attempts.size() / 2);
  EXPECT_EQ(first_of_second.packets_b, 77U);
  EXPECT_EQ(first_of_second.ports_b, 78U);
  EXPECT_EQ(first_of_second.held_b.value().sent, 79U);
  EXPECT_FALSE(first_of_second.held_a);
  EXPECT_EQ(first_of_second.timeline.at(0).by, traversal::Witness::B);
  EXPECT_EQ(first_of_second.timeline.at(1).by, traversal::Witness::Rendezvous);
}

TEST(MergeMatrices, TheBetterOutcomeStays_WhateverTheOrder) {
  auto failed = matrix_of({"a", "b"});
  auto& pair = failed.matrix.pairs.at(0);
  for (auto& attempt : pair.attempts) attempt.outcome = traversal::Outcome::Failed;
  pair.outcome = traversal::Outcome::Failed;
  pair.successes = 0;
  const auto good = matrix_of({"a", "b"});
  for (const Documents& order : {Documents{{"1", good}, {"2", failed}}, Documents{{"1", failed}, {"2", good}}}) {
    const auto out = merge<reports::MatrixDocument>(order);
    EXPECT_EQ(out.matrix.pairs[0].outcome, traversal::Outcome::Direct);
    EXPECT_EQ(out.matrix.pairs[0].successes, 3U);
    EXPECT_EQ(out.matrix.pairs[0].trials, 6U);
  }
}

TEST(MergeMatrices, WithoutAttempts_TheMedianIsNotGuessed) {
  auto packed = matrix_of({"a", "b"});
  packed.matrix.pairs[0].attempts.clear();
  const auto out = merge<reports::MatrixDocument>({{"1", packed}, {"2", matrix_of({"a", "b"})}});
  EXPECT_EQ(out.matrix.pairs[0].trials, 6U);
  EXPECT_FALSE(out.matrix.pairs[0].connect);
}

TEST(MergeMatrices, WhatOneDoesNotKnow_TheOtherTells) {
  auto vague = matrix_of({"a", "b"});
  vague.matrix.hosts[0].behavior.filtering.reset();
  const auto out = merge<reports::MatrixDocument>({{"1", vague}, {"2", matrix_of({"a", "b"})}});
  EXPECT_EQ(out.matrix.hosts[0].behavior, samples::three_hosts().matrix.hosts[0].behavior);
}

TEST(MergeMatrices, AHostThatBehavesOtherwise_IsRefused) {
  auto other = matrix_of({"a", "b"});
  other.matrix.hosts[0].behavior.mapping = net::MappingBehavior::AddressDependent;
  EXPECT_EQ(refusal({{"1.json", matrix_of({"a", "b"})}, {"2.json", other}}),
            "1.json and 2.json: host \"a\" behaves otherwise in the second");
}

TEST(MergeReports, PathsOfOneHost_BecomeOneReport) {
  auto v6 = samples::open_internet();
  v6.reflectors.front().endpoint = net::endpoint("[2001:db8::1]:3478");
  const auto out = merge<probe::Report>({{"4.json", samples::full_cone()}, {"6.json", v6}});
  ASSERT_EQ(out.paths.size(), 1U);
  EXPECT_EQ(out.paths[0].family(), net::Family::V6);
}

TEST(MergeReports, TheSamePathTwice_IsRefused) {
  EXPECT_EQ(refusal({{"1.json", samples::full_cone()}, {"2.json", samples::symmetric()}}),
            "1.json and 2.json: both describe the path IPv4; dossier joins repeated runs");
}

TEST(Merge, TwoKinds_AreRefused) {
  EXPECT_THAT(refusal({{"1.json", samples::full_cone()}, {"2.json", samples::three_hosts()}}),
              HasSubstr("different kinds"));
}

}  // namespace merge_test
