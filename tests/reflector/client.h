#pragma once
// A client in the simulator that asks what it was told to, when it was told to, from one UDP socket, and keeps what
// comes back.

#include <algorithm>
#include <vector>

#include "net/agent.h"
#include "stun/address_attributes.h"
#include "stun/behavior_attributes.h"
#include "stun/error_attributes.h"
#include "stun/message_builder.h"
#include "stun/private_attributes.h"

namespace reflector {

// A Binding request of these attributes, with FILL up to `size` bytes. Its transaction id is made of `number`.
template <typename... Attributes>
net::Bytes request(std::uint8_t number, std::size_t size, const Attributes&... attributes) {
  stun::TransactionId id;
  const auto cookie = net::u32_bytes(stun::magic_cookie);
  std::copy(cookie.begin(), cookie.end(), id.bytes.begin());
  id.bytes[15] = number;
  net::Bytes bytes;
  stun::MessageBuilder builder(bytes, stun::MessageClass::Request, stun::Method::Binding, id);
  (builder.add(attributes), ...);
  if (builder.size() < size) builder.add(stun::Fill{static_cast<std::uint16_t>(size - builder.size() - 4)});
  return bytes;
}

class Client : public net::Agent {
 public:
  struct Question {
    net::Duration at;  // since the start
    net::Endpoint to;
    net::Bytes bytes;
  };
  struct Answer {
    net::TimePoint at;
    net::Endpoint from;
    net::Bytes bytes;

    [[nodiscard]] stun::Message message() const { return *stun::Message::decode(bytes); }
    [[nodiscard]] std::uint8_t number() const { return bytes[19]; }
  };

  Client(net::Endpoint local, std::vector<Question> questions) : local_(local), questions_(std::move(questions)) {}

  std::vector<Answer> answers;

  [[nodiscard]] std::vector<Answer> to(std::uint8_t number) const {
    std::vector<Answer> out;
    std::copy_if(answers.begin(), answers.end(), std::back_inserter(out),
                 [number](const Answer& a) { return a.number() == number; });
    return out;
  }

  void start(net::TimePoint now) override {
    started_ = now;
    outputs_.emplace_back(net::OpenUdp{{1}, local_, std::nullopt});
  }
  void handle(net::TimePoint now, const net::Input& input) override {
    if (const auto* datagram = std::get_if<net::Datagram>(&input)) {
      answers.push_back({now, datagram->from, datagram->payload});
    }
  }
  void tick(net::TimePoint now) override {
    for (; next_ < questions_.size() && started_ + questions_[next_].at <= now; ++next_) {
      outputs_.emplace_back(net::Send{{1}, questions_[next_].to, questions_[next_].bytes});
    }
  }
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override {
    if (next_ == questions_.size()) return std::nullopt;
    return started_ + questions_[next_].at;
  }
  [[nodiscard]] std::vector<net::Output> take_outputs() override { return std::exchange(outputs_, {}); }
  [[nodiscard]] bool finished() const override { return false; }

 private:
  net::Endpoint local_;
  std::vector<Question> questions_;
  std::size_t next_ = 0;
  net::TimePoint started_;
  std::vector<net::Output> outputs_;
};

}  // namespace reflector
