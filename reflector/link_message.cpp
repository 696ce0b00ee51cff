#include "reflector/link_message.h"

#include <algorithm>
#include <cassert>

#include "stun/crypto.h"

namespace reflector {
namespace {

constexpr std::uint32_t magic = 0x4E53504C;  // "NSPL"
constexpr std::size_t mac_bytes = stun::sha256_size;

enum class Kind : std::uint8_t { Hello = 1, Relay = 2 };

// Bits of a relay's flags.
constexpr std::uint8_t from_alternate = 0x01;
constexpr std::uint8_t came_to_alternate = 0x02;
constexpr std::uint8_t with_padding = 0x04;
constexpr std::uint8_t with_label = 0x08;
constexpr std::uint8_t with_token = 0x10;
constexpr std::uint8_t known_flags = 0x1F;

std::uint8_t family_byte(net::Family family) { return family == net::Family::V4 ? 4 : 6; }

void append_address(net::ByteRoom& out, const net::IpAddress& address) {
  const std::size_t end = out.size() + 16;
  net::append(out, address.bytes());
  out.resize(end);
}

// Reads in order; the size was checked before.
class Reader {
 public:
  explicit Reader(net::BytesView bytes) : rest_(bytes) {}

  std::uint8_t u8() { return take(1)[0]; }
  std::uint16_t u16() { return net::get_u16(take(2)); }
  std::uint32_t u32() { return net::get_u32(take(4)); }
  std::uint64_t u64() { return net::get_u64(take(8)); }
  template <std::size_t Size>
  std::array<std::uint8_t, Size> array() {
    std::array<std::uint8_t, Size> out{};
    const net::BytesView bytes = take(Size);
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
  }

 private:
  net::BytesView rest_;

  net::BytesView take(std::size_t size) {
    const net::BytesView out = rest_.first(size);
    rest_ = rest_.subspan(size);
    return out;
  }
};

net::IpAddress address_of(std::uint8_t family, const std::array<std::uint8_t, 16>& b) {
  return family == 4 ? net::IpAddress::v4({b[0], b[1], b[2], b[3]}) : net::IpAddress::v6(b);
}
bool known_family(std::uint8_t family) { return family == 4 || family == 6; }

void append_body(net::ByteRoom& out, const Hello& hello) {
  net::append(out, net::u16_bytes(hello.primary_port));
  net::append(out, net::u16_bytes(hello.alternate_port));
  net::append(out, std::array<std::uint8_t, 4>{family_byte(hello.own.family())});
  append_address(out, hello.own);
  append_address(out, hello.partner);
  net::append(out, net::u64_bytes(hello.token_epoch));
}

std::optional<Hello> read_hello(Reader reader) {
  Hello hello;
  hello.primary_port = reader.u16();
  hello.alternate_port = reader.u16();
  const std::uint8_t family = reader.u8();
  (void)reader.array<3>();
  if (!known_family(family)) return std::nullopt;
  hello.own = address_of(family, reader.array<16>());
  hello.partner = address_of(family, reader.array<16>());
  hello.token_epoch = reader.u64();
  return hello;
}

std::uint8_t flags_of(const Reply& reply) {
  std::uint8_t flags = 0;
  const auto set = [&flags](bool condition, std::uint8_t bit) {
    if (condition) flags = static_cast<std::uint8_t>(flags | bit);
  };
  set(reply.from.alternate_port, from_alternate);
  set(reply.arrival.alternate_port, came_to_alternate);
  set(reply.padding, with_padding);
  set(reply.label.has_value(), with_label);
  set(reply.token.has_value(), with_token);
  return flags;
}

void append_body(net::ByteRoom& out, const Reply& reply) {
  const stun::SentQuery label = reply.label.value_or(stun::SentQuery{});
  append_address(out, reply.client.address);
  net::append(out, net::u16_bytes(reply.client.port));
  net::append(out, net::u16_bytes(reply.reply_port));
  net::append(out, net::u16_bytes(reply.request_size));
  out.push_back(family_byte(reply.client.family()));
  out.push_back(flags_of(reply));
  net::append(out, reply.id.bytes);
  net::append(out, net::u64_bytes(label.run_nonce));
  net::append(out, net::u32_bytes(label.question));
  net::append(out, reply.token.value_or(stun::ReturnToken{}).bytes);
  net::append(out, net::u32_bytes(0));
}

std::optional<Reply> read_relay(Reader reader) {
  Reply reply;
  const auto address = reader.array<16>();
  reply.client.port = reader.u16();
  reply.reply_port = reader.u16();
  reply.request_size = reader.u16();
  const std::uint8_t family = reader.u8();
  const std::uint8_t flags = reader.u8();
  reply.id.bytes = reader.array<16>();
  const std::uint64_t run_nonce = reader.u64();
  const std::uint32_t question = reader.u32();
  const auto token = reader.array<8>();
  if (!known_family(family) || (flags & ~known_flags) != 0) return std::nullopt;
  const bool redirected = reply.reply_port != reply.client.port;
  if (reply.client.port == 0 || reply.reply_port == 0 || (redirected && reply.reply_port < least_response_port) ||
      reply.request_size > stun::max_message_size) {
    return std::nullopt;
  }
  reply.client.address = address_of(family, address);
  reply.from = {.partner_address = false, .alternate_port = (flags & from_alternate) != 0};
  reply.arrival = {.partner_address = true, .alternate_port = (flags & came_to_alternate) != 0};
  reply.padding = (flags & with_padding) != 0;
  if ((flags & with_label) != 0) reply.label = {run_nonce, question};
  if ((flags & with_token) != 0) reply.token = {token};
  return reply;
}

std::optional<std::size_t> size_of(std::uint8_t kind) {
  if (kind == static_cast<std::uint8_t>(Kind::Hello)) return hello_size;
  if (kind == static_cast<std::uint8_t>(Kind::Relay)) return relay_size;
  return std::nullopt;
}

}  // namespace

std::string_view to_string(LinkFault fault) {
  constexpr std::array<std::string_view, link_fault_count> names = {
      "wrong size", "not ours",  "unknown key", "wrong MAC",       "malformed",
      "wrong role", "not fresh", "replayed",    "unknown session", "set up differently"};
  return names[static_cast<std::size_t>(fault)];
}

LinkKey LinkKey::derived_from(net::BytesView secret) {
  const auto id = stun::hmac_sha256(secret, net::as_bytes("natscope partner link: key id"));
  return {.mac_key = stun::hmac_sha256(secret, net::as_bytes("natscope partner link: mac")), .id = net::get_u32(id)};
}

void encode(const LinkMessage& message, const LinkKey& key, net::ByteRoom& out) {
  const bool hello = std::holds_alternative<Hello>(message.body);
  net::append(out, net::u32_bytes(magic));
  const Kind kind = hello ? Kind::Hello : Kind::Relay;
  net::append(out, std::array<std::uint8_t, 4>{link_version, static_cast<std::uint8_t>(kind),
                                               static_cast<std::uint8_t>(message.header.role)});
  net::append(out, net::u32_bytes(key.id));
  for (const MessageName& name : {message.header.name, message.header.echo}) {
    net::append(out, net::u64_bytes(name.session));
    net::append(out, net::u64_bytes(name.sequence));
  }
  std::visit([&out](const auto& body) { append_body(out, body); }, message.body);
  net::append(out, stun::hmac_sha256(key.mac_key, out.bytes()));
  assert(out.size() == (hello ? hello_size : relay_size));
}

net::Bytes encode(const LinkMessage& message, const LinkKey& key) {
  std::array<std::uint8_t, relay_size> bytes;
  net::ByteRoom room(bytes);
  encode(message, key, room);
  return {room.bytes().begin(), room.bytes().end()};
}

net::Result<LinkMessage, LinkFault> decode_link_message(net::BytesView datagram, std::span<const LinkKey> keys) {
  if (datagram.size() != hello_size && datagram.size() != relay_size) return net::Unexpected(LinkFault::WrongSize);
  Reader reader(datagram);
  const std::uint32_t first = reader.u32();
  const std::uint8_t version = reader.u8();
  const std::uint8_t kind = reader.u8();
  const std::uint8_t role = reader.u8();
  (void)reader.u8();
  const std::uint32_t key_id = reader.u32();
  if (first != magic || version != link_version) return net::Unexpected(LinkFault::NotOurs);
  if (size_of(kind) != datagram.size()) return net::Unexpected(LinkFault::WrongSize);
  const auto key = std::find_if(keys.begin(), keys.end(), [key_id](const LinkKey& k) { return k.id == key_id; });
  if (key == keys.end()) return net::Unexpected(LinkFault::UnknownKey);

  const net::BytesView signed_part = datagram.first(datagram.size() - mac_bytes);
  const auto mac = stun::hmac_sha256(key->mac_key, signed_part);
  if (!stun::constant_time_equal(mac, datagram.last(mac_bytes))) return net::Unexpected(LinkFault::WrongMac);

  if (role != static_cast<std::uint8_t>(LinkRole::First) && role != static_cast<std::uint8_t>(LinkRole::Second)) {
    return net::Unexpected(LinkFault::Malformed);
  }
  LinkMessage message;
  message.key = static_cast<std::size_t>(key - keys.begin());
  message.header.role = static_cast<LinkRole>(role);
  for (MessageName* name : {&message.header.name, &message.header.echo}) {
    name->session = reader.u64();
    name->sequence = reader.u64();
  }
  if (kind == static_cast<std::uint8_t>(Kind::Hello)) {
    const auto hello = read_hello(reader);
    if (!hello) return net::Unexpected(LinkFault::Malformed);
    message.body = *hello;
  } else {
    const auto relay = read_relay(reader);
    if (!relay) return net::Unexpected(LinkFault::Malformed);
    message.body = *relay;
  }
  return message;
}

}  // namespace reflector
