// What is said to a peer that is not what it should be: forged, replayed, late, swapped, too large, from elsewhere,
// thousands of each. It changes nothing, and each kind has a counter of its own.

#include "traversal/unused.h"

#include <gtest/gtest.h>

#include <functional>

#include "traversal/peer.h"

namespace unused_test {

using namespace traversal;
using namespace std::chrono_literals;

constexpr int of_each_kind = 2000;
constexpr net::SocketId punch_socket{2};
constexpr std::uint64_t attempt_number = 0x0100000000000000;  // of the attempt whose id is {1}

const net::Endpoint rendezvous = net::endpoint("192.0.2.1:3480");
const net::Endpoint elsewhere = net::endpoint("198.51.100.66:4000");
const net::Endpoint partner = net::endpoint("203.0.113.2:5000");
const Key pair_key = {4};

// A peer and no network, amid an attempt.
class HostileMessages : public testing::Test {
 protected:
  HostileMessages() {
    peer_.start(now_);
    peer_.handle(now_, net::Opened{signal_socket, net::endpoint("192.168.0.2:4000")});
    const auto registration = take_sent();
    say(signal_socket, rendezvous,
        encode_success(decode_signal(registration.at(0), key_)->id, Registered{partner, 60s, {}, {}}, key_));
    prepare_ = request(Prepare{{5}, {1}, {8}, "simultaneous-open", {1}, 1});
    say(signal_socket, rendezvous, prepare_);
    peer_.handle(now_, net::Opened{punch_socket, net::endpoint("192.168.0.2:5000")});
    const Description remote{.behavior = cone_, .candidates = {{CandidateType::ServerReflexive, partner}}};
    say(signal_socket, rendezvous,
        request(Start{{5}, {1}, pair_key, net::endpoint("203.0.113.1:5000"), remote, 0ms, "other"}));
    check_ = check(attempt_number);
    say(punch_socket, partner, check_);
    (void)take_sent();
    EXPECT_EQ(peer_.attempts(), 1U);
    EXPECT_EQ(peer_.unused().text(), "");
  }

  [[nodiscard]] net::Bytes request(const Signal& signal, std::optional<Key> key = {}) {
    return encode_request(stun::TransactionId::random(random_), signal, {}, key.value_or(key_));
  }
  [[nodiscard]] net::Bytes check(std::uint64_t attempt, const Key& key = pair_key) {
    return encode(Check{stun::TransactionId::random(random_), attempt}, key);
  }
  void say(net::SocketId at, const net::Endpoint& from, const net::Bytes& message) {
    peer_.handle(now_, net::Datagram{at, from, message, std::nullopt});
  }
  std::vector<net::Bytes> take_sent() {
    std::vector<net::Bytes> sent;
    for (const net::Output& output : peer_.take_outputs()) {
      if (const auto* send = std::get_if<net::Send>(&output)) sent.push_back(send->payload);
    }
    return sent;
  }

  // That one counter grows by as many, no other does, and each draws at most a refusal or the answer it had before.
  void expect_each(Unused why, const char* what, net::SocketId at, const net::Endpoint& from,
                   const std::function<net::Bytes()>& message, std::size_t answers = 0) {
    std::array<std::uint64_t, unused_kinds> expected{};
    for (std::size_t i = 0; i < unused_kinds; ++i) expected[i] = peer_.unused().of(static_cast<Unused>(i));
    expected[static_cast<std::size_t>(why)] += of_each_kind;
    for (int i = 0; i < of_each_kind; ++i) say(at, from, message());
    for (std::size_t i = 0; i < unused_kinds; ++i) {
      EXPECT_EQ(peer_.unused().of(static_cast<Unused>(i)), expected[i]) << what << " counted as " << i;
    }
    EXPECT_EQ(take_sent().size(), answers * of_each_kind) << what;
    EXPECT_EQ(peer_.attempts(), 1U) << what;
  }

  const net::NatBehavior cone_ = *net::parse_short("EIM/APDF");
  Key key_ = signal_key("correct horse");
  net::TimePoint now_{1s};
  net::Random random_{3};
  Peer peer_{{.rendezvous = rendezvous, .name = "a", .behavior = cone_, .token = "correct horse", .session = {5}},
             net::Random(1)};
  net::Bytes prepare_;
  net::Bytes check_;
};

TEST_F(HostileMessages, ChangeNothing_AndAreCountedEachByItsKind) {
  const Prepare another{{5}, {2}, {9}, "simultaneous-open", {1}, 1};
  expect_each(Unused::FromElsewhere, "an order from elsewhere", signal_socket, elsewhere,
              [&] { return request(another); });
  expect_each(Unused::Forged, "an order under another key", signal_socket, rendezvous,
              [&] { return request(another, signal_key("a guess")); });
  expect_each(
      Unused::Repeated, "an order that was obeyed", signal_socket, rendezvous, [&] { return prepare_; }, 1);
  expect_each(
      Unused::NotAsked, "an order for another session", signal_socket, rendezvous,
      [&] {
        return request(Prepare{{6}, {2}, {9}, "simultaneous-open", {1}, 1});
      },
      1);
  expect_each(
      Unused::NotAsked, "a stop of another attempt", signal_socket, rendezvous,
      [&] {
        return request(Stop{{5}, {7}});
      },
      1);
  expect_each(Unused::NotAsked, "an answer to nothing", signal_socket, rendezvous,
              [&] { return encode_success(stun::TransactionId::random(random_), Done{}, key_); });
  expect_each(Unused::TooLarge, "an oversized signal", signal_socket, rendezvous,
              [&] { return net::Bytes(1201 + random_.below(64'000), 0x55); });
  expect_each(Unused::NoMessage, "no signal", signal_socket, rendezvous,
              [&] { return net::Bytes(random_.below(1200), 0x55); });

  expect_each(Unused::Forged, "a check under another key", punch_socket, partner,
              [&] { return check(attempt_number, Key{5}); });
  expect_each(Unused::NotAsked, "a check of another attempt", punch_socket, partner,
              [&] { return check(attempt_number + 1); });
  expect_each(Unused::Repeated, "a check that was answered", punch_socket, elsewhere, [&] { return check_; });
  expect_each(Unused::NotAsked, "an answer to no check", punch_socket, partner, [&] {
    return encode(CheckAnswer{stun::TransactionId::random(random_), partner}, pair_key);
  });
  expect_each(Unused::NoMessage, "a check with a byte too many", punch_socket, partner, [&] {
    net::Bytes longer = check(attempt_number);
    longer.push_back(0);
    return longer;
  });
  expect_each(Unused::TooLarge, "an oversized check", punch_socket, partner,
              [&] { return net::Bytes(1201 + random_.below(64'000), 0x55); });
  EXPECT_EQ(peer_.unused().text(),
            "2000 from elsewhere, 4000 too large, 4000 no message, 4000 forged, 10000 not asked for, 4000 repeated");
}

}  // namespace unused_test
