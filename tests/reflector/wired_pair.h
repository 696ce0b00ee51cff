#pragma once
// Two reflectors of one pair, joined by a wire without delay, told requests one by one.

#include <gtest/gtest.h>

#include "tests/reflector/open_reflector.h"

namespace reflector {

class WiredPair {
 public:
  WiredPair(const ReflectorConfig& config_a, const ReflectorConfig& config_b)
      : a(config_a, 1),
        b(config_b, 2),
        a_(config_a.hosts.front().listen.address),
        b_(config_b.hosts.front().listen.address) {
    pass(std::chrono::seconds(1));
  }

  OpenReflector a, b;
  std::vector<net::Send> sent_by_a, sent_by_b;  // to clients

  [[nodiscard]] bool linked() const {
    return a.agent.partner_usable(a_.family(), a.now) && b.agent.partner_usable(b_.family(), b.now);
  }
  void ask_a(const net::Endpoint& from, net::BytesView datagram) {
    carry(a.receive({a_, default_port}, from, datagram), true);
  }
  void ask_b(const net::Endpoint& from, net::BytesView datagram) {
    carry(b.receive({b_, default_port}, from, datagram), false);
  }
  void pass(net::Duration duration) {
    for (const net::TimePoint end = a.now + duration; a.now < end;) {
      const net::Duration step = std::min<net::Duration>(std::chrono::milliseconds(10), end - a.now);
      carry(a.pass(step), true);
      carry(b.pass(step), false);
    }
  }

 private:
  net::IpAddress a_, b_;

  void carry(const std::vector<net::Output>& outputs, bool from_a) {
    for (const net::Send& sent : packets(outputs)) {
      const bool to_partner = sent.to.port == default_link_port;
      if (!to_partner) {
        (from_a ? sent_by_a : sent_by_b).push_back(sent);
      } else if (from_a) {
        carry(b.receive(sent.to, {a_, default_link_port}, sent.payload), false);
      } else {
        carry(a.receive(sent.to, {b_, default_link_port}, sent.payload), true);
      }
    }
  }
};

}  // namespace reflector
