#include "net/service_records.h"

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>

#include <algorithm>
#include <array>
#include <tuple>

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

// The resolver's state, with less patience than its own: who has no name server still has a name to look up.
class Resolver {
 public:
  Resolver() : usable_(::res_ninit(&state_) == 0) {
    state_.retrans = 1;  // seconds
    state_.retry = 1;
  }
  ~Resolver() {
    if (usable_) ::res_nclose(&state_);
  }
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  [[nodiscard]] Bytes ask(const std::string& name, ns_type type) {
    Bytes response(NS_MAXMSG);
    const int size =
        usable_ ? ::res_nquery(&state_, name.c_str(), ns_c_in, type, response.data(), static_cast<int>(response.size()))
                : 0;
    response.resize(static_cast<std::size_t>(std::max(size, 0)));
    return response;
  }

 private:
  struct __res_state state_ {};
  bool usable_;
};

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
  Resolver resolver;
  return service_records_in(resolver.ask(name, ns_t_srv)).value_or(std::vector<ServiceRecord>());
}

}  // namespace net
