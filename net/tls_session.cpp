#include "net/tls_session.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <utility>

#include "net/cannot_work.h"

namespace net {
namespace {

bool is_address(const std::string& name) {
  const std::unique_ptr<ASN1_OCTET_STRING, decltype(&ASN1_OCTET_STRING_free)> address(a2i_IPADDRESS(name.c_str()),
                                                                                      &ASN1_OCTET_STRING_free);
  ERR_clear_error();
  return address != nullptr;
}

}  // namespace

void TlsSession::Free::operator()(ssl_st* session) const { SSL_free(session); }

TlsSession::TlsSession(const TlsContext& context) : session_(SSL_new(context.get())) {
  if (!session_) throw CannotWork("begin a TLS session: " + tls_error());
  SSL_set_bio(session_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_accept_state(session_.get());
}

TlsSession::TlsSession(const TlsContext& context, const std::string& server) : TlsSession(context) {
  SSL_set_connect_state(session_.get());
  if (is_address(server)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session_.get()), server.c_str());
  } else {
    SSL_set1_host(session_.get(), server.c_str());
    std::string name = server;  // the macro for this casts as C does
    SSL_ctrl(session_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
  }
  go_on();
}

void TlsSession::handle(BytesView stream) {
  if (failure_ || stream.empty()) return;
  BIO_write(SSL_get_rbio(session_.get()), stream.data(), static_cast<int>(stream.size()));
  go_on();
}

void TlsSession::send(BytesView bytes) {
  append(waiting_, bytes);
  go_on();
}

void TlsSession::finish() {
  if (!failure_ && established()) SSL_shutdown(session_.get());
  ERR_clear_error();
}

bool TlsSession::established() const { return SSL_is_init_finished(session_.get()) != 0; }

bool TlsSession::peer_finished() const { return (SSL_get_shutdown(session_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }

Bytes TlsSession::take_stream() {
  BIO* out = SSL_get_wbio(session_.get());
  Bytes bytes(BIO_ctrl_pending(out));
  if (!bytes.empty()) BIO_read(out, bytes.data(), static_cast<int>(bytes.size()));
  return bytes;
}

Bytes TlsSession::take_received() { return std::exchange(received_, {}); }

void TlsSession::go_on() {
  if (failure_) return;
  if (!established()) {
    const int result = SSL_do_handshake(session_.get());
    if (result != 1) return fail(result);
  }
  write();
  read();
}

void TlsSession::write() {
  if (waiting_.empty() || failure_) return;
  const int result = SSL_write(session_.get(), waiting_.data(), static_cast<int>(waiting_.size()));
  if (result <= 0) return fail(result);
  waiting_.erase(waiting_.begin(), waiting_.begin() + result);
  write();  // a record has 16 KiB at most
}

void TlsSession::read() {
  std::array<std::uint8_t, 4096> buffer;
  while (!failure_) {
    const int result = SSL_read(session_.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (result <= 0) return fail(result);
    append(received_, BytesView(buffer.data(), static_cast<std::size_t>(result)));
  }
}

// To wait for more is no failure, nor is the other side's word that it is done.
void TlsSession::fail(int result) {
  const int error = SSL_get_error(session_.get(), result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_ZERO_RETURN) return;
  const long verdict = SSL_get_verify_result(session_.get());
  failure_ = "TLS: " + (verdict != X509_V_OK ? std::string(X509_verify_cert_error_string(verdict)) : tls_error());
  ERR_clear_error();
}

}  // namespace net
