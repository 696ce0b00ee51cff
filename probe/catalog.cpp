#include <array>

#include "probe/connectivity_discovery.h"
#include "probe/discovery.h"
#include "probe/filtering_discovery.h"
#include "probe/mapping_discovery.h"

namespace probe {
namespace {

constexpr std::array discoveries = {
    Discovery{names::connectivity, "which reflectors answer, over UDP or at least over TCP", true, next_connectivity},
    Discovery{names::partner, "whether the partner a reflector names answers", true, next_partner},
    Discovery{names::mapping, "how the external endpoint depends on the destination (RFC 4787 section 4.1)", false,
              next_mapping},
    Discovery{names::filtering, "from whom packets are let in (RFC 4787 section 5)", false, next_filtering},
};

}  // namespace

std::span<const Discovery> catalog() { return discoveries; }

}  // namespace probe
