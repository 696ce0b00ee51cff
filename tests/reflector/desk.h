#pragma once
// A reflector's answering half without sockets: requests in, replies out, in any set-up.

#include <array>
#include <optional>

#include "reflector/respond.h"
#include "stun/address_attributes.h"
#include "stun/error_attributes.h"
#include "stun/message_builder.h"

namespace reflector {

struct Exchange {
  Response response;
  net::Bytes bytes;                    // of the reply; the partner's is built here too
  std::optional<stun::Message> reply;  // borrows `bytes`

  [[nodiscard]] bool silent() const { return bytes.empty(); }
  [[nodiscard]] bool success() const { return reply && reply->message_class() == stun::MessageClass::Success; }
  [[nodiscard]] int error() const {
    const auto code = reply ? reply->get<stun::ErrorCode>() : net::Unexpected(stun::AttributeError::Absent);
    return code ? code->code : 0;
  }
  [[nodiscard]] bool has(stun::AttributeType type) const { return reply && reply->has(type); }
};

class Desk {
 public:
  Arrangement arrangement = Arrangement::Pair;
  Mode mode = Mode::Compatible;
  net::Family family = net::Family::V4;
  bool partner_usable = true;
  Arrived arrived;
  TokenKeeper tokens{{1, 2, 3}, 7};
  SentRing sent{{4, 5, 6}, 64};
  DelayedReplies delayed{64, 8};

  explicit Desk(Arrangement arranged = Arrangement::Pair, Mode in_mode = Mode::Compatible,
                net::Family of = net::Family::V4)
      : arrangement(arranged), mode(in_mode), family(of) {
    arrived.from = v4() ? net::endpoint("198.51.100.9:40000") : net::endpoint("[2001:db8::9]:40000");
    arrived.at = net::TimePoint(std::chrono::hours(1));
  }

  [[nodiscard]] Topology topology() const {
    Topology out{.arrangement = arrangement, .alternate_port_open = arrangement != Arrangement::Plain};
    for (const SocketRole role : all_roles) {
      const char* text = v4() ? (role.partner_address ? "192.0.2.2" : "192.0.2.1")
                              : (role.partner_address ? "2001:db8::2" : "2001:db8::1");
      const auto port = role.alternate_port ? default_alternate_port : default_port;
      out.advertised[role.index()] = {net::address(text), port};
    }
    return out;
  }

  [[nodiscard]] Exchange ask(net::BytesView request) const {
    Exchange out;
    const auto message = stun::Message::decode(request);
    if (const auto why = passed_over(message, mode)) {
      out.response.disposition = *why;
      return out;
    }
    const Topology here = topology();
    const Standpoint standpoint{here, partner_usable, mode};
    const DestinationRule rule{.own = here.endpoint({}).address, .refused = {here.endpoint({}).address}};
    std::array<std::uint8_t, stun::max_message_size> bytes;
    net::ByteRoom room(bytes);
    out.response = respond(*message, arrived, {standpoint, rule, tokens, sent, delayed}, room);
    const Reply& reply = out.response.reply;
    if (out.response.disposition == Disposition::Success && !here.here(reply.from)) {
      encode_success(reply, standpoint, {.return_token = tokens.issue(reply.client.address, arrived.at)},
                     size_limit(reply, standpoint, reply.request_size).bytes, room);
    }
    out.bytes.assign(room.begin(), room.begin() + room.size());
    if (!out.bytes.empty()) out.reply = *stun::Message::decode(out.bytes);
    return out;
  }

  // A request of these attributes, with FILL up to `size` bytes.
  template <typename... Attributes>
  [[nodiscard]] Exchange ask_with(std::size_t size, const Attributes&... attributes) const {
    net::Random random(3);
    net::Bytes bytes;
    stun::MessageBuilder builder(bytes, stun::MessageClass::Request, stun::Method::Binding,
                                 stun::TransactionId::random(random));
    (builder.add(attributes), ...);
    if (builder.size() < size) builder.add(stun::Fill{static_cast<std::uint16_t>(size - builder.size() - 4)});
    return ask(bytes);
  }

 private:
  [[nodiscard]] bool v4() const { return family == net::Family::V4; }
};

}  // namespace reflector
