#include "lab/reassembly.h"

#include <algorithm>

#include "lab/ip_packet.h"

namespace lab {
namespace {

bool same_datagram(const Packet& a, const Packet& b) {
  return a.fragment->id == b.fragment->id && a.protocol == b.protocol && a.source.address == b.source.address &&
         a.destination.address == b.destination.address;
}

// RFC 8200 section 4.5: every part but the last is a multiple of 8 bytes, and the whole fits an IP packet.
bool well_formed(const Packet& packet) {
  const std::size_t size = packet.payload.size();
  return size > 0 && packet.fragment->offset + size <= Reassembly::most_bytes &&
         (!packet.fragment->more_follow || size % 8 == 0);
}

Packet header_of(const Packet& packet) {
  return {.protocol = packet.protocol,
          .source = packet.source,
          .destination = packet.destination,
          .ttl = packet.ttl,
          .fragment = packet.fragment};
}

}  // namespace

net::Result<Packet, Unassembled> Reassembly::add(Packet packet, net::TimePoint now) {
  if (!packet.fragment) return packet;
  if (accepted_ == Fragments::Drop) return net::Unexpected(Unassembled::Refused);
  Datagram& datagram = datagram_of(packet, now);
  if (!datagram.voided && !place(datagram, packet)) datagram.voided = true;
  if (datagram.voided) return net::Unexpected(Unassembled::Refused);
  if (datagram.size == 0 || datagram.received < datagram.size) return net::Unexpected(Unassembled::Held);

  const net::Bytes segment = std::move(datagram.payload);
  Packet whole = std::move(datagram.header);
  datagrams_.erase(datagrams_.begin() + (&datagram - datagrams_.data()));
  whole.fragment.reset();
  auto assembled = with_segment(std::move(whole), segment, Checksums::Verify);
  if (!assembled) return net::Unexpected(Unassembled::Refused);
  return std::move(*assembled);
}

Reassembly::Datagram& Reassembly::datagram_of(const Packet& packet, net::TimePoint now) {
  std::erase_if(datagrams_, [&](const Datagram& datagram) { return now - datagram.since >= timeout; });
  for (Datagram& datagram : datagrams_) {
    if (same_datagram(datagram.header, packet)) return datagram;
  }
  if (datagrams_.size() == most_datagrams) datagrams_.erase(datagrams_.begin());
  Datagram& fresh = datagrams_.emplace_back();
  fresh.since = now;
  fresh.header = header_of(packet);
  return fresh;
}

// Whether the part fits what came before it.
bool Reassembly::place(Datagram& datagram, const Packet& packet) const {
  if (!well_formed(packet)) return false;
  const Part part{packet.fragment->offset, packet.fragment->offset + packet.payload.size()};
  const auto next = std::lower_bound(datagram.parts.begin(), datagram.parts.end(), part);
  if (next != datagram.parts.end() && *next == part) return true;  // doubled on its way
  if (accepted_ == Fragments::InOrder && part.begin != datagram.received) return false;
  const bool overlaps = (next != datagram.parts.end() && next->begin < part.end) ||
                        (next != datagram.parts.begin() && std::prev(next)->end > part.begin);
  const bool last = !packet.fragment->more_follow;
  const bool beyond_last = datagram.size != 0 && (last || part.end > datagram.size);
  if (overlaps || beyond_last || (last && next != datagram.parts.end())) return false;

  datagram.parts.insert(next, part);
  datagram.received += packet.payload.size();
  if (last) datagram.size = part.end;
  if (datagram.payload.size() < part.end) datagram.payload.resize(part.end);
  std::ranges::copy(packet.payload, datagram.payload.begin() + static_cast<std::ptrdiff_t>(part.begin));
  if (part.begin == 0) datagram.header = header_of(packet);
  return true;
}

}  // namespace lab
