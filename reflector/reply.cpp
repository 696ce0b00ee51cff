#include "reflector/reply.h"

#include <algorithm>
#include <array>

#include "stun/address_attributes.h"
#include "stun/behavior_attributes.h"
#include "stun/error_attributes.h"
#include "stun/message_builder.h"

namespace reflector {
namespace {

constexpr std::size_t attribute_header_size = 4;
constexpr std::size_t token_size = 12;
constexpr std::size_t sent_count_size = 12;
constexpr std::size_t arrival_size = 20;

std::size_t address_size(net::Family family) {
  return attribute_header_size + 4 + (family == net::Family::V4 ? 4 : 16);
}

// Adds an attribute while the message stays within its limit.
class BoundedBuilder {
 public:
  BoundedBuilder(net::ByteRoom& out, stun::MessageClass message_class, const stun::TransactionId& id, std::size_t limit)
      : builder_(out, message_class, stun::Method::Binding, id), limit_(limit) {}

  template <typename A>
  void add(const A& attribute, std::size_t size) {
    if (builder_.size() + size <= limit_) builder_.add(attribute);
  }
  template <typename A>
  void add(const std::optional<A>& attribute, std::size_t size) {
    if (attribute) add(*attribute, size);
  }
  // RFC 3489 section 11.2.10 fills the last word of a list by repeating a type, RFC 8489 section 14.13 by padding.
  void add_list(stun::AttributeType type, std::span<const std::uint16_t> words, bool classic) {
    std::array<std::uint8_t, 2 * (stun::max_attributes + 1)> bytes;
    net::ByteRoom value(bytes);
    const std::size_t most = room() / 4 * 2;  // an even count fills its last word
    for (const std::uint16_t word : words.first(std::min(words.size(), most))) net::append(value, net::u16_bytes(word));
    if (classic && value.size() % 4 != 0) net::append(value, net::u16_bytes(words[value.size() / 2 - 1]));
    if (!value.empty()) builder_.add(type, value.bytes());
  }
  [[nodiscard]] std::size_t room() const {
    const std::size_t used = builder_.size() + attribute_header_size;
    return used < limit_ ? (limit_ - used) / 4 * 4 : 0;
  }

 private:
  stun::BasicMessageBuilder<net::ByteRoom> builder_;
  std::size_t limit_;
};

// How many addresses a success tells where there is room for all.
std::size_t told_addresses(const Reply& reply, const Standpoint& standpoint) {
  const bool other = standpoint.topology.other_address(reply.arrival, standpoint.partner_usable).has_value();
  return (reply.id.classic() ? 2U : 3U) + (other ? 1U : 0U);
}

// RFC 3489 section 11.1: all that an old client looks at.
void encode_classic(const Reply& reply, const Standpoint& standpoint, BoundedBuilder& out) {
  const std::size_t size = address_size(reply.client.family());
  const auto other = standpoint.topology.other_address(reply.arrival, standpoint.partner_usable);
  out.add(stun::MappedAddress{reply.client}, size);
  if (other) out.add(stun::ChangedAddress{*other}, size);
  out.add(stun::SourceAddress{standpoint.topology.endpoint(reply.from)}, size);
}

}  // namespace

SizeLimit size_limit(const Reply& reply, const Standpoint& standpoint, std::size_t paid) {
  const std::size_t address = address_size(reply.client.family());
  const std::size_t addresses = told_addresses(reply, standpoint);
  const std::size_t plain = stun::header_size + (standpoint.mode == Mode::Strict ? 1 : addresses) * address;
  const std::size_t limit = std::max(paid, plain);
  const std::size_t told = std::min(addresses, (limit - stun::header_size) / address);
  const std::size_t with_extra = stun::header_size + told * address + std::min(token_size, sent_count_size);
  return {limit, !reply.id.classic() && with_extra <= limit};
}

void encode_success(const Reply& reply, const Standpoint& standpoint, const Extras& extras, std::size_t limit,
                    net::ByteRoom& out) {
  BoundedBuilder builder(out, stun::MessageClass::Success, reply.id, limit);
  if (reply.id.classic()) return encode_classic(reply, standpoint, builder);

  const std::size_t address = address_size(reply.client.family());
  const auto other = standpoint.topology.other_address(reply.arrival, standpoint.partner_usable);
  builder.add(stun::XorMappedAddress{reply.client}, address);
  if (other) builder.add(stun::OtherAddress{*other}, address);
  builder.add(stun::ResponseOrigin{standpoint.topology.endpoint(reply.from)}, address);
  builder.add(stun::MappedAddress{reply.client}, address);
  builder.add(extras.sent_count, sent_count_size);
  builder.add(extras.return_token, token_size);
  builder.add(extras.arrival, arrival_size);
  const std::size_t room = builder.room();
  if (reply.padding && room > 0) {
    builder.add(stun::Padding{static_cast<std::uint16_t>(room)}, attribute_header_size + room);
  }
}

void encode_error(const stun::TransactionId& id, std::uint16_t code, std::span<const std::uint16_t> unknown,
                  const std::optional<stun::ReturnToken>& token, std::size_t limit, net::ByteRoom& out) {
  BoundedBuilder builder(out, stun::MessageClass::Error, id, limit);
  builder.add(stun::ErrorCode{.code = code, .reason = {}}, attribute_header_size + 4);
  builder.add_list(stun::AttributeType::UnknownAttributes, unknown, id.classic());
  if (!id.classic()) builder.add(token, token_size);
}

}  // namespace reflector
