#include <array>

#include "probe/allocation_discovery.h"
#include "probe/assist_discovery.h"
#include "probe/connectivity_discovery.h"
#include "probe/determinism_discovery.h"
#include "probe/discovery.h"
#include "probe/filtering_discovery.h"
#include "probe/fragments_discovery.h"
#include "probe/hairpin_discovery.h"
#include "probe/icmp_discovery.h"
#include "probe/layers_discovery.h"
#include "probe/lifetime_discovery.h"
#include "probe/mapping_discovery.h"
#include "probe/path_mtu_discovery.h"
#include "probe/payload_discovery.h"
#include "probe/unsolicited_discovery.h"
#include "probe/port_mapping_discovery.h"

namespace probe {
namespace {

constexpr std::array discoveries = {
    Discovery{names::connectivity, "which reflectors answer, over UDP or at least over TCP", When::Always,
              next_connectivity},
    Discovery{names::partner, "whether the partner a reflector names answers", When::Always, next_partner},
    Discovery{names::mapping, "how the external endpoint depends on the destination (RFC 4787 section 4.1)",
              When::Default, next_mapping},
    Discovery{names::filtering, "from whom packets are let in (RFC 4787 section 5)", When::Default, next_filtering},
    Discovery{names::hairpin, "whether inside hosts reach each other by their external endpoints (RFC 4787 section 6)",
              When::Default, next_hairpin},
    Discovery{names::payload_rewriting, "whether addresses inside UDP data are changed (RFC 4787 REQ-10)",
              When::Default, next_payload},
    Discovery{names::fragments, "whether IP fragments cross the NAT (RFC 4787 section 11)", When::Full, next_fragments},
    Discovery{names::path_mtu, "the largest IP packet that leaves undivided (RFC 8899)", When::Full, next_path_mtu},
    Discovery{names::icmp, "whether ICMP errors come back and what they do to a mapping (RFC 5508)", When::Full,
              next_icmp},
    Discovery{names::unsolicited, "what a packet that comes before its mapping does to it", When::Full,
              next_unsolicited},
    Discovery{names::lifetime, "how long an idle mapping lives, and what refreshes it (RFC 4787 REQ-5, REQ-6)",
              When::Full, next_lifetime},
    Discovery{names::layers, "how many NATs are on the way, and where", When::Full, next_layers},
    Discovery{names::port_mapping,
              "PCP, NAT-PMP, UPnP: a mapping is made, reached from outside, and removed (RFC 6887, 6886)", When::Full,
              next_port_mapping, undo_port_mapping},
    Discovery{names::allocation, "how external ports are chosen, and how well the next one is foretold (RFC 4787 4.2)",
              When::Default, next_allocation},
    Discovery{names::determinism, "whether idle time or a collision changes the mapping (RFC 4787 REQ-11)", When::Full,
              next_determinism},
    Discovery{names::assist, "what takes a second inside host: `natprobe assist` there, --assist HOST here", When::Default,
              next_assist},
};

}  // namespace

std::span<const Discovery> catalog() { return discoveries; }

}  // namespace probe
