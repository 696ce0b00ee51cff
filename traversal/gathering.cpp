#include "traversal/gathering.h"

#include <algorithm>

#include "stun/address_attributes.h"
#include "stun/message_builder.h"

namespace traversal {
namespace {

net::Bytes binding_request(const stun::TransactionId& id) {
  net::Bytes out;
  stun::MessageBuilder(out, stun::MessageClass::Request, stun::Method::Binding, id);
  return out;
}

}  // namespace

Gathering::Gathering(std::vector<net::Endpoint> reflectors, const net::IpAddress& rendezvous) {
  for (const net::Endpoint& reflector : reflectors) {
    if (reflector.family() != rendezvous.family() || asked_.size() == most_reflectors) continue;
    asked_.push_back({.reflector = static_cast<unsigned>(asked_.size()) + 1, .at = reflector});
  }
  std::stable_partition(asked_.begin(), asked_.end(),
                        [&](const Asked& asked) { return asked.at.address != rendezvous; });
}

std::vector<Gathering::Question> Gathering::ask(net::TimePoint now, net::Random& random) {
  std::vector<Question> questions;
  for (Asked& asked : asked_) {
    asked.id = stun::TransactionId::random(random);
    asked.time = now;
    questions.push_back({asked.at, binding_request(asked.id)});
  }
  return questions;
}

bool Gathering::handle(net::TimePoint now, const net::Endpoint& from, net::BytesView payload) {
  const auto asked =
      std::find_if(asked_.begin(), asked_.end(), [&](const Asked& one) { return one.at == from && !one.answered; });
  if (asked == asked_.end()) return false;
  const auto message = stun::Message::decode(payload);
  if (!message || message->message_class() != stun::MessageClass::Success || message->id() != asked->id) return false;
  const auto mapped = message->get<stun::XorMappedAddress>();
  if (!mapped) return false;
  asked->answered = now;
  asked->mapped = mapped->endpoint;
  return true;
}

std::vector<Reflected> Gathering::seen(net::TimePoint begin) const {
  std::vector<Reflected> seen;
  for (const Asked& asked : asked_) {
    if (!asked.answered) continue;
    const net::TimePoint half_way = asked.time + (*asked.answered - asked.time) / 2;
    seen.push_back({asked.reflector, std::max(half_way - begin, net::Duration{}), asked.mapped});
  }
  return seen;
}

}  // namespace traversal
