#include "reflector/secrets.h"

#include <fmt/core.h>

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

std::vector<stun::SipKey> token_secrets(const HostConfig& host, const ReflectorConfig& config, net::BytesView secret) {
  constexpr std::string_view purpose = "natscope return token";
  if (!host.partner || config.link_keys.empty()) return {sip_key(secret, purpose)};
  std::vector<stun::SipKey> secrets;
  for (const net::Bytes& key : config.link_keys) secrets.push_back(sip_key(key, purpose));
  return secrets;
}

std::uint64_t session_of(net::BytesView secret, net::Family family, std::uint32_t number) {
  const std::string_view name = family == net::Family::V4 ? "IPv4" : "IPv6";
  const Derived bytes = derived(secret, fmt::format("session {} of {}", number, name));
  return net::get_u64(bytes) | 1U;  // 0 means none
}

}  // namespace reflector
