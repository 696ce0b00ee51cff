#include "net/tls_context.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "net/cannot_work.h"
#include "net/secret_file.h"

namespace net {
namespace {

[[noreturn]] void refuse_file(const std::string& what, const std::string& file) {
  throw CannotWork(what + " " + file + ": " + tls_error());
}

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Key read_key(const std::string& file) {
  const std::string pem = read_secret_file(file);
  const std::unique_ptr<BIO, decltype(&BIO_free)> bytes(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                        &BIO_free);
  Key key(PEM_read_bio_PrivateKey(bytes.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  if (!key) refuse_file("TLS key", file);
  return key;
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

TlsContext::Owned TlsContext::make(bool server) {
  Owned context(SSL_CTX_new(server ? TLS_server_method() : TLS_client_method()));
  if (!context) throw CannotWork("begin with TLS: " + tls_error());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE);
  SSL_CTX_set_num_tickets(context.get(), 0);  // nothing resumes: no state, and no ticket key to keep
  return context;
}

TlsContext TlsContext::server(const std::string& certificate_file, const std::string& key_file) {
  Owned context = make(true);
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1) {
    refuse_file("TLS certificate", certificate_file);
  }
  const Key key = read_key(key_file);
  if (SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1) refuse_file("TLS key", key_file);
  return TlsContext(std::move(context));
}

TlsContext TlsContext::client(const std::string& ca_file) {
  Owned context = make(false);
  if (SSL_CTX_load_verify_locations(context.get(), ca_file.c_str(), nullptr) != 1) refuse_file("TLS CA", ca_file);
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context.get()), X509_V_FLAG_PARTIAL_CHAIN);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return TlsContext(std::move(context));
}

std::string tls_error() {
  std::string reason;
  while (const unsigned long code = ERR_get_error()) {  // the first is the one that explains
    const char* text = ERR_SYSTEM_ERROR(code) ? nullptr : ERR_reason_error_string(code);
    if (!reason.empty()) continue;
    reason = text != nullptr ? text : "cannot be read";
  }
  return reason.empty() ? "unusable" : reason;
}

}  // namespace net
