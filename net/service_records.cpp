#include "net/service_records.h"

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "net/name_servers.h"

namespace net {
namespace {

constexpr int record_head = 6;  // priority, weight, port

std::optional<ServiceRecord> service_record(const ns_msg& message, const ns_rr& record) {
  const std::uint8_t* const data = ns_rr_rdata(record);
  if (ns_rr_rdlen(record) <= record_head) return std::nullopt;
  std::array<char, NS_MAXDNAME> target{};
  const int read = ::dn_expand(ns_msg_base(message), ns_msg_end(message), data + record_head, target.data(),
                               static_cast<int>(target.size()));
  if (read < 0) return std::nullopt;
  const BytesView head(data, record_head);
  return ServiceRecord{.priority = get_u16(head),
                       .weight = get_u16(head.subspan(2)),
                       .port = get_u16(head.subspan(4)),
                       .target = target.data()};
}

}  // namespace

std::optional<std::vector<ServiceRecord>> service_records_in(BytesView response) {
  ns_msg message{};
  if (::ns_initparse(response.data(), static_cast<int>(response.size()), &message) < 0) return std::nullopt;
  std::vector<ServiceRecord> out;
  for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
    ns_rr record{};
    if (::ns_parserr(&message, ns_s_an, i, &record) < 0) return std::nullopt;
    if (ns_rr_type(record) != ns_t_srv) continue;
    const auto found = service_record(message, record);
    if (!found) return std::nullopt;
    out.push_back(*found);
  }
  std::stable_sort(out.begin(), out.end(), [](const ServiceRecord& a, const ServiceRecord& b) {
    return std::tuple(a.priority, b.weight) < std::tuple(b.priority, a.weight);
  });
  return out;
}

std::vector<ServiceRecord> find_service_records(const std::string& name) {
  return service_records_in(ask_name_servers(name, ns_t_srv)).value_or(std::vector<ServiceRecord>());
}

}  // namespace net
