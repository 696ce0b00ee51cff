#include "stun/error_attributes.h"

#include "tests/stun/attribute_checks.h"

namespace error_attributes_test {

using stun_test::expect_vector;

TEST(ErrorCode, HoldsClassNumberAndReason) {
  expect_vector(stun::ErrorCode{300, ""}, "00000300");
  expect_vector(stun::ErrorCode{420, "no"}, "00000414 6e6f");
  expect_vector(stun::ErrorCode{699, ""}, "00000663");
  const auto parsed = stun::ErrorCode::parse(net::from_hex("00000426 5374616c65"), {});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->code, 438);
  EXPECT_EQ(parsed->reason, "Stale");
}

TEST(ErrorCode, ReservedBitsAreIgnored) {
  EXPECT_EQ(stun::ErrorCode::parse(net::from_hex("fffffc00"), {})->code, 400);  // class digit 4 under 21 ones
}

TEST(ErrorCode, WithoutWholeCodeOrOutsideTheRange_IsMalformed) {
  for (const char* value : {"", "00", "0000", "000004", "00000000", "00000100", "00000200", "00000700", "00000464",
                            "000004ff", "ffffff00"}) {
    EXPECT_FALSE(stun::ErrorCode::parse(net::from_hex(value), {})) << value;
  }
}

TEST(ErrorCode, AnyReasonLengthIsRead) {
  for (const std::size_t size : {0U, 1U, 763U, 764U, 4000U}) {
    net::Bytes value = net::from_hex("00000400");
    value.resize(4 + size, 'a');
    EXPECT_EQ(stun::ErrorCode::parse(value, {})->reason.size(), size);
  }
}

TEST(UnknownAttributes, IsAListOfTypes) {
  expect_vector(stun::UnknownAttributes{{}}, "");
  expect_vector(stun::UnknownAttributes{{0x7FFF}}, "7fff");
  expect_vector(stun::UnknownAttributes{{0x7FFF, 0x0000, 0x0003}}, "7fff00000003");
}

TEST(UnknownAttributes, OfOddSize_IsMalformed) {
  for (const char* value : {"00", "000300", "0003000200"}) {
    EXPECT_FALSE(stun::UnknownAttributes::parse(net::from_hex(value), {})) << value;
  }
}

struct Text {
  const char* what;
  std::string given;
  std::string shown;
};

TEST(Shown, EscapesWhatCouldMislead) {
  using namespace std::string_literals;
  const std::vector<Text> texts = {
      {"plain", "Stale Nonce", "Stale Nonce"},
      {"letters of any script", "マトリックス é ß 😀", "マトリックス é ß 😀"},
      {"ESC and BEL", "\x1b[2J\x1b]0;x\x07", "\\u{001b}[2J\\u{001b}]0;x\\u{0007}"},
      {"line ends and tab", "a\r\nb\tc", "a\\u{000d}\\u{000a}b\\u{0009}c"},
      {"NUL", "a\0b"s, "a\\u{0000}b"},
      {"DEL and C1", "\x7f\xc2\x9b", "\\u{007f}\\u{009b}"},
      {"right-to-left override", "\u202egnp.exe", "\\u{202e}gnp.exe"},
      {"isolates and marks", "\u2066\u2069\u200f\u061c", "\\u{2066}\\u{2069}\\u{200f}\\u{061c}"},
      {"invisible", "a\u200bb\u00adc\ufeff", "a\\u{200b}b\\u{00ad}c\\u{feff}"},
      {"line and paragraph separators", "\u2028\u2029", "\\u{2028}\\u{2029}"},
      {"tags", "\U000e0041", "\\u{e0041}"},
      {"a backslash, so that no text can look escaped", "\\u{001b}", "\\u{005c}u{001b}"},
      {"stray and overlong bytes", "\xff\xfe\xc0\x80", "\\xff\\xfe\\xc0\\x80"},
      {"a lone continuation", "a\x80", "a\\x80"},
      {"cut short", "a\xe3\x83", "a\\xe3\\x83"},
      {"a surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80"},
      {"overlong in three and four bytes", "\xe0\x80\x80\xf0\x80\x80\x80", "\\xe0\\x80\\x80\\xf0\\x80\\x80\\x80"},
      {"beyond Unicode", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
      {"the last code point", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},
      {"nothing", "", ""},
  };
  for (const Text& text : texts) EXPECT_EQ(stun::shown(text.given), text.shown) << text.what;
}

TEST(Shown, IsCutTo127Characters_NotBytes) {
  EXPECT_EQ(stun::shown(std::string(127, 'a')).size(), 127U);
  EXPECT_EQ(stun::shown(std::string(764, 'a')).size(), 127U);
  EXPECT_EQ(stun::shown(std::string(65000, 'a')).size(), 127U);
  std::string two_bytes_each;
  for (int i = 0; i < 200; ++i) two_bytes_each += "é";
  EXPECT_EQ(stun::shown(two_bytes_each).size(), 254U);
  EXPECT_EQ(stun::shown(std::string(200, '\x1b')).size(), 127U * 8);
}

}  // namespace error_attributes_test
