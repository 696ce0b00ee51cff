// TLS as bytes in and bytes out: who is believed, who is not, and what passes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "net/cannot_work.h"
#include "net/tls_session.h"
#include "tests/net/certificates.h"

namespace tls_test {

using certificates::Certificate;
using certificates::Wish;
using testing::HasSubstr;
using testing::StartsWith;

const std::string host = "rendezvous.test";

// Carries bytes between the two until neither has any; at most so many at a time.
void converse(net::TlsSession& client, net::TlsSession& server, std::size_t at_a_time = 1'000'000) {
  const auto carry = [&](net::TlsSession& from, net::TlsSession& to) {
    const net::Bytes bytes = from.take_stream();
    for (std::size_t at = 0; at < bytes.size(); at += at_a_time) {
      to.handle(net::BytesView(bytes).subspan(at, std::min(at_a_time, bytes.size() - at)));
    }
    return !bytes.empty();
  };
  bool any = true;
  while (any) {
    any = carry(client, server);
    any = carry(server, client) || any;
  }
}

std::string text(const net::Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

class Tls : public testing::Test {
 protected:
  net::TlsContext serving(const Certificate& certificate) {
    const auto files = certificates::written(certificate, folder_, "server");
    return net::TlsContext::server(files.certificate, files.key);
  }
  net::TlsContext believing(const Certificate& certificate) {
    return net::TlsContext::client(folder_.file("ca.pem", certificate.pem()));
  }
  // What the client says of a server with this certificate; empty: nothing is wrong.
  std::string verdict(const Certificate& shown, const Certificate& believed, const std::string& asked = host) {
    net::TlsSession server(serving(shown));
    net::TlsSession client(believing(believed), asked);
    client.send(net::as_bytes("secret"));
    converse(client, server);
    EXPECT_EQ(client.established(), !client.failure());
    if (client.failure()) {
      EXPECT_EQ(text(server.take_received()), "");
    }
    return client.failure().value_or("");
  }

  programs::TemporaryDirectory folder_;
  Certificate authority_{{.name = "an authority", .authority = true}};
};

TEST_F(Tls, BytesPassBothWays_WhateverTheyAreCutInto) {
  for (const std::size_t at_a_time : {1U, 7U, 100'000U}) {
    net::TlsSession server(serving(Certificate({}, authority_)));
    net::TlsSession client(believing(authority_), host);
    const std::string much(50'000, 'x');
    client.send(net::as_bytes(much));  // before the handshake
    converse(client, server, at_a_time);
    ASSERT_EQ(client.failure().value_or(""), "");
    ASSERT_EQ(server.failure().value_or(""), "");
    EXPECT_EQ(text(server.take_received()), much);
    server.send(net::as_bytes("answer"));
    server.finish();
    converse(client, server, at_a_time);
    EXPECT_EQ(text(client.take_received()), "answer");
    EXPECT_TRUE(client.peer_finished());
    EXPECT_FALSE(client.failure());
  }
}

TEST_F(Tls, IsBelieved_IfSignedByTheAuthority_OrPinnedItself_AndForThisHost) {
  EXPECT_EQ(verdict(Certificate({}, authority_), authority_), "");
  const Certificate own({});
  EXPECT_EQ(verdict(own, own), "");
  const Certificate leaf({}, authority_);
  EXPECT_EQ(verdict(leaf, leaf), "");
  for (const char* address : {"192.0.2.1", "2001:db8::1"}) {
    EXPECT_EQ(verdict(Certificate({.name = address}, authority_), authority_, address), "") << address;
  }
}

TEST_F(Tls, IsRefused_WithTheReason) {
  const Certificate another({.name = "another authority", .authority = true});
  const auto of = [&](const Wish& wish) { return Certificate(wish, authority_); };
  EXPECT_EQ(verdict(of({.name = "other.test"}), authority_), "TLS: hostname mismatch");
  EXPECT_EQ(verdict(of({.name = "192.0.2.2"}), authority_, "192.0.2.1"), "TLS: IP address mismatch");
  EXPECT_EQ(verdict(of({}), authority_, "192.0.2.1"), "TLS: IP address mismatch");
  EXPECT_EQ(verdict(of({}), authority_, "sub." + host), "TLS: hostname mismatch");
  EXPECT_EQ(verdict(Certificate({}), authority_), "TLS: self-signed certificate");
  EXPECT_EQ(verdict(Certificate({}), Certificate({})), "TLS: self-signed certificate");
  EXPECT_EQ(verdict(Certificate({}, another), authority_), "TLS: unable to get local issuer certificate");
  EXPECT_EQ(verdict(of({.valid_from = -7200, .valid_to = -3600}), authority_), "TLS: certificate has expired");
  EXPECT_EQ(verdict(of({.valid_from = 3600, .valid_to = 7200}), authority_), "TLS: certificate is not yet valid");
}

TEST_F(Tls, AnOlderVersion_IsRefusedByBothSides) {
  const Certificate certificate({}, authority_);
  const auto old_only = [](const net::TlsContext& context) {
    SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
  };
  for (const bool client_is_old : {true, false}) {
    const net::TlsContext serving_context = serving(certificate);
    const net::TlsContext client_context = believing(authority_);
    old_only(client_is_old ? client_context : serving_context);
    net::TlsSession server(serving_context);
    net::TlsSession client(client_context, host);
    client.send(net::as_bytes("secret"));
    converse(client, server);
    EXPECT_TRUE(client.failure());
    EXPECT_THAT(client_is_old ? *server.failure() : *client.failure(), HasSubstr("protocol"));
    EXPECT_EQ(text(server.take_received()), "");
  }
}

TEST_F(Tls, WhatIsNoTls_Fails) {
  net::TlsSession server(serving(Certificate({}, authority_)));
  server.handle(net::as_bytes("GET / HTTP/1.1\r\n\r\n"));
  EXPECT_TRUE(server.failure());
  net::TlsSession client(believing(authority_), host);
  client.handle(net::as_bytes("SSH-2.0-OpenSSH_9.2\r\n"));
  EXPECT_TRUE(client.failure());
}

TEST_F(Tls, ABitFlippedOnTheWay_EndsTheSession) {
  net::TlsSession server(serving(Certificate({}, authority_)));
  net::TlsSession client(believing(authority_), host);
  converse(client, server);
  client.send(net::as_bytes("hello"));
  net::Bytes bytes = client.take_stream();
  bytes.back() ^= 1;
  server.handle(bytes);
  EXPECT_TRUE(server.failure());
  EXPECT_EQ(text(server.take_received()), "");
}

TEST_F(Tls, FilesThatWillNotDo_AreNamed) {
  const auto good = certificates::written(Certificate({}), folder_, "good");
  const auto other = certificates::written(Certificate({}), folder_, "other");
  const auto readable = folder_.file("readable.key", Certificate({}).key_pem(), 0644);
  const auto garbage = folder_.file("garbage", "nothing of use");
  const auto complaint = [](auto make) {
    try {
      make();
    } catch (const net::CannotWork& error) {
      return std::string(error.what());
    }
    return std::string("no complaint");
  };
  using net::TlsContext;
  EXPECT_THAT(complaint([&] { (void)TlsContext::server("/nonexistent.pem", good.key); }),
              StartsWith("TLS certificate /nonexistent.pem: "));
  EXPECT_THAT(complaint([&] { (void)TlsContext::server(garbage, good.key); }),
              StartsWith("TLS certificate " + garbage.string() + ": "));
  EXPECT_THAT(complaint([&] { (void)TlsContext::server(good.certificate, garbage); }),
              StartsWith("TLS key " + garbage.string() + ": "));
  EXPECT_THAT(complaint([&] { (void)TlsContext::server(good.certificate, other.key); }),
              StartsWith("TLS key " + other.key + ": "));
  EXPECT_THAT(complaint([&] { (void)TlsContext::server(good.certificate, readable); }),
              StartsWith("read secret " + readable.string() + ": others can read"));
  EXPECT_THAT(complaint([&] { (void)TlsContext::client(garbage); }), StartsWith("TLS CA " + garbage.string() + ": "));
}

}  // namespace tls_test
