#pragma once
// Who a TLS session is with: TLS 1.3 (RFC 8446) and nothing older, by certificates in PEM files.

#include <memory>
#include <string>

struct ssl_ctx_st;

namespace net {

class TlsContext {
 public:
  // A server that shows this certificate (and what stands behind it in the file). The key's file must be unreadable to
  // others. CannotWork: "TLS certificate /x.pem: ...".
  [[nodiscard]] static TlsContext server(const std::string& certificate_file, const std::string& key_file);

  // A client that believes what the certificates in this file have signed, or exactly one of them: so a server's own
  // certificate may be pinned. CannotWork.
  [[nodiscard]] static TlsContext client(const std::string& ca_file);

  [[nodiscard]] ssl_ctx_st* get() const { return context_.get(); }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  using Owned = std::unique_ptr<ssl_ctx_st, Free>;
  Owned context_;

  explicit TlsContext(Owned context) : context_(std::move(context)) {}
  [[nodiscard]] static Owned make(bool server);
};

// Why OpenSSL last failed in this thread, in words; the queue of its errors is empty then.
[[nodiscard]] std::string tls_error();

}  // namespace net
