#pragma once
// Where a service of a domain is, by DNS SRV (RFC 2782): asked of the system's name servers before a driver runs.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/bytes.h"
#include "net/endpoint.h"

namespace net {

struct ServiceRecord {
  std::uint16_t priority = 0;  // the lower, the sooner
  std::uint16_t weight = 0;    // among those of one priority
  std::uint16_t port = 0;
  std::string target;  // a host name; "." (here empty): the service is decidedly not there

  friend bool operator==(const ServiceRecord&, const ServiceRecord&) = default;
};

// The SRV records of a DNS response, lowest priority first and then the greatest weight; nothing when the bytes are no
// whole response. Pure.
[[nodiscard]] std::optional<std::vector<ServiceRecord>> service_records_in(BytesView response);

// Of a name like "_stun._udp.example.org"; empty when there are none, or nobody can tell within about two seconds.
[[nodiscard]] std::vector<ServiceRecord> find_service_records(const std::string& name);

}  // namespace net
