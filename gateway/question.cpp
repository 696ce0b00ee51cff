#include "gateway/question.h"

#include <algorithm>
#include <array>

namespace gateway {
namespace {

struct ActRow {
  Act act;
  std::string_view word;
  std::string_view protocol;
  std::optional<Act> undoing = std::nullopt;
};

constexpr std::array acts = {
    ActRow{Act::PcpMap, "pcp-map", "pcp", Act::PcpUnmap},
    ActRow{Act::PcpUnmap, "pcp-unmap", "pcp"},
    ActRow{Act::NatPmpAddress, "nat-pmp-address", "nat-pmp"},
    ActRow{Act::NatPmpMap, "nat-pmp-map", "nat-pmp", Act::NatPmpUnmap},
    ActRow{Act::NatPmpUnmap, "nat-pmp-unmap", "nat-pmp"},
    ActRow{Act::UpnpSearch, "upnp-search", "upnp"},
    ActRow{Act::UpnpDescription, "upnp-description", "upnp"},
    ActRow{Act::UpnpAddress, "upnp-address", "upnp"},
    ActRow{Act::UpnpMap, "upnp-map", "upnp", Act::UpnpUnmap},
    ActRow{Act::UpnpUnmap, "upnp-unmap", "upnp"},
};

const ActRow& row_of(Act act) {
  return *std::find_if(acts.begin(), acts.end(), [act](const ActRow& row) { return row.act == act; });
}

}  // namespace

std::string_view to_string(Act act) { return row_of(act).word; }

std::optional<Act> parse_act(std::string_view word) {
  const auto found = std::find_if(acts.begin(), acts.end(), [&](const ActRow& row) { return row.word == word; });
  return found == acts.end() ? std::nullopt : std::optional(found->act);
}

std::string_view protocol_of(Act act) { return row_of(act).protocol; }

bool is_protocol(std::string_view word) {
  return std::any_of(acts.begin(), acts.end(), [word](const ActRow& row) { return row.protocol == word; });
}

bool maps(Act act) { return row_of(act).undoing.has_value(); }

std::optional<Act> undoing(Act act) { return row_of(act).undoing; }

bool unmaps(Act act) {
  return std::any_of(acts.begin(), acts.end(), [act](const ActRow& row) { return row.undoing == act; });
}

bool over_tcp(Act act) { return protocol_of(act) == "upnp" && act != Act::UpnpSearch; }

net::Endpoint ssdp_group() { return {net::IpAddress::v4({239, 255, 255, 250}), ssdp_port}; }

}  // namespace gateway
