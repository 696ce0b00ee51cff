// Hostile requests made by rule: boundary values in every 16-bit field, wrong lengths of every known attribute, every
// truncation of ten valid messages, every single-bit flip of three. What each must draw is worked out here by a plain
// reading of the rules that shares no code with the decoder.

#include <fmt/core.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <optional>

#include "tests/stun/hostile_cases.h"
#include "tests/stun/raw_message.h"

namespace hostile {
namespace {

using enum Expected;

struct Seen {
  std::uint16_t type;
  net::BytesView value;
  std::size_t at;  // of its header
};

// ---- what a datagram must draw -------------------------------------------------------------------------------------

// The attributes, or nothing where the structure is wrong.
std::optional<std::vector<Seen>> attributes_of(net::BytesView m) {
  if (m.size() < 20 || m.size() > 4096 || m[0] >= 0x40) return std::nullopt;
  if (m.size() % 4 != 0 || m.size() - 20 != net::get_u16(m.subspan(2))) return std::nullopt;
  std::vector<Seen> all;
  for (std::size_t at = 20; at < m.size();) {
    const std::size_t length = net::get_u16(m.subspan(at + 2));
    const std::size_t next = at + 4 + (length + 3) / 4 * 4;
    if (next > m.size()) return std::nullopt;
    all.push_back({net::get_u16(m.subspan(at)), m.subspan(at + 4, length), at});
    at = next;
  }
  return all.size() <= 64 ? std::optional(all) : std::nullopt;
}

bool fingerprint_right(net::BytesView m, const std::vector<Seen>& all) {
  for (const Seen& a : all) {
    if (a.type != 0x8028) continue;
    if (a.value.size() != 4 || a.at + 8 != m.size()) return false;
    if (net::get_u32(a.value) != (::crc32(0, m.data(), static_cast<uInt>(a.at)) ^ 0x5354554EU)) return false;
  }
  return true;
}

// The first of each type that counts: up to the first integrity, and a second kind of integrity behind it.
std::vector<Seen> heeded(const std::vector<Seen>& all) {
  std::vector<Seen> out;
  bool behind_integrity = false;
  for (const Seen& a : all) {
    const bool repeated = std::any_of(out.begin(), out.end(), [&a](const Seen& b) { return a.type == b.type; });
    if (!repeated && (!behind_integrity || a.type == 0x001C)) out.push_back(a);
    behind_integrity = behind_integrity || a.type == 0x0008 || a.type == 0x001C;
  }
  return out;
}

bool understood(std::uint16_t type) {
  constexpr std::array<std::uint16_t, 14> required = {0x0001, 0x0003, 0x0004, 0x0005, 0x0006, 0x0008, 0x0009,
                                                      0x000A, 0x0014, 0x0015, 0x001C, 0x0020, 0x0026, 0x0027};
  return type >= 0x8000 || std::find(required.begin(), required.end(), type) != required.end();
}

const Seen* first(const std::vector<Seen>& all, std::uint16_t type) {
  const auto found = std::find_if(all.begin(), all.end(), [type](const Seen& a) { return a.type == type; });
  return found == all.end() ? nullptr : &*found;
}

bool wrong_size(const Seen& a) {
  const std::size_t size = a.value.size();
  switch (a.type) {
    case 0x0003: return size != 4;
    case 0x0006: return size > 508;
    case 0x0008: return size != 20;
    case 0x001C: return size < 16 || size > 32 || size % 4 != 0;
    case 0x0027: return (size != 2 && size != 4) || net::get_u16(a.value) < 1024;
    default: return false;
  }
}

// Attributes whose odd sizes and values a reflector may refuse or pass over: REALM, NONCE and the private ones.
bool optional_fault(const Seen& a) {
  const std::size_t size = a.value.size();
  switch (a.type) {
    case 0x0014:
    case 0x0015: return size == 0 || size > 763;
    case 0xC0F0: return size != 8;
    case 0xC0F2: return size != 12;
    case 0xC0F5: return true;
    default: return false;
  }
}

Expected success_for(const std::vector<Seen>& attributes) {
  const Seen* change = first(attributes, 0x0003);
  const unsigned flags = change == nullptr ? 0 : change->value[3] & 6U;
  if (flags == 6) return SuccessFromAlternateAddressAndPort;
  if (flags == 4) return SuccessFromAlternateAddress;
  return flags == 2 ? SuccessFromAlternatePort : Success;
}

HostileCase judged(std::string id, const net::Bytes& datagram) {
  HostileCase out{.id = std::move(id), .datagram = datagram, .expected = Silent, .size_matters = true};
  const auto all = attributes_of(datagram);
  const bool classic = datagram.size() >= 8 && net::get_u32(net::BytesView(datagram).subspan(4)) != 0x2112A442;
  if (!all || (!classic && !fingerprint_right(datagram, *all))) {
    out.decodes = false;
    return out;
  }
  if (net::get_u16(datagram) != 0x0001) return out;

  const std::vector<Seen> attributes = heeded(*all);
  for (const Seen& a : attributes) {
    if (!understood(a.type)) out.unknown.push_back(a.type);
  }
  const bool bad = std::any_of(attributes.begin(), attributes.end(), wrong_size) ||
                   (first(attributes, 0x0026) != nullptr && first(attributes, 0x0027) != nullptr);
  const bool odd = std::any_of(attributes.begin(), attributes.end(), optional_fault);
  if (classic) {
    out.expected = attributes.empty() ? ClassicSuccess : ClassicAnyOrSilent;
  } else if (!out.unknown.empty()) {
    out.expected = bad || odd ? BadRequestOrUnknownAttributes : UnknownAttributes;
  } else if (bad) {
    out.expected = BadRequest;
  } else {
    out.expected = odd ? SuccessOrBadRequest : success_for(attributes);
  }
  return out;
}

// ---- the datagrams -------------------------------------------------------------------------------------------------

std::vector<net::Bytes> valid_messages() {
  const Hex both = attribute(0x0003, "00000006");
  const Hex user = attribute(0x0006, "757365723a70617373") + attribute(0x0014, "6578616d706c652e6f7267") +
                   attribute(0x0015, "6e6f6e6365");
  const Hex query = attribute(0xC0F0, "0102030405060708") + attribute(0xC0F2, "0000000000000001 00000002");
  std::vector<net::Bytes> all;
  for (const Hex& text : {
           request(""),
           request(both),
           request(attribute(0x0027, "9c40")),
           request(attribute(0x0026, zeros(16))),
           fingerprinted(request(attribute(0x8022, "6162636465") + attribute(0xC0F1, zeros(8)))),
           fingerprinted(signed_sha1(request(user), "key")),
           fingerprinted(signed_sha256(request(attribute(0x0006, "6162")), "key")),
           signed_sha256(signed_sha1(request(both), "key"), "key", 16),
           request(query + both),
           request(attribute(0x0024, "6e0001ff") + attribute(0x7FFF, "") + attribute(0x8022, "6162")),
       }) {
    all.push_back(net::from_hex(text));
  }
  return all;
}

net::Bytes with_word(net::Bytes datagram, std::size_t at, std::size_t value) {
  datagram[at] = static_cast<std::uint8_t>(value >> 8);
  datagram[at + 1] = static_cast<std::uint8_t>(value);
  return datagram;
}

void add_boundary_values(std::vector<HostileCase>& out, std::size_t number, const net::Bytes& valid) {
  for (std::size_t at = 0; at + 1 < valid.size(); at += 2) {
    const std::size_t right = net::get_u16(net::BytesView(valid).subspan(at));
    for (const std::size_t value :
         {std::size_t{0}, std::size_t{1}, right - 1, right, right + 1, right + 4, std::size_t{0x7F}, std::size_t{0x80},
          std::size_t{0xFF}, std::size_t{0x100}, std::size_t{0x7FFF}, std::size_t{0x8000}, std::size_t{0xFFFC},
          std::size_t{0xFFFF}}) {
      const std::size_t word = value & 0xFFFF;
      out.push_back(judged(fmt::format("message {} word {} = {:04x}", number, at, word), with_word(valid, at, word)));
    }
  }
}

void add_truncations(std::vector<HostileCase>& out, std::size_t number, const net::Bytes& valid) {
  for (std::size_t size = 0; size < valid.size(); ++size) {
    const net::Bytes cut(valid.begin(), valid.begin() + static_cast<std::ptrdiff_t>(size));
    out.push_back(judged(fmt::format("message {} cut to {}", number, size), cut));
  }
}

void add_bit_flips(std::vector<HostileCase>& out, std::size_t number, const net::Bytes& valid) {
  for (std::size_t bit = 0; bit < valid.size() * 8; ++bit) {
    net::Bytes flipped = valid;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(0x80 >> bit % 8);
    out.push_back(judged(fmt::format("message {} bit {}.{} flipped", number, bit / 8, bit % 8), flipped));
  }
}

void add_attribute_sizes(std::vector<HostileCase>& out) {
  struct Known {
    std::uint16_t type;
    std::size_t size;  // right, or an ordinary one where it varies
  };
  for (const Known& known : std::initializer_list<Known>{
           {0x0001, 20}, {0x0002, 20}, {0x0003, 4},  {0x0004, 20}, {0x0005, 20}, {0x0006, 8},
           {0x0007, 8},  {0x0008, 20}, {0x0009, 8},  {0x000A, 4},  {0x000B, 20}, {0x0014, 8},
           {0x0015, 8},  {0x001C, 32}, {0x0020, 20}, {0x0026, 8},  {0x0027, 4},  {0x7F00, 8},
           {0x7F01, 8},  {0x8022, 8},  {0x8023, 20}, {0x8028, 4},  {0x802B, 20}, {0x802C, 20},
           {0xC0F0, 8},  {0xC0F1, 8},  {0xC0F2, 12}, {0xC0F3, 8},  {0xC0F4, 16}, {0xC0F5, 4}}) {
    for (std::size_t size = 0; size <= known.size + 8; ++size) {
      const Hex datagram = request(attribute(known.type, repeated(size, "9c")));
      out.push_back(judged(fmt::format("attribute {:04x} of {} bytes", known.type, size), net::from_hex(datagram)));
    }
  }
}

std::vector<HostileCase> generate() {
  std::vector<HostileCase> out;
  const std::vector<net::Bytes> valid = valid_messages();
  for (std::size_t i = 0; i < valid.size(); ++i) {
    add_boundary_values(out, i, valid[i]);
    add_truncations(out, i, valid[i]);
  }
  for (const std::size_t i : {1U, 5U, 7U}) add_bit_flips(out, i, valid[i]);
  add_attribute_sizes(out);
  return out;
}

}  // namespace

HostileCase by_the_rules(const HostileCase& given) { return judged(given.id, given.datagram); }

const std::vector<HostileCase>& generated_cases() {
  static const std::vector<HostileCase> cases = generate();
  return cases;
}

}  // namespace hostile
