#include "traversal/secrets.h"

#include <algorithm>

#include "stun/crypto.h"

namespace traversal {
namespace {

constexpr net::Duration epoch_length = std::chrono::seconds(16);

std::int64_t epoch_at(net::TimePoint now) { return now.time_since_epoch() / epoch_length; }

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
  return nonce_of_epoch(source, epoch_at(now));
}

bool Secrets::accepts(const std::string& nonce, const net::Endpoint& source, net::TimePoint now) const {
  const auto same = [&](std::int64_t epoch) {
    return stun::constant_time_equal(net::as_bytes(nonce), net::as_bytes(nonce_of_epoch(source, epoch)));
  };
  return same(epoch_at(now)) || same(epoch_at(now) - 1);
}

std::string Secrets::nonce_of_epoch(const net::Endpoint& source, std::int64_t epoch) const {
  net::Bytes message;
  net::append(message, net::as_bytes("nonce"));
  net::append(message, net::u64_bytes(static_cast<std::uint64_t>(epoch)));
  net::append(message, net::u16_bytes(source.port));
  net::append(message, source.address.bytes());
  return net::to_hex(net::BytesView(stun::hmac_sha256(secret_, message)).first(8));
}

}  // namespace traversal
