#include "probe/response.h"

#include <fmt/core.h>

#include <algorithm>

#include "probe/log_reading.h"
#include "stun/address_attributes.h"
#include "stun/error_attributes.h"

namespace probe {
namespace {

using stun::AttributeType;
using stun::Message;
using stun::MessageClass;

constexpr std::uint16_t unknown_attribute = 420;

template <typename A>
std::optional<net::Endpoint> endpoint_in(const Message& message) {
  const auto attribute = message.get<A>();
  return attribute ? std::optional(attribute->endpoint) : std::nullopt;
}

// Damaged beyond use, as opposed to a family from the future, which is only not understood (RFC 8489 section 14.1).
bool malformed_address(const Message& message) {
  const stun::Attribute* found = message.find(AttributeType::XorMappedAddress);
  if (found == nullptr || message.get<stun::XorMappedAddress>()) return false;
  const net::BytesView value = message.value(*found);
  return value.size() < 2 || value[1] == 1 || value[1] == 2;
}

// We share no key with anybody, so a response that claims integrity cannot be checked.
bool claims_integrity(const Message& message) {
  return message.has(AttributeType::MessageIntegrity) || message.has(AttributeType::MessageIntegritySha256);
}

bool demands_the_unknown(const Message& message) {
  const auto attributes = message.considered();
  return std::any_of(attributes.begin(), attributes.end(), [](const stun::Attribute& attribute) {
    constexpr std::array in_responses = {AttributeType::MappedAddress,  AttributeType::SourceAddress,
                                         AttributeType::ChangedAddress, AttributeType::XorMappedAddress,
                                         AttributeType::ErrorCode,      AttributeType::UnknownAttributes};
    const auto known = [&](AttributeType type) { return static_cast<std::uint16_t>(type) == attribute.type; };
    return stun::comprehension_required(attribute.type) && !stun::understood_in_binding(attribute.type) &&
           std::none_of(in_responses.begin(), in_responses.end(), known);
  });
}

// Behind a NAT64 a reflector of IPv4 is asked at an IPv6 address made of its own, and sees an IPv4 one.
bool plausible(const net::Endpoint& mapped, const Observation& seen) {
  const net::Family expected = nat64_of(seen) ? net::Family::V4 : seen.query.to.family();
  return mapped.port != 0 && !mapped.address.unspecified() && mapped.family() == expected;
}

// What such a reflector says of itself and its partner.
template <typename A>
std::optional<net::Endpoint> endpoint_as_reached(const Observation& seen, const Message& message) {
  const auto said = endpoint_in<A>(message);
  return said ? std::optional(as_reached(seen, *said)) : std::nullopt;
}

// Where a response may come from to say anything: the promised source, or for a changed reply the endpoint that was
// asked and did not do it.
bool counts_from(const Query& query, const net::Endpoint& from) {
  return from == query.expected_from || (query.change && from == query.to);
}

// What a request can hold that must be understood.
struct SentOption {
  AttributeType type;
  bool (*sent)(const Query& query);
};
constexpr std::array sent_options = {
    SentOption{AttributeType::ChangeRequest, [](const Query& query) { return query.change.has_value(); }},
    SentOption{AttributeType::ResponsePort, [](const Query& query) { return query.response_port.has_value(); }},
    SentOption{AttributeType::Padding, [](const Query& query) { return query.padding.has_value(); }},
};

bool was_sent(const Query& query, std::uint16_t type) {
  return std::any_of(sent_options.begin(), sent_options.end(), [&](const SentOption& option) {
    return static_cast<std::uint16_t>(option.type) == type && option.sent(query);
  });
}

void read_unsupported(Observation& seen, const Message& response) {
  const auto unknown = response.get<stun::UnknownAttributes>();
  if (!unknown || unknown->types.empty()) {
    return add_note(seen, "option not supported; its list of unknown attributes is damaged");
  }
  const bool ours = std::all_of(unknown->types.begin(), unknown->types.end(),
                                [&](std::uint16_t type) { return was_sent(seen.query, type); });
  add_note(seen, ours ? "option not supported" : "odd: it names attributes that were never sent");
}

void read_error(Observation& seen, const Message& response) {
  const auto error = response.get<stun::ErrorCode>();
  if (!error) return add_note(seen, "error response without a valid ERROR-CODE");
  seen.error_code = error->code;
  const std::string reason = stun::shown(error->reason);
  add_note(seen, fmt::format("error {}{}{}", error->code, reason.empty() ? "" : " ", reason));
  if (error->code == unknown_attribute) read_unsupported(seen, response);
}

void read_addresses(Observation& seen, const Message& response) {
  seen.mapped = endpoint_in<stun::XorMappedAddress>(response);
  seen.mapped_plain = endpoint_in<stun::MappedAddress>(response);
  seen.response_origin = endpoint_as_reached<stun::ResponseOrigin>(seen, response);
  seen.other_address = endpoint_as_reached<stun::OtherAddress>(seen, response);
  if (seen.mapped && seen.mapped_plain && seen.mapped != seen.mapped_plain)
    add_note(seen, "address rewritten on the path");
  if (!seen.mapped && seen.mapped_plain) add_note(seen, "unprotected: MAPPED-ADDRESS alone");
  if (seen.response_origin && seen.response_origin != seen.from) {
    add_note(seen, fmt::format("RESPONSE-ORIGIN says {}", net::to_string(*seen.response_origin)));
  }
}

void read_private(Observation& seen, const Message& response) {
  if (const auto token = response.get<stun::ReturnToken>()) seen.return_token = *token;
  if (const auto count = response.get<stun::SentCount>()) seen.sent_count = *count;
  if (const auto arrival = response.get<stun::Arrival>()) seen.arrival = *arrival;
}

Outcome read_success(Observation& seen, const Message& response) {
  if (demands_the_unknown(response)) {
    add_note(seen, "it holds a required attribute we do not know");
    return Outcome::Unusable;
  }
  read_addresses(seen, response);
  read_private(seen, response);
  if (!seen.mapped && !seen.mapped_plain) {
    add_note(seen, "no mapped address");
    return Outcome::Unusable;
  }
  for (std::optional<net::Endpoint>* mapped : {&seen.mapped, &seen.mapped_plain}) {
    if (!*mapped || plausible(**mapped, seen)) continue;
    add_note(seen, fmt::format("implausible mapped address {}", net::to_string(**mapped)));
    mapped->reset();
    return Outcome::Unusable;
  }
  return Outcome::Answered;
}

Outcome read(Observation& seen, const Message& response) {
  if (response.message_class() == MessageClass::Error) {
    read_error(seen, response);
    return Outcome::Refused;
  }
  if (seen.from != seen.query.expected_from) {
    add_note(seen, fmt::format("answered from {}", net::to_string(*seen.from)));
    return Outcome::WrongSource;
  }
  return read_success(seen, response);
}

}  // namespace

bool take_response(Observation& seen, const Message& response, const net::Endpoint& from, net::Duration elapsed) {
  if (!counts_from(seen.query, from) || claims_integrity(response) || malformed_address(response)) {
    ++seen.ignored;
    return false;
  }
  const bool not_done = seen.outcome == Outcome::Refused || seen.outcome == Outcome::WrongSource;
  const bool done_after_all = not_done && from == seen.query.expected_from && from != seen.query.to;
  if (seen.outcome != Outcome::Pending && !done_after_all) {
    ++(from == seen.from ? seen.duplicates : seen.late);
    return false;
  }
  seen.from = from;
  seen.answered_at = seen.waited_until = elapsed;
  seen.outcome = read(seen, response);
  return true;
}

void add_note(Observation& seen, std::string_view note) {
  if (!seen.note.empty()) seen.note += "; ";
  seen.note += note;
}

}  // namespace probe
