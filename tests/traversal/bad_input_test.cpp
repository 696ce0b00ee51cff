// Results that are not what they should be, thousands of each kind: forged, guessed, swapped, replayed, doubled, too
// large, late. None changes a pair; what becomes of each is a refusal of its own.

#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "direct.h"

namespace bad_input_test {

using namespace tests;
using namespace traversal;
using namespace std::chrono_literals;

constexpr int of_each_kind = 2000;
constexpr std::uint16_t silence = 0;

const auto client = net::endpoint("198.51.100.9:4000");
const auto stranger = net::endpoint("198.51.100.66:4000");

struct Player {
  net::Endpoint at;
  net::Endpoint punch;
  Prepare order{};
};

class Results : public testing::Test {
 protected:
  Results() {
    for (const char* name : {"a", "b", "c", "d"}) {
      const auto n = static_cast<std::uint8_t>(name[0] - 'a' + 1);
      const auto machine = net::IpAddress::v4({203, 0, 113, n});
      players_[name] = {{machine, 4000}, {machine, 5000}};
      EXPECT_TRUE(direct_.ask(players_[name].at, Register{name, {n}, *net::parse_short("EIM/APDF"), {}}));
    }
    const MatrixRequest request{.pairs = {{"a", "b"}, {"c", "d"}}, .strategies = {"simultaneous-open"}};
    matrix_ = std::get<Accepted>(direct_.ask(client, request).value()).matrix;
    direct_.pass(1ms);
    for (auto& [name, player] : players_) {
      player.order = std::get<Prepare>(direct_.take_order(player.at).value());
      EXPECT_TRUE(direct_.ask(player.punch, Observe{player.order.nonce, {}}));
    }
    for (auto& [name, player] : players_) EXPECT_TRUE(std::holds_alternative<Start>(*direct_.take_order(player.at)));
    (void)direct_.ask(stranger, ListRequest{});  // it has a nonce of its own
  }

  [[nodiscard]] Result honest(const std::string& name) const {
    const Prepare& order = players_.at(name).order;
    return {order.attempt, order.nonce, Half{.heard = false, .packets = 44}};
  }
  [[nodiscard]] static Half lie() { return {.heard = true, .proof = Proof::SamePath, .proven_after = 1ms}; }

  // The code of the refusal it draws; silence where it draws nothing, nothing where it is obeyed.
  std::optional<std::uint16_t> drawn_by(const net::Endpoint& from, const net::Bytes& datagram) {
    const auto back = direct_.say(from, datagram);
    if (back.empty()) return silence;
    const auto message = decode_signal(back.at(0), direct_.key()).value();
    return message.content ? std::nullopt : std::optional(message.content.error().code);
  }
  // One counter for each.
  [[nodiscard]] std::uint64_t counted(std::uint16_t code) const {
    const RendezvousStatus status = direct_.rendezvous.status();
    if (code == silence) return status.ignored;
    const auto found = status.refusals.find(code);
    return found == status.refusals.end() ? 0 : found->second;
  }
  void expect_each(std::uint16_t code, const char* what, const net::Endpoint& from,
                   const std::function<net::Bytes()>& datagram) {
    const std::uint64_t before = counted(code);
    std::map<std::optional<std::uint16_t>, int> drawn;
    for (int i = 0; i < of_each_kind; ++i) ++drawn[drawn_by(from, datagram())];
    EXPECT_EQ(drawn[code], of_each_kind) << what;
    EXPECT_EQ(counted(code) - before, static_cast<std::uint64_t>(of_each_kind)) << what;
  }

  Matrix fetched() {
    std::vector<MatrixRow> rows;
    std::uint64_t total = 1;
    while (rows.size() < total) {
      const auto page = std::get<Rows>(direct_.ask(client, RowsRequest{matrix_, rows.size()}).value());
      rows.insert(rows.end(), page.rows.begin(), page.rows.end());
      total = page.total;
    }
    return matrix_of(rows);
  }

  Id chance() {
    Id id{};
    random_.fill(id);
    return id;
  }

  Direct direct_;
  net::Random random_{4};
  std::map<std::string, Player> players_;
  Id matrix_{};
};

TEST_F(Results, ThatAreNotWhatTheyShouldBe_ChangeNothing) {
  const auto& a = players_["a"];
  const auto& c = players_["c"];
  expect_each(WrongToken, "forged", stranger, [&] {
    return encode_request(stun::TransactionId::random(random_), Result{a.order.attempt, a.order.nonce, lie()}, {},
                          signal_key("a guess"));
  });
  expect_each(NotKnown, "guessed", stranger, [&] {
    return direct_.request(stranger, Result{chance(), chance(), lie()});
  });
  expect_each(NotKnown, "of another's attempt", c.at, [&] {
    return direct_.request(c.at, Result{a.order.attempt, c.order.nonce, lie()});
  });
  expect_each(NotKnown, "with the other pair's nonce", a.at, [&] {
    return direct_.request(a.at, Result{c.order.attempt, a.order.nonce, lie()});
  });
  expect_each(StaleNonce, "from elsewhere, as it was said here", net::endpoint("198.51.100.67:4000"),
              [&] { return direct_.request(stranger, honest("a")); });

  const net::Bytes said = direct_.request(a.at, honest("a"));
  EXPECT_EQ(drawn_by(a.at, said), std::nullopt);
  for (int i = 0; i < of_each_kind; ++i) EXPECT_EQ(drawn_by(a.at, said), std::nullopt) << "the same answer again";
  EXPECT_EQ(direct_.rendezvous.status().repeated, static_cast<std::uint64_t>(of_each_kind));
  expect_each(NotKnown, "doubled", a.at, [&] {
    return direct_.request(a.at, Result{a.order.attempt, a.order.nonce, lie()});
  });
  expect_each(Malformed, "with more than a report holds", a.at, [&] {
    Half half = lie();
    half.events.resize(40);
    return direct_.request(a.at, Result{a.order.attempt, a.order.nonce, half});
  });
  expect_each(silence, "too large", a.at, [&] { return net::Bytes(1 + random_.below(65'507), 0x55); });

  for (const char* name : {"b", "c", "d"}) {
    EXPECT_TRUE(direct_.ask(players_[name].at, honest(name))) << name;
  }
  expect_each(NotKnown, "late", a.at, [&] {
    return direct_.request(a.at, Result{a.order.attempt, a.order.nonce, lie()});
  });
  const Matrix matrix = fetched();
  ASSERT_EQ(matrix.pairs.size(), 2U);
  for (const auto& pair : matrix.pairs) {
    EXPECT_EQ(pair.outcome, Outcome::Failed) << pair.a;
    EXPECT_EQ(pair.successes, 0U);
    ASSERT_EQ(pair.attempts.size(), 1U);
    EXPECT_EQ(pair.attempts[0].packets_a, 44U);
    EXPECT_EQ(pair.attempts[0].packets_b, 44U);
  }
}

}  // namespace bad_input_test
