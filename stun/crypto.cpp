#include "stun/crypto.h"

#include <fmt/core.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace stun {
namespace {

struct MacDeleter {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using MacContext = std::unique_ptr<EVP_MAC_CTX, MacDeleter>;

// Made once a thread and algorithm: fetching costs several times what the hash itself does.
MacContext new_context(const char* algorithm, const OSSL_PARAM& parameter) {
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, algorithm, nullptr);
  MacContext context(EVP_MAC_CTX_new(mac));
  EVP_MAC_free(mac);  // the context holds its own reference
  const OSSL_PARAM parameters[] = {parameter, OSSL_PARAM_construct_end()};
  if (!context || EVP_MAC_CTX_set_params(context.get(), parameters) != 1) {
    throw std::runtime_error(fmt::format("libcrypto offers no {}", algorithm));
  }
  return context;
}

void run(EVP_MAC_CTX* context, net::BytesView key, Pieces message, std::span<std::uint8_t> out) {
  static constexpr std::uint8_t no_key = 0;  // libcrypto takes a null key for "the key of last time"
  bool good = EVP_MAC_init(context, key.empty() ? &no_key : key.data(), key.size(), nullptr) == 1;
  for (const net::BytesView piece : message) good = good && EVP_MAC_update(context, piece.data(), piece.size()) == 1;
  std::size_t written = 0;
  good = good && EVP_MAC_final(context, out.data(), &written, out.size()) == 1;
  if (!good || written != out.size()) throw std::runtime_error("libcrypto could not compute a MAC");
}

template <std::size_t Size>
std::array<std::uint8_t, Size> hmac(std::string digest, net::BytesView key, Pieces message) {
  thread_local const MacContext context =
      new_context("HMAC", OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0));
  std::array<std::uint8_t, Size> out{};
  run(context.get(), key, message, out);
  return out;
}

template <std::size_t Size>
std::array<std::uint8_t, Size> digest_of(const EVP_MD* algorithm, net::BytesView message) {
  std::array<std::uint8_t, Size> out{};
  if (EVP_Digest(message.data(), message.size(), out.data(), nullptr, algorithm, nullptr) != 1) {
    throw std::runtime_error("libcrypto could not compute a digest");
  }
  return out;
}

}  // namespace

std::array<std::uint8_t, sha1_size> hmac_sha1(net::BytesView key, Pieces message) {
  return hmac<sha1_size>("SHA1", key, message);
}

std::array<std::uint8_t, sha256_size> hmac_sha256(net::BytesView key, Pieces message) {
  return hmac<sha256_size>("SHA256", key, message);
}

std::array<std::uint8_t, sha1_size> hmac_sha1(net::BytesView key, net::BytesView message) {
  return hmac_sha1(key, {message});
}

std::array<std::uint8_t, sha256_size> hmac_sha256(net::BytesView key, net::BytesView message) {
  return hmac_sha256(key, {message});
}

std::array<std::uint8_t, sha256_size> sha256(net::BytesView message) {
  return digest_of<sha256_size>(EVP_sha256(), message);
}

std::array<std::uint8_t, 16> long_term_key(std::string_view username, std::string_view realm,
                                           std::string_view password) {
  const std::string joined = fmt::format("{}:{}:{}", username, realm, password);
  return digest_of<16>(EVP_md5(), net::as_bytes(joined));
}

bool constant_time_equal(net::BytesView a, net::BytesView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void fill_with_secret(std::span<std::uint8_t> bytes) {
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error("the system's random generator failed");
  }
}

}  // namespace stun
