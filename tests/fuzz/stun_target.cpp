// STUN on the wire:
// - decode() takes exactly what a second, plain reading of the rules takes;
// - a decoded message, rebuilt from its attributes, decodes to the same attributes, and rebuilt again to the same
// bytes;
// - a typed attribute that parses, serializes to bytes that parse to the same;
// - a stream in pieces gives the messages of the stream in one;
// - text made fit to show holds no control byte.
#include <algorithm>

#include "stun/address_attributes.h"
#include "stun/assist_attributes.h"
#include "stun/behavior_attributes.h"
#include "stun/error_attributes.h"
#include "stun/integrity.h"
#include "stun/message_builder.h"
#include "stun/private_attributes.h"
#include "stun/stream_framer.h"
#include "stun/text_attributes.h"
#include "tests/fuzz/target.h"
#include "tests/stun/hostile_cases.h"

namespace fuzz {
namespace {

using stun::Attribute;
using stun::AttributeType;
using stun::Message;

bool same(net::BytesView a, net::BytesView b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

// ---- messages ------------------------------------------------------------------------------------------------------

bool carries_checked_fingerprint(const Message& message, const Attribute& attribute) {
  return !message.id().classic() && attribute.type == static_cast<std::uint16_t>(AttributeType::Fingerprint);
}

net::Bytes rebuilt(const Message& message) {
  net::Bytes out;
  stun::MessageBuilder builder(out, message.message_class(), stun::Method{message.method()}, message.id());
  for (const Attribute& attribute : message.attributes()) {
    if (carries_checked_fingerprint(message, attribute)) {
      builder.add_fingerprint();
    } else {
      builder.add_raw(attribute.type, message.value(attribute));
    }
  }
  return out;
}

// The CRC of a FINGERPRINT covers the padding of what stands before it, which the builder makes zero.
bool same_attributes(const Message& a, const Message& b) {
  return std::equal(a.attributes().begin(), a.attributes().end(), b.attributes().begin(), b.attributes().end(),
                    [&](const Attribute& x, const Attribute& y) {
                      return x.type == y.type && (carries_checked_fingerprint(a, x) || same(a.value(x), b.value(y)));
                    });
}

void check_round_trip(const Message& message) {
  const net::Bytes once = rebuilt(message);
  const auto again = Message::decode(once);
  require(again.has_value(), "a rebuilt message decodes", message.bytes());
  require(again->id() == message.id() && again->is(message.message_class(), stun::Method{message.method()}),
          "a rebuilt message has the same header", message.bytes());
  require(same_attributes(message, *again), "a rebuilt message has the same attributes", message.bytes());
  require(same(rebuilt(*again), once), "rebuilding is stable", message.bytes());
}

// ---- typed attributes ----------------------------------------------------------------------------------------------

template <typename A>
void check_typed(net::BytesView value, const stun::TransactionId& id) {
  const auto parsed = A::parse(value, id);
  if (!parsed) return;
  net::Bytes once;
  parsed->serialize(once, id);
  const auto again = A::parse(once, id);
  require(again.has_value(), "a serialized attribute parses", value);
  net::Bytes twice;
  again->serialize(twice, id);
  require(once == twice, "parse and serialize are inverse", value);
}

template <typename... Attributes>
void check_as_each(net::BytesView value, const stun::TransactionId& id) {
  (check_typed<Attributes>(value, id), ...);
}

void check_attribute(net::BytesView value, const stun::TransactionId& id) {
  check_as_each<stun::MappedAddress, stun::XorMappedAddress, stun::ChangeRequest, stun::ResponsePort, stun::Padding,
                stun::ErrorCode, stun::UnknownAttributes, stun::Username, stun::Realm, stun::Software,
                stun::ReturnToken, stun::Fill, stun::SentQuery, stun::SentCount, stun::Arrival, stun::Delay,
                stun::Signal, stun::AttemptId, stun::Text, stun::Nonce, stun::AssistNonce, stun::AssistQuestion,
                stun::AssistTarget, stun::AssistLocal, stun::AssistProof>(value, id);
  const std::string shown = stun::shown(net::as_text(value));
  const bool clean = std::none_of(shown.begin(), shown.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
  require(clean, "shown text holds no control byte", value);
}

// ---- streams -------------------------------------------------------------------------------------------------------

struct Framed {
  std::vector<net::Bytes> messages;
  bool broken = false;

  friend bool operator==(const Framed&, const Framed&) = default;
};

Framed framed(net::BytesView stream, net::Random* piecewise) {
  stun::StreamFramer framer;
  Framed out;
  do {
    const std::size_t size = piecewise == nullptr ? stream.size() : std::min(piecewise->below(40), stream.size());
    framer.push(stream.first(size));
    stream = stream.subspan(size);
    while (auto message = framer.next()) out.messages.push_back(*std::move(message));
  } while (!stream.empty());
  out.broken = framer.broken();
  return out;
}

void check_stream(net::BytesView input) {
  net::Random random(input.size());
  const Framed whole = framed(input, nullptr);
  require(framed(input, &random) == whole, "a stream in pieces gives the messages of the whole", input);
  for (const net::Bytes& message : whole.messages) {
    const auto decoded = Message::decode(message);
    const bool framing_right = decoded || decoded.error().kind == stun::DecodeErrorKind::AttributeOverrun ||
                               decoded.error().kind == stun::DecodeErrorKind::TooManyAttributes ||
                               decoded.error().kind == stun::DecodeErrorKind::BadFingerprint;
    require(framing_right, "a framed message has a right header", input);
  }
}

}  // namespace

bool check(net::BytesView input) {
  const auto message = Message::decode(input);
  const hostile::HostileCase given{.id = {}, .datagram = net::Bytes(input.begin(), input.end())};
  require(message.has_value() == hostile::by_the_rules(given).decodes, "both readings of the rules agree", input);
  check_stream(input);
  if (!message) return false;
  check_round_trip(*message);
  for (const Attribute& attribute : message->attributes()) check_attribute(message->value(attribute), message->id());
  (void)stun::check_message_integrity(*message, net::as_bytes("key"));
  (void)stun::check_message_integrity_sha256(*message, net::as_bytes("key"));
  return true;
}

void mend(net::Bytes& input) {
  if (input.size() < stun::header_size) return;
  input.resize((input.size() + 3) / 4 * 4);
  const auto length = net::u16_bytes(static_cast<std::uint16_t>(input.size() - stun::header_size));
  std::copy(length.begin(), length.end(), input.begin() + 2);
}

std::vector<net::Bytes> seeds() {
  std::vector<net::Bytes> all;
  for (const auto& hostile_case : hostile::hostile_cases()) {
    if (hostile_case.datagram.size() <= 5000) all.push_back(hostile_case.datagram);
  }
  return all;
}

}  // namespace fuzz
