#include "traversal/secrets.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "stun/crypto.h"

namespace traversal {
namespace {

constexpr net::Duration good_for = std::chrono::seconds(24);
constexpr std::size_t moment_digits = 8;

// In milliseconds; they begin anew after 49 days.
std::uint32_t moment_at(net::TimePoint now) {
  return static_cast<std::uint32_t>(now.time_since_epoch() / std::chrono::milliseconds(1));
}

std::optional<std::uint32_t> moment_in(std::string_view nonce) {
  const std::string_view digits = nonce.substr(0, moment_digits);
  std::uint32_t moment = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), moment, 16);
  const bool whole = error == std::errc() && digits.size() == moment_digits && end == digits.data() + digits.size();
  return whole ? std::optional(moment) : std::nullopt;
}

}  // namespace

Key Secrets::next_key() {
  net::Bytes message;
  net::append(message, net::as_bytes("key"));
  net::append(message, net::u64_bytes(used_++));
  return stun::hmac_sha256(secret_, message);
}

Id Secrets::next_id() {
  const Key key = next_key();
  Id id{};
  std::copy_n(key.begin(), id.size(), id.begin());
  return id;
}

std::string Secrets::nonce_for(const net::Endpoint& source, net::TimePoint now) const {
  return nonce_of(source, moment_at(now));
}

std::optional<net::Duration> Secrets::age_of(const std::string& nonce, const net::Endpoint& source,
                                             net::TimePoint now) const {
  const auto moment = moment_in(nonce);
  if (!moment) return std::nullopt;
  const net::Duration age = std::chrono::milliseconds(moment_at(now) - *moment);
  const bool ours = stun::constant_time_equal(net::as_bytes(nonce), net::as_bytes(nonce_of(source, *moment)));
  return ours && age < good_for ? std::optional(age) : std::nullopt;
}

std::string Secrets::nonce_of(const net::Endpoint& source, std::uint32_t moment) const {
  net::Bytes message;
  net::append(message, net::as_bytes("nonce"));
  net::append(message, net::u32_bytes(moment));
  net::append(message, net::u16_bytes(source.port));
  net::append(message, source.address.bytes());
  return net::to_hex(net::u32_bytes(moment)) +
         net::to_hex(net::BytesView(stun::hmac_sha256(secret_, message)).first(8));
}

}  // namespace traversal
