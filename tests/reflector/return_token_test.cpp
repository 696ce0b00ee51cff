#include "reflector/return_token.h"

#include <gtest/gtest.h>

namespace reflector {
namespace return_token_test {

using std::chrono::milliseconds;

const net::IpAddress client = net::address("198.51.100.9");
const net::TimePoint issued_at(token_epoch * 100 + std::chrono::seconds(10));
const TokenKeeper keeper({1, 2, 3}, 77);

bool accepted_at(net::TimePoint now) { return keeper.valid(keeper.issue(client, issued_at), client, now, {}); }

TEST(ReturnToken, IsValidInItsEpochAndTheNext_NotBefore_NotAfter) {
  const net::TimePoint epoch_start(token_epoch * 100);
  EXPECT_TRUE(accepted_at(epoch_start));
  EXPECT_TRUE(accepted_at(epoch_start + token_epoch - milliseconds(1)));
  EXPECT_TRUE(accepted_at(epoch_start + token_epoch));
  EXPECT_TRUE(accepted_at(epoch_start + 2 * token_epoch - milliseconds(1)));
  EXPECT_FALSE(accepted_at(epoch_start + 2 * token_epoch));
  EXPECT_FALSE(accepted_at(epoch_start - milliseconds(1)));
}

TEST(ReturnToken, IsForOneAddressOnly) {
  const auto token = keeper.issue(client, issued_at);
  EXPECT_FALSE(keeper.valid(token, net::address("198.51.100.10"), issued_at, {}));
  EXPECT_FALSE(keeper.valid(token, net::address("2001:db8::9"), issued_at, {}));
}

TEST(ReturnToken, OfAnotherSecretOrAnotherLife_IsRefused) {
  EXPECT_FALSE(keeper.valid(TokenKeeper({1, 2, 4}, 77).issue(client, issued_at), client, issued_at, {}));
  EXPECT_FALSE(keeper.valid(TokenKeeper({1, 2, 3}, 78).issue(client, issued_at), client, issued_at, {}));
}

TEST(ReturnToken, OfThePartner_IsAcceptedWhileItsEpochIsKnown) {
  const TokenKeeper partner({1, 2, 3}, 78);
  const net::TimePoint partners_clock(std::chrono::hours(50));  // the two clocks have nothing in common
  const auto token = partner.issue(client, partners_clock);
  const std::uint64_t epoch = TokenKeeper::epoch(partners_clock);
  EXPECT_FALSE(keeper.valid(token, client, issued_at, {}));
  for (const auto& [told, accepted] :
       {std::pair{epoch - 2, false}, {epoch - 1, true}, {epoch, true}, {epoch + 1, true}, {epoch + 2, false}}) {
    EXPECT_EQ(keeper.valid(token, client, issued_at, TokenIssuer{78, told}), accepted) << told - epoch;
  }
  EXPECT_FALSE(keeper.valid(token, client, issued_at, TokenIssuer{79, epoch}));
}

TEST(ReturnToken, EverySingleBitCounts) {
  const auto token = keeper.issue(client, issued_at);
  for (std::size_t bit = 0; bit < 64; ++bit) {
    auto flipped = token;
    flipped.bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(keeper.valid(flipped, client, issued_at, {}));
  }
}

}  // namespace return_token_test
}  // namespace reflector
