#include "probe/assist_key.h"

#include <cctype>

#include "stun/crypto.h"

namespace probe {
namespace {

constexpr std::string_view code_letters = "0123456789abcdefghjkmnpqrstvwxyz";  // Crockford: no i, l, o, u
constexpr std::string_view purpose = "natscope natprobe assist 1";

std::string letters_that_count(std::string_view code) {
  std::string out;
  for (const char c : code) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isspace(byte) == 0 && c != '-') out += static_cast<char>(std::tolower(byte));
  }
  return out;
}

}  // namespace

std::optional<AssistKey> assist_key(std::string_view code) {
  const std::string counted = letters_that_count(code);
  if (counted.size() < least_assist_code) return std::nullopt;
  return stun::hmac_sha256(net::as_bytes(counted), net::as_bytes(purpose));
}

std::string assist_code(std::array<std::uint8_t, 20> secret) {
  std::string out;
  for (std::size_t i = 0; i < secret.size(); ++i) {
    if (i > 0 && i % 4 == 0) out += '-';
    out += code_letters[secret[i] % code_letters.size()];
  }
  return out;
}

}  // namespace probe
