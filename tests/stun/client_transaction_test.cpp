#include "stun/client_transaction.h"

#include <gtest/gtest.h>

#include "stun/message_builder.h"

namespace client_transaction_test {

using std::chrono::milliseconds;
using stun::ClientTransaction;
using stun::MessageClass;
using stun::RetransmissionSchedule;

const net::TimePoint t0 = net::TimePoint{} + std::chrono::hours(5);
constexpr auto tick = std::chrono::nanoseconds(1);

stun::TransactionId some_id() {
  net::Random random(1);
  return stun::TransactionId::random(random);
}

// RFC 8489 section 6.2.1: "requests are sent at times 0 ms, 500 ms, 1500 ms, 3500 ms, 7500 ms, 15500 ms, and 31500 ms.
// If the client has not received a response after 39500 ms, the client will consider the transaction to have timed
// out."
TEST(ClientTransaction, KeepsTheStandardsTimes_ToTheNanosecond) {
  ClientTransaction transaction(some_id(), {}, t0);
  unsigned sent = 0;
  for (const int at : {0, 500, 1500, 3500, 7500, 15500, 31500}) {
    const net::TimePoint due = t0 + milliseconds(at);
    EXPECT_EQ(transaction.next_deadline(), due);
    if (at > 0) {
      EXPECT_FALSE(transaction.take_due(due - tick)) << at;
    }
    EXPECT_FALSE(transaction.timed_out(due)) << "a request is still owed";
    EXPECT_TRUE(transaction.take_due(due)) << at;
    EXPECT_FALSE(transaction.take_due(due)) << "only once";
    EXPECT_EQ(transaction.requests_sent(), ++sent);
    EXPECT_FALSE(transaction.timed_out(due));
  }
  const net::TimePoint end = t0 + milliseconds(39500);
  EXPECT_EQ(transaction.next_deadline(), end);
  EXPECT_FALSE(transaction.timed_out(end - tick));
  EXPECT_TRUE(transaction.timed_out(end));
  EXPECT_FALSE(transaction.take_due(end)) << "seven requests and no more";
}

TEST(ClientTransaction, EvenSchedule_DoesNotDouble) {
  ClientTransaction transaction(
      some_id(), {.initial_rto = milliseconds(60), .most_requests = 4, .last_wait = 2, .doubling = false}, t0);
  for (const int at : {0, 60, 120, 180}) EXPECT_TRUE(transaction.take_due(t0 + milliseconds(at))) << at;
  EXPECT_FALSE(transaction.timed_out(t0 + milliseconds(300) - tick));
  EXPECT_TRUE(transaction.timed_out(t0 + milliseconds(300)));
}

TEST(ClientTransaction, ASingleRequest_OnlyWaits) {
  ClientTransaction transaction(some_id(), {.initial_rto = milliseconds(100), .most_requests = 1, .last_wait = 3}, t0);
  EXPECT_TRUE(transaction.take_due(t0));
  EXPECT_FALSE(transaction.take_due(t0 + milliseconds(299)));
  EXPECT_TRUE(transaction.timed_out(t0 + milliseconds(300)));
}

TEST(ClientTransaction, WakesLate_WaitsFromThere_WithoutABurst) {
  ClientTransaction transaction(some_id(), {}, t0);
  EXPECT_TRUE(transaction.take_due(t0));
  const net::TimePoint late = t0 + milliseconds(5000);  // the host slept
  EXPECT_TRUE(transaction.take_due(late));
  EXPECT_FALSE(transaction.take_due(late));
  EXPECT_EQ(transaction.next_deadline(), late + milliseconds(1000));
}

struct Arrives {
  MessageClass message_class;
  bool own_id;
  bool matches;
};

TEST(ClientTransaction, MatchesResponsesWithItsId_NothingElse) {
  const auto id = some_id();
  auto other = id;
  other.bytes[15] ^= 1;
  const ClientTransaction transaction(id, {}, t0);
  for (const Arrives& row : {
           Arrives{MessageClass::Success, true, true},
           {MessageClass::Error, true, true},
           {MessageClass::Request, true, false},  // our own request, reflected
           {MessageClass::Indication, true, false},
           {MessageClass::Success, false, false},
           {MessageClass::Error, false, false},
       }) {
    net::Bytes bytes;
    stun::MessageBuilder(bytes, row.message_class, stun::Method::Binding, row.own_id ? id : other);
    const auto message = stun::Message::decode(bytes);
    ASSERT_TRUE(message);
    EXPECT_EQ(transaction.matches(*message), row.matches) << static_cast<int>(row.message_class) << row.own_id;
  }
}

}  // namespace client_transaction_test
