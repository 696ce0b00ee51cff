#include "reflector/secrets.h"

#include <algorithm>

#include "stun/crypto.h"

namespace reflector {
namespace {

using Derived = std::array<std::uint8_t, stun::sha256_size>;

Derived derived(net::BytesView secret, std::string_view purpose) {
  return stun::hmac_sha256(secret, net::as_bytes(purpose));
}

}  // namespace

stun::SipKey sip_key(net::BytesView secret, std::string_view purpose) {
  stun::SipKey key{};
  const Derived bytes = derived(secret, purpose);
  std::copy_n(bytes.begin(), key.size(), key.begin());
  return key;
}

stun::SipKey token_secret(const HostConfig& host, const ReflectorConfig& config, net::BytesView secret) {
  const bool shared = host.partner && !config.link_keys.empty();
  return sip_key(shared ? net::BytesView(config.link_keys.front()) : secret, "natscope return token");
}

std::uint64_t session_of(net::BytesView secret, net::Family family) {
  const Derived bytes = derived(secret, family == net::Family::V4 ? "session of IPv4" : "session of IPv6");
  return net::get_u64(bytes) | 1U;  // 0 means none
}

}  // namespace reflector
