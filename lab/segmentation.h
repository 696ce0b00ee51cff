#pragma once
// Segments that a sender's kernel or a receiving interface left in one large packet (TSO, GSO, GRO), cut again as the
// link would have carried them. Pure.

#include <cstddef>
#include <vector>

#include "lab/packet.h"

namespace lab {

// In order, each with at most `most_data` bytes behind its transport header; of TCP the flags that end something (FIN,
// PSH) are the last one's, CWR (RFC 3168) is the first one's. ICMP, fragments, and what fits, stay as they are.
[[nodiscard]] std::vector<Packet> segments_of(Packet packet, std::size_t most_data);

}  // namespace lab
