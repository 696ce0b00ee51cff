#include "reports/probe_capture.h"

#include <fmt/core.h>

#include "net/pcapng.h"
#include "net/udp_packet.h"
#include "reports/observation_words.h"
#include "reports/plain_words.h"

namespace reports {
namespace {

constexpr std::uint8_t usual_ttl = 64;  // where nobody told (RFC 1700)

std::string comment_on(const probe::Packet& packet, const probe::Report& report) {
  if (!packet.observation || *packet.observation >= report.observations.size()) return "belongs to no question";
  const probe::Observation& seen = report.observations[*packet.observation];
  const ObservationWords said = words(seen);
  return fmt::format("#{} {}: asked {}; {}", *packet.observation, seen.query.discovery, said.asked, said.came_back);
}

net::Duration since_1970(const probe::Report& report) { return report.started_at.time_since_epoch(); }

// A socket that was never bound sent nothing.
void append_packet(net::Bytes& out, std::uint32_t interface, const probe::Packet& packet, const probe::Report& report) {
  if (!packet.local || packet.local->family() != packet.remote.family()) return;
  const net::Bytes ip = net::to_ip({.source = packet.outbound ? *packet.local : packet.remote,
                                    .destination = packet.outbound ? packet.remote : *packet.local,
                                    .payload = packet.payload,
                                    .ttl = packet.ttl.value_or(usual_ttl),
                                    .dont_fragment = packet.dont_fragment});
  using enum net::CaptureDirection;
  net::append(out, net::pcapng_packet({.interface = interface,
                                       .time = since_1970(report) + packet.at,
                                       .ip = ip,
                                       .direction = packet.outbound ? Outbound : Inbound,
                                       .comment = comment_on(packet, report)}));
}

}  // namespace

net::Bytes capture_file(std::span<const CapturedPath> paths) {
  std::size_t left_out = 0;
  for (const CapturedPath& path : paths) left_out += path.left_out;
  std::string about = "UDP as natprobe's sockets saw it; the IP and UDP headers are made from that";
  if (left_out > 0) about += fmt::format("; {} packets were too many to keep", left_out);
  net::Bytes out = net::pcapng_section("natprobe", about);
  for (const CapturedPath& path : paths) {
    net::append(out, net::pcapng_interface(path_name(path.report), verdict_sentence(path.report.verdict)));
  }
  for (std::uint32_t i = 0; i < paths.size(); ++i) {
    for (const probe::Packet& packet : paths[i].packets) append_packet(out, i, packet, paths[i].report);
  }
  return out;
}

}  // namespace reports
