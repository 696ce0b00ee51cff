#pragma once
// Two partner links on a wire of 10 ms each way, in virtual time.

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "reflector/partner_link.h"

namespace reflector {
namespace link_wire {

inline constexpr std::chrono::milliseconds one_way{10};

inline LinkConfig config_of(const char* own, const char* partner, std::uint64_t session) {
  return {.own = net::address(own),
          .partner = net::address(partner),
          .primary_port = 3478,
          .alternate_port = 3479,
          .keys = {LinkKey::derived_from(net::as_bytes("0123456789abcdef0123456789abcdef"))},
          .session = session};
}
inline LinkConfig config_a(std::uint64_t session = 100) { return config_of("192.0.2.1", "192.0.2.2", session); }
inline LinkConfig config_b(std::uint64_t session = 200) { return config_of("192.0.2.2", "192.0.2.1", session); }

inline Reply order() {
  Reply reply{.client = net::endpoint("198.51.100.9:40000"), .reply_port = 40000};
  reply.arrival = {.partner_address = true, .alternate_port = false};
  return reply;
}

// Two hosts, a wire of 10 ms each way, and virtual time in steps of a millisecond.
class Wire {
 public:
  net::TimePoint now{std::chrono::hours(5)};
  std::optional<PartnerLink> a, b;
  bool a_to_b = true, b_to_a = true;
  std::vector<net::Bytes> recorded_from_a, recorded_from_b;
  std::vector<Reply> orders_at_a, orders_at_b;
  std::size_t hellos = 0;
  net::Duration step_size = std::chrono::milliseconds(1);
  std::function<bool()> lost = [] { return false; };

  void start_a(LinkConfig config = config_a()) { a.emplace(std::move(config), now); }
  void start_b(LinkConfig config = config_b()) { b.emplace(std::move(config), now); }

  void run(net::Duration duration) {
    for (const net::TimePoint end = now + duration; now < end; now += step_size) step();
  }
  // How long until both ends are as asked, at most `limit`.
  net::Duration until(bool up, net::Duration limit = std::chrono::seconds(30)) {
    const net::TimePoint start = now;
    while (now < start + limit && !(a->up(now) == up && b->up(now) == up)) {
      step();
      now += step_size;
    }
    return now - start;
  }
  void relay_from_a() { send(a->relay(order()), recorded_from_a, to_b_, a_to_b); }
  void relay_from_b() { send(b->relay(order()), recorded_from_b, to_a_, b_to_a); }
  std::optional<Reply> give_b(net::BytesView datagram) { return b->receive(datagram, now); }
  std::optional<Reply> give_a(net::BytesView datagram) { return a->receive(datagram, now); }

 private:
  struct Flying {
    net::TimePoint at;
    net::Bytes bytes;
  };
  std::deque<Flying> to_a_, to_b_;

  void send(net::Bytes bytes, std::vector<net::Bytes>& record, std::deque<Flying>& to, bool open) {
    record.push_back(bytes);
    if (open && !lost()) to.push_back({now + one_way, std::move(bytes)});
  }
  void greet(std::optional<PartnerLink>& from, std::vector<net::Bytes>& record, std::deque<Flying>& to, bool open) {
    if (!from) return;
    while (auto hello = from->take_hello(now)) {
      ++hellos;
      send(std::move(*hello), record, to, open);
    }
  }
  void deliver(std::deque<Flying>& queue, std::optional<PartnerLink>& to, std::vector<Reply>& orders) {
    while (!queue.empty() && queue.front().at <= now) {
      if (to) {
        if (const auto obeyed = to->receive(queue.front().bytes, now)) orders.push_back(*obeyed);
      }
      queue.pop_front();
    }
  }
  void step() {
    deliver(to_a_, a, orders_at_a);
    deliver(to_b_, b, orders_at_b);
    greet(a, recorded_from_a, to_b_, a_to_b);
    greet(b, recorded_from_b, to_a_, b_to_a);
  }
};

inline Wire linked() {
  Wire wire;
  wire.start_a();
  wire.start_b();
  wire.run(std::chrono::seconds(3));
  EXPECT_TRUE(wire.a->up(wire.now) && wire.b->up(wire.now));
  return wire;
}

inline std::uint64_t faults(const PartnerLink& link) {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : link.faults()) sum += count;
  return sum;
}

}  // namespace link_wire
}  // namespace reflector
