#include "direct.h"

#include <utility>

namespace tests {

using namespace traversal;

namespace {
constexpr net::SocketId socket{1};
}

Direct::Direct(const std::string& token)
    : rendezvous({.listen = net::endpoint("192.0.2.1:3480"),
                  .token = token,
                  .hosts_per_token = traversal::most_hosts + 1,
                  .secret = {7}},
                 net::Random(1)),
      key_(signal_key(token)) {
  rendezvous.start(now_);
  (void)rendezvous.take_outputs();
}

net::Bytes Direct::request(const net::Endpoint& from, const Signal& signal) {
  return encode_request(stun::TransactionId::random(random_), signal, nonces_[from], key_);
}

net::Result<Signal, Refusal> Direct::ask(const net::Endpoint& from, const Signal& signal) {
  while (true) {
    const auto answer = decode_signal(say(from, request(from, signal)).at(0), key_).value();
    if (answer.nonce.empty()) return answer.content;
    nonces_[from] = answer.nonce;
  }
}

// Orders stay in the box.
std::vector<net::Bytes> Direct::say(const net::Endpoint& from, const net::Bytes& datagram) {
  auto waiting = std::exchange(boxes_[from], {});
  rendezvous.handle(now_, net::Datagram{socket, from, datagram, {}});
  collect();
  std::vector<net::Bytes> back;
  for (net::Bytes& bytes : std::exchange(boxes_[from], std::move(waiting))) {
    const bool order = decode_signal(bytes, key_).value().message_class == stun::MessageClass::Request;
    (order ? boxes_[from] : back).push_back(std::move(bytes));
  }
  return back;
}

std::optional<Signal> Direct::take_order(const net::Endpoint& at) {
  auto& box = boxes_[at];
  if (box.empty()) return std::nullopt;
  const auto order = decode_signal(box.front(), key_).value();
  box.erase(box.begin());
  (void)say(at, encode_success(order.id, Done{}, key_));
  return *order.content;
}

void Direct::pass(net::Duration time) {
  now_ += time;
  rendezvous.tick(now_);
  collect();
}

void Direct::collect() {
  for (net::Output& output : rendezvous.take_outputs()) {
    auto& send = std::get<net::Send>(output);
    boxes_[send.to].push_back(std::move(send.payload));
  }
}

}  // namespace tests
