#include "probe/gateway.h"

#include <algorithm>
#include <array>

namespace probe {
namespace {

struct ActRow {
  GatewayAct act;
  std::string_view word;
  std::string_view protocol;
  std::optional<GatewayAct> undoing = std::nullopt;
};

constexpr std::array acts = {
    ActRow{GatewayAct::PcpMap, "pcp-map", "pcp", GatewayAct::PcpUnmap},
    ActRow{GatewayAct::PcpUnmap, "pcp-unmap", "pcp"},
    ActRow{GatewayAct::NatPmpAddress, "nat-pmp-address", "nat-pmp"},
    ActRow{GatewayAct::NatPmpMap, "nat-pmp-map", "nat-pmp", GatewayAct::NatPmpUnmap},
    ActRow{GatewayAct::NatPmpUnmap, "nat-pmp-unmap", "nat-pmp"},
    ActRow{GatewayAct::UpnpSearch, "upnp-search", "upnp"},
    ActRow{GatewayAct::UpnpDescription, "upnp-description", "upnp"},
    ActRow{GatewayAct::UpnpAddress, "upnp-address", "upnp"},
    ActRow{GatewayAct::UpnpMap, "upnp-map", "upnp", GatewayAct::UpnpUnmap},
    ActRow{GatewayAct::UpnpUnmap, "upnp-unmap", "upnp"},
};

const ActRow& row_of(GatewayAct act) {
  return *std::find_if(acts.begin(), acts.end(), [act](const ActRow& row) { return row.act == act; });
}

}  // namespace

std::string_view to_string(GatewayAct act) { return row_of(act).word; }

std::optional<GatewayAct> parse_gateway_act(std::string_view word) {
  const auto found = std::find_if(acts.begin(), acts.end(), [&](const ActRow& row) { return row.word == word; });
  return found == acts.end() ? std::nullopt : std::optional(found->act);
}

std::string_view protocol_of(GatewayAct act) { return row_of(act).protocol; }

bool maps(GatewayAct act) { return row_of(act).undoing.has_value(); }

std::optional<GatewayAct> undoing(GatewayAct act) { return row_of(act).undoing; }

bool unmaps(GatewayAct act) {
  return std::any_of(acts.begin(), acts.end(), [act](const ActRow& row) { return row.undoing == act; });
}

net::Endpoint ssdp_group() { return {net::IpAddress::v4({239, 255, 255, 250}), ssdp_port}; }

}  // namespace probe
