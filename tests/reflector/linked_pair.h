#pragma once
// A reflector B as an agent, and its partner A as a holder of the key plays it: byte by byte, so that a test can say
// and repeat whatever it likes.

#include <gtest/gtest.h>

#include <memory>

#include "reflector/partner_link.h"
#include "tests/reflector/open_reflector.h"

namespace reflector {

class LinkedPair {
 public:
  static constexpr std::string_view secret = "0123456789abcdef0123456789abcdef";

  explicit LinkedPair(net::Family of_family = net::Family::V4)
      : family(of_family), b(config_b()), a(config_a(100), b.now) {
    link();
  }

  net::Family family;
  OpenReflector b;
  PartnerLink a;
  std::vector<net::Bytes> said_by_a;
  std::vector<net::Bytes> said_by_b;

  [[nodiscard]] net::IpAddress address_a() const { return net::address(v4() ? "192.0.2.1" : "2001:db8::1"); }
  [[nodiscard]] net::IpAddress address_b() const { return net::address(v4() ? "192.0.2.2" : "2001:db8::2"); }
  [[nodiscard]] net::Endpoint client() const {
    return net::endpoint(v4() ? "198.51.100.9:40000" : "[2001:db8:9::9]:40000");
  }
  [[nodiscard]] static const LinkKey& key() {
    static const LinkKey made = LinkKey::derived_from(net::as_bytes(secret));
    return made;
  }

  [[nodiscard]] Reply order(const net::Endpoint& client) const {
    Reply reply{.client = client, .reply_port = client.port};
    reply.arrival = {.partner_address = true, .alternate_port = false};
    reply.request_size = 200;
    return reply;
  }
  [[nodiscard]] Reply order() const { return order(client()); }

  // What B sends when this comes from A's address.
  std::vector<net::Send> give_b(net::BytesView datagram) {
    return packets(b.receive({address_b(), default_link_port}, {address_a(), default_link_port}, datagram));
  }

  // Lets both talk for so long, without delay.
  void talk(net::Duration duration) {
    for (const net::TimePoint end = b.now + duration; b.now < end;) {
      take_greetings(b.pass(std::chrono::milliseconds(10)));
      greet_from_a();
    }
  }
  void greet_from_a() {
    while (const auto hello = a.take_hello(b.now)) {
      said_by_a.push_back(*hello);
      take_greetings(b.receive({address_b(), default_link_port}, {address_a(), default_link_port}, *hello));
    }
  }
  // A new life of either host.
  void restart_a(std::uint64_t session) {
    a = PartnerLink(config_a(session), b.now);
    link();
  }
  void restart_b(std::uint8_t life) {
    const net::TimePoint now = b.now;
    std::destroy_at(&b);
    std::construct_at(&b, config_b(), life, now);
    link();
  }

 private:
  [[nodiscard]] bool v4() const { return family == net::Family::V4; }
  [[nodiscard]] LinkConfig config_a(std::uint64_t session) const {
    return {.own = address_a(),
            .partner = address_b(),
            .primary_port = default_port,
            .alternate_port = default_alternate_port,
            .keys = {key()},
            .session = session};
  }
  [[nodiscard]] ReflectorConfig config_b() const {
    return pair_config({address_b(), default_port}, address_a(), net::as_bytes(secret));
  }
  void link() {
    talk(std::chrono::seconds(2));
    EXPECT_TRUE(a.up(b.now) && b.agent.partner_usable(family, b.now));
  }
  void take_greetings(const std::vector<net::Output>& outputs) {
    for (const net::Send& sent : packets(outputs)) {
      said_by_b.push_back(sent.payload);
      (void)a.receive(sent.payload, b.now);
    }
  }
};

}  // namespace reflector
