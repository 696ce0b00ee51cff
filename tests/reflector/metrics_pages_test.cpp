// The metrics page over HTTP: what it answers, and that slow visitors hold nobody up.

#include "reflector/metrics_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "net/cannot_work.h"
#include "net/http_thread.h"
#include "tests/programs/loopback.h"
#include "tests/reflector/prometheus.h"

namespace reflector {
namespace metrics_pages_test {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr unsigned short port = 9478;

struct Served {
  std::optional<MetricsPage> page = MetricsPage{.status = {.listening = true}};
  MetricsPages pages{[this] { return page; }};
  net::HttpThread server{{net::address(loopback::address(3)), port}, {}, pages};
  Served() { server.start(); }

  [[nodiscard]] static std::string get(const std::string& path, unsigned from = 9) {
    return loopback::get(loopback::address(from), loopback::address(3), port, path);
  }
  [[nodiscard]] static net::FileDescriptor connect(unsigned from) {
    return loopback::connect(loopback::address(from), loopback::address(3), port);
  }
};

std::string body(const std::string& reply) { return reply.substr(reply.find("\r\n\r\n") + 4); }

TEST(MetricsPages, ServesThePageAndHealth_NothingElse) {
  Served served;
  const std::string metrics = Served::get("/metrics");
  EXPECT_THAT(metrics, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(metrics, HasSubstr("Content-Type: text/plain; version=0.0.4"));
  EXPECT_THAT(prometheus::read(body(metrics)).complaints, IsEmpty());
  EXPECT_THAT(Served::get("/metrics?x=y"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Served::get("/healthz"), HasSubstr("listening: yes\n"));
  EXPECT_THAT(Served::get("/"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(Served::get("/metrics/../etc/passwd"), StartsWith("HTTP/1.1 404"));
  const auto post = Served::connect(9);
  loopback::write(post, "POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_THAT(loopback::read_to_end(post), StartsWith("HTTP/1.1 405"));
}

TEST(MetricsPages, HealthIsBad_WhenNotListening_OrWhenNobodyAnswers) {
  Served served;
  served.page->status.listening = false;
  EXPECT_THAT(Served::get("/healthz"), StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(Served::get("/metrics"), StartsWith("HTTP/1.1 200"));
  served.page.reset();
  EXPECT_THAT(Served::get("/healthz"), StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(Served::get("/metrics"), StartsWith("HTTP/1.1 503"));
}

TEST(MetricsPages, OneSourceNeverHoldsAllOfIt) {
  Served served;
  std::vector<net::FileDescriptor> idle;
  for (int i = 0; i < 300; ++i) idle.push_back(Served::connect(8));
  EXPECT_THAT(Served::get("/healthz"), StartsWith("HTTP/1.1 200"));
}

TEST(MetricsPages, FiveThousandSlowOnes_AreSentHome) {
  Served served;
  const auto begin = std::chrono::steady_clock::now();
  std::vector<net::FileDescriptor> slow;
  for (unsigned i = 0; i < 5000; ++i) {
    slow.push_back(Served::connect(10 + i % 200));
    loopback::write(slow.back(), "G");
  }
  std::string reply;
  while (reply.empty() && std::chrono::steady_clock::now() - begin < std::chrono::seconds(20)) {
    reply = Served::get("/healthz");  // refused while all places are taken
  }
  EXPECT_THAT(reply, StartsWith("HTTP/1.1 200"));
  for (const auto& connection : slow) EXPECT_LE(loopback::read_to_end(connection).size(), 200U);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(45));
}

TEST(MetricsPages, AnAddressInUse_IsNamed) {
  Served served;
  try {
    const net::HttpThread second({net::address(loopback::address(3)), port}, {}, served.pages);
    FAIL();
  } catch (const net::CannotWork& error) {
    EXPECT_EQ(std::string(error.what()), "listen on " + loopback::address(3) + ":9478: Address already in use");
  }
}

}  // namespace metrics_pages_test
}  // namespace reflector
