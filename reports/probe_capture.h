#pragma once
// What a probe run sent and received as a pcapng file: an interface a path, each packet with a comment that says which
// question it belongs to and what became of it. IP and UDP headers are made anew from what the sockets told.

#include <span>

#include "net/bytes.h"
#include "probe/packets.h"
#include "probe/report.h"

namespace reports {

struct CapturedPath {
  const probe::Report& report;  // whose observations the packets name
  std::vector<probe::Packet> packets;
  std::size_t left_out = 0;  // packets that were not kept
};

[[nodiscard]] net::Bytes capture_file(std::span<const CapturedPath> paths);

}  // namespace reports
