#include "reflector/check_log.h"

#include <algorithm>

#include "net/address_scope.h"
#include "stun/address_attributes.h"
#include "stun/error_attributes.h"

namespace reflector {

int CheckReply::error() const {
  const stun::Message reply = message();
  if (reply.message_class() == stun::MessageClass::Success) return 0;
  const auto code = reply.get<stun::ErrorCode>();
  return code ? code->code : -1;
}

const CheckExchange* CheckLog::find(CheckQuestion question) const {
  const auto found = std::find_if(exchanges.begin(), exchanges.end(),
                                  [question](const CheckExchange& e) { return e.question == question; });
  return found == exchanges.end() ? nullptr : &*found;
}

const CheckReply* CheckLog::reply(CheckQuestion question) const {
  const CheckExchange* exchange = find(question);
  return exchange != nullptr && exchange->reply ? &*exchange->reply : nullptr;
}

bool CheckLog::success(CheckQuestion question) const {
  const CheckReply* answer = reply(question);
  return answer != nullptr && answer->error() == 0;
}

bool CheckLog::answered_over_udp() const {
  return std::any_of(exchanges.begin(), exchanges.end(), [](const CheckExchange& e) {
    return e.reply && e.question != CheckQuestion::Tcp && e.question != CheckQuestion::AlternateTcp;
  });
}

std::optional<net::Endpoint> CheckLog::other_address() const {
  const CheckReply* answer = reply(CheckQuestion::Plain);
  // Strict mode keeps it for requests that pay for it.
  for (const CheckReply* each : {answer, reply(CheckQuestion::Filled)}) {
    if (each == nullptr) continue;
    const stun::Message message = each->message();
    if (const auto other = message.get<stun::OtherAddress>()) return other->endpoint;
  }
  return std::nullopt;
}

bool plausible_other_address(const net::Endpoint& other, const net::Endpoint& server) {
  return other.address != server.address && other.port != server.port && other.port != 0 &&
         other.family() == server.family() && net::reachable_on_word_of(other.address, server.address);
}

std::optional<net::Endpoint> mapped_address(const stun::Message& reply) {
  if (const auto hidden = reply.get<stun::XorMappedAddress>()) return hidden->endpoint;
  if (const auto plain = reply.get<stun::MappedAddress>()) return plain->endpoint;
  return std::nullopt;
}

}  // namespace reflector
