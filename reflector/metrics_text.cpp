#include "reflector/metrics_text.h"

#include <fmt/core.h>

#include <array>
#include <string_view>

#include "net/prometheus_text.h"

namespace reflector {
namespace {

// By Disposition and LinkFault: what `outcome` and `reason` say.
constexpr std::array<std::string_view, disposition_count> outcomes = {
    "success",     "bad_request",   "not_understood", "token_needed",    "quota_reached", "postponed",
    "undecodable", "not_a_request", "other_method",   "classic_refused", "bad_source",    "over_limit"};
constexpr std::array<std::string_view, link_fault_count> link_reasons = {
    "wrong_size", "not_ours",  "unknown_key", "wrong_mac",       "malformed",
    "wrong_role", "not_fresh", "replayed",    "unknown_session", "mismatch"};

std::string_view name_of(net::Family family) { return family == net::Family::V4 ? "ipv4" : "ipv6"; }

class Page : public net::PrometheusText {
 public:
  // One sample an address family.
  template <typename Of>
  void of_hosts(const Status& status, std::string_view name, std::string_view type, std::string_view help, Of of) {
    family(name, type, help);
    for (const HostStatus& host : status.hosts) sample(fmt::format("family=\"{}\"", name_of(host.family)), of(host));
  }
};

void add_requests(Page& page, const Status& status) {
  page.family("natscope_reflector_requests_total", "counter",
              "Datagrams and messages of clients, by what became of them.");
  for (const HostStatus& host : status.hosts) {
    for (std::size_t i = 0; i < disposition_count; ++i) {
      page.sample(fmt::format(R"(family="{}",outcome="{}")", name_of(host.family), outcomes[i]),
                  host.counts.requests[i]);
    }
  }
}

void add_replies(Page& page, const Status& status) {
  page.family("natscope_reflector_replies_total", "counter",
              "Replies that did not leave at once by the host asked: sent by the partner, for it, or delayed.");
  const auto each = [&](const HostStatus& host, std::string_view labels, std::uint64_t value) {
    page.sample(fmt::format(R"(family="{}",{})", name_of(host.family), labels), value);
  };
  for (const HostStatus& host : status.hosts) {
    each(host, R"(kind="asked_of_partner")", host.counts.relayed);
    each(host, R"(kind="sent_for_partner")", host.counts.sent_for_partner);
    each(host, R"(kind="delayed")", host.counts.delayed_sent);
  }
  page.family(
      "natscope_reflector_replies_refused_total", "counter",
      "Replies for the partner, or delayed ones, that were not sent: forbidden destination, or over its limit.");
  for (const HostStatus& host : status.hosts) {
    each(host, R"(kind="sent_for_partner",reason="destination")", host.counts.destination_refused);
    each(host, R"(kind="sent_for_partner",reason="limit")", host.counts.destination_limited);
    each(host, R"(kind="delayed",reason="limit")", host.counts.delayed_limited);
  }
}

void add_link(Page& page, const Status& status) {
  page.family("natscope_reflector_link_messages_ignored_total", "counter",
              "Datagrams on the partner link that were passed over, by why.");
  for (const HostStatus& host : status.hosts) {
    if (!host.partner) continue;
    const auto add = [&](std::string_view reason, std::uint64_t value) {
      page.sample(fmt::format(R"(family="{}",reason="{}")", name_of(host.family), reason), value);
    };
    for (std::size_t i = 0; i < link_fault_count; ++i) add(link_reasons[i], host.counts.link_faults[i]);
    add("stranger", host.counts.strangers);
  }
  page.family("natscope_reflector_partner_up", "gauge", "1 while the link to the partner is up.");
  for (const HostStatus& host : status.hosts) {
    if (!host.partner) continue;
    page.sample(fmt::format(R"(family="{}")", name_of(host.family)), host.partner_usable ? 1 : 0);
  }
}

void add_process(Page& page, const ProcessFigures& process) {
  page.single("process_start_time_seconds", "gauge", "When the process started, in seconds since 1970.",
              fmt::format("{:.3f}", process.start_time));
  page.single("process_cpu_seconds_total", "counter", "CPU time used, in user and system mode.",
              fmt::format("{:.3f}", process.cpu_seconds));
  page.single("process_resident_memory_bytes", "gauge", "Resident memory.", process.resident_bytes);
  page.single("process_open_fds", "gauge", "Open file descriptors.", process.open_descriptors);
  page.single("process_max_fds", "gauge", "Most file descriptors that may be open.", process.most_descriptors);
}

}  // namespace

std::string metrics_text(const MetricsPage& shown) {
  const Status& status = shown.status;
  Page page;
  page.family("natscope_build_info", "gauge", "Always 1; the version is a label.");
  page.sample("version=\"" NATSCOPE_VERSION "\"", 1);
  page.single("natscope_reflector_listening", "gauge", "1 while all sockets are open and requests are answered.",
              status.listening ? 1 : 0);
  add_requests(page, status);
  add_replies(page, status);
  add_link(page, status);
  page.of_hosts(status, "natscope_reflector_delayed_replies", "gauge", "Replies that wait for their time.",
                [](const HostStatus& host) { return host.delayed; });
  page.of_hosts(status, "natscope_reflector_tcp_connections", "gauge", "Open TCP connections of clients.",
                [](const HostStatus& host) { return host.connections; });
  page.of_hosts(status, "natscope_reflector_tcp_connections_refused_total", "counter",
                "TCP connections closed at once: over the limit of a source or of all.",
                [](const HostStatus& host) { return host.connections_refused; });
  page.single("natscope_reflector_datagrams_received_total", "counter", "UDP datagrams received.", shown.received);
  page.single("natscope_reflector_datagrams_sent_total", "counter", "UDP datagrams sent.", shown.sent);
  page.single("natscope_reflector_datagrams_send_failed_total", "counter", "UDP datagrams the kernel did not take.",
              shown.send_failed);
  page.single("natscope_reflector_datagrams_dropped_total", "counter",
              "UDP datagrams the kernel dropped because a socket's queue was full.", shown.dropped);
  page.family("natscope_reflector_reloads_total", "counter", "Reloads of the configuration (SIGHUP).");
  page.sample(R"(result="applied")", shown.reloads_applied);
  page.sample(R"(result="refused")", shown.reloads_refused);
  add_process(page, shown.process);
  return page.take();
}

std::string health_text(const Status& status) {
  std::string text = fmt::format("listening: {}\n", status.listening ? "yes" : "no");
  for (const HostStatus& host : status.hosts) {
    if (!host.partner) continue;
    text += fmt::format("partner {}: {}\n", name_of(host.family), host.partner_usable ? "up" : "silent");
  }
  return text;
}

}  // namespace reflector
