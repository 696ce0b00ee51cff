#pragma once
// A host that holds the right key, links like a partner, and orders 10,000 replies within a second for one target.

#include <utility>

#include "net/agent.h"
#include "reflector/partner_link.h"

namespace reflector {

inline constexpr std::string_view shared_key = "0123456789abcdef0123456789abcdef";

class HostilePartner : public net::Agent {
 public:
  HostilePartner(const net::Endpoint& own, const net::IpAddress& partner, const net::Endpoint& target)
      : own_(own),
        partner_{partner, default_link_port},
        target_(target),
        link_({.own = own.address,
               .partner = partner,
               .primary_port = default_port,
               .alternate_port = default_alternate_port,
               .keys = {LinkKey::derived_from(net::as_bytes(shared_key))},
               .session = 5},
              net::TimePoint{}) {}

  std::size_t orders = 0;

  void start(net::TimePoint) override { outputs_.emplace_back(net::OpenUdp{{1}, own_, std::nullopt}); }
  void handle(net::TimePoint now, const net::Input& input) override {
    if (const auto* datagram = std::get_if<net::Datagram>(&input)) (void)link_.receive(datagram->payload, now);
  }
  void tick(net::TimePoint now) override {
    next_ = now + std::chrono::milliseconds(1);
    if (auto hello = link_.take_hello(now)) outputs_.emplace_back(net::Send{{1}, partner_, std::move(*hello)});
    for (int i = 0; i < 10 && link_.up(now) && orders < 10'000; ++i, ++orders) {
      outputs_.emplace_back(net::Send{{1}, partner_, link_.relay(greedy_order())});
    }
  }
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override { return next_; }
  [[nodiscard]] std::vector<net::Output> take_outputs() override { return std::exchange(outputs_, {}); }
  [[nodiscard]] bool finished() const override { return false; }

 private:
  net::Endpoint own_;
  net::Endpoint partner_;
  net::Endpoint target_;
  PartnerLink link_;
  net::TimePoint next_;
  std::vector<net::Output> outputs_;

  [[nodiscard]] Reply greedy_order() const {
    Reply order{.client = target_, .reply_port = target_.port};
    order.request_size = stun::max_message_size;
    order.padding = true;
    order.token = stun::ReturnToken{{1, 2, 3}};
    return order;
  }
};

}  // namespace reflector
