#include <array>

#include "probe/connectivity_discovery.h"
#include "probe/discovery.h"
#include "probe/filtering_discovery.h"
#include "probe/mapping_discovery.h"

namespace probe {
namespace {

constexpr std::array discoveries = {
    Discovery{names::connectivity, "which reflectors answer, over UDP or at least over TCP", When::Always, next_connectivity},
    Discovery{names::partner, "whether the partner a reflector names answers", When::Always, next_partner},
    Discovery{names::mapping, "how the external endpoint depends on the destination (RFC 4787 section 4.1)", When::Default,
              next_mapping},
    Discovery{names::filtering, "from whom packets are let in (RFC 4787 section 5)", When::Default, next_filtering},
};

}  // namespace

std::span<const Discovery> catalog() { return discoveries; }

}  // namespace probe
