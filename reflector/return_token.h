#pragma once
// RETURN-TOKEN: proof that a client receives at its source address, without state. Eight bytes: SipHash under a secret
// of (issuer, source IP without port, epoch of 64 s on the issuer's monotonic clock); the previous epoch is valid too,
// so a token lives 64 to 128 s. The issuer is a life of a reflector (its session id): tokens die with it. In a pair the
// secret is the same on both hosts and each knows the other's session id and epoch, so one token serves both. While a
// pair changes its key there are several secrets: tokens are issued under the one that both have, and good under each.

#include <atomic>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "net/endpoint.h"
#include "net/time.h"
#include "stun/crypto.h"
#include "stun/private_attributes.h"

namespace reflector {

inline constexpr net::Duration token_epoch = std::chrono::seconds(64);

struct TokenIssuer {
  std::uint64_t session = 0;
  std::uint64_t epoch = 0;
};

class TokenKeeper {
 public:
  TokenKeeper(const stun::SipKey& secret, std::uint64_t session) : secrets_{secret}, session_(session) {}
  TokenKeeper(std::vector<stun::SipKey> secrets, std::uint64_t session)
      : secrets_(std::move(secrets)), session_(session) {}

  TokenKeeper(const TokenKeeper& other)
      : secrets_(other.secrets_), issuing_(other.issuing_.load()), session_(other.session_) {}
  TokenKeeper& operator=(const TokenKeeper& other) {
    secrets_ = other.secrets_;
    issuing_ = other.issuing_.load();
    session_ = other.session_;
    return *this;
  }
  ~TokenKeeper() = default;

  // Its place among them; the first unless told. issue() and valid() may be called from other threads meanwhile.
  void issue_under(std::size_t secret) { issuing_.store(secret, std::memory_order_relaxed); }

  [[nodiscard]] stun::ReturnToken issue(const net::IpAddress& source, net::TimePoint now) const;

  // `partner`: what it last told of itself, while the link is up. Its epoch may have moved on since, so the next one
  // is taken as well; nobody but the partner can have made that.
  [[nodiscard]] bool valid(const stun::ReturnToken& token, const net::IpAddress& source, net::TimePoint now,
                           const std::optional<TokenIssuer>& partner) const;

  [[nodiscard]] static std::uint64_t epoch(net::TimePoint now);

 private:
  std::vector<stun::SipKey> secrets_;
  std::atomic<std::size_t> issuing_{0};
  std::uint64_t session_;

  [[nodiscard]] bool issued_by(const TokenIssuer& issuer, const stun::ReturnToken& token,
                               const net::IpAddress& source) const;
};

}  // namespace reflector
