#pragma once
// Whether what came back is the reaction that a hostile request must get.

#include <optional>

#include "reflector/reflector_config.h"
#include "stun/error_attributes.h"
#include "stun/message.h"
#include "tests/stun/hostile_cases.h"

namespace reflector {

// What came back, and whether from where the request was sent to.
struct Reaction {
  std::optional<stun::Message> reply;  // empty: silence
  bool other_address = false;
  bool other_port = false;

  [[nodiscard]] bool silent() const { return !reply; }
  [[nodiscard]] bool success_from(bool address, bool port) const {
    return reply && reply->message_class() == stun::MessageClass::Success && other_address == address &&
           other_port == port;
  }
  [[nodiscard]] int error() const {
    const auto code = reply ? reply->get<stun::ErrorCode>() : net::Unexpected(stun::AttributeError::Absent);
    return code && !other_address && !other_port ? code->code : 0;
  }
  [[nodiscard]] bool is_420_listing(const std::vector<std::uint16_t>& types) const {
    const auto list = reply ? reply->get<stun::UnknownAttributes>() : net::Unexpected(stun::AttributeError::Absent);
    return error() == 420 && list && list->types == types;
  }
};

[[nodiscard]] inline bool as_it_must_be(const Reaction& reaction, const hostile::HostileCase& hostile_case, Mode mode) {
  using hostile::Expected;
  const auto has = [&](stun::AttributeType type) { return reaction.reply && reaction.reply->has(type); };
  switch (hostile_case.expected) {
    case Expected::Silent: return reaction.silent();
    case Expected::Success: return reaction.success_from(false, false);
    case Expected::ClassicSuccess:
      if (mode == Mode::Strict) return reaction.silent();
      return reaction.success_from(false, false) && has(stun::AttributeType::MappedAddress);
    case Expected::SuccessFromAlternatePort: return reaction.success_from(false, true);
    case Expected::SuccessFromAlternateAddress: return reaction.success_from(true, false);
    case Expected::SuccessFromAlternateAddressAndPort: return reaction.success_from(true, true);
    case Expected::SuccessWithoutOtherAddress:
      return reaction.success_from(false, false) && !has(stun::AttributeType::OtherAddress);
    case Expected::BadRequest: return reaction.error() == 400;
    case Expected::UnknownAttributes: return reaction.is_420_listing(hostile_case.unknown);
    case Expected::BadRequestOrUnknownAttributes:
      return reaction.error() == 400 || reaction.is_420_listing(hostile_case.unknown);
    case Expected::SuccessOrBadRequest:
      return reaction.error() == 400 ||
             (reaction.reply && reaction.reply->message_class() == stun::MessageClass::Success);
    case Expected::ClassicAnyOrSilent: return true;
  }
  return false;
}

}  // namespace reflector
