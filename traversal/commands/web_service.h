#pragma once
// What `natpunch rendezvous --http` answers: the page of the run so far and its events, the JSON below /api/v1/, and
// /metrics (docs/rendezvous.md). Everything may be read by whoever gets past the guard (traversal/web_guard.h); to
// order a matrix takes a token, and nothing else can be changed.
//
// Lives in the web server's thread; the rendezvous tells it what happened from its own.

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/http_server.h"
#include "reports/live_view.h"
#include "traversal/rendezvous_status.h"
#include "traversal/signal_message.h"

namespace traversal {

class WebService final : public net::HttpService {
 public:
  // Asked of the rendezvous's thread; nothing when it does not answer.
  struct Questions {
    std::function<std::optional<std::string>()> metrics;
    std::function<std::optional<net::Result<Accepted, Refusal>>(const std::string& token, const std::string& order)>
        order;
  };

  WebService(Questions questions, std::vector<std::string> names)
      : questions_(std::move(questions)), names_(std::move(names)) {}

  void tell(std::vector<Happening> happenings);  // from the rendezvous's thread

  [[nodiscard]] net::HttpReply reply(const net::HttpRequest& request) override;
  [[nodiscard]] bool has_news() const override { return true; }
  [[nodiscard]] std::uint64_t newest_event() override;
  [[nodiscard]] net::HttpEvents events_after(std::uint64_t number) override;

 private:
  using WallClock = reports::LiveView::Clock;

  Questions questions_;
  std::vector<std::string> names_;
  std::mutex mutex_;
  std::vector<std::pair<WallClock::time_point, Happening>> told_;  // by the other thread
  reports::LiveView view_;

  struct Page {
    std::string html;
    std::uint64_t shows = 0;  // up to this event
    std::chrono::steady_clock::time_point made{};
    std::chrono::steady_clock::duration cost{};
  };
  Page page_;

  void take_told();
  [[nodiscard]] net::HttpReply answer(const net::HttpRequest& request);
  [[nodiscard]] net::HttpReply read(const net::HttpRequest& request);
  [[nodiscard]] net::HttpReply page();
  [[nodiscard]] net::HttpReply metrics() const;
  [[nodiscard]] net::HttpReply hosts(std::string_view query) const;
  [[nodiscard]] net::HttpReply matrix(std::string_view id) const;
  [[nodiscard]] net::HttpReply order(const net::HttpRequest& request) const;
};

}  // namespace traversal
