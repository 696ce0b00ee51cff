#include "reflector/respond.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "stun/behavior_attributes.h"

namespace reflector {
namespace {

using stun::AttributeType;

// Attributes a Binding request uses must have their size; others are passed over whatever they hold.
struct SizeRule {
  AttributeType type;
  std::uint16_t least;
  std::uint16_t most;
  std::uint16_t step = 1;
};
constexpr std::array size_rules = {
    SizeRule{AttributeType::ChangeRequest, 4, 4},      SizeRule{AttributeType::ResponsePort, 2, 4, 2},
    SizeRule{AttributeType::MessageIntegrity, 20, 20}, SizeRule{AttributeType::MessageIntegritySha256, 16, 32, 4},
    SizeRule{AttributeType::Username, 0, 508},         SizeRule{AttributeType::Delay, 4, 4},
};

bool has_its_size(const stun::Attribute& attribute) {
  const auto* rule = std::find_if(size_rules.begin(), size_rules.end(), [&](const SizeRule& r) {
    return static_cast<std::uint16_t>(r.type) == attribute.type;
  });
  if (rule == size_rules.end()) return true;
  return attribute.length >= rule->least && attribute.length <= rule->most && attribute.length % rule->step == 0;
}

bool nonsense(const stun::Message& request) {
  const auto heeded = request.considered();
  if (!std::all_of(heeded.begin(), heeded.end(), has_its_size)) return true;
  const auto* behind_integrity = request.find(AttributeType::MessageIntegritySha256);  // heeded even there
  if (behind_integrity != nullptr && !has_its_size(*behind_integrity)) return true;
  const auto port = request.get<stun::ResponsePort>();
  if (!port) return false;
  return port->port < least_response_port || request.has(AttributeType::Padding);  // RFC 5780 section 7.5
}

// Attribute types, each once, in order. No allocation: a message has a limit.
class TypeList {
 public:
  TypeList() {}  // leaves types_ as they are
  void add(std::uint16_t type) {
    const auto end = types_.begin() + count_;
    if (std::find(types_.begin(), end, type) == end) types_[static_cast<std::size_t>(count_++)] = type;
  }
  [[nodiscard]] std::span<const std::uint16_t> all() const {
    return std::span(types_).first(static_cast<std::size_t>(count_));
  }

 private:
  std::array<std::uint16_t, stun::max_attributes> types_;  // the first count_
  std::ptrdiff_t count_ = 0;
};

TypeList not_understood(const stun::Message& request) {
  TypeList list;
  for (const stun::Attribute& attribute : request.considered()) {
    const bool required = stun::comprehension_required(attribute.type);
    if (required && !stun::understood_in_binding(attribute.type)) list.add(attribute.type);
  }
  return list;
}

Reply intended_reply(const stun::Message& request, const Arrived& arrived) {
  const auto change = request.get<stun::ChangeRequest>();
  const auto port = request.get<stun::ResponsePort>();
  const auto label = request.get<stun::SentQuery>();
  const auto token = request.get<stun::ReturnToken>();
  Reply reply{.id = request.id(), .client = arrived.from, .reply_port = arrived.from.port, .arrival = arrived.role};
  reply.from = flipped(arrived.role, change.value_or(stun::ChangeRequest{}));
  if (port) reply.reply_port = port->port;
  reply.request_size = static_cast<std::uint16_t>(request.bytes().size());
  reply.padding = request.has(AttributeType::Padding);
  if (change && label) reply.label = *label;
  if (token) reply.token = *token;
  return reply;
}

stun::Arrival facts_of(const stun::Message& request, const Arrived& arrived) {
  const auto* fill = request.find(AttributeType::Fill);
  const net::BytesView bytes = fill == nullptr ? net::BytesView{} : request.value(*fill);
  const auto time = std::chrono::duration_cast<std::chrono::microseconds>(arrived.at.time_since_epoch());
  return {.ttl = arrived.ttl.value_or(0),
          .length = static_cast<std::uint16_t>(request.bytes().size()),
          .microseconds = static_cast<std::uint64_t>(time.count()),
          .fill_hash = static_cast<std::uint32_t>(::crc32(0, bytes.data(), static_cast<uInt>(bytes.size())))};
}

Extras extras_of(const stun::Message& request, const Arrived& arrived, const Context& context) {
  Extras extras{.return_token = context.tokens.issue(arrived.from.address, arrived.at),
                .arrival = facts_of(request, arrived)};
  const auto query = request.get<stun::SentQuery>();
  if (query && !request.has(AttributeType::ChangeRequest)) {
    extras.sent_count = context.sent.count(arrived.from.address, *query);
  }
  return extras;
}

// What speaks against a success.
struct Refusal {
  Disposition disposition;
  std::uint16_t code;
  TypeList listed{};  // by a 420
};

Refusal unable(AttributeType type) {
  Refusal refusal{Disposition::NotUnderstood, 420};
  refusal.listed.add(static_cast<std::uint16_t>(type));
  return refusal;
}

std::optional<std::uint32_t> seconds_to_wait(const stun::Message& request) {
  const auto delay = request.get<stun::Delay>();
  return delay && delay->seconds > 0 ? std::optional(delay->seconds) : std::nullopt;
}

// A reply may wait for a client that is proven to be there, here and over UDP: what the partner sends it sends at once.
std::optional<Refusal> refusal_to_wait(std::uint32_t seconds, const Reply& reply, const Arrived& arrived,
                                       const Context& context) {
  const bool here = context.standpoint.topology.here(reply.from);
  const bool possible = seconds <= most_delay && arrived.transport == Transport::Udp && here;
  if (!possible) return Refusal{Disposition::BadRequest, 400};
  if (!arrived.proven) return Refusal{Disposition::TokenNeeded, 438};
  if (context.delayed.holds(reply.client, reply.id)) return std::nullopt;
  const bool room = arrived.allowance == Allowance::Full && context.delayed.has_room_for(reply.client.address);
  return room ? std::nullopt : std::optional(Refusal{Disposition::QuotaReached, 486});
}

std::optional<Refusal> refusal(const stun::Message& request, const Reply& reply, const Arrived& arrived,
                               const Context& context) {
  const auto bad_request = [] { return Refusal{Disposition::BadRequest, 400}; };
  const Standpoint& here = context.standpoint;
  if (request.attributes().empty()) return std::nullopt;
  const bool redirected = request.has(AttributeType::ResponsePort);
  const TypeList unknown = not_understood(request);
  if (!unknown.all().empty()) return Refusal{Disposition::NotUnderstood, 420, unknown};
  if (nonsense(request)) return bad_request();
  if (here.mode == Mode::Strict && !arrived.proven) {
    if (redirected) return bad_request();
    if (reply.changed()) return Refusal{Disposition::TokenNeeded, 438};
  }
  if (redirected && arrived.transport == Transport::Tcp) return unable(AttributeType::ResponsePort);
  const auto wait = seconds_to_wait(request);
  if (wait) {
    if (const auto why = refusal_to_wait(*wait, reply, arrived, context)) return why;
  }
  if (!reply.changed()) return std::nullopt;
  const bool able = arrived.transport == Transport::Udp &&
                    here.topology.can_change_to(reply.from, here.partner_usable) &&
                    context.destinations.allows(reply.client.address);
  return able ? std::nullopt : std::optional(unable(AttributeType::ChangeRequest));
}

}  // namespace

std::string_view to_string(Disposition disposition) {
  constexpr std::array<std::string_view, disposition_count> names = {
      "answered",         "refused with 400",      "refused with 420", "refused with 438",
      "refused with 486", "to answer later",       "not STUN",         "not a request",
      "another method",   "RFC 3489 not accepted", "source port 0",    "over the limit"};
  return names[static_cast<std::size_t>(disposition)];
}

std::optional<Disposition> passed_over(const net::Result<stun::Message, stun::DecodeError>& message, Mode mode) {
  if (!message) return Disposition::Undecodable;
  if (message->message_class() != stun::MessageClass::Request) return Disposition::NotARequest;
  if (!message->is(stun::MessageClass::Request, stun::Method::Binding)) return Disposition::OtherMethod;
  if (mode == Mode::Strict && message->id().classic()) return Disposition::ClassicRefused;
  return std::nullopt;
}

Response respond(const stun::Message& request, const Arrived& arrived, const Context& context, net::ByteRoom& out) {
  Response response{.disposition = Disposition::Success, .reply = intended_reply(request, arrived)};
  Reply& reply = response.reply;
  const bool small = arrived.allowance == Allowance::Small;
  if (arrived.from.port == 0) {
    response.disposition = Disposition::BadSource;
    return response;
  }
  if (arrived.allowance == Allowance::None || (small && reply.changed())) {
    response.disposition = Disposition::OverLimit;
    return response;
  }

  Standpoint standpoint = context.standpoint;
  if (small) standpoint.mode = Mode::Strict;
  const SizeLimit limit = size_limit(reply, standpoint, small ? 0 : request.bytes().size());
  if (const auto why = refusal(request, reply, arrived, context)) {
    response.disposition = why->disposition;
    reply.from = arrived.role;
    reply.reply_port = arrived.from.port;
    const stun::ReturnToken token = context.tokens.issue(arrived.from.address, arrived.at);
    encode_error(reply.id, why->code, why->listed.all(), token, limit.bytes, out);
    return response;
  }
  if (!standpoint.topology.here(reply.from)) return response;
  if (const auto wait = seconds_to_wait(request)) {
    response.disposition = Disposition::Postponed;
    if (!context.delayed.holds(reply.client, reply.id)) {
      response.postponed = {{reply, facts_of(request, arrived)}, arrived.at + std::chrono::seconds(*wait)};
    }
    return response;
  }
  const Extras extras = limit.extras ? extras_of(request, arrived, context) : Extras{};
  encode_success(reply, standpoint, extras, limit.bytes, out);
  return response;
}

}  // namespace reflector
