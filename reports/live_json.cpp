#include "reports/live_json.h"

#include <fmt/format.h>

#include "net/bytes.h"
#include "reports/json_values.h"

namespace reports {
namespace {

std::string event_text(std::string_view name, const Json& data) {
  return fmt::format("event: {}\ndata: {}\n", name, data.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Json json_run(const LiveView::Run& run) {
  return {{"id", run.id},
          {"hosts", run.document.matrix.hosts.size()},
          {"pairs", run.total()},
          {"done", run.done},
          {"started_at", timestamp(run.document.matrix.started_at)}};
}

}  // namespace

// By name: `next` is what the next page comes after, null where there is none.
std::string hosts_json(const LiveView& view, const traversal::PageQuery& page) {
  const MatrixDocument no_probes;
  Json out;
  out["schema"] = "natscope/registered-hosts/1";
  out["total"] = view.hosts().size();
  out["hosts"] = Json::array();
  auto at = view.hosts().upper_bound(page.after);
  for (; at != view.hosts().end() && out["hosts"].size() < page.limit; ++at) {
    Json host = json_host(at->second.host, no_probes);
    host["over_tcp"] = at->second.over_tcp;
    host["console"] = at->second.texts;
    out["hosts"].push_back(std::move(host));
  }
  out["next"] = at == view.hosts().end() ? Json() : Json(std::prev(at)->first);
  return document_text(out);
}

std::string matrices_json(const LiveView& view) {
  Json out;
  out["schema"] = "natscope/matrices/1";
  out["matrices"] = Json::array();
  for (const LiveView::Run& run : view.runs()) out["matrices"].push_back(json_run(run));
  return document_text(out);
}

std::string accepted_json(const traversal::Accepted& accepted) {
  Json out;
  out["id"] = net::to_hex(accepted.matrix);
  out["pairs"] = accepted.pairs;
  out["length_s"] = accepted.length_s ? Json(*accepted.length_s) : Json();
  out["not_run"] = accepted.not_run ? Json(*accepted.not_run) : Json();
  out["why"] = json_text(accepted.why);
  return document_text(out);
}

std::string refusal_json(std::string_view why) {
  Json out;
  out["error"] = why;
  return document_text(out);
}

std::string state_event(const LiveView& view) {
  const LiveView::Run* run = view.shown();
  return event_text("state", {{"registered", view.hosts().size()},
                              {"matrix", run == nullptr ? Json() : json_run(*run)},
                              {"progress", view.progress()}});
}

std::string host_event(const std::string& name, bool registered, std::size_t hosts) {
  return event_text(registered ? "registered" : "left", {{"name", name}, {"registered", hosts}});
}

std::string matrix_event(const LiveView::Run& run, const std::string& progress) {
  return event_text("matrix", {{"matrix", json_run(run)}, {"progress", progress}});
}

std::string pair_event(const LiveView::Run& run, const traversal::PairOutcome& pair, const std::string& progress) {
  traversal::PairOutcome bare = pair;
  bare.attempts.clear();
  Json json = json_pair(bare);
  json.erase("attempts");
  return event_text("pair", {{"matrix", run.id}, {"done", run.done}, {"progress", progress}, {"pair", json}});
}

}  // namespace reports
