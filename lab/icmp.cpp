#include "lab/icmp.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "lab/ip_packet.h"

namespace lab {
namespace {

constexpr std::size_t header_size = 8;  // of every ICMP message the lab knows: type, code, checksum, four more bytes
constexpr std::size_t ports_size = 8;   // of the quoted transport header: what RFC 792 guarantees

struct ErrorRow {
  IcmpError error;
  IcmpType v4, v6;
};
constexpr std::array errors = {
    ErrorRow{IcmpError::TimeExceeded, {11, 0}, {3, 0}},   ErrorRow{IcmpError::PortUnreachable, {3, 3}, {1, 4}},
    ErrorRow{IcmpError::HostUnreachable, {3, 1}, {1, 3}}, ErrorRow{IcmpError::AdminProhibited, {3, 13}, {1, 1}},
    ErrorRow{IcmpError::TooBig, {3, 4}, {2, 0}},
};

// RFC 792: 3 unreachable, 4 source quench, 5 redirect, 11 time exceeded, 12 parameter. RFC 4443: below 128.
bool is_error(std::uint8_t type, net::Family family) {
  if (family == net::Family::V6) return type < 128;
  return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

std::size_t ip_header_size(net::Family family) { return family == net::Family::V4 ? 20 : 40; }

void put(net::Bytes& bytes, std::size_t at, net::BytesView what) {
  std::ranges::copy(what, bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

// Where in the message the quoted packet's parts lie; nothing when they are not all there.
struct Quotation {
  Protocol protocol;
  std::size_t source, destination, transport;
};
std::optional<Quotation> quotation(const Packet& error) {
  const net::BytesView bytes = error.payload;
  const net::Family family = error.source.family();
  const bool v4 = family == net::Family::V4;
  if (bytes.size() < header_size + ip_header_size(family)) return std::nullopt;
  const net::BytesView ip = bytes.subspan(header_size);
  if (ip[0] >> 4 != (v4 ? 4 : 6)) return std::nullopt;
  const std::size_t header = v4 ? (ip[0] & 0x0FU) * 4U : 40U;
  const bool later_fragment = v4 && (net::get_u16(ip.subspan(6)) & 0x1FFF) != 0;
  if (header < ip_header_size(family) || ip.size() < header + ports_size || later_fragment) return std::nullopt;
  const auto protocol = protocol_of(v4 ? ip[9] : ip[6], family);
  if (!protocol) return std::nullopt;
  return Quotation{.protocol = *protocol,
                   .source = header_size + (v4 ? 12U : 8U),
                   .destination = header_size + (v4 ? 16U : 24U),
                   .transport = header_size + header};
}

}  // namespace

EchoTypes icmp_echo_types(net::Family family) {
  return family == net::Family::V4 ? EchoTypes{8, 0} : EchoTypes{128, 129};
}

IcmpKind icmp_kind(const Packet& packet) {
  const net::Family family = packet.source.family();
  if (packet.payload.empty()) return IcmpKind::Other;
  const std::uint8_t type = packet.payload[0];
  if (type == icmp_echo_types(family).request) return IcmpKind::EchoRequest;
  if (type == icmp_echo_types(family).reply) return IcmpKind::EchoReply;
  return is_error(type, family) ? IcmpKind::Error : IcmpKind::Other;
}

std::optional<std::uint16_t> icmp_query_id(const Packet& packet) {
  switch (icmp_kind(packet)) {
    case IcmpKind::EchoRequest: return packet.source.port;
    case IcmpKind::EchoReply: return packet.destination.port;
    default: return std::nullopt;
  }
}

void take_icmp_query_id(Packet& packet) {
  packet.source.port = packet.destination.port = 0;
  if (packet.payload.size() < header_size) return;
  const std::uint16_t id = net::get_u16(net::BytesView(packet.payload).subspan(4));
  if (icmp_kind(packet) == IcmpKind::EchoRequest) packet.source.port = id;
  if (icmp_kind(packet) == IcmpKind::EchoReply) packet.destination.port = id;
}

Packet make_echo_request(const net::Endpoint& source, const net::IpAddress& destination, std::uint16_t sequence,
                         net::BytesView data) {
  net::Bytes message(header_size);
  message[0] = icmp_echo_types(source.family()).request;
  put(message, 6, net::u16_bytes(sequence));
  net::append(message, data);
  return {.protocol = Protocol::Icmp, .source = source, .destination = {destination, 0}, .payload = std::move(message)};
}

Packet make_echo_reply(const Packet& request) {
  Packet reply{.protocol = Protocol::Icmp,
               .source = request.destination,
               .destination = request.source,
               .payload = request.payload};
  reply.payload[0] = icmp_echo_types(request.source.family()).reply;
  return reply;
}

std::optional<Packet> make_icmp_error(const Packet& about, const net::IpAddress& router, IcmpError error,
                                      std::uint16_t mtu) {
  const bool about_error = about.protocol == Protocol::Icmp && !about.fragment && icmp_kind(about) == IcmpKind::Error;
  if (about_error || (about.fragment && about.fragment->offset != 0)) return std::nullopt;
  // RFC 1812 section 4.3.2.3 and RFC 4443 section 2.4: as much of the packet as fits.
  const bool v4 = about.source.family() == net::Family::V4;
  const std::size_t most = (v4 ? 576U - 20U : 1280U - 40U) - header_size;
  net::Bytes quotation = to_ip(about);
  if (quotation.size() > most) quotation.resize(most);

  net::Bytes message(header_size);
  const IcmpType type = icmp_type(error, about.source.family());
  message[0] = type.type;
  message[1] = type.code;
  if (error == IcmpError::TooBig) put(message, 6, net::u16_bytes(mtu));  // the low half of RFC 4443's 32 bits too
  net::append(message, quotation);
  return Packet{.protocol = Protocol::Icmp,
                .source = {router, 0},
                .destination = net::with_port(about.source, 0),
                .payload = std::move(message)};
}

IcmpType icmp_type(const Packet& packet) {
  if (packet.payload.size() < 2) return {};
  return {packet.payload[0], packet.payload[1]};
}

IcmpType icmp_type(IcmpError error, net::Family family) {
  const ErrorRow& row = errors[static_cast<std::size_t>(error)];
  return family == net::Family::V4 ? row.v4 : row.v6;
}

std::optional<IcmpError> icmp_error(IcmpType type, net::Family family) {
  for (const ErrorRow& row : errors) {
    if (type == (family == net::Family::V4 ? row.v4 : row.v6)) return row.error;
  }
  return std::nullopt;
}

std::uint16_t icmp_mtu(const Packet& packet) {
  return packet.payload.size() < header_size ? std::uint16_t{0}
                                             : net::get_u16(net::BytesView(packet.payload).subspan(6));
}

std::optional<Quoted> quoted(const Packet& error) {
  const auto place = quotation(error);
  if (!place) return std::nullopt;
  const net::BytesView bytes = error.payload;
  const net::Family family = error.source.family();
  Quoted out{.protocol = place->protocol,
             .source = {address_at(bytes.subspan(place->source), family), 0},
             .destination = {address_at(bytes.subspan(place->destination), family), 0}};
  const net::BytesView transport = bytes.subspan(place->transport);
  if (place->protocol != Protocol::Icmp) {
    out.source.port = net::get_u16(transport);
    out.destination.port = net::get_u16(transport.subspan(2));
  } else {
    const std::uint16_t id = net::get_u16(transport.subspan(4));
    if (transport[0] == icmp_echo_types(family).request) out.source.port = id;
    if (transport[0] == icmp_echo_types(family).reply) out.destination.port = id;
  }
  return out;
}

void requote(Packet& error, const Quoted& as) {
  const auto place = quotation(error);
  assert(place && as.source.family() == error.source.family());
  put(error.payload, place->source, as.source.address.bytes());
  put(error.payload, place->destination, as.destination.address.bytes());
  if (as.protocol == Protocol::Icmp) {
    put(error.payload, place->transport + 4,
        net::u16_bytes(as.source.port != 0 ? as.source.port : as.destination.port));
  } else {
    put(error.payload, place->transport, net::u16_bytes(as.source.port));
    put(error.payload, place->transport + 2, net::u16_bytes(as.destination.port));
  }
  if (error.source.family() == net::Family::V6) return;
  const std::size_t header =
      place->transport - header_size;  // the quoted header's own checksum, as RFC 5508 REQ-4 has it
  put(error.payload, header_size + 10, net::u16_bytes(0));
  put(error.payload, header_size + 10,
      net::u16_bytes(internet_checksum(net::BytesView(error.payload).subspan(header_size, header))));
}

std::optional<Packet> error_in_family_of(const Packet& error, const net::IpAddress& router, const Quoted& as) {
  const auto kind = icmp_error(icmp_type(error), error.source.family());
  if (!kind) return std::nullopt;
  Packet about{.protocol = as.protocol, .source = as.source, .destination = as.destination};
  if (as.protocol == Protocol::Tcp) about.payload.resize(20);
  if (as.protocol == Protocol::Icmp) {
    about.payload.resize(header_size);
    const EchoTypes types = icmp_echo_types(as.source.family());
    about.payload[0] = as.source.port != 0 ? types.request : types.reply;
  }
  // An IPv6 header is 20 bytes longer.
  const int longer = as.source.family() == net::Family::V6 ? 20 : -20;
  return make_icmp_error(about, router, *kind, static_cast<std::uint16_t>(icmp_mtu(error) + longer));
}

}  // namespace lab
