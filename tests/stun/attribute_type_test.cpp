#include "stun/attribute_type.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace attribute_type_test {

using stun::AttributeType;

struct Row {
  std::uint16_t type;
  const char* name;
  bool understood_in_binding;
};

// The IANA registry's numbers (RFC 8489 section 18.3, RFC 5780 section 9, RFC 3489 section 11.2) and our own.
const std::vector<Row> registry = {
    {0x0001, "MAPPED-ADDRESS", true},
    {0x0002, "RESPONSE-ADDRESS", false},
    {0x0003, "CHANGE-REQUEST", true},
    {0x0004, "SOURCE-ADDRESS", true},
    {0x0005, "CHANGED-ADDRESS", true},
    {0x0006, "USERNAME", true},
    {0x0007, "PASSWORD", false},
    {0x0008, "MESSAGE-INTEGRITY", true},
    {0x0009, "ERROR-CODE", true},
    {0x000A, "UNKNOWN-ATTRIBUTES", true},
    {0x000B, "REFLECTED-FROM", false},
    {0x0014, "REALM", true},
    {0x0015, "NONCE", true},
    {0x001C, "MESSAGE-INTEGRITY-SHA256", true},
    {0x0020, "XOR-MAPPED-ADDRESS", true},
    {0x0026, "PADDING", true},
    {0x0027, "RESPONSE-PORT", true},
    {0x7F00, "SIGNAL", false},
    {0x7F01, "ATTEMPT-ID", false},
    {0x7F02, "ASSIST-QUESTION", false},
    {0x7F03, "ASSIST-TARGET", false},
    {0x7F04, "ASSIST-LOCAL", false},
    {0x7F05, "ASSIST-PROOF", false},
    {0x7F06, "TEXT", false},
    {0x8022, "SOFTWARE", true},
    {0x8023, "ALTERNATE-SERVER", true},
    {0x8028, "FINGERPRINT", true},
    {0x802B, "RESPONSE-ORIGIN", true},
    {0x802C, "OTHER-ADDRESS", true},
    {0xC0F0, "RETURN-TOKEN", true},
    {0xC0F1, "FILL", true},
    {0xC0F2, "SENT-QUERY", true},
    {0xC0F3, "SENT-COUNT", true},
    {0xC0F4, "ARRIVAL", true},
    {0xC0F5, "DELAY", true},
};

TEST(AttributeType, NamesAndUnderstandsTheRegistry) {
  for (const Row& row : registry) {
    EXPECT_EQ(stun::attribute_name(row.type), row.name);
    EXPECT_EQ(stun::understood_in_binding(row.type), row.understood_in_binding) << row.name;
  }
}

// A table that is out of order would lose rows to the binary search.
TEST(AttributeType, KnowsNothingElse) {
  std::set<std::uint16_t> known;
  for (const Row& row : registry) known.insert(row.type);
  for (unsigned type = 0; type <= 0xFFFF; ++type) {
    const auto number = static_cast<std::uint16_t>(type);
    const bool named = !stun::attribute_name(number).starts_with("0x");
    ASSERT_EQ(named, known.count(number) == 1) << type;
    if (!named) {
      ASSERT_FALSE(stun::understood_in_binding(number)) << type;
    }
  }
}

TEST(AttributeType, UnknownNumbers_PrintAsHexadecimal) {
  EXPECT_EQ(stun::attribute_name(0x7FFF), "0x7FFF");
  EXPECT_EQ(stun::attribute_name(0x0000), "0x0000");
}

TEST(AttributeType, LowerHalfMustBeUnderstood) {
  EXPECT_TRUE(stun::comprehension_required(0x0000));
  EXPECT_TRUE(stun::comprehension_required(0x7FFF));
  EXPECT_FALSE(stun::comprehension_required(0x8000));
  EXPECT_FALSE(stun::comprehension_required(0xFFFF));
}

}  // namespace attribute_type_test
