#include "reflector/return_token.h"

#include <algorithm>
#include <array>

namespace reflector {
namespace {

stun::ReturnToken token_of(const stun::SipKey& secret, const TokenIssuer& issuer, const net::IpAddress& source) {
  std::array<std::uint8_t, 32> message{};  // session, epoch, address (its length tells the family)
  const auto session = net::u64_bytes(issuer.session);
  const auto number = net::u64_bytes(issuer.epoch);
  const net::BytesView address = source.bytes();
  std::copy(session.begin(), session.end(), message.begin());
  std::copy(number.begin(), number.end(), message.begin() + 8);
  std::copy(address.begin(), address.end(), message.begin() + 16);
  return {net::u64_bytes(stun::sip_hash(secret, net::BytesView(message).first(16 + address.size())))};
}

}  // namespace

stun::ReturnToken TokenKeeper::issue(const net::IpAddress& source, net::TimePoint now) const {
  return token_of(secrets_[issuing_.load(std::memory_order_relaxed)], {session_, epoch(now)}, source);
}

bool TokenKeeper::valid(const stun::ReturnToken& token, const net::IpAddress& source, net::TimePoint now,
                        const std::optional<TokenIssuer>& partner) const {
  const std::uint64_t mine = epoch(now);
  if (issued_by({session_, mine}, token, source) || issued_by({session_, mine - 1}, token, source)) return true;
  if (!partner) return false;
  return issued_by({partner->session, partner->epoch}, token, source) ||
         issued_by({partner->session, partner->epoch - 1}, token, source) ||
         issued_by({partner->session, partner->epoch + 1}, token, source);
}

std::uint64_t TokenKeeper::epoch(net::TimePoint now) {
  return static_cast<std::uint64_t>(now.time_since_epoch() / token_epoch);
}

bool TokenKeeper::issued_by(const TokenIssuer& issuer, const stun::ReturnToken& token,
                            const net::IpAddress& source) const {
  return std::any_of(secrets_.begin(), secrets_.end(), [&](const stun::SipKey& secret) {
    return stun::constant_time_equal(token_of(secret, issuer, source).bytes, token.bytes);
  });
}

}  // namespace reflector
