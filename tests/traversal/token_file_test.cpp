// The token file of a rendezvous: one token, or a table, and what is said of a mistake.

#include "traversal/commands/token_file.h"

#include <gtest/gtest.h>

#include "net/bytes.h"
#include "reports/timestamp.h"

namespace traversal::token_file_test {

TEST(TokenFile, OneLineIsTheToken_WhateverIsInIt) {
  for (const char* text : {"secret", "a secret of three words", "berlin abc until 2027-01-01", "key:x"}) {
    const auto tokens = parse_tokens(text);
    ASSERT_TRUE(tokens && tokens->size() == 1) << text;
    EXPECT_EQ((*tokens)[0].key, signal_key(text));
    EXPECT_FALSE((*tokens)[0].until);
  }
}

TEST(TokenFile, SeveralLinesAreATable) {
  const std::string hex = net::to_hex(signal_key("third"));
  const auto tokens = parse_tokens("# who\nberlin first\n\n  paris\tsecond  until 2027-01-31\r\nrome key:" + hex +
                                   " until 2027-01-31T12:30:00Z");
  ASSERT_TRUE(tokens) << tokens.error();
  ASSERT_EQ(tokens->size(), 3U);
  EXPECT_EQ((*tokens)[0].name, "berlin");
  EXPECT_EQ((*tokens)[0].key, signal_key("first"));
  EXPECT_EQ((*tokens)[1].until, reports::parse_timestamp("2027-01-31T00:00:00Z"));
  EXPECT_EQ((*tokens)[2].key, signal_key("third"));
  EXPECT_EQ((*tokens)[2].until, reports::parse_timestamp("2027-01-31T12:30:00Z"));
}

TEST(TokenFile, ATableMayShrinkToOneLine_BelowItsComment) {
  const auto tokens = parse_tokens("# tokens\nberlin first");
  ASSERT_TRUE(tokens);
  EXPECT_EQ((*tokens)[0].key, signal_key("first"));
}

TEST(TokenFile, AMistakeIsSaidWithItsLine_AndNoToken) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"# only\n# comments", "it holds no token"},
      {"a secret1\nsecret2", "line 2: not NAME TOKEN [until DATE]"},
      {"a secret1\nb secret2 until", "line 2: not NAME TOKEN [until DATE]"},
      {"a secret1\nb secret2 till 2027-01-01", "line 2: not NAME TOKEN [until DATE]"},
      {"a secret1\nb/c secret2", "line 2: the name is not letters, digits, dots, dashes"},
      {"a secret1\nb key:00", "line 2: key: is not followed by 64 hexadecimal digits"},
      {"a secret1\nb secret2 until 2027-02-30", "line 2: the date is not like 2027-01-31 or 2027-01-31T12:00:00Z"},
      {"a secret1\na secret2", "line 2: the name or the token is there already"},
      {"a secret1\nb secret1", "line 2: the name or the token is there already"},
  };
  for (const auto& [text, error] : cases) {
    const auto tokens = parse_tokens(text);
    ASSERT_FALSE(tokens) << text;
    EXPECT_EQ(tokens.error(), error);
    EXPECT_EQ(tokens.error().find("secret"), std::string::npos);
  }
}

}  // namespace traversal::token_file_test
