#include "net/address_records.h"

#include <arpa/nameser.h>

#include <algorithm>
#include <array>

#include "net/name_servers.h"

namespace net {

std::optional<std::vector<IpAddress>> ipv6_addresses_in(BytesView response) {
  ns_msg message{};
  if (::ns_initparse(response.data(), static_cast<int>(response.size()), &message) < 0) return std::nullopt;
  std::vector<IpAddress> out;
  for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
    ns_rr record{};
    if (::ns_parserr(&message, ns_s_an, i, &record) < 0) return std::nullopt;
    if (ns_rr_type(record) != ns_t_aaaa) continue;
    std::array<std::uint8_t, 16> bytes{};
    if (ns_rr_rdlen(record) != bytes.size()) return std::nullopt;
    std::copy_n(ns_rr_rdata(record), bytes.size(), bytes.begin());
    out.push_back(IpAddress::v6(bytes));
  }
  return out;
}

std::vector<IpAddress> find_ipv6_addresses(const std::string& name) {
  return ipv6_addresses_in(ask_name_servers(name, ns_t_aaaa)).value_or(std::vector<IpAddress>());
}

}  // namespace net
