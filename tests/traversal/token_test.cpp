// Tokens: several of them, until when, taken back while it runs, and how many hosts each may bring.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/traversal/world.h"
#include "traversal/token_ring.h"

namespace token_test {

using namespace std::chrono_literals;
using tests::nat;
using tests::World;
using traversal::Outcome;
using traversal::Token;
using traversal::TokenRing;

Token token(const std::string& text, std::optional<net::TimePoint> until = {}) {
  return {.name = text, .key = traversal::signal_key(text), .until = until};
}

// ---- the ring ------------------------------------------------------------------------------------------------------

TEST(TokenRing, KnowsItsTokens_UntilTheyRunOut) {
  const net::TimePoint noon{1h};
  const TokenRing ring({token("a"), token("b", noon)});
  EXPECT_FALSE(ring.open());
  EXPECT_EQ(ring.presented("a", noon)->name, "a");
  EXPECT_EQ(ring.presented("b", noon - 1ns)->name, "b");
  EXPECT_EQ(ring.presented("b", noon), nullptr);
  for (const char* guess : {"", "A", "a ", "aa", "c"}) EXPECT_EQ(ring.presented(guess, noon), nullptr) << guess;
}

TEST(TokenRing, WithoutOne_IsOpen_AndKnowsNobodyByAToken) {
  const TokenRing ring;
  EXPECT_TRUE(ring.open());
  EXPECT_NE(ring.of_key(traversal::signal_key(""), {}), nullptr);
  EXPECT_EQ(ring.presented("", {}), nullptr);
}

TEST(TokenRing, OfNoTokens_IsNotOpen) {
  const TokenRing ring(std::vector<Token>{});
  EXPECT_FALSE(ring.open());
  EXPECT_EQ(ring.of_key(traversal::signal_key(""), {}), nullptr);
}

TEST(Signal, SaysWhichKeySignedIt) {
  const std::vector<traversal::Key> keys = {traversal::signal_key("a"), traversal::signal_key("b")};
  net::Random random(1);
  const auto said = [&](const char* by) {
    const auto id = stun::TransactionId::random(random);
    return *traversal::decode_signal(
        traversal::encode_request(id, traversal::ListRequest{}, {}, traversal::signal_key(by)), keys);
  };
  EXPECT_TRUE(said("b").authentic);
  EXPECT_EQ(said("a").signer, 0U);
  EXPECT_EQ(said("b").signer, 1U);
  EXPECT_FALSE(said("c").authentic);
}

// ---- at a rendezvous -----------------------------------------------------------------------------------------------

class Tokens : public testing::Test {
 protected:
  void give(std::vector<Token> tokens) {
    world_.rendezvous.set_tokens(world_.bed.simulator.now(), TokenRing(std::move(tokens)));
  }
  void add(const std::string& name, const std::string& token) {
    const lab::Site site = world_.bed.add_site(nat("EIM/APDF"), {.delay = 10ms});
    world_.add_peer_at(name, site.host, *net::parse_short("EIM/APDF"), token);
  }
  void pass(net::Duration time) { world_.bed.simulator.run_for(time); }

  World world_;
};

TEST_F(Tokens, HostsOfSeveral_MakeOneMatrix) {
  give({token("correct horse"), token("berlin"), token("paris")});
  add("a", "berlin");
  add("b", "paris");
  const auto matrix = world_.matrix();
  ASSERT_EQ(matrix.pairs.size(), 1U);
  EXPECT_EQ(matrix.pairs[0].outcome, Outcome::Direct) << matrix.pairs[0].why;
}

TEST_F(Tokens, NoToken_AWrongOne_OneThatRanOut_AndOneTakenBack_AreRefusedAlike) {
  const auto now = world_.bed.simulator.now();
  give({token("correct horse"), token("old", now), token("taken")});
  give({token("correct horse"), token("old", now)});
  int host = 0;
  for (const char* guess : {"", "wrong", "old", "taken", "correct hors"}) add("x" + std::to_string(++host), guess);
  pass(10s);
  EXPECT_EQ(world_.rendezvous.registered_hosts(), 0U);
  EXPECT_GE(world_.rendezvous.status().refusals.at(traversal::WrongToken), 5U);
}

TEST_F(Tokens, OneTakenBack_LosesItsHosts_AndNoOthers) {
  give({token("correct horse"), token("berlin"), token("paris")});
  add("a", "berlin");
  add("b", "paris");
  world_.wait_until_registered();
  give({token("correct horse"), token("paris")});
  EXPECT_EQ(world_.rendezvous.registered_hosts(), 1U);
  pass(60s);
  EXPECT_EQ(world_.rendezvous.registered_hosts(), 1U);
}

TEST_F(Tokens, OneTakenBackAmidAMatrix_ItsPairsAreLost_AndTheOthersGoOn) {
  give({token("correct horse"), token("berlin"), token("paris")});
  add("a", "berlin");
  add("b", "paris");
  add("c", "paris");
  world_.wait_until_registered();
  const auto& client = world_.ask({.trials = 20, .hold = 200ms});
  pass(1s);
  give({token("correct horse"), token("paris")});
  ASSERT_TRUE(world_.bed.simulator.run_until([&] { return client.finished(); }, world_.bed.simulator.now() + 5min));
  ASSERT_TRUE(client.matrix()) << client.failure().value_or("");
  EXPECT_EQ(tests::pair_of(*client.matrix(), "a", "b").outcome, Outcome::AgentLost);
  EXPECT_EQ(tests::pair_of(*client.matrix(), "a", "c").outcome, Outcome::AgentLost);
  EXPECT_EQ(tests::pair_of(*client.matrix(), "b", "c").outcome, Outcome::Direct);
}

TEST_F(Tokens, OneThatRunsOut_LosesItsHostsThen) {
  give({token("correct horse"), token("berlin", world_.bed.simulator.now() + 1min)});
  add("a", "berlin");
  world_.wait_until_registered();
  pass(50s);
  EXPECT_EQ(world_.rendezvous.registered_hosts(), 1U);
  pass(11s);
  EXPECT_EQ(world_.rendezvous.registered_hosts(), 0U);
}

TEST(TokenQuota, AHundredHostsATokenAreTaken_AndNotOneMore) {
  const net::TimePoint now{1h};
  traversal::Rendezvous rendezvous({.listen = *net::parse_endpoint("192.0.2.1:3480"), .secret = {1}}, net::Random(1));
  rendezvous.start(now);
  (void)rendezvous.take_outputs();
  rendezvous.set_tokens(now, TokenRing({token("a"), token("b")}));
  net::Random random(2);
  const auto registers = [&](unsigned host, const char* by) {
    const auto key = traversal::signal_key(by);
    const net::Endpoint from{
        net::IpAddress::v4({10, 0, static_cast<std::uint8_t>(host / 250), static_cast<std::uint8_t>(1 + host % 250)}),
        4000};
    for (std::string nonce;;) {
      const auto request =
          traversal::encode_request(stun::TransactionId::random(random),
                                    traversal::Register{"h" + std::to_string(host), {1}, {}, {}}, nonce, key);
      rendezvous.handle(now, net::Datagram{{1}, from, request, {}});
      const auto outputs = rendezvous.take_outputs();
      const auto answer = *traversal::decode_signal(std::get<net::Send>(outputs.at(0)).payload, key);
      if (answer.nonce.empty()) return answer.content ? std::uint16_t{0} : answer.content.error().code;
      nonce = answer.nonce;
    }
  };
  for (unsigned host = 0; host < 100; ++host) EXPECT_EQ(registers(host, "a"), 0U) << host;
  EXPECT_EQ(registers(100, "a"), traversal::Full);
  EXPECT_EQ(registers(7, "a"), 0U) << "one that is registered may say so again";
  EXPECT_EQ(registers(200, "b"), 0U);
  EXPECT_EQ(rendezvous.registered_hosts(), 101U);
}

}  // namespace token_test
