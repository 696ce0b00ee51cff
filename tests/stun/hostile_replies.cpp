#include "tests/stun/hostile_replies.h"

#include <fmt/core.h>

#include <array>

#include "stun/address_attributes.h"
#include "tests/stun/raw_message.h"

namespace hostile {
namespace {

using enum Reaction;

constexpr std::uint16_t success = 0x0101;
constexpr std::uint16_t error = 0x0111;
constexpr std::uint16_t assist_success = 0x3D02;  // docs/protocol.md: natprobe assist, whose answers are under a key
constexpr std::uint16_t realm = 0x0014;
constexpr std::uint16_t nonce = 0x0015;
constexpr std::string_view foreign_key = "a key that nobody knows";

// ---- pieces of a reply ---------------------------------------------------------------------------------------------

Hex id_of(const Asked& asked) { return net::to_hex(asked.id.bytes); }

Hex plain_address(std::uint16_t type, const net::Endpoint& endpoint) {
  net::Bytes value;
  stun::serialize_plain_address(value, endpoint);
  return attribute(type, net::to_hex(value));
}
Hex xor_mapped(const Asked& asked, const net::Endpoint& endpoint) {
  net::Bytes value;
  stun::XorMappedAddress{endpoint}.serialize(value, asked.id);
  return attribute(0x0020, net::to_hex(value));
}
Hex right_mapped(const Asked& asked) { return xor_mapped(asked, asked.client); }
Hex other_address(std::string_view endpoint) { return plain_address(0x802C, net::endpoint(endpoint)); }
Hex text(std::string_view characters) { return net::to_hex(net::as_bytes(characters)); }
Hex unknown_attributes(const Hex& types) { return attribute(0x0009, "00000414") + attribute(0x000A, types); }

std::vector<ReplyDatagram> from_reflector(const Asked& asked, const Hex& datagram) {
  return {{asked.reflector, net::from_hex(datagram)}};
}

// ---- rows ----------------------------------------------------------------------------------------------------------

using Body = std::function<Hex(const Asked&)>;

// A message from the reflector with the right id, by its type and attributes.
HostileReply reply(std::string id, Reaction reaction, std::uint16_t type, Body body, std::string note) {
  return {std::move(id), reaction,
          [type, body = std::move(body)](const Asked& asked) {
            return from_reflector(asked, message(type, body(asked), id_of(asked)));
          },
          std::move(note)};
}
HostileReply fixed_reply(std::string id, Reaction reaction, std::uint16_t type, Hex body, std::string note) {
  return reply(
      std::move(id), reaction, type, [body = std::move(body)](const Asked&) { return body; }, std::move(note));
}
// A right XOR-MAPPED-ADDRESS and more.
HostileReply right_and(std::string id, Hex more, std::string note) {
  return reply(
      std::move(id), Used, success, [more = std::move(more)](const Asked& asked) { return right_mapped(asked) + more; },
      std::move(note));
}

using Rows = std::vector<HostileReply>;

Rows identity_and_source() {
  return {
      {"R01", Ignored,
       [](const Asked& asked) {
         stun::TransactionId other = asked.id;
         other.bytes.back() ^= 1;
         return from_reflector(asked, message(success, right_mapped(asked), net::to_hex(other.bytes)));
       },
       "other transaction id"},
      {"R02 other address", Ignored,
       [](const Asked& asked) {
         return std::vector<ReplyDatagram>{
             {asked.third_host, net::from_hex(message(success, right_mapped(asked), id_of(asked)))}};
       },
       "right id from another address than asked"},
      {"R02 other port", Ignored,
       [](const Asked& asked) {
         const auto from = net::with_port(asked.reflector, static_cast<std::uint16_t>(asked.reflector.port ^ 1));
         return std::vector<ReplyDatagram>{{from, net::from_hex(message(success, right_mapped(asked), id_of(asked)))}};
       },
       "right id from another port than asked"},
      {"R23", Used,
       [](const Asked& asked) {
         const net::Bytes same = net::from_hex(message(success, right_mapped(asked), id_of(asked)));
         return std::vector<ReplyDatagram>(1000, {asked.reflector, same});
       },
       "one counted, 999 duplicates"},
      reply("R24", Ignored, success, right_mapped, "sent after the transaction ended: counted late"),
      reply("R25 success", Ignored, success, right_mapped, "to a CHANGE-REQUEST: the reflector did not do it, unknown"),
      fixed_reply("R25 error", Failed, error, unknown_attributes("0003"),
                  "to a CHANGE-REQUEST: never a filtering type"),
      {"R32", Ignored,
       [](const Asked& asked) {
         return std::vector<ReplyDatagram>{{asked.reflector, asked.request}};
       },
       "our own request comes back"},
      reply("R33", Ignored, 0x0011, right_mapped, "an indication with our id"),
  };
}

Rows mapped_address() {
  Rows rows = {
      fixed_reply("R03 alone", Ignored, success, attribute(0x0020, ""), "malformed: length 0, the last bytes"),
      reply(
          "R03 then more", Ignored, success,
          [](const Asked& asked) { return attribute(0x0020, "") + plain_address(0x802B, asked.reflector); },
          "malformed: length 0"),
      fixed_reply("R04", Ignored, success, attribute(0x0020, "0002a147e112a643"), "malformed: IPv6 in 8 bytes"),
      fixed_reply("R05", Ignored, success, attribute(0x0020, "0001a147" + zeros(16)), "malformed: IPv4 in 20 bytes"),
      {"R06 reserved byte", Used,
       [](const Asked& asked) {
         net::Bytes datagram = net::from_hex(message(success, right_mapped(asked), id_of(asked)));
         datagram[24] = 0xFF;  // first byte of the value
         return std::vector<ReplyDatagram>{{asked.reflector, datagram}};
       },
       "the reserved first byte is ignored"},
      reply(
          "R07", Used, success,
          [](const Asked& asked) { return plain_address(0x0001, asked.third_host) + right_mapped(asked); },
          "XOR counts; address rewritten on the path"),
      reply(
          "R08", Used, success, [](const Asked& asked) { return plain_address(0x0001, asked.client); },
          "usable, marked unprotected; not for verdicts alone"),
      fixed_reply("R09", Failed, success, "", "no address at all: bad server"),
      reply(
          "R10", Used, success,
          [](const Asked& asked) { return right_mapped(asked) + xor_mapped(asked, asked.third_host); },
          "the first of two"),
      right_and("R22", plain_address(0x802B, net::endpoint("198.51.100.99:1")),
                "RESPONSE-ORIGIN lies: the real source decides; difference reported"),
      reply(
          "R28 port", Failed, success,
          [](const Asked& asked) { return xor_mapped(asked, net::with_port(asked.client, 0)); }, "implausible: port 0"),
      reply(
          "R28 address", Failed, success,
          [](const Asked& asked) { return xor_mapped(asked, net::endpoint("0.0.0.0:1024")); }, "implausible: 0.0.0.0"),
  };
  for (const char* family : {"00", "03", "ff"}) {
    rows.push_back(fixed_reply(fmt::format("R06 family {}", family), Failed, success,
                               attribute(0x0020, fmt::format("00{}a147e112a643", family)),
                               "unknown family: attribute ignored, so no address at all"));
  }
  for (const char* inside : {"10.1.2.3:4444", "127.0.0.1:4444"}) {
    rows.push_back(reply(
        fmt::format("R29 {}", inside), Shown, success,
        [inside](const Asked& asked) { return xor_mapped(asked, net::endpoint(inside)); },
        "from a public server: shown, verdict unknown"));
  }
  return rows;
}

Rows structure_and_size() {
  return {
      reply(
          "R11", Failed, success, [](const Asked& asked) { return right_mapped(asked) + attribute(0x7FFF, ""); },
          "unknown required attribute: discard"),
      reply(
          "R20 200 attributes", Ignored, success,
          [](const Asked& asked) { return right_mapped(asked) + repeated(200, attribute(0x8022, "")); },
          "over the limit of 64"),
      right_and("R20 20 OTHER-ADDRESS",
                other_address("198.51.100.1:3479") + repeated(19, other_address("203.0.113.7:9")), "the first is used"),
      {"R30 wrong", Ignored,
       [](const Asked& asked) {
         net::Bytes datagram = net::from_hex(fingerprinted(message(success, right_mapped(asked), id_of(asked))));
         datagram.back() ^= 1;
         return std::vector<ReplyDatagram>{{asked.reflector, datagram}};
       },
       "wrong FINGERPRINT"},
      {"R30 not last", Ignored,
       [](const Asked& asked) {
         const Hex plain = message(success, right_mapped(asked), id_of(asked));
         return from_reflector(asked, fingerprinted(plain, 8) + attribute(0x8022, "6162"));
       },
       "FINGERPRINT is not last"},
      {"R31", Ignored,
       [](const Asked& asked) {
         const std::size_t fill = 65507 - 20 - 12 - 4 - 3;
         const Hex body = right_mapped(asked) + attribute(0xC0F1, zeros(fill / 4 * 4));
         net::Bytes datagram = net::from_hex(message(success, body, id_of(asked)));
         datagram.resize(65507);
         return std::vector<ReplyDatagram>{{asked.reflector, datagram}};
       },
       "65,507 bytes: no allocation of that size kept"},
      {"R34 wrong", Ignored,
       [](const Asked& asked) {
         const Hex plain = message(success, right_mapped(asked), id_of(asked));
         return from_reflector(asked, signed_sha256(plain, foreign_key));
       },
       "where the run demands integrity: as if never received"},
      {"R34 short", Ignored,
       [](const Asked& asked) {
         return from_reflector(asked,
                               message(success, right_mapped(asked) + attribute(0x001C, zeros(12)), id_of(asked)));
       },
       "where the run demands integrity: 12 bytes are too few"},
      fixed_reply("R34 absent", Ignored, assist_success, "", "to a question under a key: as if never received"),
  };
}

Rows errors() {
  Rows rows = {
      fixed_reply("R12", Failed, error, "", "error without ERROR-CODE"),
      reply(
          "R16", Failed, error,
          [](const Asked& asked) { return attribute(0x0009, "00000300") + plain_address(0x8023, asked.third_host); },
          "300 with ALTERNATE-SERVER: 0 packets there"),
      fixed_reply("R17 odd", Failed, error, unknown_attributes("000300"), "option not supported, list damaged"),
      fixed_reply("R17 empty", Failed, error, unknown_attributes(""), "option not supported, list damaged"),
      fixed_reply("R18", Failed, error, unknown_attributes("7ffe7ffd"), "lists types never sent: odd"),
  };
  for (std::size_t size = 0; size < 4; ++size) {
    rows.push_back(fixed_reply(fmt::format("R13 length {}", size), Failed, error,
                               attribute(0x0009, Hex("00000400").substr(0, 2 * size)), "no read past the end"));
  }
  for (const char* code : {"00000000", "00000100", "00000200", "00000700", "00000464", "000004ff", "fffff864"}) {
    rows.push_back(
        fixed_reply(fmt::format("R14 {}", code), Failed, error, attribute(0x0009, code), "code shown as invalid"));
  }
  rows.push_back(
      fixed_reply("R14 fffffc00", Failed, error, attribute(0x0009, "fffffc00"), "reserved bits ignored: 400"));
  return rows;
}

Rows reason_phrases() {
  Rows rows;
  const auto add = [&rows](std::string id, const Hex& phrase, Reaction reaction = Failed) {
    rows.push_back(fixed_reply(std::move(id), reaction, error, attribute(0x0009, "00000400" + phrase),
                               "shown escaped, cut to 127 characters"));
  };
  for (const std::size_t size : {0U, 763U, 764U}) add(fmt::format("R15 {} bytes", size), repeated(size, "61"));
  add("R15 65000 bytes", repeated(65000, "61"), Ignored);
  add("R15 ESC", text("\x1b[2J\x1b]0;owned\x07"));
  add("R15 CR LF", text("one\r\ntwo"));
  add("R15 NUL", "610062");
  add("R15 wrong UTF-8", "fffec080eda080f4908080");
  add("R15 RTL marks", text("\u202egnp.exe\u2066\u200f"));
  return rows;
}

Rows partner_addresses() {
  Rows rows;
  const auto add = [&rows](const std::string& name, Body body) {
    rows.push_back(reply(
        "R19 " + name, Used, success,
        [body = std::move(body)](const Asked& asked) { return right_mapped(asked) + body(asked); },
        "never contacted: partner address not usable"));
  };
  for (const char* literal : {"0.0.0.0:3479", "127.0.0.1:3479", "169.254.1.1:3479", "10.0.0.1:3479", "224.0.0.1:3479",
                              "255.255.255.255:3479", "[::]:3479", "[::1]:3479", "[fe80::1]:3479", "[ff02::1]:3479",
                              "[::ffff:127.0.0.1]:3479", "[64:ff9b::7f00:1]:3479", "198.51.100.2:0"}) {
    add(literal, [literal](const Asked&) { return other_address(literal); });
  }
  add("own address", [](const Asked& asked) { return plain_address(0x802C, asked.client); });
  add("same as primary", [](const Asked& asked) { return plain_address(0x802C, asked.reflector); });
  add("same port as primary", [](const Asked&) { return other_address("198.51.100.2:3478"); });
  rows.push_back(reply(
      "R21", Used, success,
      [](const Asked& asked) {
        const bool v4 = asked.reflector.family() == net::Family::V4;
        return right_mapped(asked) + other_address(v4 ? "[2001:db8::2]:3479" : "198.51.100.1:3479");
      },
      "OTHER-ADDRESS of the other family: not used for this one"));
  return rows;
}

Rows authentication() {
  Rows rows;
  for (const std::size_t number : {1U, 38U}) {
    rows.push_back(reply(
        fmt::format("R26 4{:02}", number), Failed, error,
        [number](const Asked& asked) {
          return attribute(0x0009, fmt::format("000004{:02x}", number)) + attribute(realm, text("example.org")) +
                 attribute(nonce, text(fmt::format("nonce {}", asked.attempt)));
        },
        "endless new nonces: at most 2 retries"));
  }
  for (const std::uint16_t type : {realm, nonce}) {
    for (const std::size_t size : {0U, 764U, 1000U}) {
      rows.push_back(fixed_reply(fmt::format("R27 {:04x} {} bytes", type, size), Failed, error,
                                 attribute(0x0009, "00000401") + attribute(type, repeated(size, "61")),
                                 "REALM or NONCE empty or too long"));
    }
  }
  return rows;
}

Rows all_replies() {
  Rows all;
  for (const Rows& part : {identity_and_source(), mapped_address(), structure_and_size(), errors(), reason_phrases(),
                           partner_addresses(), authentication()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace

std::string_view to_string(Reaction reaction) {
  constexpr std::array<std::string_view, 4> names = {"Ignored", "Failed", "Used", "Shown"};
  return names[static_cast<std::size_t>(reaction)];
}

const std::vector<HostileReply>& hostile_replies() {
  static const std::vector<HostileReply> replies = all_replies();
  return replies;
}

}  // namespace hostile
