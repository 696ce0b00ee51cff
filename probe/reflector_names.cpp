#include "probe/reflector_names.h"

#include <string>
#include <vector>

#include "net/service_records.h"
#include "probe/options.h"

namespace probe {
namespace {

// Where a domain's service is, best first (RFC 5780 section 4.1, RFC 8489 section 8).
std::vector<net::HostAndPort> by_service_records(const std::string& domain) {
  std::vector<net::HostAndPort> out;
  for (const char* service : {"_stun-behavior._udp.", "_stun._udp."}) {
    for (const net::ServiceRecord& record : net::find_service_records(service + domain)) {
      if (!record.target.empty() && record.port != 0) out.push_back({record.target, record.port});
    }
    if (!out.empty()) return out;
  }
  return out;
}

// Who wrote a port or an address has said where; names without a dot are of this host or this network.
bool may_have_service_records(const net::HostAndPort& host) {
  return host.port == 0 && !net::parse_address(host.host) && host.host.find('.') != std::string::npos;
}

}  // namespace

net::HostAndPort place_of_reflector(net::HostAndPort host) {
  if (may_have_service_records(host)) {
    const auto found = by_service_records(host.host);
    if (!found.empty()) return found.front();
  }
  if (host.port == 0) host.port = default_reflector_port;
  return host;
}

}  // namespace probe
