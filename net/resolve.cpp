#include "net/resolve.h"

#include <Poco/Net/DNS.h>
#include <Poco/Net/NetException.h>

#include <algorithm>

#include "net/cannot_work.h"
#include "net/socket_address.h"

namespace net {
namespace {

// A numeric address is not asked of the resolver: Poco would look up its name.
std::vector<Poco::Net::IPAddress> addresses_of(const std::string& host) {
  try {
    Poco::Net::IPAddress numeric;
    if (Poco::Net::IPAddress::tryParse(host, numeric)) return {numeric};
    return Poco::Net::DNS::hostByName(host, Poco::Net::DNS::DNS_HINT_NONE).addresses();
  } catch (const Poco::Net::HostNotFoundException&) {
    throw CannotWork("resolve " + host + ": Host not found");
  } catch (const Poco::Exception& error) {
    throw CannotWork("resolve " + host + ": " + reason(error));
  }
}

}  // namespace

std::vector<Endpoint> resolve(const std::string& host, std::uint16_t port, std::optional<Family> family) {
  std::vector<Endpoint> endpoints;
  for (const auto& address : addresses_of(host)) {
    const auto endpoint = from_system(Poco::Net::SocketAddress(address, port).addr());
    const bool wanted = !family || *family == endpoint.family();
    if (wanted && std::find(endpoints.begin(), endpoints.end(), endpoint) == endpoints.end()) {
      endpoints.push_back(endpoint);
    }
  }
  if (endpoints.empty()) {
    const char* kind = !family ? "" : *family == Family::V4 ? "IPv4 " : "IPv6 ";
    throw CannotWork("resolve " + host + ": no " + kind + "address");
  }
  return endpoints;
}

std::vector<Endpoint> resolve(const HostAndPort& host, std::optional<Family> family) {
  return resolve(host.host, host.port, family);
}

}  // namespace net
