#pragma once
// One side of one TLS connection, as bytes in and bytes out: the owner has the stream. Nothing that was sent leaves,
// and nothing is received, before both sides have proven what the context asks of them.

#include <memory>
#include <optional>
#include <string>

#include "net/bytes.h"
#include "net/tls_context.h"

struct ssl_st;

namespace net {

class TlsSession {
 public:
  // A server's.
  explicit TlsSession(const TlsContext& context);
  // A client's: the certificate must be of this host name or IP address.
  TlsSession(const TlsContext& context, const std::string& server);

  void handle(BytesView stream);  // as it came
  void send(BytesView bytes);
  void finish();                        // says that nothing more will be sent
  [[nodiscard]] Bytes take_stream();    // for the other side
  [[nodiscard]] Bytes take_received();  // of the other side

  [[nodiscard]] bool established() const;
  [[nodiscard]] bool peer_finished() const;  // it has said so
  // Why it came to nothing, once and for good; what take_stream() then gives tells the other side.
  [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }

 private:
  struct Free {
    void operator()(ssl_st* session) const;
  };
  std::unique_ptr<ssl_st, Free> session_;
  Bytes waiting_;  // to be sent once it is established
  Bytes received_;
  std::optional<std::string> failure_;

  void go_on();
  void read();
  void write();
  void fail(int result);
};

}  // namespace net
