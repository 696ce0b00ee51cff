#include "reflector/metrics_pages.h"

#include "net/prometheus_text.h"

namespace reflector {
namespace {

constexpr std::string_view silent = "the reflector does not answer";

net::HttpReply metrics(const std::optional<MetricsPage>& page) {
  if (!page) return net::http_refusal(503, silent);
  return {.body = metrics_text(*page), .type = std::string(net::prometheus_type)};
}

net::HttpReply health(const std::optional<MetricsPage>& page) {
  if (!page) return net::http_refusal(503, silent);
  return {.status = page->status.listening ? 200U : 503U, .body = health_text(page->status)};
}

}  // namespace

net::HttpReply MetricsPages::reply(const net::HttpRequest& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    net::HttpReply refusal = net::http_refusal(405, "GET and HEAD only");
    refusal.fields.push_back({"Allow", "GET, HEAD"});
    return refusal;
  }
  if (request.path == "/metrics") return metrics(ask_());
  if (request.path == "/healthz") return health(ask_());
  return net::http_refusal(404, "there are /metrics and /healthz");
}

}  // namespace reflector
