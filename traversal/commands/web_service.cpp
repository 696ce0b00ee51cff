#include "traversal/commands/web_service.h"

#include <algorithm>
#include <array>

#include "net/prometheus_text.h"
#include "reports/html_style.h"
#include "reports/live_json.h"
#include "reports/live_page.h"
#include "traversal/web_guard.h"

namespace traversal {
namespace {

constexpr std::string_view matrices = "/api/v1/matrices";
constexpr std::string_view one_matrix = "/api/v1/matrices/";
constexpr int shares_of_time = 5;  // a page that is asked for again and again takes a fifth of the thread's time

net::HttpReply json(std::string body, unsigned status = 200) {
  return {.status = status, .body = std::move(body), .type = "application/json"};
}

net::HttpReply refusal(unsigned status, std::string_view why) { return json(reports::refusal_json(why), status); }

unsigned status_of(const Refusal& refused) {
  constexpr std::array<std::pair<std::uint16_t, unsigned>, 4> statuses = {
      {{WrongToken, 401}, {Malformed, 400}, {NotKnown, 422}, {Unable, 507}}};
  const auto* found =
      std::find_if(statuses.begin(), statuses.end(), [&](const auto& row) { return row.first == refused.code; });
  return found == statuses.end() ? 503 : found->second;
}

net::HttpReply wants_a_token(std::string_view why) {
  net::HttpReply out = refusal(401, why);
  out.fields.push_back({"WWW-Authenticate", "Bearer realm=\"natpunch\""});
  return out;
}

bool is_json(const net::HttpRequest& request) {
  const std::string* type = request.field("content-type");
  return type != nullptr && (*type == "application/json" || type->starts_with("application/json;"));
}

}  // namespace

// ---- what happens --------------------------------------------------------------------------------------------------

void WebService::tell(std::vector<Happening> happenings) {
  if (happenings.empty()) return;
  const auto now = WallClock::now();
  const std::lock_guard lock(mutex_);
  for (Happening& happening : happenings) told_.emplace_back(now, std::move(happening));
}

void WebService::take_told() {
  std::vector<std::pair<WallClock::time_point, Happening>> told;
  {
    const std::lock_guard lock(mutex_);
    told.swap(told_);
  }
  for (const auto& [when, happening] : told) view_.take(happening, when);
}

std::uint64_t WebService::newest_event() {
  take_told();
  return view_.newest_event();
}

net::HttpEvents WebService::events_after(std::uint64_t number) {
  return {view_.events_after(number), view_.newest_event()};
}

// ---- what is asked -------------------------------------------------------------------------------------------------

net::HttpReply WebService::reply(const net::HttpRequest& request) {
  net::HttpReply out = turned_away(request, names_).value_or(net::HttpReply{.status = 0});
  if (out.status == 0) {
    take_told();
    out = answer(request);
  }
  out.fields.push_back({"Cross-Origin-Resource-Policy", "same-origin"});
  return out;
}

net::HttpReply WebService::answer(const net::HttpRequest& request) {
  if (request.method == "GET" || request.method == "HEAD") return read(request);
  const bool takes_orders = request.path == matrices;
  if (takes_orders && request.method == "POST") return order(request);
  net::HttpReply out = refusal(405, "not a method for this");
  out.fields.push_back({"Allow", takes_orders ? "GET, HEAD, POST" : "GET, HEAD"});
  return out;
}

net::HttpReply WebService::read(const net::HttpRequest& request) {
  const std::string_view path = request.path;
  if (path == "/") return page();
  if (path == "/metrics") return metrics();
  if (path == "/api/v1/events") return {.type = "text/event-stream", .followed = true};
  if (path == "/api/v1/hosts") return hosts(request.query);
  if (path == matrices) return json(reports::matrices_json(view_));
  if (path.starts_with(one_matrix)) return matrix(path.substr(one_matrix.size()));
  return refusal(404, "there are /, /metrics, and /api/v1/hosts, matrices, matrices/ID, events");
}

net::HttpReply WebService::page() {
  using Steady = std::chrono::steady_clock;
  const auto begun = Steady::now();
  if (page_.shows != view_.newest_event() && begun - page_.made >= shares_of_time * page_.cost) {
    page_.html = reports::live_page(view_, WallClock::now());
    page_.shows = view_.newest_event();
    page_.made = Steady::now();
    page_.cost = page_.made - begun;
  }
  return {.body = page_.html,
          .type = "text/html; charset=utf-8",
          .fields = {{"Content-Security-Policy",
                      reports::security_policy(reports::Scripts::Followed) + "; frame-ancestors 'none'"},
                     {"X-Frame-Options", "DENY"},
                     {"Referrer-Policy", "no-referrer"}}};
}

net::HttpReply WebService::metrics() const {
  auto text = questions_.metrics();
  if (!text) return net::http_refusal(503, "the rendezvous does not answer");
  return {.body = *std::move(text), .type = std::string(net::prometheus_type)};
}

net::HttpReply WebService::hosts(std::string_view query) const {
  const auto page = parse_page_query(query);
  return page ? json(reports::hosts_json(view_, *page)) : refusal(400, page.error());
}

net::HttpReply WebService::matrix(std::string_view id) const {
  const reports::LiveView::Run* run = view_.find(id);
  return run == nullptr ? refusal(404, "no such matrix") : json(reports::to_json(run->document));
}

// Nothing of an order is looked at before its token; and no form of another site's page can be JSON.
net::HttpReply WebService::order(const net::HttpRequest& request) const {
  const auto token = bearer_token(request);
  if (!token) return wants_a_token("a matrix is ordered with Authorization: Bearer TOKEN");
  if (!is_json(request)) return refusal(415, "Content-Type: application/json is wanted");
  const auto ordered = questions_.order(*token, request.body);
  if (!ordered) return refusal(503, "the rendezvous does not answer");
  if (!*ordered && ordered->error().code == WrongToken) return wants_a_token(ordered->error().reason);
  if (!*ordered) return refusal(status_of(ordered->error()), ordered->error().reason);
  net::HttpReply out = json(reports::accepted_json(**ordered), 202);
  out.fields.push_back({"Location", std::string(one_matrix) + net::to_hex((*ordered)->matrix)});
  return out;
}

}  // namespace traversal
