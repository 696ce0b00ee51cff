#include "tests/stun/hostile_cases.h"

#include <array>

#include "tests/stun/raw_message.h"

namespace hostile {
namespace {

using enum Expected;

constexpr std::string_view some_key = "a key that nobody knows";

// Attributes by what they say.
Hex change_request(const Hex& flags) { return attribute(0x0003, flags); }
Hex response_port(const Hex& port) { return attribute(0x0027, port); }
Hex padding(std::size_t size) { return attribute(0x0026, zeros(size)); }
Hex software(const Hex& text) { return attribute(0x8022, text); }

Hex many_unknown(std::size_t count) {
  Hex body;
  for (std::size_t i = 0; i < count; ++i) body += attribute(static_cast<std::uint16_t>(0x7000 + i), "");
  return body;
}

// One row: id, bytes, reaction, what goes wrong elsewhere.
HostileCase row(const char* id, const Hex& datagram, Expected expected, const char* point) {
  return {.id = id, .datagram = net::from_hex(datagram), .expected = expected, .point = point};
}
HostileCase undecodable(const char* id, const Hex& datagram, const char* point) {
  return {.id = id, .datagram = net::from_hex(datagram), .decodes = false, .point = point};
}
HostileCase refused(const char* id, const Hex& datagram, std::vector<std::uint16_t> unknown, const char* point) {
  return {.id = id,
          .datagram = net::from_hex(datagram),
          .expected = UnknownAttributes,
          .unknown = std::move(unknown),
          .point = point};
}
HostileCase partner_down(HostileCase c) {
  c.partner_up = false;
  return c;
}
HostileCase size_matters(HostileCase c) {
  c.size_matters = true;
  return c;
}

std::vector<HostileCase> framing_and_header() {
  const Hex id = usual_id;
  const Hex rest_of_id = "b7e7a701bc34d686fa87dfae";
  return {
      undecodable("A01", "", "a recv of 0 must not be taken as end of stream or spin the loop"),
      undecodable("A02", "00", "shorter than any header"),
      undecodable("A03", "0001 0000 2112a442 b7e7a701bc34d686fa87df", "length minus 20 underflows"),
      size_matters(row("A04", request(""), Success, "positive control")),
      size_matters(row("A04z", "0001 0000 2112a442" + zeros(12), Success, "what the public scanners send")),
      undecodable("A05", "0001 0004" + id, "declared more than received"),
      undecodable("A06", "0001 0000" + id + zeros(8), "declared less than received"),
      undecodable("A07", "0001 0003" + id + "010203", "length must be a multiple of 4"),
      undecodable("A08", "0001 ffff" + id, "a 16-bit sum wraps"),
      undecodable("A09", "0001 fffc" + id, "only the size check can catch it"),
      undecodable("A10", "0001 fff0" + id, "20 + length wraps a 16-bit total to 4"),
      undecodable("A11", "4001 0000" + id, "ChannelData space"),
      undecodable("A12", "8001 0000" + id, "RTP space"),
      undecodable("A13", "c001 0000" + id, "both top bits"),
      row("A14", "0001 0000 00000000" + rest_of_id, ClassicSuccess, "old clients still send these"),
      row("A15", "0001 0000 42a41221" + rest_of_id, ClassicSuccess, "a classic 128-bit id, whatever the bytes"),
      row("A16", "0001 0000 2112a443" + rest_of_id, ClassicSuccess, "cookie off by one bit"),
  };
}

std::vector<HostileCase> class_and_method() {
  const Hex mapped = attribute(0x0020, "0001a147e112a643");
  return {
      row("B01", message(0x0011, ""), Silent, "indications are never answered"),
      row("B02", message(0x0101, mapped), Silent, "a success without a transaction"),
      row("B03", message(0x0111, attribute(0x0009, "00000400")), Silent, "two servers answering each other: a loop"),
      row("B04", message(0x0002, ""), Silent, "the old SharedSecret"),
      row("B05", message(0x0003, ""), Silent, "Allocate: no TURN here"),
      row("B06", message(0x3EEF, ""), Silent, "all method bits set"),
      row("B07", message(0x0000, ""), Silent, "method 0 is reserved"),
  };
}

std::vector<HostileCase> attribute_structure() {
  const Hex id = usual_id;
  return {
      undecodable("C01", "0001 0001" + id + "80", "reads past the end"),
      undecodable("C02", "0001 0002" + id + "8022", "type readable, length not"),
      undecodable("C03", "0001 0003" + id + "802200", "half a length"),
      undecodable("C04", request("8022 0005 61626364"), "overrun by one"),
      undecodable("C05", request("8022 ffff 61626364"), "overrun by far"),
      undecodable("C06", request("8022 fffd 61626364"), "rounding up to 4 wraps to 0 in 16 bits"),
      undecodable("C07", "0001 0007" + id + "8022 0003 616263", "last pad byte missing"),
      row("C08", request("8022 0003 616263 ff"), Success, "pad content is ignored"),
      row("C09", request(attribute(0xFFFE, "")), Success, "zero advance must not loop"),
      undecodable("C10", request(repeated(300, attribute(0xFFFE, ""))), "table-size overflow"),
      undecodable("C11", request(repeated(16000, attribute(0xFFFE, ""))), "quadratic look-ups"),
      row("C12", request(software("61626364" + change_request("00000006"))), Success,
          "the inner bytes are value, not attributes"),
  };
}

std::vector<HostileCase> comprehension_rules() {
  const Hex third_host = "0001 0d96 cb007109";  // 203.0.113.9:3478
  const Hex three = attribute(0x7FFF, "") + attribute(0x7FFE, "") + attribute(0x7FFD, "");
  return {
      refused("D01", request(attribute(0x7FFF, "")), {0x7FFF}, "success would say the option was honoured"),
      refused("D02", request(three), {0x7FFF, 0x7FFE, 0x7FFD}, "odd count: pad of the list"),
      undecodable("D03", request(many_unknown(300)), "fixed arrays; endless lists"),
      refused("D04", request(repeated(50, attribute(0x7FFF, ""))), {0x7FFF}, "the list must not grow with repeats"),
      row("D05", request(attribute(0xFFFE, zeros(40))), Success, "unknown optional is ignored"),
      row("D06", message(0x0011, attribute(0x7FFF, "")), Silent, "an indication is never answered"),
      refused("D07", request(attribute(0x0000, "")), {0x0000}, "reserved but in the required range"),
      refused("D08", request(attribute(0x0002, third_host)), {0x0002}, "the historic reflector attribute"),
      refused("D09", request(attribute(0x000B, third_host)), {0x000B}, "retired"),
      refused("D10", request(attribute(0x0007, "70617373")), {0x0007}, "retired"),
      row("D11", signed_sha1(request(""), some_key), Success, "known but unexpected"),
  };
}

std::vector<HostileCase> behavior_discovery() {
  const Hex both = change_request("00000006");
  return {
      row("E01", request(change_request("")), BadRequest, "reading 4 bytes that are not there"),
      row("E02", request(change_request("0000")), BadRequest, "same"),
      row("E03", request(change_request("0000000000000006")), BadRequest, "wrong size is not: no flags"),
      row("E04", request(change_request("ffffffff")), SuccessFromAlternateAddressAndPort, "only bits 4 and 2 count"),
      row("E05", request(change_request("00000000") + both), Success, "the first of a kind wins"),
      row("E06", request(both), SuccessFromAlternateAddressAndPort, "the core test"),
      row("E06b", request(change_request("00000002")), SuccessFromAlternatePort, "same address, other port"),
      row("E06c", request(change_request("00000004")), SuccessFromAlternateAddress, "other address, same port"),
      partner_down(row("E06d", request(change_request("00000000")), SuccessWithoutOtherAddress,
                       "stunclient sends it in every request")),
      partner_down(refused("E06e", request(both), {0x0003}, "silence would be taken for a filter")),
      row("E07", request(response_port("")), BadRequest, "reads past the end"),
      row("E08", request(response_port("0000")), BadRequest, "a send to port 0"),
      row("E09", request(response_port("0035")), BadRequest, "aims the answer at a service"),
      row("E10", request(response_port("00350000")), BadRequest, "both lengths are met in the wild"),
      size_matters(row("E11", request(padding(0)), Success, "measured 65-fold elsewhere")),
      size_matters(row("E12", request(padding(4)), Success, "amplifier")),
      size_matters(row("E13", request(padding(1000)), Success, "amplifier")),
      undecodable("E14", request(padding(60000)), "memory and fragments"),
      size_matters(row("E15", request(repeated(20, padding(0))), Success, "a repeat must not multiply")),
      row("E16", request(padding(16) + response_port("9c40")), BadRequest, "forbidden pair"),
      size_matters(row("E17", request(padding(0) + both), SuccessFromAlternateAddressAndPort,
                       "amplification out of a second host")),
  };
}

std::vector<HostileCase> fingerprint() {
  const Hex right = fingerprinted(request(""));
  Hex wrong = right;
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  return {
      row("F01", right, Success, "right"),
      undecodable("F02", wrong, "CRC off by one bit"),
      undecodable("F03", fingerprinted(request(""), 8) + software("6162"), "must be last"),
      undecodable("F04", request(attribute(0x8028, "")), "no CRC in it"),
      undecodable("F05", request(attribute(0x8028, zeros(8))), "two CRCs wide"),
      undecodable("F06", fingerprinted(fingerprinted(request(""), 8)), "only one can be last"),
  };
}

std::vector<HostileCase> integrity_and_text() {
  const Hex integrity = attribute(0x0008, zeros(20));
  return {
      row("G01", request(integrity), Success, "known but unexpected"),
      row("G02", request(attribute(0x0008, "")), BadRequest, "a compare of 0 bytes is always equal"),
      row("G03", request(attribute(0x0008, zeros(19))), BadRequest, "short compare"),
      row("G04", request(attribute(0x001C, zeros(12))), BadRequest, "minimum is 16"),
      row("G05", request(attribute(0x001C, zeros(36))), BadRequest, "maximum is 32"),
      row("G06", request(integrity + attribute(0x7FFF, "")), Success, "what follows integrity is ignored"),
      row("G07", request(integrity + change_request("00000006")), Success, "an on-path hand could add it"),
      row("G08", request(attribute(0x0006, repeated(600, "61"))), BadRequest, "the limit is 508"),
      row("G09", request(attribute(0x0006, "fffec080")), Success, "not UTF-8; never logged raw"),
      undecodable("G10", request(software(repeated(65000, "61"))), "memory"),
      row("G11", request(attribute(0x0020, "0003a147e112a643")), Success, "known but unexpected"),
      row("G12", request(attribute(0x0020, "")), Success, "crashed a parser"),
      row("G13", request(attribute(0x0009, "")), Success, "underflowed a parser"),
      row("G14", request(attribute(0x8023, "00010d96cb007109")), Success, "0 packets to the host it names"),
  };
}

std::vector<HostileCase> other_protocols() {
  const Hex dns = "8a3b 0100 0001 0000 0000 0000 07 6578616d706c65 03 6f7267 00 0001 0001";
  const Hex dtls = "16 feff 0000 000000000000 0036 01 00002a 0000 000000000000 002a feff 00000000";
  return {
      undecodable("H01", "3b1f8c02 94d61e77 0a5be2c9 4410f38d 6e9927b5", "random bytes"),
      undecodable("H02", dns, "a DNS query"),
      undecodable("H03", "40000000", "TURN ChannelData"),
      undecodable("H04", dtls, "start of a DTLS ClientHello"),
      undecodable("H05", "8060 1234 00000064 deadbeef" + zeros(20), "an RTP packet"),
      undecodable("H06", request(request("")), "a request as the body of a request"),
      undecodable("H07", request("") + request(""), "two requests in one datagram"),
  };
}

std::vector<HostileCase> all_classes() {
  std::vector<HostileCase> all;
  for (const auto& part : {framing_and_header(), class_and_method(), attribute_structure(), comprehension_rules(),
                           behavior_discovery(), fingerprint(), integrity_and_text(), other_protocols()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace

std::string_view to_string(Expected expected) {
  constexpr std::array<std::string_view, 12> names = {"Silent",
                                                      "Success",
                                                      "ClassicSuccess",
                                                      "SuccessFromAlternatePort",
                                                      "SuccessFromAlternateAddress",
                                                      "SuccessFromAlternateAddressAndPort",
                                                      "SuccessWithoutOtherAddress",
                                                      "BadRequest",
                                                      "UnknownAttributes",
                                                      "BadRequestOrUnknownAttributes",
                                                      "SuccessOrBadRequest",
                                                      "ClassicAnyOrSilent"};
  return names[static_cast<std::size_t>(expected)];
}

const std::vector<HostileCase>& hostile_cases() {
  static const std::vector<HostileCase> cases = all_classes();
  return cases;
}

}  // namespace hostile
