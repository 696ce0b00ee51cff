#include "lab/sighting.h"

#include <fmt/core.h>

#include <array>

namespace lab {
namespace {

std::string change(std::string_view what, const net::Endpoint& from, const net::Endpoint& to) {
  if (from == to) return {};
  return fmt::format("; {} {} > {}", what, net::to_string(from), net::to_string(to));
}

// It goes back to where the packet came from that brought it about.
bool answers(const Packet& packet, const Flow& was) {
  const bool error = packet.protocol == Protocol::Icmp && packet.destination == net::with_port(was.source, 0);
  return error || Flow{packet.destination, packet.source} == was;
}

std::string origin(const Packet& packet, const Flow& was) {
  if (answers(packet, was)) return "; the router's answer";
  return change("source", was.source, packet.source) + change("destination", was.destination, packet.destination);
}

}  // namespace

std::string_view to_string(Fate fate) {
  constexpr std::array<std::string_view, 11> words = {"sent on",
                                                      "sent on twice",
                                                      "lost by the link",
                                                      "dropped: the link is cut",
                                                      "dropped: the queue is full",
                                                      "dropped: larger than the MTU",
                                                      "sent on in fragments",
                                                      "dropped at the next hop: its TTL ended",
                                                      "dropped at the next hop: no route",
                                                      "dropped at the next hop: blocked",
                                                      "dropped by the NAT"};
  return words[static_cast<std::size_t>(fate)];
}

std::string to_string(const Sighting& sighting) {
  std::string text(to_string(sighting.fate));
  if (sighting.reason) text += fmt::format(": {}", to_string(*sighting.reason));
  if (sighting.was) text += origin(sighting.packet, *sighting.was);
  return text;
}

}  // namespace lab
