#include "traversal/rendezvous_status.h"

#include <utility>

#include "net/prometheus_text.h"
#include "traversal/signal.h"

namespace traversal {
namespace {

constexpr std::array<std::pair<std::uint16_t, std::string_view>, 8> reasons = {{
    {Malformed, "malformed"},
    {WrongToken, "wrong_token"},
    {NotKnown, "not_known"},
    {Replaced, "name_in_use"},
    {StaleNonce, "stale_nonce"},
    {Busy, "busy"},
    {Unable, "unable"},
    {Full, "full"},
}};

}  // namespace

std::string metrics_text(const RendezvousStatus& status, const DoorStatus& door) {
  net::PrometheusText page;
  page.family("natscope_build_info", "gauge", "Always 1; the version is a label.");
  page.sample("version=\"" NATSCOPE_VERSION "\"", 1);
  page.single("natscope_rendezvous_registered_hosts", "gauge", "Hosts that are registered.", status.registered_hosts);
  page.family("natscope_rendezvous_matrices", "gauge",
              "Matrices that are kept, by whether all their pairs have ended.");
  page.sample(R"(state="running")", status.matrices_running);
  page.sample(R"(state="finished")", status.matrices_finished);
  page.single("natscope_rendezvous_jobs_running", "gauge", "Pairs that try at this moment.", status.jobs_running);
  page.single("natscope_rendezvous_jobs_begun_total", "counter", "Pairs that were told to try.", status.jobs_begun);
  page.family("natscope_rendezvous_pairs_total", "counter", "Pairs that have ended, by outcome.");
  for (std::size_t i = 0; i < outcome_count; ++i) {
    page.sample(fmt::format(R"(outcome="{}")", to_string(static_cast<Outcome>(i))), status.pairs[i]);
  }
  page.single("natscope_rendezvous_requests_total", "counter", "Requests of hosts and clients.", status.requests);
  page.family("natscope_rendezvous_requests_refused_total", "counter", "Requests that were refused, by why.");
  for (const auto& [code, reason] : reasons) {
    const auto found = status.refusals.find(code);
    page.sample(fmt::format(R"(reason="{}")", reason), found == status.refusals.end() ? 0 : found->second);
  }
  page.single("natscope_rendezvous_requests_repeated_total", "counter",
              "Requests that had their answer, and got the same again.", status.repeated);
  page.single("natscope_rendezvous_messages_ignored_total", "counter", "What came and is no signal.", status.ignored);
  page.single("natscope_rendezvous_tcp_connections", "gauge", "Open TCP connections of hosts and clients.",
              door.connections);
  page.single("natscope_rendezvous_tcp_connections_refused_total", "counter",
              "TCP connections closed at once: over the limit of a source or of all.", door.refused);
  page.single("natscope_rendezvous_journal_writable", "gauge", "0 while outcomes cannot be written down.",
              status.able_to_write ? 1 : 0);
  return page.take();
}

}  // namespace traversal
