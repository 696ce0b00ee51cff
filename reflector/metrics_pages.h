#pragma once
// What natreflector's web server answers: /metrics and /healthz (net/http_server.h serves them).

#include <functional>
#include <optional>

#include "net/http_server.h"
#include "reflector/metrics_text.h"

namespace reflector {

class MetricsPages final : public net::HttpService {
 public:
  // What to show; nothing when the reflector does not answer.
  using Ask = std::function<std::optional<MetricsPage>()>;

  explicit MetricsPages(Ask ask) : ask_(std::move(ask)) {}

  [[nodiscard]] net::HttpReply reply(const net::HttpRequest& request) override;

 private:
  Ask ask_;
};

}  // namespace reflector
