#include "lab/router.h"

#include <algorithm>

#include "lab/fragmentation.h"
#include "lab/icmp.h"
#include "lab/ip_packet.h"
#include "lab/segmentation.h"
#include "lab/tcp_segment.h"
#include "net/address_scope.h"

namespace lab {
namespace {

bool has(const std::vector<net::IpAddress>& addresses, const net::IpAddress& address) {
  return std::ranges::find(addresses, address) != addresses.end();
}

// Local services are as good as forwarded ports: to no inside host, but to the router, so no mapping may have them.
NatProfile reserving(NatProfile profile, const std::vector<LocalService>& local, const RouterSide& inside) {
  if (inside.addresses.empty()) return profile;
  for (const auto& [protocol, port] : local)
    profile.forwards.push_back({protocol, port, port, {inside.addresses.front(), port}});
  return profile;
}

// Neighbour discovery (RFC 4861), which never leaves its link.
bool stays_on_link(const Packet& packet) {
  if (net::never_a_destination(net::scope(packet.destination.address))) return true;
  const auto from = net::scope(packet.source.address);
  if (from == net::AddressScope::LinkLocal || from == net::AddressScope::Unspecified) return true;
  constexpr std::uint8_t router_solicitation = 133;
  constexpr std::uint8_t redirect = 137;
  const std::uint8_t type = packet.protocol == Protocol::Icmp && !packet.fragment ? icmp_type(packet).type : 0;
  return packet.source.family() == net::Family::V6 && type >= router_solicitation && type <= redirect;
}

// The size of the largest packet that this one is cut into.
std::size_t largest_part(const Packet& packet, std::size_t segment_data) {
  const std::size_t size = ip_size(packet);
  if (segment_data == 0 || packet.fragment || packet.protocol == Protocol::Icmp) return size;
  const std::size_t data = packet.protocol == Protocol::Tcp ? tcp_data(packet).size() : packet.payload.size();
  return size - data + std::min(data, segment_data);
}

Side other(Side side) { return side == Side::Inside ? Side::Outside : Side::Inside; }

}  // namespace

Router::Router(const NatProfile& profile, const NatAddresses& addresses, RouterSide inside, RouterSide outside,
               std::vector<LocalService> local, net::Random chance)
    : inside_(std::move(inside)),
      outside_(std::move(outside)),
      local_(std::move(local)),
      nat_(reserving(profile, local_, inside_), addresses, chance.fork()),
      reassembly_{Reassembly(profile.fragments), Reassembly(profile.fragments)},
      next_fragment_id_(static_cast<std::uint32_t>(chance.next())) {}

std::vector<Departure> Router::pass(Side from, Packet packet, std::size_t segment_data, net::TimePoint now) {
  if (is_own(from, packet)) {
    ++counts_.own;
    return {};
  }
  const bool was_divided = packet.fragment.has_value();
  auto whole = reassembly_[static_cast<std::size_t>(from)].add(std::move(packet), now);
  if (!whole) {
    if (whole.error() == Unassembled::Refused) ++counts_.dropped[Dropped::Fragment];
    return {};
  }
  if (whole->ttl <= 1) {
    ++counts_.expired;
    return profile().time_exceeded ? answer(from, *whole, IcmpError::TimeExceeded) : std::vector<Departure>{};
  }
  --whole->ttl;
  const std::uint16_t mtu = side(other(from)).mtu;
  if (whole->dont_fragment && !was_divided && largest_part(*whole, segment_data) > mtu) {
    ++counts_.too_big;
    return answer(from, *whole, IcmpError::TooBig, mtu);
  }
  if (was_divided) whole->dont_fragment = false;
  auto passage = from == Side::Inside ? nat_.outbound(*std::move(whole), now) : nat_.inbound(*std::move(whole), now);
  if (!passage) {
    ++counts_.dropped[passage.error()];
    return {};
  }
  return fit(passage->leaves, std::move(passage->packet), segment_data);
}

bool Router::is_own(Side from, const Packet& packet) const {
  if (stays_on_link(packet) || is_local_service(packet)) return true;
  const net::IpAddress& to = packet.destination.address;
  const bool firewall = !translates(profile());
  return (from == Side::Inside && has(inside_.addresses, to)) || (firewall && has(outside_.addresses, to));
}

bool Router::is_local_service(const Packet& packet) const {
  const LocalService service{packet.protocol, packet.destination.port};
  return std::ranges::find(local_, service) != local_.end() &&
         (has(inside_.addresses, packet.destination.address) || has(outside_.addresses, packet.destination.address));
}

// From an address of the side it came from (RFC 1812 section 4.3.2.4), or of the other.
std::vector<Departure> Router::answer(Side from, const Packet& about, IcmpError error, std::uint16_t mtu) {
  for (const Side at : {from, other(from)}) {
    const auto address = std::ranges::find(side(at).addresses, about.source.family(), &net::IpAddress::family);
    if (address == side(at).addresses.end()) continue;
    if (auto message = make_icmp_error(about, *address, error, mtu)) return fit(from, *std::move(message), 0);
    break;
  }
  return {};
}

std::vector<Departure> Router::fit(Side to, Packet packet, std::size_t segment_data) {
  std::vector<Departure> out;
  const std::uint16_t mtu = side(to).mtu;
  for (Packet& part : segments_of(std::move(packet), segment_data)) {
    if (ip_size(part) <= mtu) {
      out.push_back({to, std::move(part)});
    } else if (part.dont_fragment) {
      ++counts_.too_big;
    } else {
      for (Packet& fragment : fragments_of(part, mtu, next_fragment_id_++)) out.push_back({to, std::move(fragment)});
    }
  }
  (to == Side::Outside ? counts_.out : counts_.in) += out.size();
  return out;
}

}  // namespace lab
